"""No idea stays without an outcome: what was not revised, joined or screened in time is closed with a word to its author."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from communities.refusal import Refused
from programmes.enums import StageKind
from proposals.enums import (
    CLOSING_DECISIONS,
    CLOSING_REASONS,
    IdeaState,
    ProposalRefusal,
    ProposalState,
    ScreeningDecision,
    ScreeningReason,
)
from proposals.models import Idea, Proposal, Referral, Screening
from proposals.moderation import why_not_ask
from proposals.rules import why_not_second
from proposals.screening_rules import UNDO_TIME, why_not_close, why_not_screen, why_not_undo_screening
from proposals.services.ideas import close_idea, screen, undo_screening, withdraw_idea
from proposals.services.notifications import send_due_notifications
from proposals.wording import DEFAULTS
from tests.browsing import english, shown, text
from tests.proposals.test_admin_ideas import LIST, state_of
from tests.racing import race
from tests.scenes import ACCEPTANCE, RECEIVER, turning_away

R, D, S, K, P = ProposalRefusal, ScreeningDecision, IdeaState, StageKind, ProposalState


@pytest.fixture
def end(programme, now):
    """`end(*kinds)`: these stages of the year are over."""
    return lambda *kinds: programme.stages.filter(kind__in=kinds).update(closes_at=now)


@pytest.fixture
def over(end):
    """The time to screen, to revise and to join."""
    return end(K.IDEA_COLLECTION, K.SCREENING, K.PROPOSAL_INCUBATION)


def page_of(*ideas):
    return reverse("admin:proposals_idea_close") + "?" + "&".join(f"idea={idea.pk}" for idea in ideas)


REFERRAL = {"disposition": "ACTION_GROUP", "receiver": "Friends of the west gate"}


@pytest.mark.parametrize("state", S)
def test_closed_is_what_was_left_over_once_its_time_has_passed(state, idea_in, end, officer, now):
    idea = idea_in(state)
    assert why_not_close(officer, idea, now) == (R.NOT_OVER_YET if state in CLOSING_REASONS else R.WRONG_STATE)
    end(K.IDEA_COLLECTION, K.SCREENING)
    # Who was asked to add something can no longer do so; joining goes on.
    expected = {S.RETURNED: None, S.ACCEPTED: R.NOT_OVER_YET}
    assert why_not_close(officer, idea, now) == expected.get(state, R.WRONG_STATE)
    end(K.PROPOSAL_INCUBATION)
    assert why_not_close(officer, idea, now) == (None if state in CLOSING_REASONS else R.WRONG_STATE)
    assert (idea in Idea.objects.without_outcome(now)) == (state in CLOSING_REASONS)


@pytest.mark.parametrize(
    ("role", "refusal"),
    [
        ("officer", None),
        ("approver", None),
        ("other_officer", R.NOT_AN_OFFICER),
        ("community_officer", R.NOT_AN_OFFICER),
        ("support_member", R.NOT_AN_OFFICER),
        ("supervisor", R.NOT_AN_OFFICER),
        ("resident", R.NOT_AN_OFFICER),
        ("superuser", R.NOT_AN_OFFICER),
        ("anonymous", R.NOT_AN_OFFICER),
    ],
)
def test_the_office_closes(role, refusal, cast, idea_in, over, now):
    assert why_not_close(cast(role), idea_in(S.ACCEPTED), now) == refusal


def test_nobody_closes_their_own_idea(idea_in, over, officer, now):
    idea = idea_in(S.ACCEPTED)
    Idea.objects.filter(pk=idea.pk).update(author=officer)
    assert why_not_close(officer, Idea.objects.get(pk=idea.pk), now) == R.OWN_IDEA


def test_a_stage_to_come_keeps_the_time_open(idea_in, over, programme, officer, now):
    later = {"opens_at": now + timedelta(1), "closes_at": now + timedelta(2)}
    programme.stages.filter(kind=K.SCREENING).update(**later)
    assert why_not_close(officer, idea_in(S.RETURNED), now) == R.NOT_OVER_YET


@pytest.mark.parametrize("state", CLOSING_REASONS)
@pytest.mark.parametrize(("decision", "to"), [(D.REFER, S.REFERRED), (D.REJECT, S.REJECTED)])
def test_the_author_reads_the_reason_and_everyone_who_takes_it_over(state, decision, to, idea_in, over, officer, now):
    idea = idea_in(state)
    judged = Screening.objects.get(idea=idea)
    receiver = RECEIVER if decision == D.REFER else None
    closed = close_idea(idea=idea, decision=decision, note="Next year.", by=officer, now=now, to=receiver)
    assert state_of(idea) == to
    assert closed.reason == closed.event.reason == CLOSING_REASONS[state]
    assert (closed.public_benefit, closed.officer) == (judged.public_benefit, officer)
    assert [referral.receiver for referral in Referral.objects.filter(screening=closed)] == (
        [RECEIVER.receiver] if receiver else []
    )
    send_due_notifications(now=now + UNDO_TIME - timedelta(seconds=1))
    assert idea.author.notifications.filter(notice__in=("IDEA_REFERRED_TO", "IDEA_CLOSED")).count() == 0
    send_due_notifications(now=now + UNDO_TIME)
    told = idea.author.notifications.order_by("pk").last()
    assert told.notice == ("IDEA_REFERRED_TO" if receiver else "IDEA_CLOSED")
    assert told.facts["note"] == "Next year."


@pytest.mark.parametrize(
    ("decision", "note", "to", "refusal"),
    [
        (D.REJECT, " ", None, R.REASON_NEEDED),
        (D.REFER, "Elsewhere.", None, R.RECEIVER_NEEDED),
        (D.ACCEPT, "Good.", None, R.WRONG_STATE),
        (D.RETURN, "More.", None, R.WRONG_STATE),
    ],
)
def test_nobody_is_turned_away_without_a_word(decision, note, to, refusal, idea_in, over, officer, now):
    idea = idea_in(S.ACCEPTED)
    with pytest.raises(Refused) as refused:
        close_idea(idea=idea, decision=decision, note=note, by=officer, now=now, to=to)
    assert refused.value.reason == refusal
    assert state_of(idea) == S.ACCEPTED


# Taking it back


@pytest.fixture
def closed(idea_in, over, officer, now):
    """`closed(state, decision)`: what became at the end of an idea in this state."""

    def make(state=S.ACCEPTED, decision=D.REJECT):
        to = RECEIVER if decision == D.REFER else None
        return close_idea(idea=idea_in(state), decision=decision, note="Next year.", by=officer, now=now, to=to)

    return make


@pytest.mark.parametrize("state", CLOSING_REASONS)
@pytest.mark.parametrize("decision", CLOSING_DECISIONS)
def test_what_was_closed_is_as_before_once_it_is_taken_back(state, decision, closed, officer, now):
    closing = closed(state, decision)
    idea, before = closing.idea, [*closing.idea.events.values_list("pk", flat=True)][:-1]
    last_second = now + UNDO_TIME - timedelta(seconds=1)
    undo_screening(screening=closing, by=officer, now=last_second)
    assert state_of(idea) == state
    assert [*idea.events.in_force().values_list("pk", flat=True)] == before
    assert Screening.objects.decisions().filter(idea=idea).count() == 1
    assert not Referral.objects.unanswered().exists()
    send_due_notifications(now=now + timedelta(days=1))
    assert not idea.author.notifications.filter(notice__in=("IDEA_REFERRED_TO", "IDEA_CLOSED")).exists()
    again = close_idea(idea=Idea.objects.get(pk=idea.pk), decision=D.REJECT, note="No.", by=officer, now=last_second)
    assert (state_of(idea), again.event.not_before) == (S.REJECTED, last_second + UNDO_TIME)


@pytest.mark.parametrize(
    ("role", "refusal"),
    [
        ("officer", None),
        ("approver", R.NOT_YOUR_DECISION),
        *((role, R.NOT_AN_OFFICER) for role in ("other_officer", "community_officer", "supervisor", "resident")),
    ],
)
def test_who_closed_it_takes_it_back(role, refusal, cast, closed, now):
    closing = closed()
    assert why_not_undo_screening(cast(role), closing, now) == refusal
    assert why_not_undo_screening(cast("officer"), closing, now + UNDO_TIME) == R.TOLD_ALREADY


@pytest.mark.parametrize("state", CLOSING_REASONS)
@pytest.mark.parametrize("decision", CLOSING_DECISIONS)
def test_everyone_reads_what_was_just_closed_as_before(state, decision, idea_in, over, officer, neighbour, now):
    """Nobody can tell a closing by what goes missing, or by what appears that was between the author and the office."""
    idea = idea_in(state)
    pages = [
        f"{reverse('idea_list')}?programme={idea.programme_id}",
        f"{reverse('idea_list')}?programme={idea.programme_id}&state=ACCEPTED",
        f"{reverse('idea_list')}?programme={idea.programme_id}&format=csv",
        idea.get_absolute_url(),
        f"{reverse('search')}?q={idea.title}",
        reverse("community_detail", args=[idea.community_id]),
    ]
    own = [reverse("my"), reverse("my_ideas")]

    def read():
        # But for the tokens against forged forms.
        answers = [english(neighbour).get(page) for page in pages] + [english(idea.author).get(page) for page in own]
        return [re.sub(r"\b\w{64}\b", "", b"".join(answer).decode()).splitlines() for answer in answers]

    before = read()
    to = RECEIVER if decision == D.REFER else None
    close_idea(idea=idea, decision=decision, note="Next year.", by=officer, now=now, to=to)
    assert Idea.objects.get(pk=idea.pk).shown_state == state
    for page, lines, was in zip(pages + own, read(), before, strict=True):
        assert lines == was, page
    page = text(english(idea.author).get(idea.get_absolute_url()))
    assert f'data-state="{state}"' in page
    assert "Next year." not in page
    with time_machine.travel(now + UNDO_TIME):
        assert english().get(idea.get_absolute_url()).status_code == (200 if to else 404)
        assert Idea.objects.with_told().get(pk=idea.pk).shown_state == state_of(idea)


def test_what_was_just_closed_may_be_asked_about_but_not_seconded(closed, scene, neighbour, now):
    closed(S.ACCEPTED)
    scene.programme.stages.update(closes_at=now + timedelta(days=1))
    idea = Idea.objects.get()
    assert why_not_ask(neighbour, idea, now) is None
    assert why_not_second(neighbour, idea, now) == R.BEING_DECIDED


def test_what_was_returned_is_as_closed_to_neighbours_as_before(closed, neighbour, now):
    closed(S.RETURNED, D.REFER)
    idea = Idea.objects.get()
    assert why_not_second(neighbour, idea, now) == R.WRONG_STATE
    assert why_not_ask(neighbour, idea, now) == R.WRONG_STATE


def test_the_office_takes_it_back_from_the_page_that_says_what_was_closed(idea_in, over, officer):
    idea, office = idea_in(S.ACCEPTED), english(officer)
    seen = office.post(page_of(idea), {"decision": "REJECT", "preview": "1"}).context["seen"]
    done = office.post(page_of(idea), {"decision": "REJECT", "decide": "1", "seen": seen})
    undo = reverse("admin:proposals_idea_undo", args=[idea.screenings.last().pk])
    assert undo in text(done)
    assert "is open as before; nobody has been told anything." in text(office.post(undo, follow=True))
    assert state_of(idea) == S.ACCEPTED
    assert shown(R.WRONG_STATE.label) in text(office.post(undo, follow=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", CLOSING_REASONS)
def test_a_closing_is_taken_back_or_told(state, scene, idea_in):
    """The sender's clock is ahead, as clocks of two machines may be."""
    idea = idea_in(state)
    send_due_notifications(now=scene.now)
    scene.programme.stages.update(closes_at=scene.now)
    closing = close_idea(idea=idea, decision=D.REJECT, note="Next year.", by=scene.officer, now=scene.now)
    race(
        lambda: undo_screening(screening=closing, by=scene.officer, now=scene.now),
        lambda: send_due_notifications(now=scene.now + UNDO_TIME),
    )
    told = idea.author.notifications.filter(notice="IDEA_CLOSED").exists()
    assert state_of(idea) == (S.REJECTED if told else state)


