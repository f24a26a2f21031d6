"""What residents write, or officers for them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from communities import names, privacy
from communities.accounts import E164Field
from communities.forms import salutation_field
from communities.models import Community
from communities.rules import why_not_name
from communities.salutations import addressed
from programmes.models import Category, Programme
from proposals import receipts
from proposals.document import LONGEST_TITLE
from proposals.enums import ENTERED_CHANNELS, IdeaChannel, ProposalReason
from proposals.models import (
    BENEFICIARIES,
    REASON_LENGTH,
    REMARK_LENGTH,
    REPORT_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    WITHHOLDING_LENGTH,
    Idea,
)
from proposals.services.drafts import Seen
from proposals.services.entering import Contributor
from proposals.services.ideas import Consent, IdeaText

LIMITS = {"title": TITLE_LENGTH[1], "problem": TEXT_LENGTH[1], "solution": TEXT_LENGTH[1]}


def named(typed: str, salutation: str) -> str:
    """A name as it may be shown. Raises `ValidationError` with what is wrong with it."""
    name = addressed(typed, salutation)
    if reason := why_not_name(name):
        raise forms.ValidationError(reason.label, code=reason.value)
    return name


class ProseField(forms.CharField):
    """Text of several lines. Browsers send each line end as two characters; it counts as one."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value)
        return text.replace("\r\n", "\n")


class TitleField(forms.CharField):
    """The title of a proposal, shorter than its column."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "max_length": LONGEST_TITLE})


class VersionBox(forms.CheckboxInput):
    """A box that is ticked for the wording in force; a tick for an earlier one counts as none."""

    def __init__(self, version: str) -> None:
        super().__init__(attrs={"value": version})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> bool:
        return bool(data.get(name) == self.attrs["value"])


class IdeaForm(forms.ModelForm):
    """An idea of one programme. `key` makes a second sending of the same form harmless; it is made with the form."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    class Meta:
        model = Idea
        fields = [
            "title",
            "community",
            "category",
            "problem",
            "solution",
            "location_text",
            "beneficiaries",
            "beneficiary_estimate",
            "own_contribution",
            "willing_to_join",
        ]
        field_classes = {"problem": ProseField, "solution": ProseField}
        labels = {"willing_to_join": _("I am willing to work on the proposal with neighbours")}

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = Community.objects.filter(subdistrict=programme.subdistrict_id)
        self.fields["community"].empty_label = _("Choose your community")
        self.fields["category"].queryset = Category.objects.filter(programme=programme)
        self.fields["category"].empty_label = _("What is it about?")
        for name, limit in LIMITS.items():
            # A browser would cut off what is too long without a word; the page counts, and the server says so.
            self.fields[name].widget.attrs.pop("maxlength", None)
            self.fields[name].widget.attrs["data-count"] = limit
        for name in ("problem", "solution"):
            self.fields[name].widget.attrs["rows"] = 5

    def text(self) -> IdeaText:
        """What was written, once it is valid."""
        return IdeaText(**{name: self.cleaned_data[name] for name in self._meta.fields or ()})


class DraftedForm(forms.Form):
    """A form that saves itself while somebody writes."""

    # Which save of the draft the form was made from, and which tab it is open in; see `services.drafts.Seen`.
    draft_revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, initial=0)
    writer = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)


class SubmissionForm(DraftedForm, IdeaForm):
    """An idea that its author hands in, with consent to what is kept and, apart from it, to the name being shown."""

    shows_name = forms.BooleanField(
        label=_("Show my name beside this idea"),
        required=False,
        help_text=_("If you leave this empty, readers see “Resident”. You can change it at any time."),
    )
    salutation = salutation_field()
    name = forms.CharField(
        label=_("Family name or nickname"),
        required=False,
        help_text=_(
            "Readers see for example “Ms Li”, “Mr Wang”, or the nickname. It is the same beside all your ideas."
        ),
        widget=forms.TextInput(attrs={"maxlength": names.LENGTH, "autocomplete": "nickname"}),
    )
    consent = forms.BooleanField(
        label=_("I have read what is kept about me and agree to it."),
        error_messages={
            "required": _("Please read the page on privacy and tick this box; without it your idea is not handed in.")
        },
        widget=VersionBox(privacy.VERSION),
    )

    def clean_name(self) -> str:
        return named(self.cleaned_data["name"], self.cleaned_data.get("salutation", ""))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("shows_name") and not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", _("Write the name that is to be shown, or take the tick away."))
        return cleaned

    def consent_given(self) -> Consent:
        return Consent(privacy.VERSION, shows_name=self.cleaned_data["shows_name"])


