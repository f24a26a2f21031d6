"""Made up for the catalogue too: what people write, choose and score with."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.models import Community
from communities.widgets import DayInput
from contests.enums import RunKind, RunState, RunStep
from contests.models import Contest, Criterion, Entry, TallyRun
from contests.sheet_forms import SheetForm
from projects import specimens
from proposals.enums import ProposalState
from proposals.models import Idea, IdeaDraft, Proposal, Remark
from proposals.remark_enums import RemarkState


class PlainFieldsForm(forms.Form):
    """The fields that the browser draws in a way of its own."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=DayInput)
    amount = forms.DecimalField(label=gettext_lazy("Amount (yuan)"), min_value=0)
    paper = forms.FileField(label=gettext_lazy("Attachments"), required=False)
    password = forms.CharField(
        label=gettext_lazy("Password"), widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("Categories"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(Any, self.fields["categories"]).choices = [
            (str(category.position), str(category)) for category in specimens.categories()[:3]
        ]


class SieveForm(forms.Form):
    """What narrows a list down."""

    q = forms.CharField(label=gettext_lazy("Words"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("All")), *ProposalState.choices],
    )


@dataclass(frozen=True, slots=True)
class Sieve:
    form: SieveForm


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo of an idea as its page shows it."""

    taken_down_at: datetime | None = None
    taken_down_reason: str = ""
    width: int = 180
    height: int = 180
    digest: str = "0"

    def get_absolute_url(self) -> str:
        return static("icons/seal.svg")


def photos(now: datetime) -> list[Picture]:
    """One that is shown, and one that the office took down."""
    return [Picture(), Picture(taken_down_at=now, taken_down_reason=_("A face can be seen."))]


@dataclass(frozen=True, slots=True)
class Thread:
    question: Remark
    answers: list[Remark]


def proposal(state: ProposalState = ProposalState.QUALIFIED) -> Proposal:
    specimen: Any = Proposal(
        pk=1,
        title=_("Benches and shade for the west gate"),
        summary=_("The bench at the west gate is broken, and there is no shade to rest in summer."),
        community=Community(pk=1, name=_("Community")),
        category=specimens.categories()[0],
        state=state,
    )
    specimen.requested_total = Decimal(21730)  # as lists of proposals add it up
    return cast(Proposal, specimen)


def drafts(now: datetime) -> list[IdeaDraft]:
    """The second has no title yet."""
    return [
        IdeaDraft(pk=place, key=uuid.UUID(int=place), typed={"title": title}, saved_at=now - timedelta(hours=place))
        for place, title in enumerate((_("A bench in the shade"), ""), 1)
    ]


def threads(now: datetime) -> list[Thread]:
    """A question that was answered by the author and by the office, and one that waits for release."""
    asked = Remark(pk=1, text=_("Who will look after it?"), state=RemarkState.RELEASED, written_at=now)
    waiting = Remark(pk=2, text=_("Could it stand in the sun in winter?"), state=RemarkState.PENDING, written_at=now)
    answers = [
        Remark(
            pk=3 + office,
            question=asked,
            from_office=bool(office),
            text=_("The residents' committee will, as it does today."),
            state=RemarkState.RELEASED,
            written_at=now,
        )
        for office in range(2)
    ]
    return [Thread(asked, answers), Thread(waiting, [])]


def seconded(now: datetime) -> Idea:
    """By twelve neighbours; it has the number of no idea, so that nothing can be sent for it."""
    row = specimens.idea(now)
    row.pk = 0
    row.seconding_count = 12  # type: ignore[attr-defined]
    return row


def contest() -> Contest:
    """One in which three may be chosen."""
    voted = specimens.contest()
    voted.max_choices = 3
    return voted


def entry(place: int = 0) -> Entry:
    return Entry(
        pk=place,
        number=f"{place:03}",
        title=_("Benches and shade for the west gate"),
        contest=contest(),
        proposal=proposal(),
        community=Community(pk=1, name=_("Community")),
        category=specimens.categories()[0],
        requested_amount=Decimal(21730),
    )


def ballot() -> list[tuple[Entry, bool, bool]]:
    """Two entries, the first of them chosen, as the page of the ballot lists them."""
    return [(entry(1), True, True), (entry(2), False, True)]


def criteria() -> list[Criterion]:
    meanings = {20: _("Many people, every day"), 10: _("Some people"), 0: _("Nobody")}
    anchors = "\n".join(f"{points} {meaning}" for points, meaning in meanings.items())
    return [
        Criterion(pk=1, name=_("Benefit"), guidance=_("Who has something of it?"), anchors=anchors, max_points=20),
        Criterion(pk=2, name=_("Feasibility"), max_points=10),
    ]


def sheet() -> SheetForm:
    """Half filled in, and sent all the same."""
    form = SheetForm({"revision": 0, "comment": ""}, criteria=criteria(), submitting=True)
    form.full_clean()
    return form


def run(state: RunState) -> TallyRun:
    """A tally that is not looked at again: it has ended, well or badly."""
    now = datetime.fromisoformat("2026-03-08T09:00:00+08:00")
    step = RunStep.PUBLISHED if state == RunState.DONE else RunStep.VOTES
    error = "" if state == RunState.DONE else _("Nothing was saved.")
    return TallyRun(kind=RunKind.FINAL, state=state, step=step, requested_at=now, finished_at=now, error=error)
