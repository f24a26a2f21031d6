"""Addresses of contests, ballots, results and judging."""

from django.urls import URLPattern, path

from contests.views import public, voting

urlpatterns: list[URLPattern] = [
    path("contests/", public.contest_list, name="contest_list"),
    path("contests/<int:pk>/", public.contest_detail, name="contest_detail"),
    path("contests/<int:pk>/result/", public.contest_result, name="contest_result"),
    path("entries/<int:pk>/", public.entry_detail, name="entry_detail"),
    path("contests/<int:pk>/ballot/", voting.ballot, name="ballot"),
    path("contests/<int:pk>/ballot/receipt/", voting.ballot_receipt, name="ballot_receipt"),
]
