"""What somebody who is invited to a panel answers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from communities import privacy
from communities.models import Community, Subdistrict
from contests.enums import ContestRefusal
from contests.services.inviting import Acceptance


class AcceptForm(forms.Form):
    """What an expert says of themselves before they join, so that conflicts are found."""

    employer = forms.CharField(
        label=_("Employer"),
        max_length=80,
        required=False,
        help_text=_("As it is called in full. What comes from there is judged by others."),
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    community = forms.ModelChoiceField(
        label=_("Where I live"),
        queryset=Community.objects.none(),
        required=False,
        empty_label=_("Outside this sub-district"),
        help_text=_("What comes from your own community is judged by others."),
    )
    consent = forms.BooleanField(
        label=_("I have read how my data are used, and agree"),
        error_messages={"required": ContestRefusal.CONSENT_NEEDED.label},
    )

    def __init__(self, *args: object, subdistrict: Subdistrict, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = Community.objects.in_subdistrict(subdistrict)

    def acceptance(self) -> Acceptance:
        said = self.cleaned_data
        return Acceptance(said["employer"], said["community"], consent=privacy.VERSION)


class DeclineForm(forms.Form):
    answer = forms.CharField(
        label=_("Reason, if you want to give one"),
        max_length=200,
        required=False,
        help_text=_("The office reads it."),
    )