# What was joined into a proposal that nobody handed in


@pytest.mark.parametrize("state", P)
def test_what_nobody_handed_in_in_time_is_what_is_still_being_written(state, proposal_in, end, now):
    proposal = proposal_in(state)
    assert proposal not in Proposal.objects.not_handed_in(now)
    end(K.PROPOSAL_INCUBATION)
    assert (proposal in Proposal.objects.not_handed_in(now)) == (state in (P.DRAFT, P.COACHING))


def test_an_idea_whose_proposal_nobody_handed_in_comes_to_its_end(proposal_in, end, officer):
    """Joined, flagged on the first page when the time is over, free by the withdrawal, closed, and its author told."""
    proposal = proposal_in(P.COACHING)
    end(K.IDEA_COLLECTION, K.SCREENING, K.PROPOSAL_INCUBATION)
    [idea] = Idea.objects.all()
    office, written = english(officer), f"{reverse('admin:proposals_proposal_changelist')}?late=handing-in"

    def waiting():
        return {item.url: item for item in office.get(reverse("admin:index")).context["waiting"]}

    assert (state_of(idea), waiting()[f"{LIST}?state=left"].count) == (S.CONSOLIDATED, 0)
    flagged = waiting()[written]
    assert (flagged.count, flagged.since) == (1, proposal.events.get(to_state=P.COACHING).at)
    assert [*office.get(written).context["cl"].queryset] == [proposal]
    why = {"reason": "OTHER", "note": "Nobody went on with it."}
    office.post(reverse("admin:proposals_proposal_do", args=[proposal.pk, "withdraw"]), why)
    left = waiting()
    assert (state_of(idea), left[written].count, left[f"{LIST}?state=left"].count) == (S.ACCEPTED, 0, 1)
    seen = office.post(page_of(idea), {"decision": "REJECT", "preview": "1"}).context["seen"]
    office.post(page_of(idea), {"decision": "REJECT", "decide": "1", "seen": seen})
    assert state_of(idea) == S.REJECTED
    send_due_notifications(now=timezone.now() + UNDO_TIME)
    told = {*idea.author.notifications.values_list("notice", flat=True)}
    assert {"PROPOSAL_WITHDRAWN", "IDEA_RELEASED", "IDEA_CLOSED"} <= told


