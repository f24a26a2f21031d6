"""When ballots look like stuffing: the limits, and what lies beyond them. Pure arithmetic, no database.

Nothing here judges anybody: what is found is flagged, and two people of the office settle it. The limits are set so that
an honest evening peak, a household or an office behind one address passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    """What is known of one ballot's way in, in order of no voter: keyed hashes, and the minute since the first ballot."""

    pk: int
    minute: int
    network: str
    device: str
    segment: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One group of ballots that stands out; `subject` says which within its kind."""

    kind: FlagKind
    subject: str
    traces: frozenset[int]


def suspicious(traces: Sequence[Trace]) -> list[Found]:
    """Every group beyond its limit."""
    everything = len(traces)
    return [
        *_bursts(traces),
        *_large(FlagKind.NETWORK, traces, "network", max(NETWORK_LEAST, NETWORK_SHARE * everything)),
        *_large(FlagKind.DEVICE, traces, "device", DEVICE_LEAST),
        *_large(FlagKind.SEGMENT, traces, "segment", max(SEGMENT_LEAST, SEGMENT_SHARE * everything)),
        *_newcomers(traces),
    ]


def too_many(voted: int, population: int | None, ceiling: int) -> bool:
    """Whether more people of a community voted than `ceiling` per cent of its registered population."""
    return population is not None and voted * 100 > population * ceiling


def comes_again(voids: bool, settled: int, now: int) -> bool:
    """Whether a settled group is looked at anew: after its voiding whenever it stands out, else grown by half."""
    return voids or now >= GROWTH * settled


def _groups(traces: Iterable[Trace], of: str) -> Mapping[object, list[Trace]]:
    groups: dict[object, list[Trace]] = {}
    for trace in traces:
        if value := getattr(trace, of):
            groups.setdefault(value, []).append(trace)
    return groups


def _found(kind: FlagKind, subject: object, traces: Iterable[Trace]) -> Found:
    return Found(kind, str(subject), frozenset(trace.pk for trace in traces))


def _large(kind: FlagKind, traces: Sequence[Trace], of: str, least: float) -> list[Found]:
    return [_found(kind, value, group) for value, group in _groups(traces, of).items() if len(group) >= least]


def _bursts(traces: Sequence[Trace]) -> list[Found]:
    """Minutes that stand out from those around them; a peak that rises and falls does not."""
    minutes: dict[int, list[Trace]] = {}
    for trace in traces:
        minutes.setdefault(trace.minute, []).append(trace)
    found = []
    for minute, group in minutes.items():
        around = [
            len(minutes.get(other, ()))
            for other in range(minute - BURST_AROUND, minute + BURST_AROUND + 1)
            if other != minute
        ]
        if len(group) >= BURST_LEAST and len(group) > BURST_FACTOR * median(around):
            found.append(_found(FlagKind.BURST, minute, group))
    return found


def _newcomers(traces: Sequence[Trace]) -> list[Found]:
    """Hours in which most ballots came from accounts that had just been made."""
    hours: dict[int, list[Trace]] = {}
    for trace in traces:
        hours.setdefault(trace.minute // 60, []).append(trace)
    found = []
    for hour, group in hours.items():
        new = [trace for trace in group if trace.is_new]
        if len(new) >= NEW_LEAST and len(new) >= NEW_SHARE * len(group):
            found.append(_found(FlagKind.NEW_ACCOUNTS, hour, new))
    return found
