"""What the buttons on the office's page of a proposal ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy
from unfold.widgets import CHECKBOX_CLASSES, UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget

from communities.models import User
from communities.office import NoteForm, VerbForm
from programmes.enums import Action
from programmes.models import Category, Programme
from proposals.enums import ProposalReason
from proposals.models import Consolidation, Proposal
from proposals.writing_forms import PledgeForm


class WhyForm(NoteForm):
    """The authors read the reason; those who write read the note as well."""

    reason = forms.TypedChoiceField(
        label=gettext_lazy("reason"),
        choices=[("", gettext_lazy("Please choose")), *ProposalReason.choices],
        coerce=ProposalReason,
        widget=UnfoldAdminSelectWidget,
    )
    field_order = ("reason", "note")


class HandInForm(VerbForm, PledgeForm):
    """The office has the paper that the lead has signed; what it says stands below the box."""

    def __init__(self, *args: Any, obj: Proposal, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        field = self.fields["pledge"]
        field.help_text = render_to_string("proposals/_pledge.html", {"proposal": obj})
        field.widget.attrs["class"] = " ".join(CHECKBOX_CLASSES)


class UndoForm(VerbForm):
    """Which of the joined ideas is given back."""

    consolidation = forms.ModelChoiceField(
        label=gettext_lazy("idea"),
        queryset=Consolidation.objects.none(),
        empty_label=None,
        widget=UnfoldAdminRadioSelectWidget,
    )

    def __init__(self, *args: Any, obj: Proposal, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        field = self.fields["consolidation"]
        field.queryset = obj.consolidations.in_force().select_related("idea")
        field.label_from_instance = lambda consolidation: str(consolidation.idea)


class LeadForm(VerbForm):
    """Who speaks for the proposal."""

    lead = forms.ModelChoiceField(
        label=gettext_lazy("lead"),
        queryset=User.objects.none(),
        empty_label=None,
        widget=UnfoldAdminRadioSelectWidget,
        help_text=gettext_lazy("Accepts or declines what is changed. One of the authors of its ideas."),
    )

    def __init__(self, *args: Any, obj: Proposal, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        joined = obj.consolidations.in_force().filter(idea__author__isnull=False)
        self.fields["lead"].queryset = User.objects.filter(pk__in=joined.values("idea__author"))


class ReenterForm(VerbForm):
    """The later year, by one of its categories."""

    category = forms.ModelChoiceField(
        label=gettext_lazy("year and category"),
        queryset=Category.objects.none(),
        empty_label=None,
        widget=UnfoldAdminRadioSelectWidget,
    )

    def __init__(self, *args: Any, obj: Proposal, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        later = Programme.objects.allowing(Action.CONSOLIDATE, timezone.now()).filter(
            subdistrict=obj.programme.subdistrict_id, year__gt=obj.programme.year
        )
        field = self.fields["category"]
        field.queryset = Category.objects.filter(programme__in=later.values("pk")).select_related("programme")
        field.label_from_instance = lambda category: f"{category.programme} · {category}"
