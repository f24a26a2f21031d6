"""Tables about ideas one by one: what happened to one, who seconds it, receipts, answers to pass on, words for reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from communities import tables
from communities.templatetags.people import public_name
from proposals.handing import Answer
from proposals.models import Idea, IdeaEvent, ReasonWording, Screening, Seconding
from proposals.views.tables import criteria, judged

CHUNK = 500


def events_table(idea: Idea, kind: str) -> HttpResponseBase:
    """The office's history of the idea, what was taken back too, as its page has it."""
    heading = [_("When"), _("State"), _("Who"), _("Reason"), _("Message to the resident"), _("Told on")]
    rows = map(_event_row, idea.events.select_related("actor", "undoes").iterator(chunk_size=CHUNK))
    return tables.table_file(f"idea-{idea.pk}-events", _("History"), heading, rows, kind)


def _event_row(event: IdeaEvent) -> tuple[tables.Cell, ...]:
    state = event.get_to_state_display()
    return (
        event.at,
        f"{state} ({_('decision taken back')})" if event.undoes_id else state,
        str(event.actor or ""),
        str(event.get_reason_display()) if event.reason else "",
        event.note,
        event.notified_at,
    )


def screenings_table(idea: Idea, kind: str) -> HttpResponseBase:
    """Every screening of the idea, first opinions and what was taken back too, as its page has them."""
    heading = [
        _("When"),
        _("Officer"),
        *criteria(),
        _("Decision"),
        _("Reason"),
        capfirst(_("same as idea")),
        _("Message to the resident"),
    ]
    rows = map(_screening_row, idea.screenings.select_related("officer", "event__undone_by"))
    return tables.table_file(f"idea-{idea.pk}-screenings", _("Screenings so far"), heading, rows, kind)


def _screening_row(screening: Screening) -> tuple[tables.Cell, ...]:
    decision = str(screening.get_decision_display())
    if screening.is_opinion:
        decision = f"{decision} ({_('first opinion')})"
    if hasattr(screening.event, "undone_by"):
        decision = f"{decision} ({_('taken back')})"
    return (
        screening.at,
        str(screening.officer),
        *judged(screening),
        decision,
        str(screening.get_reason_display()) if screening.reason else "",
        screening.duplicate_of_id,
        screening.note,
    )


def supporters_table(idea: Idea, kind: str) -> HttpResponseBase:
    """Who seconds the idea, who did so first comes first."""
    heading = [_("Name shown"), _("Mobile number"), _("Seconded on")]
    secondings: QuerySet[Seconding] = idea.secondings.select_related("user")
    rows = (
        (public_name(seconding.user), seconding.user.masked_phone, seconding.at)
        for seconding in secondings.iterator(chunk_size=CHUNK)
    )
    return tables.table_file(f"idea-{idea.pk}-supporters", _("Supporters"), heading, rows, kind)


def receipts_table(ideas: Iterable[Idea], kind: str) -> HttpResponseBase:
    """Which number to hand to whom; the ideas need their communities."""
    heading = [
        _("Receipt number"),
        _("Title"),
        _("Community"),
        _("Name shown"),
        _("How it reached you"),
        _("Handed in"),
    ]
    rows = (
        (
            idea.receipt,
            idea.title,
            idea.community.name,
            idea.contributor_name,
            str(idea.get_channel_display()),
            idea.submitted_at,
        )
        for idea in ideas
    )
    return tables.table_file("receipts", _("Receipts"), heading, rows, kind)


def answers_table(answers: Iterable[Answer], kind: str) -> HttpResponseBase:
    """Whom to call or visit, and what to tell them; `answers` as the desk has them, with `offers` of their ideas."""
    heading = [
        _("Receipt number"),
        _("Title"),
        _("Community"),
        _("How it reached you"),
        _("Written down for"),
        _("Mobile number"),
        _("Answer"),
        _("Since"),
    ]
    return tables.table_file("answers", _("Answers to pass on"), heading, map(_answer_row, answers), kind)


def _answer_row(answer: Answer) -> tuple[tables.Cell, ...]:
    idea: Any = answer.event.idea
    return (
        idea.receipt,
        idea.title,
        idea.community.name,
        str(idea.get_channel_display()),
        idea.contributor_name,
        "\n".join(f"{offer.user.masked_phone} ({offer.outcome})" for offer in idea.offers),
        "\n".join([answer.sentence, *answer.remarks]),
        answer.event.at,
    )


def wordings_table(wordings: QuerySet[Any], kind: str) -> HttpResponseBase:
    """The office's own words for its reasons, whole; `wordings` as the office's list has them."""
    heading = [_("Sub-district"), _("Reason"), _("Message to the resident")]
    found: QuerySet[ReasonWording] = wordings.select_related("subdistrict")
    rows = (
        (wording.subdistrict.name, str(wording.get_reason_display()), wording.text)
        for wording in found.iterator(chunk_size=CHUNK)
    )
    return tables.table_file("wordings", _("Wordings of reasons"), heading, rows, kind)