# What a draft keeps. Consent is given when the form is sent, not before.
DRAFTED = (*(name for name in IdeaForm.base_fields if name != "key"), "salutation", "name")
# Of these one at least is the person's own word; the form brings the others along.
WRITTEN = ("title", "problem", "solution", "location_text", "beneficiaries", "own_contribution")


class DraftForm(forms.Form):
    """The same form while it is being written, right or wrong."""

    key = forms.UUIDField()
    draft_revision = forms.IntegerField(required=False, min_value=0)
    writer = forms.UUIDField(required=False)
    # Save over what another tab has stored: over this revision, which the person has seen.
    replace = forms.IntegerField(required=False, min_value=1)
    # Save beside it, as a draft of its own.
    apart = forms.BooleanField(required=False)

    def typed(self) -> dict[str, str]:
        """What stands in the fields, by name; line ends as one character, and no character that a database refuses."""
        texts = {name: self.data.get(name, "").replace("\r\n", "\n").replace("\0", "") for name in DRAFTED}
        return {name: text for name, text in texts.items() if text}

    def is_blank(self) -> bool:
        return not any(self.data.get(name, "").strip() for name in WRITTEN)

    def seen(self) -> Seen:
        known = self.cleaned_data["replace"] or self.cleaned_data["draft_revision"] or 0
        return Seen(known, self.cleaned_data["writer"] or uuid.uuid4())

    def form_key(self) -> uuid.UUID:
        return uuid.uuid4() if self.cleaned_data["apart"] else self.cleaned_data["key"]


class EntryForm(IdeaForm):
    """An idea that an officer writes down for a resident, of the communities given."""

    channel = forms.ChoiceField(label=_("How it reached you"), choices=ENTERED_CHANNELS, widget=forms.RadioSelect)
    salutation = salutation_field(_("How should readers name the resident?"))
    contributor_name = forms.CharField(
        label=_("Family name or nickname"),
        required=False,
        help_text=_("As the resident wants to be named, for example “Ms Li”. May be empty."),
    )
    shows_name = forms.BooleanField(
        label=_("The resident was asked apart and agrees that everyone reads this name."), required=False
    )
    phone = E164Field(
        label=_("Mobile number"),
        region="CN",
        required=False,
        error_messages={"invalid": _("Please type the 11 digits of a mobile number.")},
        help_text=_(
            "Only if the resident wants to follow the idea on a telephone. Whoever logs in with it is asked whether the "
            "idea is theirs; nobody else sees it."
        ),
    )
    consent = forms.BooleanField(
        label=_("The resident knows that everyone can read the idea, and agrees that what is written here is kept."),
        error_messages={"required": _("Tell the resident first; without their consent nothing is kept.")},
        widget=VersionBox(privacy.VERSION),
    )

    field_order = ("key", "channel", "community", "category")

    def __init__(self, *args: Any, communities: QuerySet[Community], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["community"]
        field.queryset = field.queryset.filter(pk__in=communities)
        field.empty_label = _("Choose the community")
        self.fields["contributor_name"].widget.attrs.update(maxlength=names.LENGTH, autocomplete="off")
        self.fields["willing_to_join"].label = _("The resident is willing to work on the proposal with neighbours")
        self.fields["phone"].widget.attrs.update(inputmode="tel", autocomplete="off")

    def clean_contributor_name(self) -> str:
        return named(self.cleaned_data["contributor_name"], self.cleaned_data.get("salutation", ""))

    def channel_chosen(self) -> IdeaChannel:
        return IdeaChannel(self.cleaned_data["channel"])

    def consent_given(self) -> Consent:
        named = bool(self.cleaned_data["contributor_name"])
        return Consent(privacy.VERSION, shows_name=named and self.cleaned_data["shows_name"])

    def contributor(self) -> Contributor:
        return Contributor(name=self.cleaned_data["contributor_name"], phone=self.cleaned_data["phone"] or "")


class RowForm(EntryForm):
    """The same for one of many rows: it asks the database nothing, since places and categories are known by then."""

    def __init__(
        self,
        *args: Any,
        places: Mapping[int, Community],
        categories: Mapping[int, Category],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, communities=Community.objects.none(), **kwargs)
        for name, rows in (("community", places), ("category", categories)):
            self.fields[name] = forms.TypedChoiceField(
                label=self.fields[name].label, choices=[(pk, pk) for pk in rows], coerce=partial(_row_of, rows)
            )
        # The check that the database would be asked for.
        least, most = BENEFICIARIES
        self.fields["beneficiary_estimate"].validators += [MinValueValidator(least), MaxValueValidator(most)]

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"community", "category", "beneficiary_estimate"}


