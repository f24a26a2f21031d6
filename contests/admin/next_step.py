"""What comes next in a contest: the sentence above the buttons of its page, and the button that stands out there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from communities.refusal import Refused
from communities.waiting import until
from contests import ruleset
from contests.admin.overruling import unsigned
from contests.enums import ContestState, RecusalGround
from contests.models import Contest, Entry, Panelist
from contests.rules import closes_early, scores_now, unready
from contests.services.guard import refuse_unmatched, refuse_unsettled
from contests.voting_enums import VotingRefusal
from programmes.enums import StageKind

# Where that is settled which a final tally waits for.
IN_THE_WAY = {
    VotingRefusal.FLAGS_OPEN: "guard",
    VotingRefusal.SHEETS_OPEN: "sheets",
    VotingRefusal.LINES_UNMATCHED: "roll_match",
    VotingRefusal.PAPERS_UNSIGNED: "roll",
}


@dataclass(frozen=True, slots=True)
class Lack:
    """What a draft lacks. `ways` are addresses where it is settled, by what they are called."""

    sentence: str | Promise
    ways: dict[str | Promise, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NextStep:
    """`verb` names the button that does it; it is empty where there is only to wait, or to go where `url` leads.

    `missing` is what a draft still lacks.
    """

    sentence: str
    verb: str = ""
    url: str = ""
    missing: tuple[Lack, ...] = ()


def next_step(
    contest: Contest, *, left: int, under_way: bool, now: datetime, doubts: Sequence[Lack] = ()
) -> NextStep | None:
    """`left` is how many sheets are not handed in, `under_way` whether a tally runs, `doubts` what `doubts_of` found.

    Of an imported record: nothing.
    """
    if contest.is_imported:
        return None
    match contest.state:
        case ContestState.DRAFT:
            return _of_draft([*missing(contest), *doubts])
        case ContestState.OPEN:
            return _of_open(contest, left, now)
        case ContestState.CLOSED:
            return _of_closed(contest, under_way)
        case ContestState.TALLIED:
            return _of_tallied(contest)
        case ContestState.PUBLICISED:
            return _of_publicised(contest, now)
        case _:
            sentence = _("The result is confirmed. An approver makes projects of its awards.")
            return NextStep(sentence, url=reverse("admin:projects_project_awards"))


def missing(contest: Contest) -> list[Lack]:
    """What a draft still lacks before it can open, or before its result can be published."""
    found: list[str | Promise] = [problem.label for _field, problem in ruleset.problems(contest.ruleset)]
    found += [reason.label for reason in unready(contest)]
    if contest.expert_weight > 0 and contest.panelists.count() < contest.quorum:
        found.append(_("The panel has fewer experts than an entry needs sheets."))
    return [Lack(sentence) for sentence in found]


def doubts_of(names: Mapping[Entry, list[str]], namesakes: Iterable[tuple[Panelist, Entry]]) -> list[Lack]:
    """Names that somebody has to look into before a contest opens: in what is judged blind, and of experts on teams."""
    found = []
    for entry, lines in names.items():
        sentence = _("Applicants are named in what experts read of %(entry)s: %(lines)s.")
        words = {"entry": entry, "lines": _(", ").join(lines)}
        found.append(Lack(sentence % words, {_("Look at the names"): _settling(entry, "names", entry=entry.pk)}))
    for seat, entry in namesakes:
        sentence = _("%(code)s %(expert)s bears the name of somebody on the team of %(entry)s:")
        words = {"code": seat.code, "expert": seat.user, "entry": entry}
        same = _settling(entry, "keep-out", panelist=seat.pk, entry=entry.pk, ground=RecusalGround.ON_TEAM)
        other = _settling(entry, "other-person", pair=f"{seat.pk}-{entry.pk}")
        found.append(Lack(sentence % words, {_("The same person: keep them out"): same, _("Another person"): other}))
    return found


def _settling(of: Entry, verb: str, **filled: object) -> str:
    """The form of a verb on the entry's contest, with this filled in."""
    return f"{reverse('admin:contests_contest_do', args=[of.contest_id, verb])}?{urlencode(filled)}"


def _of_draft(lacks: Sequence[Lack]) -> NextStep:
    if lacks:
        return NextStep(_("Before the contest opens this is still missing:"), missing=tuple(lacks))
    return NextStep(_("Nothing is missing any more. The contest can be opened."), "open")


def _of_open(contest: Contest, left: int, now: datetime) -> NextStep:
    if not closes_early(contest, now):
        return NextStep(_("Scoring and voting are over. Close the contest, then run the final tally."), "close")
    parts: dict[str, Any] = {
        "scoring": until(contest.scoring_closes_at),
        "voting": until(contest.voting_closes_at),
        "left": left,
    }
    sentence = _("Scoring until %(scoring)s, voting until %(voting)s. Score sheets still to be handed in: %(left)d.")
    return NextStep(sentence % parts, "remind" if left and scores_now(contest, now) else "")


def _of_closed(contest: Contest, under_way: bool) -> NextStep:
    if under_way:
        return NextStep(_("The final tally is running."))
    try:
        refuse_unsettled(contest)
        refuse_unmatched(contest)
    except Refused as refused:
        return NextStep(str(refused), url=reverse(IN_THE_WAY[refused.reason], args=[contest.pk]))
    return NextStep(_("Scoring and voting are closed. The final tally comes next."), "tally")


def _of_tallied(contest: Contest) -> NextStep:
    if waiting := unsigned(contest).count():
        return NextStep(_("Decisions of the office that an approver has to sign: %d.") % waiting, "sign")
    return NextStep(_("The final tally is done. Look through it, then put the result on public notice."), "publicise")


def _of_publicised(contest: Contest, now: datetime) -> NextStep:
    notice = contest.programme.stages.filter(kind=StageKind.PUBLICITY, closes_at__gt=now).first()
    if notice is not None:
        sentence = _("The result is on public notice until %s. Then an approver confirms it.")
        return NextStep(sentence % until(notice.closes_at))
    return NextStep(_("The public notice is over. An approver confirms the result."), "confirm")
