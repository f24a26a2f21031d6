"""How allauth finds people by phone and reaches them."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumber_field.formfields import PhoneNumberField
from phonenumbers import PhoneNumberType, number_type

from communities import sms
from communities.models import User
from communities.services.people import confirm_phone

# Some countries have the same numbers for both kinds.
MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


class E164Field(PhoneNumberField):
    """The number of a mobile telephone as typed in China, cleaned to its E.164 text; others get no text messages."""

    def to_python(self, value: Any) -> Any:
        number = super().to_python(value)
        if number and number_type(number) not in MOBILE:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number.as_e164 if number else number


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made at the first log-in by code, so there is no separate registration."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        """Without a check of the number after the log-in: residents log in by that number, staff have none."""
        return [stage for stage in super().get_login_stages() if not stage.endswith(".PhoneVerificationStage")]

    def phone_form_field(self, **kwargs: Any) -> E164Field:
        kwargs.setdefault("label", gettext_lazy("Mobile number"))
        kwargs.setdefault("error_messages", {"invalid": gettext_lazy("Please type the 11 digits of a mobile number.")})
        return E164Field(region="CN", **kwargs)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.with_phone(phone).first()

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified_at is not None) if user.phone_token else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        raise NotImplementedError("a number comes with the account and is not changed through allauth")

    def set_phone_verified(self, user: User, phone: str) -> None:
        confirm_phone(user=user, now=timezone.now())

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        sms.send(phone, _("Your code is %(code)s. It is valid for 5 minutes; do not pass it on.") % {"code": code})
