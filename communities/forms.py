"""Forms for logging in, and for saying where one lives."""

from __future__ import annotations

from allauth.account.forms import ConfirmLoginCodeForm as AllauthConfirmLoginCodeForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import RequestLoginCodeForm as AllauthRequestLoginCodeForm
from django import forms
from django.utils.translation import gettext_lazy as _

from communities.models import Community
from communities.services import register_resident


class RequestLoginCodeForm(AllauthRequestLoginCodeForm):
    """Asks for the phone number; a new number gets its account here, so that the answer is the same for everyone."""

    def clean_phone(self) -> str:
        phone: str = super().clean_phone()
        if phone and self._user is None:
            self._user = register_resident(phone=phone)
        return phone


class ConfirmLoginCodeForm(AllauthConfirmLoginCodeForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from the text message")
        self.fields["code"].widget.attrs.update(inputmode="numeric", autocomplete="one-time-code")


class StaffLoginForm(AllauthLoginForm):
    """User name and password, for officers and experts."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name")
        self.fields["login"].widget.attrs["placeholder"] = ""
        self.fields["password"].widget.attrs["placeholder"] = ""
        # No account has an e-mail address that a forgotten password could be reset by; the office does it.
        self.fields["password"].help_text = ""


class NameCommunityForm(forms.Form):
    """The community in which the person lives."""

    community = forms.ModelChoiceField(
        Community.objects.all(), label=_("My community"), empty_label=_("Choose your community")
    )