# What was not screened in time


@pytest.mark.parametrize(
    ("decision", "refusal"),
    [(D.ACCEPT, R.TOO_LATE_TO_ACCEPT), (D.RETURN, R.TOO_LATE_TO_RETURN), (D.REFER, None), (D.REJECT, None)],
)
def test_what_was_not_screened_in_time_is_answered_all_the_same(decision, refusal, idea_in, end, officer, now):
    idea = idea_in(S.SUBMITTED)
    end(K.IDEA_COLLECTION, K.SCREENING, K.PROPOSAL_INCUBATION)
    assert why_not_screen(officer, idea, now) is None
    judgement = ACCEPTANCE if decision == D.ACCEPT else turning_away(decision)
    if refusal:
        with pytest.raises(Refused) as refused:
            screen(idea=idea, judgement=judgement, by=officer, now=now)
        assert refused.value.reason == refusal
        return
    screening = screen(idea=idea, judgement=judgement, by=officer, now=now)
    assert state_of(idea) != S.SUBMITTED
    undo_screening(screening=screening, by=officer, now=now)
    assert state_of(idea) == S.SUBMITTED


def test_while_proposals_are_written_nothing_is_given_back_any_more(idea_in, end, officer, now):
    idea = idea_in(S.SUBMITTED)
    end(K.IDEA_COLLECTION, K.SCREENING)
    with pytest.raises(Refused) as refused:
        screen(idea=idea, judgement=turning_away(D.RETURN), by=officer, now=now)
    assert refused.value.reason == R.TOO_LATE_TO_RETURN


