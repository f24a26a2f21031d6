"""Buttons by which the office shares entries out among the experts: evenly, by hand, and when somebody drops out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from communities.models import User
from communities.notice_kinds import Notice
from communities.office import Verb, VerbForm
from communities.waiting import until
from contests.admin import inviting
from contests.enums import ContestState, RecusalGround
from contests.models import Contest, Entry, Panelist, ScoreSheet
from contests.rules import MAY_KEEP_OUT
from contests.services.assigning import assign, assign_evenly, depart, take_away
from contests.services.blinding import look_at_names
from contests.services.recusing import keep_out, namesakes, note_other_person
from contests.services.reminding import Reminder, remind, reminders
from contests.services.reopening import reopen_sheet


class EvenForm(VerbForm):
    """How many experts read each entry."""

    each = forms.IntegerField(
        label=gettext_lazy("experts for each entry"),
        min_value=1,
        max_value=99,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy(
            "What is assigned already stays. Conflicts, zones and fields of work are heeded, and the loads are even."
        ),
    )

    def __init__(self, *args: Any, obj: Contest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        self.fields["each"].initial = max(obj.quorum, min(obj.trim_min_panel, obj.panelists.seated().count()))


class ExpertForm(VerbForm):
    """One of the experts who are still on the panel."""

    panelist = forms.ModelChoiceField(
        label=gettext_lazy("expert"), queryset=Panelist.objects.none(), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, obj: Contest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        seated = obj.panelists.seated().select_related("user").order_by("code")
        self.fields["panelist"].queryset = seated
        self.fields["panelist"].label_from_instance = lambda seat: f"{seat.code} {seat.user or ''}"


class EntriesForm(ExpertForm):
    entries = forms.ModelMultipleChoiceField(
        label=gettext_lazy("entries"),
        queryset=Entry.objects.none(),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, *args: Any, obj: Contest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        self.fields["entries"].queryset = obj.entries.taking_part()


class KeepOutForm(ExpertForm):
    entry = forms.ModelChoiceField(
        label=gettext_lazy("entry"), queryset=Entry.objects.none(), widget=UnfoldAdminSelectWidget
    )
    ground = forms.TypedChoiceField(
        label=gettext_lazy("ground"),
        choices=[(each.value, each.label) for each in RecusalGround if each != RecusalGround.DECLARED],
        coerce=RecusalGround,
        widget=UnfoldAdminRadioSelectWidget,
    )

    def __init__(self, *args: Any, obj: Contest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        self.fields["entry"].queryset = obj.entries.taking_part()


class OtherPersonForm(VerbForm):
    """One of the namesakes, and how it is known that it is another person."""

    pair = forms.ChoiceField(label=gettext_lazy("expert and entry"), widget=UnfoldAdminRadioSelectWidget)
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=200,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=gettext_lazy("For example: asked on the telephone; another year of birth. It stays in the record."),
    )

    def __init__(self, *args: Any, obj: Contest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        self.pairs = {f"{seat.pk}-{entry.pk}": (seat, entry) for seat, entry in namesakes(obj)}
        field = self.fields["pair"]
        field.choices = [(key, f"{seat.code} {seat.user} – {entry}") for key, (seat, entry) in self.pairs.items()]
        if not self.pairs:
            field.help_text = _("No expert bears the name of somebody on a team.")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        panelist, entry = self.pairs[data["pair"]]
        return {"panelist": panelist, "entry": entry, "reason": data["reason"]}


class NamesForm(VerbForm):
    """An entry that is judged blind, and why the names in it may stand."""

    entry = forms.ModelChoiceField(
        label=gettext_lazy("entry"), queryset=Entry.objects.none(), widget=UnfoldAdminSelectWidget
    )
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=300,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=gettext_lazy("For example: the name of a street, not of the team. It stays in the record."),
    )
    releases_papers = forms.BooleanField(
        label=gettext_lazy("The attached papers name nobody: experts may read them"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy("Open each of them first. Otherwise they are shown when the result is published."),
    )

    def __init__(self, *args: Any, obj: Contest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        self.fields["entry"].queryset = obj.entries.taking_part()


class DepartForm(ExpertForm):
    reason = forms.CharField(
        label=gettext_lazy("reason"), max_length=200, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )


class ReopenForm(VerbForm):
    """A sheet that was handed in, by expert and entry; never its points."""

    sheet = forms.ModelChoiceField(
        label=gettext_lazy("sheet"), queryset=ScoreSheet.objects.none(), widget=UnfoldAdminSelectWidget
    )
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=300,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=gettext_lazy("The expert reads it, and it stays in the record with your name."),
    )

    def __init__(self, *args: Any, obj: Contest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        sheets = ScoreSheet.objects.counted().filter(entry__contest=obj).select_related("panelist", "entry")
        self.fields["sheet"].queryset = sheets


class RemindForm(VerbForm):
    """The outbox before it goes: who is told what, on which ways; whoever is not ticked is not told."""

    panelists = forms.ModelMultipleChoiceField(
        label=gettext_lazy("experts with sheets to hand in"),
        queryset=Panelist.objects.none(),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, *args: Any, obj: Contest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        waiting = {reminder.seat.pk: reminder for reminder in reminders(obj)}
        field = self.fields["panelists"]
        field.queryset = obj.panelists.filter(pk__in=waiting).select_related("user").order_by("code")
        field.initial = list(waiting)
        field.label_from_instance = lambda seat: _line(waiting[seat.pk])
        closes = until(obj.scoring_closes_at) if obj.scoring_closes_at else "–"
        sentence = str(Notice.SHEETS_MISSING.label) % {"contest": obj.name, "left": "…", "closes": closes}
        field.help_text = (
            _("Each reads with their own number: %s") % sentence if waiting else _("All sheets are in; nobody is told.")
        )


def _line(reminder: Reminder) -> str:
    ways = _(", ").join(str(channel.label) for channel in reminder.channels)
    return _("%(code)s %(name)s: %(left)s missing (%(ways)s)") % {
        "code": reminder.seat.code,
        "name": reminder.seat.user,
        "left": reminder.left,
        "ways": ways,
    }


def _all(contest: Contest, user: User) -> str:
    new = assign(contest=contest, panelists=contest.panelists.all(), entries=contest.entries.taking_part(), by=user)
    return _("New assignments: %s.") % new


def _evenly(contest: Contest, user: User, *, each: int) -> str:
    return _("New assignments: %s.") % assign_evenly(contest=contest, each=each, by=user)


def _give(contest: Contest, user: User, *, panelist: Panelist, entries: Iterable[Entry]) -> str:
    return _("New assignments: %s.") % assign(contest=contest, panelists=[panelist], entries=entries, by=user)


def _take(_contest: Contest, user: User, *, panelist: Panelist, entries: Iterable[Entry]) -> str:
    taken = take_away(panelist=panelist, entries=entries, by=user)
    return _("Assignments taken away: %s. Entries with a sheet handed in stay.") % taken


def _depart(_contest: Contest, user: User, *, panelist: Panelist, reason: str) -> str:
    found = depart(panelist=panelist, reason=reason, by=user, now=timezone.now())
    return _("Noted. Assigned to others: %s.") % found


def _keep_out(_contest: Contest, user: User, *, panelist: Panelist, entry: Entry, ground: RecusalGround) -> str:
    keep_out(panelist=panelist, entry=entry, ground=ground, by=user)
    return _("The expert keeps out of this entry.")


def _other_person(_contest: Contest, user: User, *, panelist: Panelist, entry: Entry, reason: str) -> str:
    note_other_person(panelist=panelist, entry=entry, reason=reason, by=user, now=timezone.now())
    return _("Noted: another person of the same name. The expert judges this entry.")


def _look_at_names(_contest: Contest, user: User, *, entry: Entry, reason: str, releases_papers: bool) -> str:
    look_at_names(entry=entry, reason=reason, releases_papers=releases_papers, by=user, now=timezone.now())
    return _("Noted: the names in entry %s were looked at.") % entry.number


def _blind(contest: Contest) -> bool:
    return contest.is_blind and _running(contest)


def _reopen(_contest: Contest, user: User, *, sheet: ScoreSheet, reason: str) -> str:
    reopen_sheet(sheet=sheet, reason=reason, by=user, now=timezone.now())
    return _("The sheet is open again; the version that was handed in is kept.")


def _remind(contest: Contest, user: User, *, panelists: Iterable[Panelist]) -> str:
    return _("Reminded: %s.") % remind(contest=contest, panelists=panelists, by=user, now=timezone.now())


def _running(contest: Contest) -> bool:
    return contest.state in {ContestState.DRAFT, ContestState.OPEN}


def _open(contest: Contest) -> bool:
    return contest.state == ContestState.OPEN


EXPERT_VERBS = (
    *inviting.VERBS,
    Verb("remind", gettext_lazy("Remind experts"), _remind, _open, form=RemindForm, group=inviting.GROUP),
    Verb(
        "keep-out",
        gettext_lazy("Keep an expert out"),
        _keep_out,
        lambda contest: contest.state in MAY_KEEP_OUT,
        form=KeepOutForm,
        warning=gettext_lazy("Once the contest is open this is not taken back; a sheet handed in no longer counts."),
        group=inviting.GROUP,
    ),
    Verb(
        "other-person",
        gettext_lazy("Same name, another person"),
        _other_person,
        _running,
        form=OtherPersonForm,
        group=inviting.GROUP,
    ),
    Verb(
        "depart",
        gettext_lazy("An expert drops out"),
        _depart,
        _open,
        form=DepartForm,
        warning=gettext_lazy("Sheets that are handed in stay and count; the rest goes to the others."),
        group=inviting.GROUP,
    ),
)
SHEETS = gettext_lazy("Sharing out and scoring")
SHEET_VERBS = (
    Verb("spread", gettext_lazy("Share entries out evenly"), _evenly, _running, form=EvenForm, group=SHEETS),
    Verb("assign", gettext_lazy("Assign all entries to all experts"), _all, _running, group=SHEETS),
    Verb("give", gettext_lazy("Assign by hand"), _give, _running, form=EntriesForm, group=SHEETS),
    Verb("take", gettext_lazy("Take assignments away"), _take, _running, form=EntriesForm, group=SHEETS),
    Verb("names", gettext_lazy("Look at the names in an entry"), _look_at_names, _blind, form=NamesForm, group=SHEETS),
    Verb(
        "reopen",
        gettext_lazy("Reopen a score sheet"),
        _reopen,
        _open,
        form=ReopenForm,
        warning=gettext_lazy("An approver does this. The sheet does not count until the expert submits it again."),
        group=SHEETS,
    ),
)
