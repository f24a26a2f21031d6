"""Why not? Of questions and answers under ideas: who writes them, who lets them be read, and who reports them."""

from __future__ import annotations

from datetime import datetime

from communities.models import User
from communities.rules import Person, is_street_officer, verified_residency
from programmes.enums import Action
from programmes.rules import permits
from proposals.enums import IDEA_PUBLIC_STATES, ProposalRefusal
from proposals.models import Idea, Remark, WithheldVersion
from proposals.remark_enums import REMARK_TRANSITIONS, RemarkState
from proposals.rules import is_author, serves

# Questions and answers that no officer has read yet, and reports that none has settled, of one person.
MAX_UNREAD = 5
MAX_REPORTS = 10


def why_not_ask(user: Person, idea: Idea, now: datetime) -> ProposalRefusal | None:
    """Verified residents, about what everyone may read, until the contest judges it."""
    if not isinstance(user, User) or not user.is_active:
        return ProposalRefusal.LOGIN_NEEDED
    if is_author(user, idea):
        return ProposalRefusal.OWN_ASKED
    if verified_residency(user, idea.programme.subdistrict) is None:
        return ProposalRefusal.NOT_A_RESIDENT_ASKS
    return _why_not_write(user, idea, now)


def why_not_answer(user: Person, question: Remark, now: datetime) -> ProposalRefusal | None:
    """The author of the idea, and officers of its community or street; to what everyone reads or an officer has yet to
    release.
    """
    idea = question.idea
    if not isinstance(user, User) or not (is_author(user, idea) or serves(user, idea.community)):
        return ProposalRefusal.NOT_ANSWERING
    in_office = serves(user, idea.community)
    readable = question.state == RemarkState.RELEASED or (in_office and question.state == RemarkState.PENDING)
    if question.question_id is not None or not readable:
        return ProposalRefusal.WRONG_STATE
    return _why_not_write(user, idea, now)


def _why_not_write(user: User, idea: Idea, now: datetime) -> ProposalRefusal | None:
    if idea.shown_state not in IDEA_PUBLIC_STATES:
        return ProposalRefusal.WRONG_STATE
    if not permits(idea.programme, Action.ASK, now):
        return ProposalRefusal.STAGE_CLOSED
    unread = user.remarks.waiting().filter(from_office=False).count()
    return ProposalRefusal.TOO_MANY_QUESTIONS if unread >= MAX_UNREAD else None


def why_not_moderate(user: Person, remark: Remark, to: RemarkState, note: str) -> ProposalRefusal | None:
    """Officers of the street, at any time of the year; what is turned down has a word for its writer."""
    if not is_street_officer(user, remark.idea.programme.subdistrict_id):
        return ProposalRefusal.NOT_AN_OFFICER
    if to not in REMARK_TRANSITIONS[RemarkState(remark.state)]:
        return ProposalRefusal.WRONG_STATE
    return None if to == RemarkState.RELEASED or note.strip() else ProposalRefusal.NOTE_NEEDED


def why_not_report(user: Person, remark: Remark, reason: str) -> ProposalRefusal | None:
    """Whoever is logged in, about what stands there, with a reason."""
    if not isinstance(user, User) or not user.is_active:
        return ProposalRefusal.LOGIN_NEEDED
    if remark.state != RemarkState.RELEASED or remark.author_id == user.pk:
        return ProposalRefusal.WRONG_STATE
    if not reason.strip():
        return ProposalRefusal.NOTE_NEEDED
    return ProposalRefusal.TOO_MANY_REPORTS if user.remark_reports.waiting().count() >= MAX_REPORTS else None


def why_not_withhold(user: Person, idea: Idea, number: int, reason: str) -> ProposalRefusal | None:
    """Officers of the community or the street, at any time; what is valid now is the idea itself and not withheld here."""
    if not serves(user, idea.community):
        return ProposalRefusal.NOT_YOUR_COMMUNITY
    versions = list(idea.handed_in_versions().values_list("pgh_id", flat=True))
    if not 0 < number < len(versions):
        return ProposalRefusal.NO_SUCH_VERSION
    if WithheldVersion.objects.filter(version=versions[number - 1]).exists():
        return ProposalRefusal.WITHHELD_ALREADY
    return None if reason.strip() else ProposalRefusal.NOTE_NEEDED


def why_not_settle_reports(user: Person, remark: Remark) -> ProposalRefusal | None:
    return None if is_street_officer(user, remark.idea.programme.subdistrict_id) else ProposalRefusal.NOT_AN_OFFICER
