"""Forms for logging in, for saying where one lives, and for what one wants to be told where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm as AllauthConfirmLoginCodeForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import RequestLoginCodeForm as AllauthRequestLoginCodeForm
from django import forms
from django.utils.translation import gettext_lazy as _

from communities import names
from communities.enums import Channel, Language, Salutation, VerificationMethod
from communities.models import Community
from communities.notice_kinds import KEPT_ON_SITE, NoticeKind
from communities.rules import why_not_name
from communities.salutations import addressed
from communities.services.people import register_resident


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


def salutation_field(label: str = _("How should readers name you?")) -> forms.ChoiceField:
    """To stand before the field of the name, which it makes short and polite."""
    return forms.ChoiceField(label=label, choices=Salutation.choices, required=False, widget=forms.RadioSelect)


class NameForm(forms.Form):
    """The name that others read beside one's ideas."""

    salutation = salutation_field()
    display_name = forms.CharField(
        label=_("Family name or nickname"),
        required=False,
        help_text=_("For example your family name, or how neighbours call you. At most 20 characters; may be empty."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        # The browser stops at the length; a longer text that arrives nevertheless is refused in words.
        self.fields["display_name"].widget.attrs.update(maxlength=names.LENGTH, autocomplete="nickname")

    def clean_display_name(self) -> str:
        salutation = self.cleaned_data.get("salutation", "")
        name = addressed(self.cleaned_data["display_name"], salutation)
        if salutation and not name:
            raise forms.ValidationError(_("Write your family name or a nickname here."), code="empty")
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


class ChannelsForm(forms.Form):
    """A box for each kind and channel, named `<kind>-<channel>`, and the language of what leaves the house."""

    language = forms.ChoiceField(
        label=_("Language of text messages and e-mails"),
        choices=Language.choices,
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(
        self,
        *args: object,
        kinds: Sequence[NoticeKind],
        channels: Sequence[Channel],
        chosen: Mapping[NoticeKind, frozenset[Channel]],
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kinds, self.channels, self.chosen = kinds, channels, chosen
        for kind in kinds:
            for channel in channels:
                self.fields[f"{kind}-{channel}"] = forms.BooleanField(
                    label=channel.label,
                    required=False,
                    initial=channel in chosen[kind],
                    disabled=channel == Channel.SITE and kind in KEPT_ON_SITE,
                    widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
                )

    def rows(self) -> Iterator[tuple[NoticeKind, list[forms.BoundField]]]:
        """Kinds with their boxes, for the table."""
        for kind in self.kinds:
            yield kind, [self[f"{kind}-{channel}"] for channel in self.channels]

    def wanted(self) -> dict[NoticeKind, set[Channel]]:
        """What was ticked; channels that the page does not offer stay as they are."""
        hidden = set(Channel) - set(self.channels)
        return {
            kind: {channel for channel in self.channels if self.cleaned_data[f"{kind}-{channel}"]}
            | (hidden & self.chosen[kind])
            for kind in self.kinds
        }


class EmailForm(forms.Form):
    """An address to get news at; empty to get none."""

    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("You get a link there with which you confirm it. Leave it empty if you want no e-mails."),
    )