# The page


def test_the_office_closes_from_its_list_what_the_to_do_page_counts(idea_in, over, officer, resident, neighbour):
    returned, accepted = idea_in(S.RETURNED, title="Never answered"), idea_in(S.ACCEPTED, title="Joined by nobody")
    idea_in(S.REJECTED, title="Has its outcome")
    office = english(officer)
    assert f"{LIST}?state=left" in text(office.get(reverse("admin:index")))
    listed = text(office.get(LIST, {"state": "left"}))
    assert "Never answered" in listed
    assert "Joined by nobody" in listed
    assert "Has its outcome" not in listed
    chosen = {"action": "close", "_selected_action": [returned.pk, accepted.pk]}
    page = office.post(f"{LIST}?state=left", chosen).url
    assert page == page_of(returned, accepted)
    looked_at = office.post(page, {"decision": "REJECT", "preview": "1"})
    for reason in CLOSING_REASONS.values():
        assert shown(reason.label) in text(looked_at)
    assert Screening.objects.count() == 3
    decided = office.post(page, {"decision": "REJECT", "decide": "1", "seen": looked_at.context["seen"]})
    assert "2 ideas are closed." in text(decided)
    assert {state_of(returned), state_of(accepted)} == {S.REJECTED}
    for idea, reason in ((returned, ScreeningReason.NOT_ANSWERED), (accepted, ScreeningReason.NOT_JOINED)):
        assert idea.screenings.last().reason == reason
        assert idea.events.last().note
    assert not office.get(LIST, {"state": "left"}).context["cl"].result_count


