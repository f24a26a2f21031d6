"""Things made up for the catalogue of components: they are in no database, and look like those that are."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.enums import DeliveryState, ResidencyState
from communities.models import Community, Notification, Subdistrict, User
from communities.notice_kinds import Notice, NoticeKind
from communities.notices import remark_of, sentence
from communities.templatetags.chips import Chip
from communities.waiting import Waiting
from contests.enums import (
    AwardReason,
    AwardState,
    ContestState,
    EntryStatus,
    InvitationState,
    RunState,
    SheetState,
)
from contests.models import Award, Contest, Entry, Result
from contests.pitch_enums import PitchState
from contests.public_notice import PublicNotice
from contests.rounding import half_up
from contests.voting_enums import CodeState, FlagState, SheetCheck
from programmes.calendar import Line
from programmes.enums import StageKind
from programmes.models import Category, Stage
from projects.charts import Chart, Row, Value, bar_chart
from projects.enums import MilestoneState, ProjectState
from projects.journey import Journey
from projects.models import Project
from proposals.enums import ClaimState, IdeaState, ProposalState
from proposals.models import Idea, Proposal
from proposals.remark_enums import RemarkState

# Everything whose state is shown as a badge.
STATES: dict[str, type[TextChoices]] = {
    "idea": IdeaState,
    "proposal": ProposalState,
    "contest": ContestState,
    "entry": EntryStatus,
    "award": AwardState,
    "project": ProjectState,
    "milestone": MilestoneState,
    "residency": ResidencyState,
    "tally": RunState,
    "remark": RemarkState,
    "claim": ClaimState,
    "invitation": InvitationState,
    "score sheet": SheetState,
    "pitch session": PitchState,
    "household code": CodeState,
    "counting sheet": SheetCheck,
    "group of ballots": FlagState,
    "delivery": DeliveryState,
}


class SpecimenForm(forms.Form):
    """Each kind of field, as every form of the site shows it."""

    name = forms.CharField(label=gettext_lazy("Title"), help_text=gettext_lazy("One sentence that says what you want."))
    wrong = forms.CharField(label=gettext_lazy("A field that needs changing"), min_length=20)
    fixed = forms.CharField(label=gettext_lazy("A field that cannot be changed"), disabled=True, required=False)
    where = forms.ChoiceField(
        label=gettext_lazy("Community"), choices=[("", gettext_lazy("Choose your community")), ("1", "1"), ("2", "2")]
    )
    text = forms.CharField(label=gettext_lazy("What is the problem?"), widget=forms.Textarea)
    paper = forms.ChoiceField(
        label=gettext_lazy("How it came in"),
        choices=[("ONLINE", gettext_lazy("Online")), ("PAPER", gettext_lazy("On paper"))],
        widget=forms.RadioSelect,
    )
    agree = forms.BooleanField(label=gettext_lazy("I have read the rules"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs.update({"data-count": 15, "rows": 3})


def filled_form() -> SpecimenForm:
    """With one field in error and a text that is too long for its counter."""
    text = _("The bench at the west gate is broken, and there is no shade to rest in summer.")
    form = SpecimenForm(
        {"name": _("A bench in the shade"), "wrong": "?", "where": "1", "text": text, "paper": "PAPER", "agree": "on"},
        initial={"fixed": "2026"},
    )
    form.full_clean()
    return form


def year(now: datetime) -> list[Line]:
    """Eight stages of a month each: two over, two open, four to come."""
    lines = []
    for place, kind in enumerate(StageKind):
        opens_at = now + timedelta(days=30 * (place - 3) - 10)
        closes_at = opens_at + timedelta(days=31 if place != 2 else 61)
        days_left = (closes_at - now).days if opens_at <= now < closes_at else None
        stage = Stage(kind=kind, opens_at=opens_at, closes_at=closes_at)
        lines.append(Line(stage=stage, over=closes_at <= now, days_left=days_left, last_day=closes_at.date()))
    return lines


def categories() -> list[Category]:
    """One of each colour."""
    return [Category(name=_("Category %(number)s") % {"number": place + 1}, position=place) for place in range(8)]


def idea(now: datetime, state: IdeaState = IdeaState.ACCEPTED, place: int = 0) -> Idea:
    specimen = Idea(
        pk=1,
        title=_("A bench in the shade"),
        problem=_("The bench at the west gate is broken, and there is no shade to rest in summer."),
        community=Community(pk=1, name=_("Community")),
        category=categories()[place],
        author=User(),
        state=state,
        submitted_at=now - timedelta(days=120),
    )
    # As lists of ideas know it of their rows.
    specimen.is_nameless = False  # type: ignore[attr-defined]
    specimen.state_before = ""
    return specimen


def todo(now: datetime) -> list[Waiting]:
    """What waits in each of its ways: one thing, several, soon over, and nothing to be done but wait."""
    return [
        Waiting(
            _("Residents to verify"),
            12,
            "#waiting",
            since=now - timedelta(days=9),
            due=now + timedelta(days=2),
            note=_("Until then they cannot vote."),
            action=_("Look"),
        ),
        Waiting(
            _("Revise your idea “%(title)s”") % {"title": _("A bench in the shade")},
            1,
            "#waiting",
            since=now - timedelta(days=3),
            due=now + timedelta(days=40),
            note=_("The office has given it back to you with a message."),
            action=_("Revise"),
        ),
        Waiting(
            _("%(community)s has not verified yet that you live there") % {"community": _("Community")},
            1,
            "#waiting",
            since=now - timedelta(hours=5),
            note=_("You need not do anything. To speed it up, show a paper at the residents' committee."),
        ),
    ]


def notifications(now: datetime) -> list[Notification]:
    """One that is new, with what the officer wrote, and one that was read."""
    title = {"title": _("A bench in the shade")}
    returned: Any = Notification(
        pk=1,
        notice=Notice.IDEA_RETURNED,
        kind=NoticeKind.IDEA_DECIDED,
        facts={**title, "note": _("Please say where it should be.")},
        at=now,
    )
    begun: Any = Notification(
        pk=2,
        notice=Notice.PROJECT_BEGUN,
        kind=NoticeKind.PROJECT_MOVED,
        facts=title,
        at=now - timedelta(days=30),
        read_on=now.date(),
    )
    for row in (returned, begun):
        row.sentence, row.remarks = sentence(row), remark_of(row)
    return [returned, begun]


def chips() -> list[Chip]:
    """Two conditions that narrow a list down."""
    return [
        Chip(_("Community"), _("Community"), "#hits"),
        Chip(_("State"), str(IdeaState.ACCEPTED.label), "#hits"),
    ]


def chart() -> Chart:
    """Bars in the colours of the categories."""
    amounts = (12, 30, 7, 19, 24, 3, 9, 0)
    return bar_chart(
        [
            Row(str(category), (Value(amount, str(amount)),), tone=category.colour)
            for category, amount in zip(categories(), amounts, strict=True)
        ]
    )


def contest() -> Contest:
    held: Any = Contest(pk=1, name=_("Proposal contest"), state=ContestState.PUBLICISED, budget=Decimal(130000))
    held.entry_count = 14  # as the page of all contests counts it
    return cast(Contest, held)


def notice(now: datetime) -> PublicNotice:
    """One that runs for a week."""
    return PublicNotice(begins=now.date(), last_day=now.date() + timedelta(days=7), over=False)


def office() -> Subdistrict:
    return Subdistrict(
        name=_("Sub-district"),
        office=_("Office for communities"),
        address=_("1 Example Road, ground floor"),
        hours=_("working days 9:00–11:30, 14:00–17:00"),
        telephone="010-0000 0000",
        supervision_telephone="010-0000 0001",
    )


def project(state: ProjectState = ProjectState.IN_PROGRESS) -> Project:
    built: Any = Project(
        pk=1,
        title=_("Benches and shade for the west gate"),
        community=Community(pk=1, name=_("Community")),
        lead=_("Residents' committee"),
        amount=Decimal(21730),
        state=state,
        approved_at=datetime.fromisoformat("2026-03-08T09:00:00+08:00"),
    )
    built.milestone_count, built.milestones_done = 4, 3  # as the list of projects counts them
    return cast(Project, built)


def results() -> list[Result]:
    """From the highest to the lowest; the last has no scores."""
    rows = [("91.30", "63.64"), ("73.00", "100.00"), ("77.10", "50.00"), ("40.00", "0.00")]
    scored = [
        Result(
            rank=place,
            expert_score=Decimal(expert),
            public_score=Decimal(public),
            final_score=half_up(Fraction(expert) * 4 / 5 + Fraction(public) / 5),
            decision=AwardState.SELECTED,
            reason=AwardReason.BY_RANK,
            amount=Decimal(21730),
        )
        for place, (expert, public) in enumerate(rows, 1)
    ]
    return [*scored, Result(decision=AwardState.NOT_SELECTED, reason=AwardReason.INCOMPLETE, amount=Decimal(0))]


def journey(now: datetime, state: AwardState | None, ended: ProjectState | None = None) -> Journey:
    """Through the whole line if the entry was selected; waiting for the decision if there is none."""
    entry = Entry(pk=1, number="005", contest=contest(), status=EntryStatus.IN, requested_amount=Decimal(21730))
    # What is not decided is not looked for in the database.
    Entry.award.related.set_cached_value(entry, None)
    if state is not None:
        entry.award = Award(entry=entry, result=results()[0], state=state, created_at=now - timedelta(days=20))
    if state in {AwardState.NOT_SELECTED, AwardState.RESERVE}:
        entry.award.result.decision, entry.award.result.reason = state, AwardReason.BUDGET
        entry.award.result.facts = {"remainder": "9430.00", "requested": "21730.00"}
    return Journey(
        ideas=[idea(now)],
        proposal=Proposal(pk=1, title=_("Benches and shade for the west gate"), state=ProposalState.QUALIFIED),
        joined_at=now - timedelta(days=90),
        qualified_at=now - timedelta(days=60),
        entry=entry,
        project=project(ended or ProjectState.IN_PROGRESS) if state == AwardState.SELECTED else None,
        ended_at=now - timedelta(days=1) if ended else None,
    )


def journeys(now: datetime) -> list[Journey]:
    """Each way that a thread can take: undecided, out of the contest, in reserve, not selected, and built to each end."""
    left = journey(now, None)
    cast(Entry, left.entry).status = EntryStatus.WITHDRAWN
    return [
        journey(now, None),
        left,
        *(journey(now, state) for state in (AwardState.RESERVE, AwardState.NOT_SELECTED, AwardState.SELECTED)),
        *(journey(now, AwardState.SELECTED, ended) for ended in (ProjectState.COMPLETED, ProjectState.TERMINATED)),
    ]
