"""Messages that the tables of each app make of events, and the sentences that people read.

A table is a function from a batch of events to `Message`s, in the order of the events. It reads what it needs in a
fixed number of queries, however many events there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.encoding import force_str
from django.utils.functional import Promise
from django.utils.translation import gettext as translated
from django.utils.translation import override

from communities.enums import ResidencyState
from communities.history import Event
from communities.models import Notification, ResidencyEvent
from communities.notice_kinds import KIND_OF, Notice, NoticeKind
from communities.waiting import moment as moment_in_words
from communities.waiting import until

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One thing told to some people (ids); `link` is the path of the page it is about."""

    event: Event
    recipients: Collection[int]
    notice: Notice
    link: str
    facts: Facts = field(default_factory=dict)

    @property
    def kind(self) -> NoticeKind:
        return KIND_OF[self.notice]


def phrase(label: str | Promise, **facts: str | int) -> dict[str, object]:
    """A fact in words of ours: kept as they stand in the source, and translated when somebody reads them.

    `facts` are what the words name.
    """
    with override(None):
        return {"phrase": force_str(label)} | ({"facts": facts} if facts else {})


def moment(at: datetime | None) -> dict[str, str] | str:
    """A fact that is a moment, written in the reader's way; without one, a dash."""
    return {"moment": at.isoformat()} if at else "–"


def ending(at: datetime | None) -> dict[str, str] | str:
    """A fact that is the end of a time: what closes at midnight is said with its last day."""
    return {"until": at.isoformat()} if at else "–"


def sentence(notification: Notification) -> str:
    """What the reader reads, in the language that is active now."""
    facts = {name: _shown(value) for name, value in notification.facts.items()}
    return force_str(Notice(notification.notice).label) % facts


def remark_of(notification: Notification) -> list[str]:
    """What is said beside the sentence: the reason of a decision, the idea it names, and the officer's own words."""
    return [text for name in ("reason", "same_as", "note") if (text := _shown(notification.facts.get(name, "")))]


def _shown(value: object) -> str:
    if isinstance(value, dict):
        if "phrase" in value:
            # Collected for translation where it stands as a label.
            words = translated(value["phrase"])
            return words % value["facts"] if "facts" in value else words
        parsed = parse_datetime(value["until"] if "until" in value else value["moment"])
        assert parsed is not None
        if "until" in value:
            return until(parsed)
        return moment_in_words(parsed)
    return str(value)


RESIDENCY_NOTICES = {
    ResidencyState.VERIFIED: Notice.RESIDENCY_VERIFIED,
    ResidencyState.REFUSED: Notice.RESIDENCY_REFUSED,
}


def residency_notices(events: Sequence[ResidencyEvent]) -> Iterator[Message]:
    """Who named a community is told whether they are verified."""
    residencies = {event.residency_id for event in events}
    of = {
        pk: (user, name)
        for pk, user, name in ResidencyEvent.objects.filter(residency__in=residencies).values_list(
            "residency_id", "residency__user_id", "residency__community__name"
        )
    }
    for event in events:
        notice = RESIDENCY_NOTICES.get(ResidencyState(event.to_state))
        if notice is not None:
            user, community = of[event.residency_id]
            yield Message(event, [user], notice, reverse("name_community"), {"community": community})
