"""Entries that leave a contest: who takes them out and when, who hears of it, and that they count no more."""

from __future__ import annotations

import pytest
from django.urls import reverse

from communities.refusal import Refused
from contests.enums import AwardReason, ContestAct, ContestRefusal, ContestState, EntryStatus
from contests.models import ScoreSheet, TallyRun
from contests.rules import why_not_disqualify_entry, why_not_withdraw_entry
from contests.services.leaving import disqualify_entry, withdraw_entry
from contests.services.lifecycle import publicise_result
from contests.services.notifications import send_due_notifications
from contests.services.voting import cast_ballot
from proposals.enums import ProposalState
from tests.browsing import english
from tests.contests.test_rules import APPROVER_ONLY, ROLES, STREET_ONLY
from tests.factories import ContestFactory, EntryFactory
from tests.racing import race

R, C, S = ContestRefusal, ContestState, EntryStatus
EARLIER = {C.DRAFT, C.OPEN, C.CLOSED, C.TALLIED}


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


@pytest.mark.parametrize(
    "why_not, reasons", [(why_not_withdraw_entry, STREET_ONLY), (why_not_disqualify_entry, APPROVER_ONLY)]
)
def test_stage_role_action(why_not, reasons, programme, cast):
    entry = EntryFactory(contest=ContestFactory(programme=programme))
    contest = entry.contest
    for state in ContestState:
        contest.state = state
        for role in ROLES:
            expected = reasons[role] or (None if state in EARLIER else R.WRONG_STATE)
            assert why_not(cast(role), entry, contest) == expected, (state, role)
    contest.state, entry.status = C.OPEN, S.WITHDRAWN
    assert why_not(cast("approver"), entry, contest) == R.ENTRY_OUT
    contest.source_sha256 = "0" * 64
    assert why_not(cast("approver"), entry, contest) == R.IMPORTED


@pytest.mark.parametrize(
    "leave, status, act",
    [(withdraw_entry, S.WITHDRAWN, "WITHDRAWN"), (disqualify_entry, S.DISQUALIFIED, "DISQUALIFIED")],
)
def test_the_authors_hear_why_and_the_history_keeps_it(leave, status, act, contest_in, approver, resident, now):
    contest = contest_in(C.OPEN)
    entry = contest.entries.get(number="002")
    with refused(R.REASON_MISSING):
        leave(entry=entry, reason=" ", by=approver, now=now)
    leave(entry=entry, reason=" The place is sold. ", by=approver, now=now)
    entry.refresh_from_db()
    assert entry.status == status
    event = contest.events.get(reason=ContestAct(f"ENTRY_{act}"))
    assert (event.actor, event.note) == (approver, "002: The place is sold.")
    with refused(R.ENTRY_OUT):
        leave(entry=entry, reason="Again", by=approver, now=now)
    send_due_notifications(now=now)
    told = resident.notifications.get(notice=f"ENTRY_{act}")
    assert (told.facts["reason"], told.link) == ("The place is sold.", entry.get_absolute_url())


def test_nobody_scores_it_or_votes_for_it_and_the_rest_of_a_ballot_counts(contest_in, scene, officer, resident, now):
    contest = contest_in(C.OPEN, judged=True)
    first, second, _third = contest.entries.all()
    cast_ballot(contest=contest, entries=[first.pk, second.pk], by=resident, now=now)
    withdraw_entry(entry=first, reason="Moved away", by=officer, now=now)
    with refused(R.UNKNOWN_CHOICE):
        cast_ballot(contest=contest, entries=[first.pk], by=resident, now=now)
    assert ScoreSheet.objects.filter(entry=first).exists()
    scene.tally(scene.close(contest))
    results = {row.entry.number: row for row in TallyRun.objects.get().results.select_related("entry")}
    assert (results["001"].rank, results["001"].reason) == (None, AwardReason.WITHDRAWN)
    assert (results["001"].votes, results["002"].votes) == (None, 3)
    assert {results["002"].rank, results["003"].rank} == {1, 2}


def test_after_the_final_tally_it_is_run_again(contest_in, scene, officer, now):
    contest = contest_in(C.TALLIED)
    withdraw_entry(entry=contest.entries.get(number="001"), reason="Moved away", by=officer, now=now)
    with refused(R.TALLY_STALE):
        publicise_result(contest=contest, by=officer, now=now)
    scene.tally(contest)
    awards = publicise_result(contest=contest, by=officer, now=now)
    assert {award.entry.number for award in awards} == {"002", "003"}


def test_the_button_asks_which_and_why(client, contest_in, approver):
    contest = contest_in(C.OPEN)
    entry = contest.entries.get(number="003")
    desk, url = english(approver), reverse("admin:contests_contest_do", args=[contest.pk, "disqualify-entry"])
    assert entry.title in desk.get(url).content.decode()
    desk.post(url, {"entry": entry.pk, "reason": ""})
    assert contest.entries.taking_part().count() == 3
    desk.post(url, {"entry": entry.pk, "reason": "The figures were made up."})
    assert list(contest.entries.taking_part().values_list("number", flat=True)) == ["001", "002"]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_takes_it_out(contest_in, officer, approver, now):
    entry = contest_in(C.OPEN).entries.get(number="002")
    outcomes = race(
        lambda: withdraw_entry(entry=entry, reason="They want it", by=officer, now=now),
        lambda: disqualify_entry(entry=entry, reason="Bought votes", by=approver, now=now),
    )
    assert [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)] == [R.ENTRY_OUT]
    assert entry.contest.events.filter(reason__startswith="ENTRY_").count() == 1


def test_a_proposal_that_left_is_in_no_contest_and_waits_for_the_office(client, contest_in, officer, now):
    entry = contest_in("OPEN", judged=False).entries.get(number="001")
    client.force_login(officer)
    url = f"{reverse('admin:proposals_proposal_changelist')}?state__exact=QUALIFIED&entered=no"

    def waiting():
        return {item.url: item.count for item in client.get(reverse("admin:index")).context["waiting"]}[url]

    assert (waiting(), client.get(url).context["cl"].result_count) == (0, 0)
    withdraw_entry(entry=entry, reason="Moved away", by=officer, now=now)
    assert waiting() == 1
    assert [*client.get(url).context["cl"].queryset] == [entry.proposal]
    client.post(reverse("admin:proposals_proposal_do", args=[entry.proposal_id, "keep"]))
    entry.proposal.refresh_from_db()
    assert (entry.proposal.state, waiting()) == (ProposalState.POOLED, 0)
