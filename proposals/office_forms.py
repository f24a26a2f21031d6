"""Forms of the office for ideas and proposals: screening, joining, editing a proposal with its budget."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin import HORIZONTAL
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from communities.asked import number_in
from communities.models import Community
from communities.widgets import DayInput
from proposals.document import ITEM_LENGTH, LINE_NOTE_LENGTH, QUANTITY, UNIT_PRICE, BudgetItem
from proposals.document_enums import BudgetSource, TeamType
from proposals.enums import (
    CLOSING_DECISIONS,
    CLOSING_REASONS,
    Disposition,
    ProposalRefusal,
    ScreeningDecision,
    ScreeningReason,
    Verdict,
)
from proposals.forms import ProseField, TitleField
from proposals.models import JOINING_NOTE_LENGTH, RECEIVER_LENGTH, BudgetLine, Idea, Proposal
from proposals.services.ideas import Judgement, Receiver
from proposals.services.proposals import ProposalText
from proposals.wording import RECEIVER, Wordings

BLANK = ("", _("Please choose"))
EMPTY_LINES = 3
FACTS = [
    "site",
    "starts_on",
    "ends_on",
    "team_name",
    "team_type",
    "target_group",
    "direct_beneficiaries",
    "indirect_beneficiaries",
]
TEXTS = [
    "summary",
    "needs_analysis",
    "goal",
    "plan",
    "innovation",
    "sustainability",
    "capacity_building",
    "risks",
    "community_opinion",
    "support_opinion",
]


CRITERIA = ("public_benefit", "sustainability", "capacity_building")
SCREENING_REASONS = [reason for reason in ScreeningReason if reason not in CLOSING_REASONS.values()]
# What chooses each on a keyboard, after the keys for verdicts and decision: digits and letters in their rows.
REASON_KEYS = dict(zip(SCREENING_REASONS, "567890RTYIOPFGHJ", strict=True))
REFERRAL = ("disposition", "receiver", "contact", "referral_note")


def verdict_field(label: str | Promise) -> forms.TypedChoiceField:
    widget = UnfoldAdminRadioSelectWidget(HORIZONTAL)
    return forms.TypedChoiceField(label=label, choices=Verdict.choices, coerce=Verdict, widget=widget)


def verdict_note(label: str | Promise) -> forms.CharField:
    return forms.CharField(label=label, max_length=200, required=False, widget=UnfoldAdminTextInputWidget)


class ReferringForm(forms.Form):
    """A message that the resident reads, and who takes the idea over if it is referred."""

    note = forms.CharField(
        label=_("message to the resident"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
        help_text=_(
            "Left empty, the wording of the reason is sent, or of a referral to whom. Say what happens next or whom to turn to."
        ),
    )
    disposition = forms.TypedChoiceField(
        label=_("what happens to it"),
        choices=[BLANK, *Disposition.choices],
        coerce=Disposition,
        empty_value=None,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    receiver = forms.CharField(
        label=_("receiver"),
        max_length=RECEIVER_LENGTH,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("The department or organisation that takes the idea over; everyone can read it."),
    )
    contact = forms.CharField(
        label=_("contact at the receiver"), max_length=60, required=False, widget=UnfoldAdminTextInputWidget
    )
    referral_note = forms.CharField(
        label=_("note to the receiver"),
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Contact and note stay in the office."),
    )

    def __init__(self, *args: Any, wordings: Wordings, **kwargs: Any) -> None:
        """`wordings`: what is said for each reason, and when it is referred, unless the officer writes something else."""
        super().__init__(*args, **kwargs)
        self.wordings = wordings

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("decision") == ScreeningDecision.REFER:
            for name in ("disposition", "receiver"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, ProposalRefusal.RECEIVER_NEEDED.label)
        return data

    def said(self, reason: ScreeningReason) -> str:
        """The message: what the officer wrote, or the wording of a referral or else of the reason."""
        data = self.cleaned_data
        if data.get("note"):
            return str(data["note"])
        if data.get("decision") == ScreeningDecision.REFER:
            return self.wordings[ScreeningDecision.REFER].replace(RECEIVER, data.get("receiver", ""))
        return self.wordings[reason]

    def referral(self) -> list[forms.BoundField]:
        """What is asked about an idea that is referred, for the page."""
        return [self[name] for name in REFERRAL]

    def to(self) -> Receiver | None:
        """Who takes it over, if it is referred."""
        data = self.cleaned_data
        if data["decision"] != ScreeningDecision.REFER:
            return None
        disposition, receiver, contact, note = (data[name] for name in REFERRAL)
        return Receiver(disposition, receiver, contact, note)


class ClosingForm(ReferringForm):
    """What becomes of ideas that were not revised or joined in time; the reason follows from the idea."""

    decision = forms.TypedChoiceField(
        label=_("decision"),
        choices=[(decision.value, decision.label) for decision in CLOSING_DECISIONS],
        coerce=ScreeningDecision,
        widget=UnfoldAdminRadioSelectWidget(HORIZONTAL),
        help_text=_(
            "What somebody else can take on is referred: everyone goes on reading it, with who takes care of it."
        ),
    )
    field_order = ["decision"]

    def outcome(self) -> list[forms.BoundField]:
        return [self[name] for name in ("decision", "note")]

    def wordings_by_label(self) -> list[tuple[str, str, str]]:
        """Code, label and text of each reason, for the page."""
        return [(reason.value, reason.label, self.wordings[reason]) for reason in CLOSING_REASONS.values()]


class NumberedIdeaField(forms.ModelChoiceField):
    """An idea by its number, typed or taken from a list of alike ones."""

    widget = UnfoldAdminTextInputWidget

    def to_python(self, value: Any) -> Any:
        if value and number_in(value) is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)


class ScreeningForm(ReferringForm):
    """Three verdicts, each with a note for the office, a decision, its reason, and the message that the resident reads."""

    public_benefit = verdict_field(_("public benefit"))
    public_benefit_note = verdict_note(_("note on public benefit"))
    sustainability = verdict_field(_("sustainability"))
    sustainability_note = verdict_note(_("note on sustainability"))
    capacity_building = verdict_field(_("potential to grow community organisations"))
    capacity_building_note = verdict_note(_("note on community organisations"))
    decision = forms.TypedChoiceField(
        label=_("decision"),
        choices=ScreeningDecision.choices,
        coerce=ScreeningDecision,
        widget=UnfoldAdminRadioSelectWidget(HORIZONTAL),
        help_text=_("Whatever is doubtful, a second officer decides."),
    )
    reason = forms.TypedChoiceField(
        label=_("reason"),
        choices=[BLANK, *((reason.value, reason.label) for reason in SCREENING_REASONS)],
        coerce=ScreeningReason,
        empty_value=None,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Needed unless the idea is accepted."),
    )
    duplicate_of = NumberedIdeaField(
        label=_("same as idea"),
        queryset=Idea.objects.none(),
        required=False,
        error_messages={"invalid_choice": ProposalRefusal.SAME_AS_WHICH.label},
        widget=UnfoldAdminTextInputWidget({"inputmode": "numeric", "autocomplete": "off", "list": "similar-numbers"}),
        help_text=_(
            "Its number, for “same as an earlier idea”; similar ideas show theirs. The resident reads number and title if everyone can read that idea."
        ),
    )

    def __init__(self, *args: Any, others: models.QuerySet[Idea], **kwargs: Any) -> None:
        """`others`: the ideas that may be named as saying the same."""
        super().__init__(*args, **kwargs)
        self.fields["duplicate_of"].queryset = others

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        turned_away = data.get("decision") and data["decision"] != ScreeningDecision.ACCEPT
        if data.get("reason") != ScreeningReason.DUPLICATE or not turned_away:
            data["duplicate_of"] = None
            self.errors.pop("duplicate_of", None)
        elif not data.get("duplicate_of") and "duplicate_of" not in self.errors:
            self.add_error("duplicate_of", ProposalRefusal.SAME_AS_WHICH.label)
        if data.get("reason") and data.get("decision") != ScreeningDecision.ACCEPT:
            data["note"] = self.said(data["reason"])
        return data

    def wordings_by_label(self) -> list[tuple[str, str, str]]:
        """Code, label and text of each reason, for the page."""
        return [(reason.value, reason.label, self.wordings[reason]) for reason in SCREENING_REASONS]

    def reason_keys(self) -> list[tuple[str, str, ScreeningReason]]:
        """For the page and its script: what stands on the key, the key's place, and the reason."""
        return [(key, f"Digit{key}" if key.isdigit() else f"Key{key}", reason) for reason, key in REASON_KEYS.items()]

    def criteria(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Verdict and note of each criterion, for the page."""
        return [(self[name], self[f"{name}_note"]) for name in CRITERIA]

    def outcome(self) -> list[forms.BoundField]:
        """What follows from the verdicts, for the page."""
        return [self[name] for name in ("decision", "reason", "duplicate_of", "note")]

    def judgement(self) -> Judgement:
        """The cleaned form as the verb takes it."""
        columns = {name: value for name, value in self.cleaned_data.items() if name not in REFERRAL}
        return Judgement(**columns, to=self.to())


class JoinForm(forms.Form):
    """Which ideas of a year go where: into a new proposal, or into one that is still being written."""

    ideas = forms.ModelMultipleChoiceField(
        label=_("ideas"),
        queryset=Idea.objects.none(),
        error_messages={"required": _("Choose the ideas first."), "invalid_choice": _("Choose ideas of this list.")},
    )
    lead = forms.ModelChoiceField(label=_("leading idea"), queryset=Idea.objects.none(), required=False)
    proposal = forms.ModelChoiceField(
        label=_("proposal"),
        queryset=Proposal.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("This proposal takes no more ideas. Choose another one.")},
    )
    title = TitleField(label=_("title"), required=False)
    note = ProseField(
        label=_("note on the joining"),
        max_length=JOINING_NOTE_LENGTH,
        required=False,
        help_text=_("Why they belong together, for colleagues: residents do not read it."),
    )

    def __init__(
        self, *args: Any, ideas: models.QuerySet[Idea], proposals: models.QuerySet[Proposal], **kwargs: Any
    ) -> None:
        """`ideas` and `proposals`: those of the year, so that what somebody else has joined meanwhile is named."""
        super().__init__(*args, **kwargs)
        self.fields["ideas"].queryset = self.fields["lead"].queryset = ideas
        self.fields["proposal"].queryset = proposals

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        chosen = list(data.get("ideas") or [])
        if data.get("lead") and chosen and data["lead"] not in chosen:
            self.add_error("lead", _("The leading idea is one of those that are chosen."))
        return data

    def ordered_ideas(self) -> list[Idea]:
        """The chosen ideas, the leading one first; without a choice the one that was handed in first leads."""
        chosen = sorted(self.cleaned_data["ideas"], key=lambda idea: (idea.submitted_at, idea.pk))
        lead = self.cleaned_data["lead"] or chosen[0]
        return [lead, *(idea for idea in chosen if idea != lead)]

    def title_given(self) -> str:
        """What a new proposal is called: like its leading idea unless somebody typed something else."""
        return self.cleaned_data["title"] or self.ordered_ideas()[0].title


class ProposalForm(forms.ModelForm):
    """The document of a proposal, without its budget; saved by the verb, never by the form."""

    class Meta:
        model = Proposal
        fields = ["title", "community", "category", *FACTS, *TEXTS]
        field_classes = {"title": TitleField}
        widgets = {
            "title": UnfoldAdminTextInputWidget,
            "community": UnfoldAdminSelectWidget,
            "category": UnfoldAdminSelectWidget,
            "team_name": UnfoldAdminTextInputWidget,
            "site": UnfoldAdminTextInputWidget,
            "starts_on": DayInput,
            "ends_on": DayInput,
            "team_type": UnfoldAdminSelectWidget,
            "target_group": UnfoldAdminTextInputWidget,
            "direct_beneficiaries": UnfoldAdminIntegerFieldWidget({"min": 0}),
            "indirect_beneficiaries": UnfoldAdminIntegerFieldWidget({"min": 0}),
            **{name: UnfoldAdminTextareaWidget({"rows": 4}) for name in TEXTS},
        }

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, instance: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, **kwargs)
        programme = instance.programme
        community, category = self.fields["community"], self.fields["category"]
        community.queryset = Community.objects.in_subdistrict(programme.subdistrict)
        category.queryset = programme.categories.all()
        self.fields["team_type"].choices = [BLANK, *TeamType.choices]
        self.fields["revision"].initial = instance.revision

    def text(self) -> ProposalText:
        """The cleaned form as the verb takes it."""
        return ProposalText(**{name: self.cleaned_data[name] for name in self.Meta.fields})


class BudgetLineForm(forms.Form):
    item = forms.CharField(label=_("item"), max_length=ITEM_LENGTH, widget=UnfoldAdminTextInputWidget)
    unit_price = forms.DecimalField(label=_("unit price"), widget=UnfoldAdminDecimalFieldWidget, **UNIT_PRICE)
    quantity = forms.IntegerField(label=_("quantity"), widget=UnfoldAdminIntegerFieldWidget, **QUANTITY)
    source = forms.TypedChoiceField(
        label=_("source"),
        choices=BudgetSource.choices,
        coerce=BudgetSource,
        initial=BudgetSource.REQUESTED,
        widget=UnfoldAdminSelectWidget,
    )
    note = forms.CharField(
        label=_("note"), max_length=LINE_NOTE_LENGTH, required=False, widget=UnfoldAdminTextInputWidget
    )


class BudgetForms(forms.BaseFormSet):
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """The headings of the columns are the labels, so each field carries its own for those who do not see them."""
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = field.label

    def items(self) -> list[BudgetItem]:
        """The filled lines that stay, in their order, as the verb takes them."""
        return [
            BudgetItem(**{name: value for name, value in form.cleaned_data.items() if name != "DELETE"})
            for form in self.forms
            if form.cleaned_data.get("item") and not form.cleaned_data.get("DELETE")
        ]


BudgetFormSet = forms.formset_factory(
    BudgetLineForm, formset=BudgetForms, extra=EMPTY_LINES, can_delete=True, max_num=100, validate_max=True
)


def budget_initial(proposal: Proposal) -> list[dict[str, Any]]:
    """The stored lines as initial values of `BudgetFormSet`."""
    lines: models.QuerySet[BudgetLine] = proposal.budget_lines.all()
    return list(lines.values("item", "unit_price", "quantity", "source", "note"))
