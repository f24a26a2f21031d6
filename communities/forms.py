"""Forms for logging in, and for saying where one lives."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm as AllauthConfirmLoginCodeForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import RequestLoginCodeForm as AllauthRequestLoginCodeForm
from django import forms
from django.utils.translation import gettext_lazy as _

from communities import names
from communities.enums import VerificationMethod
from communities.models import Community
from communities.rules import why_not_name
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


class NameForm(forms.Form):
    """The name that others read beside one's ideas."""

    display_name = forms.CharField(
        label=_("Name shown"),
        required=False,
        help_text=_("For example your family name, or how neighbours call you. At most 20 characters; may be empty."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        # The browser stops at the length; a longer text that arrives nevertheless is refused in words.
        self.fields["display_name"].widget.attrs.update(maxlength=names.LENGTH, autocomplete="nickname")

    def clean_display_name(self) -> str:
        name = names.tidied(self.cleaned_data["display_name"])
        if reason := why_not_name(name):
            raise forms.ValidationError(reason.label, code=reason.value)
        return name


class ResidencyForm(forms.Form):
    """An officer's decision on a residency: verified in one of the three ways, or refused."""

    decision = forms.ChoiceField(choices=[("verify", _("Verify")), ("refuse", _("Refuse"))])
    method = forms.TypedChoiceField(
        label=_("verified how"),
        choices=VerificationMethod.choices,
        coerce=VerificationMethod,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": _("Please choose how you verified it.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") == "verify" and not cleaned.get("method") and "method" not in self.errors:
            self.add_error("method", _("Please choose how you verified it."))
        return cleaned

    def decided(self) -> tuple[bool, VerificationMethod | None]:
        """Whether it is verified, and how; a refusal has no method."""
        verified = self.cleaned_data["decision"] == "verify"
        return verified, self.cleaned_data["method"] if verified else None
