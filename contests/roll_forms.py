"""Forms of the electoral roll and of household codes, for officers and for households."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from communities.models import Community
from communities.sheets import MOST_BYTES
from contests import codes
from contests.roster import REFERENCE_LENGTH
from contests.services.codes import MOST
from contests.voting_enums import CodeVoidReason, VotingRefusal


class CommunityForm(forms.Form):
    """One of the communities that the officer works for; of a single one there is nothing to choose."""

    community = forms.ModelChoiceField(
        Community.objects.none(), label=_("Community"), empty_label=_("Choose the community")
    )

    def __init__(self, *args: Any, communities: QuerySet[Community], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["community"]
        field.queryset = communities
        alone = communities[:2]
        if len(alone) == 1:
            field.initial = alone[0].pk


class VoterForm(CommunityForm):
    """One person for the roll."""

    reference = forms.CharField(
        label=_("Number on the roster"),
        max_length=REFERENCE_LENGTH,
        help_text=_("As the residents' committee keeps it. Please write neither a name nor an address."),
    )
    phone = PhoneNumberField(
        label=_("Mobile number"),
        region="CN",
        required=False,
        error_messages={"invalid": _("Please type the 11 digits of a mobile number.")},
        help_text=_("May be empty. With it the person is recognised when they log in, and votes once on any way."),
    )
    adult = forms.BooleanField(
        label=_("The person is 18 or older"), error_messages={"required": VotingRefusal.ADULTS_ONLY.label}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs.update(inputmode="tel", autocomplete="off")
        self.fields["reference"].widget.attrs.update(autocomplete="off")

    def clean_reference(self) -> str:
        return " ".join(self.cleaned_data["reference"].split())


class AccountForm(forms.Form):
    """The mobile number of somebody's account."""

    phone = PhoneNumberField(region="CN")


class RosterForm(CommunityForm):
    """A roster as a spreadsheet."""

    roster = forms.FileField(
        label=_("Roster (.xlsx or .csv)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": _("Choose the file first.")},
    )

    def clean_roster(self) -> bytes:
        file = self.cleaned_data["roster"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB. Divide it."))
        return bytes(file.read())


class IssueForm(CommunityForm):
    """How many household codes, for whom."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    for_roll = forms.TypedChoiceField(
        label=_("For whom"),
        choices=[
            ("", _("For households without a list")),
            ("1", _("One for each line of the roster that has none, 1,000 lines at a time")),
        ],
        coerce=bool,
        empty_value=False,
        required=False,
        widget=forms.RadioSelect,
        initial="",
    )
    number = forms.IntegerField(
        label=_("Number of codes"),
        min_value=1,
        max_value=MOST,
        required=False,
        initial=50,
        help_text=_("Only for households without a list; at most 1,000 at once."),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("for_roll") and not data.get("number") and "number" not in self.errors:
            self.add_error("number", _("Say how many codes you need."))
        return data


class VoidCodeForm(forms.Form):
    """Why a code becomes void."""

    reason = forms.TypedChoiceField(
        label=_("Why"), choices=CodeVoidReason.choices, coerce=CodeVoidReason, initial=CodeVoidReason.LOST
    )


class HouseholdCodeForm(forms.Form):
    """The code on a household's paper, and whose the ballot is where nobody is logged in."""

    code = forms.CharField(
        label=_("Household code"),
        max_length=40,
        help_text=_("Twelve letters and digits, as on the paper; small letters and missing lines do not matter."),
        error_messages={"required": VotingRefusal.CODE_UNKNOWN.label},
    )
    phone = PhoneNumberField(
        label=_("Mobile number of who votes"),
        region="CN",
        required=False,
        error_messages={"invalid": _("Please type the 11 digits of a mobile number.")},
        help_text=_(
            "Leave it empty if they have none. It makes sure that code and account count once; it is not kept readable."
        ),
    )

    def __init__(self, *args: Any, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["phone"]
        else:
            self.fields["phone"].widget.attrs.update(inputmode="tel", autocomplete="tel")
        self.fields["code"].widget.attrs.update(autocomplete="off", autocapitalize="characters", spellcheck="false")

    def clean_code(self) -> str:
        code = codes.read(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(VotingRefusal.CODE_UNKNOWN.label)
        return code
