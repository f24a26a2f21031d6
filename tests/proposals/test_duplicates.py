"""What is turned down as the same as an earlier idea: the office names which, and the resident reads it if everyone may."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import override

from communities.models import Notification
from communities.notices import remark_of
from communities.refusal import Refused
from proposals.enums import IdeaState, ProposalRefusal, ScreeningDecision, ScreeningReason
from proposals.handing import in_words, to_hand_over
from proposals.models import Idea, Screening
from proposals.screening_rules import UNDO_TIME
from proposals.services.ideas import screen, undo_screening, withdraw_idea
from proposals.services.notifications import send_due_notifications
from tests.browsing import english, shown, text
from tests.factories import IdeaFactory
from tests.proposals.test_admin_ideas import REJECT, screen_url, state_of
from tests.scenes import ACCEPTANCE, turning_away

DUPLICATE = {**REJECT, "reason": "DUPLICATE"}
SAME = replace(turning_away(ScreeningDecision.REJECT), reason=ScreeningReason.DUPLICATE)
TITLE = 'Seats <b>"by"</b> the road'


@pytest.fixture
def first(idea_in, neighbour):
    """The earlier idea, which everyone can read."""
    return idea_in(IdeaState.ACCEPTED, title=TITLE, by=neighbour)


@pytest.fixture
def idea(idea_in):
    return idea_in(IdeaState.SUBMITTED)


def told(idea: Idea) -> list[str]:
    """What the author is told beside the sentence, in English."""
    send_due_notifications(now=idea.events.last().at + UNDO_TIME)
    with override("en"):
        return remark_of(Notification.objects.filter(recipient=idea.author).latest("pk"))


def named(first: Idea) -> str:
    return f"The same as idea number {first.pk}, “{first.title}”"


def test_the_author_reads_which_idea_is_the_same(officer, resident, idea, first, now):
    screen(idea=idea, judgement=replace(SAME, duplicate_of=first), by=officer, now=now - UNDO_TIME)
    assert Screening.objects.get(idea=idea).duplicate_of == first
    assert told(idea) == ["Same as an earlier idea", named(first), SAME.note]
    page = text(english(resident).get(idea.get_absolute_url()))
    assert f'<a href="{first.get_absolute_url()}">No. {first.pk} {escape(TITLE)}</a>' in page
    assert TITLE not in page


def test_the_preview_is_word_for_word_what_is_sent(officer, resident, idea, first):
    resident.language = "en"
    resident.save(update_fields=["language"])
    data = {**DUPLICATE, "duplicate_of": first.pk}
    response = english(officer).post(screen_url(idea), {**data, "preview": "1"})
    [seen] = response.context["previews"]
    assert escape(named(first)) in response.content.decode()
    english(officer).post(screen_url(idea), data)
    assert told(idea) == seen.remarks


def test_an_idea_that_not_everyone_reads_is_not_named_to_others(officer, resident, idea, idea_in, neighbour):
    hidden = idea_in(IdeaState.REJECTED, title="Not for others", by=neighbour)
    data = {**DUPLICATE, "duplicate_of": hidden.pk}
    [seen] = english(officer).post(screen_url(idea), {**data, "preview": "1"}).context["previews"]
    english(officer).post(screen_url(idea), data)
    assert Screening.objects.get(idea=idea).duplicate_of == hidden
    assert told(idea) == ["Same as an earlier idea", REJECT["note"]]
    assert len(seen.remarks) == 2
    assert "Not for others" not in text(english(resident).get(idea.get_absolute_url()))
    assert "Not for others" in text(english(officer).get(reverse("admin:proposals_idea_change", args=[idea.pk])))


def test_what_is_no_longer_public_when_the_message_goes_is_not_named(officer, idea, first, now):
    english(officer).post(screen_url(idea), {**DUPLICATE, "duplicate_of": first.pk})
    withdraw_idea(idea=first, by=first.author, now=now)
    assert told(idea) == ["Same as an earlier idea", REJECT["note"]]


def test_which_idea_has_to_be_said(officer, idea, first, idea_in, neighbour, now):
    draft = idea_in(IdeaState.DRAFT, by=neighbour)
    elsewhere = IdeaFactory(state=IdeaState.ACCEPTED, submitted_at=now)
    client = english(officer)
    for number in ("", idea.pk, draft.pk, elsewhere.pk, "0", "x", "9" * 30, "\0"):
        page = text(client.post(screen_url(idea), {**DUPLICATE, "duplicate_of": number, "note": "Typed with care."}))
        assert shown(ProposalRefusal.SAME_AS_WHICH.label) in page, number
        assert "Typed with care." in page
    assert state_of(idea) == IdeaState.SUBMITTED


def test_with_another_reason_no_idea_is_named(officer, idea, first):
    english(officer).post(screen_url(idea), {**REJECT, "duplicate_of": first.pk})
    assert Screening.objects.get(idea=idea).duplicate_of is None


@pytest.mark.parametrize("which", ["none", "itself", "draft", "elsewhere"])
def test_the_verb_refuses_it_too(which, officer, idea, idea_in, now):
    others = {
        "none": None,
        "itself": idea,
        "draft": idea_in(IdeaState.DRAFT),
        "elsewhere": IdeaFactory(state="ACCEPTED", submitted_at=now),
    }
    with pytest.raises(Refused, check=lambda refused: refused.reason == ProposalRefusal.SAME_AS_WHICH):
        screen(idea=idea, judgement=replace(SAME, duplicate_of=others[which]), by=officer, now=now)
    assert state_of(idea) == IdeaState.SUBMITTED


def test_what_is_taken_back_names_nobody(officer, resident, idea, first, now):
    screening = screen(idea=idea, judgement=replace(SAME, duplicate_of=first), by=officer, now=now)
    idea = undo_screening(screening=screening, by=officer, now=now + timedelta(minutes=1))
    for reader in (officer, resident):
        assert escape(TITLE) not in text(english(reader).get(idea.get_absolute_url()))
    page = english(officer).get(screen_url(idea))
    assert not page.context["form"]["duplicate_of"].value()
    screen(idea=idea, judgement=ACCEPTANCE, by=officer, now=now + timedelta(minutes=2))
    assert told(idea) == []


def test_the_desk_shows_the_numbers_of_similar_ideas(officer, idea, idea_in, neighbour):
    alike = idea_in(IdeaState.ACCEPTED, by=neighbour)
    page = text(english(officer).get(screen_url(idea)))
    assert f"<span>No. {alike.pk}</span>" in page
    assert f'<option value="{alike.pk}">' in page


def test_the_second_officer_reads_which(officer, approver, idea, first, now):
    doubt = replace(SAME, public_benefit="DOUBT", duplicate_of=first)
    assert screen(idea=idea, judgement=doubt, by=officer, now=now).is_opinion
    assert f"No. {first.pk} {escape(TITLE)}" in text(english(approver).get(screen_url(idea)))


def test_of_several_the_named_one_is_left_out(officer, idea_in, neighbour):
    ideas = [idea_in(IdeaState.SUBMITTED, title=f"Benches {place}", by=neighbour) for place in range(3)]
    url = f"{reverse('admin:proposals_idea_decide')}?" + "&".join(f"idea={each.pk}" for each in ideas)
    data = {**DUPLICATE, "duplicate_of": ideas[0].pk}
    client = english(officer)
    response = client.post(url, {**data, "preview": "1"})
    assert [bool(why_not) for _idea, why_not, _previews in response.context["rows"]] == [True, False, False]
    client.post(url, {**data, "decide": "1", "seen": response.context["seen"]})
    assert [state_of(each) for each in ideas] == ["SUBMITTED", "REJECTED", "REJECTED"]


def test_whoever_has_no_account_is_told_in_the_same_words(officer, idea, first, now):
    screen(idea=idea, judgement=replace(SAME, duplicate_of=first), by=officer, now=now)
    Idea.objects.filter(pk=idea.pk).update(author=None, channel="PAPER", entered_by=officer, receipt="260034")
    with override("en"):
        [answer] = in_words(to_hand_over(now + UNDO_TIME).select_related("idea"))
        assert named(first) in answer.remarks
