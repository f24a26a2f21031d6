"""From draft to a confirmed result, by the verbs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import InternalError, transaction

from communities.refusal import Refused
from contests import ruleset
from contests.enums import AwardReason, AwardState, ContestRefusal, ContestState, EntryStatus, RunKind
from contests.figures import input_counts
from contests.models import Award, BallotVoid, Contest, ContestSecret, Entry, OfflineCount
from contests.services.lifecycle import (
    close_contest,
    confirm_result,
    enter_proposal,
    open_contest,
    publicise_result,
)
from contests.services.tally import carry_out, request_tally
from contests.services.voting import cast_ballot, last_ballot
from proposals.document import BudgetItem
from proposals.enums import ProposalRefusal, ProposalState
from proposals.models import Proposal
from proposals.services.proposals import ProposalText, edit_proposal, requested_amount
from tests.factories import AppointmentFactory, CriterionFactory, ResidencyFactory
from tests.scenes import end_notice

R, C = ContestRefusal, ContestState


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


# Entering


def test_an_entry_copies_what_it_is_judged_by(contest_in, proposal_in, zone, officer, communities, now):
    contest = contest_in(C.DRAFT, entries=0)
    proposal = proposal_in(ProposalState.QUALIFIED, community=communities[2], amount=Decimal("12345.60"))
    entry = enter_proposal(contest=contest, proposal=proposal, by=officer, now=now)
    assert (entry.number, entry.title, entry.community, entry.zone) == ("001", proposal.title, communities[2], zone)
    assert (entry.category, entry.requested_amount, entry.status) == (
        proposal.category,
        Decimal("12345.60"),
        EntryStatus.IN,
    )
    assert enter_proposal(contest=contest, proposal=proposal_in("QUALIFIED"), by=officer, now=now).zone is None


def test_entries_are_numbered_in_their_order(contest_in):
    assert [entry.number for entry in contest_in(C.DRAFT).entries.all()] == ["001", "002", "003"]


def test_neither_text_nor_amount_of_an_entry_changes_through_the_service(contest_in, officer, now):
    entry = contest_in(C.DRAFT).entries.first()
    proposal = entry.proposal
    text = ProposalText(title="Another title", community=proposal.community, category=proposal.category)
    budget = [BudgetItem("Bench", Decimal(1), 1)]
    with refused(ProposalRefusal.JUDGED):
        edit_proposal(proposal=proposal, text=text, budget=budget, revision=proposal.revision, by=officer, now=now)
    kept = Entry.objects.get(pk=entry.pk)
    assert (kept.requested_amount, kept.title) == (Decimal("20000.00"), "Places to rest 1")
    assert requested_amount(kept.proposal) == kept.requested_amount


@pytest.mark.parametrize(
    "change",
    [
        lambda proposal: Proposal.objects.filter(pk=proposal.pk).update(title="Another title"),
        lambda proposal: Proposal.objects.filter(pk=proposal.pk).update(plan="Another plan"),
        lambda proposal: proposal.budget_lines.update(unit_price=Decimal(1)),
        lambda proposal: proposal.budget_lines.all().delete(),
        lambda proposal: proposal.budget_lines.create(item="Paint", unit_price=Decimal(1), quantity=1),
        lambda proposal: Entry.objects.filter(proposal=proposal).update(requested_amount=Decimal(1)),
    ],
)
def test_nor_around_it(change, contest_in):
    entry = contest_in(C.DRAFT).entries.first()
    with pytest.raises(InternalError), transaction.atomic():
        change(entry.proposal)
    kept = Entry.objects.get(pk=entry.pk)
    assert (kept.requested_amount, kept.title) == (Decimal("20000.00"), kept.proposal.title)
    assert requested_amount(kept.proposal) == kept.requested_amount


def test_a_proposal_is_entered_once(contest_in, officer, now):
    contest = contest_in(C.DRAFT)
    with refused(R.ENTERED_ALREADY):
        enter_proposal(contest=contest, proposal=contest.entries.first().proposal, by=officer, now=now)
    assert contest.entries.count() == 3


def test_a_proposal_that_requests_nothing_is_not_entered(contest_in, proposal_in, officer, now):
    contest, proposal = contest_in(C.DRAFT), proposal_in(ProposalState.SUBMITTED)
    proposal.budget_lines.filter(source="REQUESTED").delete()
    Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.QUALIFIED)
    proposal.refresh_from_db()
    with refused(R.NO_AMOUNT):
        enter_proposal(contest=contest, proposal=proposal, by=officer, now=now)


def test_an_open_contest_takes_no_more_entries(contest_in, proposal_in, officer, now):
    with refused(R.WRONG_STATE):
        enter_proposal(contest=contest_in(C.OPEN), proposal=proposal_in(ProposalState.QUALIFIED), by=officer, now=now)


# Opening


def test_opening_hashes_the_rules_and_freezes_the_figures(contest_in, officer, communities, now):
    contest = open_contest(contest=contest_in(C.DRAFT), by=officer, now=now)
    assert contest.state == C.OPEN
    assert contest.rules_sha256 == ruleset.sha256(contest.ruleset)
    assert contest.opened_at == now
    assert len(contest.secret.key) == 64
    frozen = dict(contest.communities.values_list("community_id", "registered_population"))
    assert frozen == {community.pk: community.registered_population for community in communities}


def test_two_contests_have_two_secrets(contest_in):
    assert contest_in(C.OPEN).secret.key != contest_in(C.OPEN).secret.key


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda contest: Contest.objects.filter(pk=contest.pk).update(seed=""), R.RULES_UNSOUND),
        (lambda contest: Contest.objects.filter(pk=contest.pk).update(quorum=0), R.RULES_UNSOUND),
        (lambda contest: contest.criteria.all().delete(), R.NO_CRITERIA),
        (lambda contest: contest.entries.update(status=EntryStatus.WITHDRAWN), R.NO_ENTRIES),
        (lambda contest: Contest.objects.filter(pk=contest.pk).update(voting_opens_at=None), R.WINDOWS_MISSING),
    ],
)
def test_what_cannot_work_is_not_opened(contest_in, officer, now, spoil, reason):
    contest = contest_in(C.DRAFT)
    spoil(contest)
    with refused(reason) as caught:
        open_contest(contest=contest, by=officer, now=now)
    assert "%(" not in str(caught.value)
    contest.refresh_from_db()
    assert (contest.state, contest.rules_sha256) == (C.DRAFT, "")
    assert not ContestSecret.objects.exists()
    assert not contest.communities.exists()


def test_a_zone_alone_needs_no_rubric_of_its_own(contest_in, zone, officer, now):
    contest = contest_in(C.DRAFT)
    CriterionFactory(contest=contest, zone=zone)
    assert open_contest(contest=contest, by=officer, now=now).state == C.OPEN


# Closing, publishing, confirming


def test_closing_ends_scoring_and_voting(contest_in, officer, now):
    contest = contest_in(C.OPEN)
    close_contest(contest=contest, by=officer, now=contest.voting_closes_at)
    assert Contest.objects.get(pk=contest.pk).state == C.CLOSED
    with refused(R.WRONG_STATE):
        close_contest(contest=contest, by=officer, now=contest.voting_closes_at)


@pytest.mark.parametrize("window", ["scoring_closes_at", "voting_closes_at"])
def test_before_its_windows_end_an_approver_closes_and_says_why(contest_in, officer, approver, now, window):
    contest = contest_in(C.OPEN)
    other = {"scoring_closes_at", "voting_closes_at"} - {window}
    Contest.objects.filter(pk=contest.pk).update(**dict.fromkeys(other, now))
    with refused(R.CLOSES_EARLY):
        close_contest(contest=contest, by=officer, now=now, reason="Enough votes")
    with refused(R.REASON_MISSING):
        close_contest(contest=contest, by=approver, now=now, reason=" ")
    close_contest(contest=contest, by=approver, now=now, reason=" Fire in the hall ")
    event = contest.events.get(to_state=C.CLOSED)
    assert (event.actor, event.note) == (approver, "Fire in the hall")


def test_a_published_result_has_an_award_for_every_rank(contest_in):
    contest = contest_in(C.PUBLICISED, entries=4, budget=Decimal("42000.00"))
    awards = Award.objects.filter(entry__contest=contest)
    assert [(award.entry.number, award.state, award.amount) for award in awards] == [
        ("001", AwardState.SELECTED, Decimal("20000.00")),
        ("002", AwardState.SELECTED, Decimal("22000.00")),
        ("003", AwardState.RESERVE, Decimal("0.00")),
        ("004", AwardState.NOT_SELECTED, Decimal("0.00")),
    ]
    assert {award.result.run.kind for award in awards} == {RunKind.FINAL}
    assert [award.result.reason for award in awards[2:]] == [AwardReason.BUDGET] * 2


def test_withdrawn_entries_have_no_award(contest_in, officer, now):
    contest = contest_in(C.CLOSED)
    contest.entries.filter(number="002").update(status=EntryStatus.WITHDRAWN)
    final_run(contest, officer, now)
    awards = publicise_result(contest=contest, by=officer, now=now)
    assert [award.entry.number for award in awards] == ["001", "003"]


def final_run(contest, by, now):
    return carry_out(run=request_tally(contest=contest, kind=RunKind.FINAL, by=by, now=now), now=now)


def test_without_a_final_run_nothing_is_published(contest_in, officer, now):
    contest = contest_in(C.CLOSED)
    with refused(R.WRONG_STATE):
        publicise_result(contest=contest, by=officer, now=now)
    Contest.objects.filter(pk=contest.pk).update(state=C.TALLIED)
    with refused(R.NO_FINAL_RUN):
        publicise_result(contest=contest, by=officer, now=now)
    assert not Award.objects.exists()


CHANGES = {
    "a ballot is voided": lambda contest, now: BallotVoid.objects.create(
        ballot=contest.ballots.first(), reason="STUFFING"
    ),
    "an entry leaves": lambda contest, now: contest.entries.filter(number="003").update(status="DISQUALIFIED"),
    "a paper count comes in": lambda contest, now: OfflineCount.objects.create(
        entry=contest.entries.first(), sheet="A", votes=3, verified_at=now
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_result_on_other_inputs_is_not_published(contest_in, officer, now, change):
    contest = contest_in(C.TALLIED)
    CHANGES[change](contest, now)
    with refused(R.TALLY_STALE):
        publicise_result(contest=contest, by=officer, now=now)
    assert Contest.objects.get(pk=contest.pk).state == C.TALLIED
    run = final_run(contest, officer, now)
    assert run.counts == input_counts(contest)
    publicise_result(contest=contest, by=officer, now=now)
    assert set(Award.objects.values_list("result__run", flat=True)) == {run.pk}


def test_a_result_is_not_published_when_two_entries_have_changed_places(contest_in, officer, now):
    contest = contest_in(C.CLOSED)
    contest.entries.filter(number="002").update(status=EntryStatus.WITHDRAWN)
    run = final_run(contest, officer, now)
    contest.entries.filter(number="002").update(status=EntryStatus.IN)
    contest.entries.filter(number="003").update(status=EntryStatus.WITHDRAWN)
    assert run.counts["entries"] == input_counts(contest)["entries"]
    with refused(R.TALLY_STALE):
        publicise_result(contest=contest, by=officer, now=now)


def test_while_another_run_is_under_way_nothing_is_published(contest_in, officer, now):
    contest = contest_in(C.TALLIED)
    run = request_tally(contest=contest, kind=RunKind.FINAL, by=officer, now=now)
    with refused(R.RUN_UNDER_WAY):
        publicise_result(contest=contest, by=officer, now=now)
    carry_out(run=run, now=now)
    awards = publicise_result(contest=contest, by=officer, now=now)
    assert {award.result.run for award in awards} == {run}


def test_an_unverified_paper_count_changes_nothing(contest_in, officer, now):
    contest = contest_in(C.TALLIED)
    OfflineCount.objects.create(entry=contest.entries.first(), sheet="A", votes=3)
    assert len(publicise_result(contest=contest, by=officer, now=now)) == 3


def test_an_incomplete_entry_stops_the_publication(contest_in, officer, now):
    contest = contest_in(C.TALLIED, quorum=4)
    with refused(R.INCOMPLETE):
        publicise_result(contest=contest, by=officer, now=now)
    assert not Award.objects.exists()


def test_a_result_is_published_once(contest_in, approver, now):
    with refused(R.WRONG_STATE):
        publicise_result(contest=contest_in(C.PUBLICISED), by=approver, now=now)


def test_a_second_person_confirms(contest_in, officer, approver, now):
    contest = contest_in(C.PUBLICISED)
    with refused(R.APPROVER_NEEDED):
        confirm_result(contest=contest, by=officer, now=now)
    assert confirm_result(contest=contest, by=approver, now=now).state == C.CONFIRMED


def test_the_person_who_published_does_not_confirm(contest_in, approver, subdistrict, now):
    contest = contest_in(C.TALLIED)
    publicise_result(contest=contest, by=approver, now=now)
    with refused(R.APPROVER_NEEDED):
        confirm_result(contest=contest, by=approver, now=now)
    second = AppointmentFactory(role="STREET_APPROVER", subdistrict=subdistrict).user
    end_notice(contest.programme, now)
    assert confirm_result(contest=contest, by=second, now=now).state == C.CONFIRMED


def test_confirming_destroys_the_secret_of_the_ballots(contest_in, resident, approver, now):
    contest = contest_in(C.PUBLICISED)
    assert last_ballot(contest=Contest.objects.get(pk=contest.pk), by=resident) is not None
    confirm_result(contest=contest, by=approver, now=now)
    assert not ContestSecret.objects.filter(contest=contest).exists()
    assert last_ballot(contest=Contest.objects.get(pk=contest.pk), by=resident) is None
    assert contest.ballots.count() == 3


def test_a_result_that_is_not_confirmed_keeps_its_secret(contest_in, officer, now):
    contest = contest_in(C.PUBLICISED)
    with pytest.raises(Refused):
        confirm_result(contest=contest, by=officer, now=now)
    assert ContestSecret.objects.filter(contest=contest).exists()


def test_confirming_takes_the_order_of_the_ballots_out_of_the_roll(contest_in, communities, approver, now):
    contest = contest_in(C.OPEN)
    entry = contest.entries.first().pk
    for _ in range(12):
        voter = ResidencyFactory(community=communities[0]).user
        cast_ballot(contest=contest, entries=[entry], by=voter, now=now)
    Contest.objects.filter(pk=contest.pk).update(state=C.PUBLICISED)
    end_notice(contest.programme, now)
    before = list(contest.voters.order_by("pk").values_list("user_id", "has_voted"))
    old_ids = set(contest.voters.values_list("pk", flat=True))
    confirm_result(contest=contest, by=approver, now=now)
    after = list(contest.voters.order_by("pk").values_list("user_id", "has_voted"))
    assert sorted(after) == sorted(before)
    assert after != before
    assert old_ids.isdisjoint(contest.voters.values_list("pk", flat=True))
