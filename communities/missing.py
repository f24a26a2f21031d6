"""What a form says beside a field that was left empty: type, choose, tick, or pick a file, as the field is answered."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

# Django's own “This field is required.” is right for what is typed. Fields with a choice of their own inherit from these.
CHOICE, BOX, FILE = _("Please choose."), _("Please tick this box."), _("Choose a file first.")


def say_what_is_missing() -> None:
    """For every form of the process, those of Django's admin too; a field with words of its own keeps them."""
    forms.ChoiceField.default_error_messages = {**forms.ChoiceField.default_error_messages, "required": CHOICE}
    forms.BooleanField.default_error_messages = {**forms.BooleanField.default_error_messages, "required": BOX}
    forms.FileField.default_error_messages = {**forms.FileField.default_error_messages, "required": FILE}
