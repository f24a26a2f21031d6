"""The office's own decisions: proposed by one, signed by another, beside the computed ones."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import InternalError
from django.urls import reverse

from communities.refusal import Refused
from contests.enums import AwardState, ContestRefusal, ContestState, Decision, RunKind
from contests.models import Award, Overruling, TallyRun
from contests.services.lifecycle import publicise_result
from contests.services.overruling import propose_overruling, sign_overruling, withdraw_overruling
from tests.factories import PASSWORD

R, S = ContestRefusal, ContestState

pytestmark = pytest.mark.django_db


@pytest.fixture
def tallied(contest_in):
    """A contest whose budget holds all its entries."""
    return contest_in(S.TALLIED, budget=Decimal("66000.00"))


@pytest.fixture
def last(tallied):
    """The result of the lowest rank, and what the tally decided about it."""
    return tallied.runs.get().results.filter(rank__isnull=False).in_published_order().last()


def other(result):
    """A decision that the tally did not take, with its amount."""
    if result.decision == Decision.SELECTED:
        return Decision.NOT_SELECTED, Decimal(0)
    return Decision.SELECTED, result.entry.requested_amount


@pytest.fixture
def proposed(last, officer, now):
    decision, amount = other(last)
    return propose_overruling(
        entry=last.entry, decision=decision, amount=amount, reason="The site is being rebuilt.", by=officer, now=now
    )


def refuses(why, verb, /, **arguments):
    with pytest.raises(Refused) as caught:
        verb(**arguments)
    assert caught.value.reason == why


def test_a_signed_decision_becomes_the_award_and_the_computed_one_stays(
    tallied, last, proposed, officer, approver, now
):
    sign_overruling(overruling=proposed, by=approver, now=now)
    publicise_result(contest=tallied, by=officer, now=now)
    award = Award.objects.get(entry=last.entry)
    assert award.overruling == proposed
    assert award.state == AwardState(Decision(proposed.decision).value)
    assert award.amount == proposed.amount
    last.refresh_from_db()
    assert last.decision != proposed.decision
    assert Award.objects.filter(overruling__isnull=False).count() == 1


def test_everyone_reads_both_decisions_with_reason_and_names(client, tallied, last, proposed, officer, approver, now):
    sign_overruling(overruling=proposed, by=approver, now=now)
    publicise_result(contest=tallied, by=officer, now=now)
    page = client.get(reverse("contest_result", args=[tallied.pk]))
    row = next(row for row in page.context["working"].rows if row.result == last)
    assert row.overruling == row.decided == proposed
    text = page.content.decode()
    for part in (proposed.reason, str(officer), str(approver)):
        assert part in text
    standing = Award.objects.filter(entry__contest=tallied).selected()
    assert page.context["working"].selected == standing.count()
    assert page.context["working"].awarded == sum(award.amount for award in standing)


def test_awards_do_not_pass_the_budget(contest_in, officer, approver, now):
    contest = contest_in(S.TALLIED, budget=Decimal("6000.00"))
    refused = contest.runs.get().results.filter(rank__isnull=False).exclude(decision=Decision.SELECTED).first()
    overruling = propose_overruling(
        entry=refused.entry,
        decision=Decision.SELECTED,
        amount=refused.entry.requested_amount,
        reason="Wanted by many",
        by=officer,
        now=now,
    )
    sign_overruling(overruling=overruling, by=approver, now=now)
    refuses(R.OVER_BUDGET, publicise_result, contest=contest, by=officer, now=now)
    assert not Award.objects.exists()


def test_while_a_signature_is_missing_nothing_is_published(tallied, proposed, officer, now):
    refuses(R.OVERRULING_UNSIGNED, publicise_result, contest=tallied, by=officer, now=now)
    withdraw_overruling(overruling=proposed, by=officer, now=now)
    publicise_result(contest=tallied, by=officer, now=now)
    assert not Award.objects.filter(overruling__isnull=False).exists()


def test_nobody_signs_their_own_proposal_and_only_approvers_sign(tallied, last, approver, officer, other_officer, now):
    decision, amount = other(last)
    own = propose_overruling(entry=last.entry, decision=decision, amount=amount, reason="Reason", by=approver, now=now)
    for person in (approver, officer, other_officer):
        refuses(R.APPROVER_NEEDED, sign_overruling, overruling=own, by=person, now=now)


def test_a_signed_decision_is_fixed(last, proposed, officer, approver, now):
    sign_overruling(overruling=proposed, by=approver, now=now)
    refuses(R.OVERRULING_SIGNED, sign_overruling, overruling=proposed, by=approver, now=now)
    refuses(R.OVERRULING_SIGNED, withdraw_overruling, overruling=proposed, by=officer, now=now)
    decision, amount = other(last)
    refuses(
        R.OVERRULING_SIGNED,
        propose_overruling,
        entry=last.entry,
        decision=decision,
        amount=amount,
        reason="Again",
        by=officer,
        now=now,
    )
    with pytest.raises(InternalError, match="signed_is_final"), transaction.atomic():
        Overruling.objects.filter(pk=proposed.pk).update(amount=1)


def test_a_new_proposal_replaces_an_unsigned_one(last, proposed, officer, now):
    propose_overruling(
        entry=last.entry,
        decision=Decision(proposed.decision),
        amount=proposed.amount,
        reason="Better said",
        by=officer,
        now=now,
    )
    assert Overruling.objects.get().reason == "Better said"


def test_every_act_is_kept_with_its_words(tallied, last, proposed, officer, approver, now):
    withdraw_overruling(overruling=proposed, by=approver, now=now)
    acts = tallied.events.filter(reason__startswith="OVERRULING")
    assert list(acts.values_list("actor", "reason")) == [
        (officer.pk, "OVERRULING_PROPOSED"),
        (approver.pk, "OVERRULING_WITHDRAWN"),
    ]
    assert all("The site is being rebuilt." in act.note and last.entry.number in act.note for act in acts)
    assert {(act.from_state, act.to_state) for act in acts} == {(S.TALLIED, S.TALLIED)}


def test_what_was_taken_back_cannot_be_signed(proposed, officer, approver, now):
    withdraw_overruling(overruling=Overruling.objects.get(), by=officer, now=now)
    refuses(R.WRONG_STATE, sign_overruling, overruling=proposed, by=approver, now=now)


@pytest.mark.parametrize(
    ("decision", "amount"),
    [(Decision.SELECTED, "0"), (Decision.SELECTED, "99999999"), (Decision.RESERVE, "1"), (Decision.NOT_SELECTED, "1")],
)
def test_the_amount_fits_the_decision(last, officer, now, decision, amount):
    refuses(
        R.AMOUNT_WRONG,
        propose_overruling,
        entry=last.entry,
        decision=decision,
        amount=Decimal(amount),
        reason="Reason",
        by=officer,
        now=now,
    )


def test_the_computed_decision_is_nothing_to_overrule(last, officer, now):
    refuses(
        R.SAME_DECISION,
        propose_overruling,
        entry=last.entry,
        decision=Decision(last.decision),
        amount=last.amount,
        reason="Reason",
        by=officer,
        now=now,
    )


@pytest.mark.parametrize(("who", "reason"), [("other_officer", R.NOT_AN_OFFICER), ("supervisor", R.NOT_AN_OFFICER)])
def test_only_officers_of_the_street_propose(cast, last, now, who, reason):
    decision, amount = other(last)
    refuses(
        reason,
        propose_overruling,
        entry=last.entry,
        decision=decision,
        amount=amount,
        reason="Reason",
        by=cast(who),
        now=now,
    )


@pytest.mark.parametrize("state", [S.OPEN, S.CLOSED, S.PUBLICISED])
def test_decisions_are_overruled_between_tally_and_notice(contest_in, officer, now, state):
    contest = contest_in(state)
    refuses(
        R.WRONG_STATE,
        propose_overruling,
        entry=contest.entries.first(),
        decision=Decision.RESERVE,
        amount=Decimal(0),
        reason="Reason",
        by=officer,
        now=now,
    )


def test_without_a_rank_there_is_nothing_to_overrule(tallied, officer, now):
    entry = tallied.entries.first()
    later = TallyRun.objects.create(
        contest=tallied, kind=RunKind.FINAL, state="DONE", requested_at=now, results_sha256="0" * 64
    )
    assert not later.results.exists()
    refuses(
        R.NOT_RANKED,
        propose_overruling,
        entry=entry,
        decision=Decision.RESERVE,
        amount=Decimal(0),
        reason="Reason",
        by=officer,
        now=now,
    )


def test_an_entry_is_overruled_once(last, proposed, officer, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        Overruling.objects.create(
            entry=last.entry, decision=Decision.RESERVE, reason="Reason", proposed_by=officer, proposed_at=now
        )


def test_the_office_proposes_and_signs_on_the_page_of_the_contest(client, tallied, last, officer, approver):
    page = reverse("admin:contests_contest_change", args=[tallied.pk])
    decision, amount = other(last)
    assert client.login(username=officer.username, password=PASSWORD)
    address = page.replace("/change/", "/do/overrule/")
    asked = {"entry": last.entry_id, "decision": decision, "amount": amount, "reason": "=cmd() <script>"}
    assert client.post(address, asked).status_code == 302
    overruling = Overruling.objects.get()
    assert "&lt;script&gt;" in client.get(page).content.decode()
    signing = page.replace("/change/", "/do/sign/")
    client.post(signing, {"overruling": overruling.pk})
    overruling.refresh_from_db()
    assert overruling.signed_at is None
    assert client.login(username=approver.username, password=PASSWORD)
    assert client.post(signing, {"overruling": overruling.pk}).status_code == 302
    overruling.refresh_from_db()
    assert overruling.signed_by == approver
