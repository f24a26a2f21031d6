"""Tables about ideas one by one: what happened to one, who seconds it, receipts to hand out, and the words for reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from communities import tables
from communities.templatetags.people import public_name
from proposals.models import Idea, IdeaEvent, ReasonWording, Seconding

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


def wordings_table(wordings: QuerySet[Any], kind: str) -> HttpResponseBase:
    """The office's own words for its reasons, whole; `wordings` as the office's list has them."""
    heading = [_("Sub-district"), _("Reason"), _("Message to the resident")]
    found: QuerySet[ReasonWording] = wordings.select_related("subdistrict")
    rows = (
        (wording.subdistrict.name, str(wording.get_reason_display()), wording.text)
        for wording in found.iterator(chunk_size=CHUNK)
    )
    return tables.table_file("wordings", _("Wordings of reasons"), heading, rows, kind)
