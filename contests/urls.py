"""Addresses of contests, ballots, results and judging."""

from django.urls import URLPattern, path

from contests.views import codes, household, judging, public, roll, scoring, tally, voting

urlpatterns: list[URLPattern] = [
    path("contests/", public.contest_list, name="contest_list"),
    path("contests/<int:pk>/", public.contest_detail, name="contest_detail"),
    path("contests/<int:pk>/result/", public.contest_result, name="contest_result"),
    path("contests/<int:pk>/archive.zip", public.contest_archive, name="contest_archive"),
    path("entries/<int:pk>/", public.entry_detail, name="entry_detail"),
    path("contests/<int:pk>/ballot/", voting.ballot, name="ballot"),
    path("contests/<int:pk>/ballot/receipt/", voting.ballot_receipt, name="ballot_receipt"),
    path("contests/<int:pk>/ballot/check/", voting.ballot_check, name="ballot_check"),
    path("v/", household.household_code, name="household_code"),
    path("v/done/", household.household_done, name="household_done"),
    path("v/<str:code>/", household.household_code, name="household_code_of"),
    path("desk/rolls/", roll.rolls, name="rolls"),
    path("desk/rolls/<int:pk>/", roll.roll, name="roll"),
    path("desk/rolls/<int:pk>/enter/", roll.roll_enter, name="roll_enter"),
    path("desk/rolls/<int:pk>/import/", roll.roll_import, name="roll_import"),
    path("desk/rolls/<int:pk>/draw-up/", roll.roll_draw_up, name="roll_draw_up"),
    path("desk/rolls/<int:pk>/print/", roll.roll_print, name="roll_print"),
    path("desk/voters/<int:pk>/mark/", roll.roll_mark, name="roll_mark"),
    path("desk/rolls/<int:pk>/codes/", codes.codes, name="codes"),
    path("desk/codes/<int:pk>/void/", codes.code_void, name="code_void"),
    path("panel/", judging.panel, name="panel"),
    path("panel/<int:pk>/", judging.panel_contest, name="panel_contest"),
    path("entries/<int:pk>/sheet/", scoring.sheet, name="sheet"),
    path("entries/<int:pk>/sheet/autosave/", scoring.sheet_autosave, name="sheet_autosave"),
    path("entries/<int:pk>/sheet/summary/", scoring.sheet_summary, name="sheet_summary"),
    path("entries/<int:pk>/attachments/<str:digest>/", scoring.entry_attachment, name="entry_attachment"),
    path("entries/<int:pk>/recuse/", judging.recuse, name="recuse"),
    path("tally-runs/<int:pk>/progress/", tally.tally_progress, name="tally_progress"),
    path("tally-runs/<int:pk>/changes/", tally.tally_changes, name="tally_changes"),
]