def test_without_words_of_the_officer_each_reads_the_wording_of_their_reason(idea_in, over, officer, resident):
    type(resident).objects.filter(pk=resident.pk).update(language="en")
    ideas = [idea_in(S.RETURNED), idea_in(S.ACCEPTED)]
    page = english(officer).post(page_of(*ideas), {"decision": "REJECT", "preview": "1"})
    for reason in CLOSING_REASONS.values():
        assert shown(DEFAULTS[reason]) in text(page)


def test_what_is_referred_names_who_takes_it_over(idea_in, over, officer):
    idea = idea_in(S.ACCEPTED)
    office = english(officer)
    assert shown(R.RECEIVER_NEEDED.label) in text(office.post(page_of(idea), {"decision": "REFER", "preview": "1"}))
    typed = {"decision": "REFER", **REFERRAL}
    seen = office.post(page_of(idea), {**typed, "preview": "1"}).context["seen"]
    office.post(page_of(idea), {**typed, "decide": "1", "seen": seen})
    assert Referral.objects.get().receiver == REFERRAL["receiver"]
    with time_machine.travel(timezone.now() + UNDO_TIME):
        assert "Friends of the west gate" in text(english().get(idea.get_absolute_url()))


def test_nothing_is_closed_without_a_preview_of_the_same(idea_in, over, officer):
    idea = idea_in(S.ACCEPTED)
    office = english(officer)
    seen = office.post(page_of(idea), {"decision": "REJECT", "preview": "1"}).context["seen"]
    for changed in ({"seen": ""}, {"seen": seen, "note": "Something else."}):
        page = office.post(page_of(idea), {"decision": "REJECT", "decide": "1", **changed})
        assert "Something has changed since the preview." in text(page)
    assert state_of(idea) == S.ACCEPTED


def test_each_that_cannot_be_closed_is_left_with_its_reason(idea_in, over, officer, now):
    closable, decided = idea_in(S.ACCEPTED), idea_in(S.REFERRED, title="Decided before")
    withdrawn = idea_in(S.ACCEPTED, title="Withdrawn meanwhile")
    office = english(officer)
    looked_at = office.post(page_of(closable, decided, withdrawn), {"decision": "REJECT", "preview": "1"})
    assert [idea for idea, refused, _ in looked_at.context["rows"] if refused] == [decided]
    withdraw_idea(idea=withdrawn, by=withdrawn.author, now=now)
    office.post(
        page_of(closable, decided, withdrawn),
        {"decision": "REJECT", "decide": "1", "seen": looked_at.context["seen"]},
    )
    # The author came between the look and the decision: nothing is closed that nobody looked at.
    assert [state_of(idea) for idea in (closable, decided, withdrawn)] == [S.ACCEPTED, S.REFERRED, S.WITHDRAWN]


@pytest.mark.parametrize(("who", "status"), [("supervisor", 403), ("resident", 403), ("other_officer", 302)])
def test_who_does_not_close(who, status, client, request, idea_in, over):
    idea = idea_in(S.ACCEPTED)
    client.force_login(request.getfixturevalue(who))
    assert client.post(page_of(idea), {"decision": "REJECT", "decide": "1"}).status_code == status
    assert state_of(idea) == S.ACCEPTED


@pytest.mark.parametrize("number", [1, 3])
def test_the_preview_asks_little_for_each_idea(number, officer, idea_in, over, django_assert_num_queries):
    ideas = [idea_in(S.ACCEPTED, title=f"Benches {place}") for place in range(number)]
    office = english(officer)
    with django_assert_num_queries(6 + number):
        office.post(page_of(*ideas), {"decision": "REJECT", "preview": "1"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", ["officer", "author"])
def test_two_at_once_give_one_outcome(other, scene, idea_in):
    idea = idea_in(S.ACCEPTED)
    scene.programme.stages.update(closes_at=scene.now)

    def close(officer, decision, to=None):
        fresh = Idea.objects.select_related("programme").get(pk=idea.pk)
        return lambda: close_idea(idea=fresh, decision=decision, note="A word.", by=officer, now=scene.now, to=to)

    def withdraw():
        fresh = Idea.objects.get(pk=idea.pk)
        return lambda: withdraw_idea(idea=fresh, by=scene.author, now=scene.now)

    second = close(scene.approver, D.REFER, RECEIVER) if other == "officer" else withdraw()
    outcomes = race(close(scene.officer, D.REJECT), second)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    # Whoever withdraws after the closing may do so; two officers never both close.
    assert len(refused) == 1 or state_of(idea) == S.WITHDRAWN
    assert len(refused) == 1 or other == "author"
    assert idea.screenings.count() <= 2
