"""What comes next in a contest: the sentence above the buttons of its page, and the button that stands out there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from communities.refusal import Refused
from communities.waiting import until
from contests import ruleset
from contests.admin.overruling import unsigned
from contests.enums import ContestState
from contests.models import Contest
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
class NextStep:
    """`verb` names the button that does it; it is empty where there is only to wait, or to go where `url` leads.

    `missing` is what a draft still lacks.
    """

    sentence: str
    verb: str = ""
    url: str = ""
    missing: tuple[str | Promise, ...] = ()


def next_step(contest: Contest, *, left: int, under_way: bool, now: datetime) -> NextStep | None:
    """`left` is how many sheets are not handed in, `under_way` whether a tally runs. Of an imported record: nothing."""
    if contest.is_imported:
        return None
    match contest.state:
        case ContestState.DRAFT:
            return _of_draft(contest)
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


def missing(contest: Contest) -> list[str | Promise]:
    """What a draft still lacks before it can open, or before its result can be published."""
    found: list[str | Promise] = [problem.label for _field, problem in ruleset.problems(contest.ruleset)]
    found += [reason.label for reason in unready(contest)]
    if contest.expert_weight > 0 and contest.panelists.count() < contest.quorum:
        found.append(_("The panel has fewer experts than an entry needs sheets."))
    return found


def _of_draft(contest: Contest) -> NextStep:
    if lacks := missing(contest):
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