def _row_of(rows: Mapping[int, Model], pk: str) -> Model:
    return rows[int(pk)]


class ReceiptForm(forms.Form):
    """The number on a receipt."""

    number = forms.CharField(
        label=_("Receipt number"),
        max_length=40,
        help_text=_("It stands on the paper that you were given, for example 26-003-0012-6."),
        error_messages={"required": _("Type the number on your paper.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        number = receipts.read(self.cleaned_data["number"])
        if not number:
            raise forms.ValidationError(_("This is no receipt number. Compare it with your paper, figure by figure."))
        return number


class IdeaRevisionForm(DraftedForm, IdeaForm):
    """The same for an idea that is there already; `revision` tells which text the writer had before them."""

    # Of the draft alone: the same in every tab, so that they know of each other. A page from before has none.
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class TakeDownForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is taken down"),
        max_length=REASON_LENGTH,
        help_text=_("The author reads this. For example: a child's face can be recognised."),
        error_messages={"required": _("Say why, so that the author understands it.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WithholdForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is withheld"),
        max_length=WITHHOLDING_LENGTH,
        help_text=_("Everyone reads this in place of the version, so name nobody. For example: it named a neighbour."),
        error_messages={"required": _("Say why, so that everyone understands it.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RemarkForm(forms.Form):
    """A question or an answer. `key` makes a second sending harmless; it is made with the form."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    text = ProseField(
        label=_("Your text"),
        min_length=REMARK_LENGTH[0],
        max_length=REMARK_LENGTH[1],
        help_text=_("5 to 300 characters. No names of others, no telephone numbers, no door numbers."),
        error_messages={"required": _("Write what you want to know, or what you answer.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attributes = self.fields["text"].widget.attrs
        attributes.pop("maxlength", None)
        attributes.update({"rows": 4, "data-count": REMARK_LENGTH[1]})


class ReportForm(forms.Form):
    reason = forms.CharField(
        label=_("What is wrong with it?"),
        max_length=REPORT_LENGTH,
        help_text=_("Only the office reads this."),
        error_messages={"required": _("Say what is wrong with it.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PhotoForm(forms.Form):
    """One photo; what it must be is checked when it is developed."""

    photo = forms.FileField(
        label=_("Photo"),
        help_text=_(
            "JPEG, PNG or WebP, up to 5 MB. The place where it was taken and other details are removed from it."
        ),
        error_messages={"required": _("Choose a photo first."), "empty": _("Choose a photo first.")},
        # Not the three kinds: then phones offer the camera too.
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )


class ProposalWithdrawForm(forms.Form):
    reason = forms.TypedChoiceField(
        label=_("Why"),
        choices=[
            (reason.value, reason.label)
            for reason in (ProposalReason.TEAM_GAVE_UP, ProposalReason.DONE_OTHERWISE, ProposalReason.OTHER)
        ],
        coerce=ProposalReason,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what fits best.")},
    )
    note = forms.CharField(
        label=_("A word to those who wrote with you"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Write a word, so that nobody has to guess.")},
    )


class AttachmentForm(forms.Form):
    """One file; what it must be is checked when it is looked through."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "PDF, Word (.docx), slides (.pptx, 15 at most), JPG or PNG, up to 10 MB. The place where a picture was taken is "
            "removed from it."
        ),
        error_messages={"required": _("Choose a file first."), "empty": _("Choose a file first.")},
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.pptx,.jpg,.jpeg,.png"}),
    )
