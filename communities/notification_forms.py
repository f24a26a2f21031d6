"""Forms of what people want to be told where, and of their e-mail address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.enums import Channel, Language
from communities.notice_kinds import KEPT_ON_SITE, NoticeKind


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
