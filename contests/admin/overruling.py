"""Buttons on the page of a tallied contest by which the office overrules a computed decision."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from communities.models import User
from communities.office import Verb, VerbForm
from contests.enums import Decision
from contests.models import Contest, Entry, Overruling
from contests.rules import why_not_decide
from contests.services.overruling import propose_overruling, sign_overruling, withdraw_overruling
from proposals.money import yuan


class ProposeForm(VerbForm):
    """Another decision than the computed one, with its reason."""

    entry = forms.ModelChoiceField(
        label=gettext_lazy("entry"), queryset=Entry.objects.none(), widget=UnfoldAdminSelectWidget
    )
    decision = forms.TypedChoiceField(
        label=gettext_lazy("decision"),
        choices=Decision.choices,
        coerce=Decision,
        widget=UnfoldAdminRadioSelectWidget,
    )
    amount = forms.DecimalField(
        label=gettext_lazy("amount (yuan)"),
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=2,
        initial=Decimal(0),
        widget=UnfoldAdminDecimalFieldWidget,
        help_text=gettext_lazy("Zero unless the entry is selected."),
    )
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=500,
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
        help_text=gettext_lazy("Everyone reads it beside the computed decision, with both names."),
    )

    def __init__(self, *args: Any, obj: Contest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        self.fields["entry"].queryset = obj.entries.taking_part().exclude(overruling__signed_at__isnull=False)


class OverrulingChoice(forms.ModelChoiceField):
    """Proposed decisions with everything that their signature covers."""

    def label_from_instance(self, obj: Overruling) -> str:
        amount = _("%(amount)s yuan") % {"amount": yuan(obj.amount)}
        return f"{obj.entry} · {obj.get_decision_display()} · {amount} · {obj.reason}"


class UnsignedForm(VerbForm):
    """Which proposed decision."""

    overruling = OverrulingChoice(
        label=gettext_lazy("decision"),
        queryset=Overruling.objects.none(),
        empty_label=None,
        widget=UnfoldAdminRadioSelectWidget,
    )

    def __init__(self, *args: Any, obj: Contest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        self.fields["overruling"].queryset = unsigned(obj)


def unsigned(contest: Contest) -> Any:
    waiting = Overruling.objects.filter(entry__contest=contest, signed_at__isnull=True)
    return waiting.select_related("entry", "proposed_by")


def _propose(_contest: Contest, user: User, **parts: Any) -> str:
    overruling = propose_overruling(by=user, now=timezone.now(), **parts)
    return _("Proposed: %s. An approver has to sign it.") % overruling


def _sign(_contest: Contest, user: User, *, overruling: Overruling) -> str:
    return _("Signed: %s.") % sign_overruling(overruling=overruling, by=user, now=timezone.now())


def _withdraw(_contest: Contest, user: User, *, overruling: Overruling) -> str:
    withdraw_overruling(overruling=overruling, by=user, now=timezone.now())
    return _("Taken back: %s.") % overruling


def _open(contest: Contest) -> bool:
    return why_not_decide(contest) is None


def _waits(contest: Contest) -> bool:
    return _open(contest) and unsigned(contest).exists()


GROUP = gettext_lazy("Decisions of the office")
VERBS = (
    Verb(
        "overrule",
        gettext_lazy("Overrule a decision"),
        _propose,
        _open,
        form=ProposeForm,
        warning=gettext_lazy("The computed decision stays beside it. A second person has to sign."),
        group=GROUP,
    ),
    Verb("sign", gettext_lazy("Sign a decision of the office"), _sign, _waits, form=UnsignedForm, group=GROUP),
    Verb("take-back", gettext_lazy("Take a proposed decision back"), _withdraw, _waits, form=UnsignedForm, group=GROUP),
)
