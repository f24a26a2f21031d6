"""Addresses of contests, ballots, results and judging."""

from django.urls import URLPattern, path

from contests.views import judging, public, tally, voting

urlpatterns: list[URLPattern] = [
    path("contests/", public.contest_list, name="contest_list"),
    path("contests/<int:pk>/", public.contest_detail, name="contest_detail"),
    path("contests/<int:pk>/result/", public.contest_result, name="contest_result"),
    path("contests/<int:pk>/archive.zip", public.contest_archive, name="contest_archive"),
    path("entries/<int:pk>/", public.entry_detail, name="entry_detail"),
    path("contests/<int:pk>/ballot/", voting.ballot, name="ballot"),
    path("contests/<int:pk>/ballot/receipt/", voting.ballot_receipt, name="ballot_receipt"),
    path("panel/", judging.panel, name="panel"),
    path("panel/<int:pk>/", judging.panel_contest, name="panel_contest"),
    path("entries/<int:pk>/sheet/", judging.sheet, name="sheet"),
    path("entries/<int:pk>/recuse/", judging.recuse, name="recuse"),
    path("tally-runs/<int:pk>/progress/", tally.tally_progress, name="tally_progress"),
    path("tally-runs/<int:pk>/changes/", tally.tally_changes, name="tally_changes"),
]
