"""What residents write."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.models import Community
from programmes.models import Category, Programme
from proposals.models import TEXT_LENGTH, TITLE_LENGTH, Idea
from proposals.services.ideas import IdeaText

LIMITS = {"title": TITLE_LENGTH[1], "problem": TEXT_LENGTH[1], "solution": TEXT_LENGTH[1]}


class ProseField(forms.CharField):
    """Text of several lines. Browsers send each line end as two characters; it counts as one."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value)
        return text.replace("\r\n", "\n")


class IdeaForm(forms.ModelForm):
    """An idea of one programme. `key` makes a second sending of the same form harmless; it is made with the form."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    class Meta:
        model = Idea
        fields = ["title", "community", "category", "problem", "solution", "location_text", "own_contribution"]
        field_classes = {"problem": ProseField, "solution": ProseField}

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


class IdeaRevisionForm(IdeaForm):
    """The same for an idea that is there already; `revision` tells which text the writer had before them."""

    key = None
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class PhotoForm(forms.Form):
    """One photo; what it must be is checked when it is developed."""

    photo = forms.FileField(
        label=_("Photo"),
        help_text=_(
            "JPEG, PNG or WebP, up to 5 MB. The place where it was taken and other details are removed from it."
        ),
        error_messages={"required": _("Choose a photo first."), "empty": _("Choose a photo first.")},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
