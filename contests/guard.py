"""When ballots look like stuffing: the limits, and what lies beyond them. Pure arithmetic, no database.

Nothing here judges anybody: what is found is flagged, and two people of the office settle it. The limits are set so that
an honest evening peak, a household or an office behind one address passes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from contests.voting_enums import FlagKind

BURST_LEAST, BURST_FACTOR, BURST_AROUND = 20, 5, 30
"""A minute is a burst with so many ballots, and so many times those of the minutes around it (on each side)."""
NETWORK_LEAST, NETWORK_SHARE = 40, 0.05
DEVICE_LEAST = 8
"""More than a household's telephones and one helper's tablet."""
TWO_WAYS_LEAST = 5
"""Ballots by household code from devices with which an account voted; a few are families with one telephone."""
NEW_LEAST, NEW_SHARE = 20, 0.5
SEGMENT_LEAST, SEGMENT_SHARE = 15, 0.03
HELPED_LEAST = 40
"""More on one day than a helper who takes ten minutes for each has time for."""
GROWTH = 1.5


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known of one ballot's way in: keyed hashes, and the minute."""

    minute: int
    network: str
    device: str
    segment: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Alike:
    """How many of all `ballots` came in alike; groups too small to stand out may be left out.

    `minutes` holds the busy ones and those around them; `hours` all ballots of an hour, and those of new accounts.
    """

    ballots: int
    networks: Mapping[str, int]
    devices: Mapping[str, int]
    segments: Mapping[str, int]
    minutes: Mapping[int, int]
    hours: Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Found:
    """One group of ballots that stands out; `subject` says which within its kind."""

    kind: FlagKind
    subject: str
    ballots: int


def alike(traces: Iterable[Trace]) -> Alike:
    """The counts of these traces, one by one: the definition of what `contests.alike` has the database count."""
    traces = list(traces)
    hours = Counter(trace.minute // 60 for trace in traces)
    new = Counter(trace.minute // 60 for trace in traces if trace.is_new)
    return Alike(
        ballots=len(traces),
        networks=Counter(trace.network for trace in traces if trace.network),
        devices=Counter(trace.device for trace in traces if trace.device),
        segments=Counter(trace.segment for trace in traces if trace.segment),
        minutes=Counter(trace.minute for trace in traces),
        hours={hour: (count, new[hour]) for hour, count in hours.items()},
    )


def suspicious(counts: Alike) -> list[Found]:
    """Every group beyond its limit."""
    return [
        *_bursts(counts.minutes),
        *_large(FlagKind.NETWORK, counts.networks, max(NETWORK_LEAST, NETWORK_SHARE * counts.ballots)),
        *_large(FlagKind.DEVICE, counts.devices, DEVICE_LEAST),
        *_large(FlagKind.SEGMENT, counts.segments, max(SEGMENT_LEAST, SEGMENT_SHARE * counts.ballots)),
        *_newcomers(counts.hours),
    ]


def too_many(voted: int, population: int | None, ceiling: int) -> bool:
    """Whether more people of a community voted than `ceiling` per cent of its registered population."""
    return population is not None and voted * 100 > population * ceiling


def comes_again(voids: bool, settled: int, now: int) -> bool:
    """Whether a settled group is looked at anew: after its voiding whenever it stands out, else grown by half."""
    return voids or now >= GROWTH * settled


def _large(kind: FlagKind, groups: Mapping[str, int], least: float) -> list[Found]:
    return [Found(kind, value, count) for value, count in groups.items() if count >= least]


def _bursts(minutes: Mapping[int, int]) -> list[Found]:
    """Minutes that stand out from those around them; a peak that rises and falls does not."""
    found = []
    for minute, count in minutes.items():
        if count < BURST_LEAST:
            continue
        around = [
            minutes.get(other, 0)
            for other in range(minute - BURST_AROUND, minute + BURST_AROUND + 1)
            if other != minute
        ]
        if count > BURST_FACTOR * median(around):
            found.append(Found(FlagKind.BURST, str(minute), count))
    return found


def _newcomers(hours: Mapping[int, tuple[int, int]]) -> list[Found]:
    """Hours in which most ballots came from accounts that had just been made."""
    return [
        Found(FlagKind.NEW_ACCOUNTS, str(hour), new)
        for hour, (count, new) in hours.items()
        if new >= NEW_LEAST and new >= NEW_SHARE * count
    ]
