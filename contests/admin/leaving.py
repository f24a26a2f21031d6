"""Buttons on the page of a contest by which the office takes an entry out of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from communities.models import User
from communities.office import Verb, VerbForm
from contests.models import Contest, Entry
from contests.rules import MAY_LEAVE
from contests.services.leaving import disqualify_entry, withdraw_entry


class LeaveForm(VerbForm):
    """Which entry, and why."""

    entry = forms.ModelChoiceField(
        label=gettext_lazy("entry"), queryset=Entry.objects.none(), widget=UnfoldAdminSelectWidget
    )
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=300,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=gettext_lazy("Those whose ideas are in the proposal read it."),
    )

    def __init__(self, *args: Any, obj: Contest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        self.fields["entry"].queryset = obj.entries.taking_part()


def _withdraw(_contest: Contest, user: User, *, entry: Entry, reason: str) -> str:
    return _("Withdrawn: %s.") % withdraw_entry(entry=entry, reason=reason, by=user, now=timezone.now())


def _disqualify(_contest: Contest, user: User, *, entry: Entry, reason: str) -> str:
    return _("Disqualified: %s.") % disqualify_entry(entry=entry, reason=reason, by=user, now=timezone.now())


def _possible(contest: Contest) -> bool:
    return contest.state in MAY_LEAVE and not contest.is_imported


GROUP = gettext_lazy("Entries")
VERBS = (
    Verb(
        "withdraw-entry",
        gettext_lazy("Withdraw an entry"),
        _withdraw,
        _possible,
        form=LeaveForm,
        warning=gettext_lazy("Its scores and votes count no more. This is not taken back."),
        group=GROUP,
    ),
    Verb(
        "disqualify-entry",
        gettext_lazy("Disqualify an entry"),
        _disqualify,
        _possible,
        form=LeaveForm,
        warning=gettext_lazy("An approver does this. Its scores and votes count no more. This is not taken back."),
        variant="danger",
        group=GROUP,
    ),
)
