"""The form of a contest's rules while it is a draft: plain data, with every problem of the ruleset at its field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from contests import ruleset
from contests.enums import OnMisfit, PartFunding, PublicMethod, RuleProblem, TieBreak
from contests.models import Contest
from contests.models.contest import BALLOT_RULES, default_tie_order
from contests.ruleset import Ruleset

RULE_FIELDS = list(Ruleset.__dataclass_fields__)
# What a draft may still lack: it is on the list of what is missing before the contest opens.
LATER = {RuleProblem.SEED_MISSING}
HELP = {
    "expert_weight": _("Weight of the experts and weight of the public add up to 1."),
    "trim_each_side": _("0 drops none."),
    "quorum": _("An entry with fewer sheets has no score, and the result cannot be published."),
    "floor": _("Points (0 to 100) that an entry without votes has."),
    "tie_order": _("What decides between entries with equal composite scores, first to last."),
    "seed": _("Text that fixes the draw, best agreed on in public: it settles what nothing else does."),
    "budget": _("Yuan for all awards together; empty: no limit."),
    "project_cap": _("Yuan; empty: no limit."),
    "community_cap": _("Yuan; empty: no limit."),
    "max_per_category": _("0: no limit."),
    "part_min_share": _("0 to 1 of the requested amount."),
}


class TieOrderWidget(forms.MultiWidget):
    """One select for each place."""

    def __init__(self) -> None:
        choices = [("", "–"), *TieBreak.choices]
        super().__init__(
            [
                UnfoldAdminSelectWidget({"class": "office-tie", "aria-label": _("tie-breaks")}, choices=choices)
                for _place in TieBreak
            ]
        )

    def decompress(self, value: list[str] | None) -> list[str]:
        return [*(value or []), *[""] * len(TieBreak)][: len(TieBreak)]


class TieOrderField(forms.MultiValueField):
    """Tie-breaks in order; empty places are passed over."""

    widget = TieOrderWidget

    def __init__(self, **options: Any) -> None:
        choices = [("", ""), *TieBreak.choices]
        super().__init__([forms.ChoiceField(choices=choices, required=False) for _place in TieBreak], **options)

    def compress(self, data_list: list[str]) -> list[str]:
        return [value for value in data_list if value]


class ContestForm(forms.ModelForm):
    tie_order = TieOrderField(
        label=_("tie-breaks"), required=False, initial=default_tie_order, help_text=HELP["tie_order"]
    )

    class Meta:
        model = Contest
        fields = [
            "programme",
            "name",
            "scoring_opens_at",
            "scoring_closes_at",
            "voting_opens_at",
            "voting_closes_at",
            "is_blind",
            "shows_scores",
            *RULE_FIELDS,
            *BALLOT_RULES,
        ]
        help_texts = {name: text for name, text in HELP.items() if name != "tie_order"}

    def clean(self) -> dict[str, Any]:
        """Put every problem of the ruleset at its field, once all fields can be read."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and set(RULE_FIELDS) <= set(data):
            for field, problem in ruleset.problems(_ruleset(data)):
                if problem not in LATER:
                    self.add_error(field, str(problem.label))
        return data


def _ruleset(data: dict[str, Any]) -> Ruleset:
    values = {name: data[name] for name in RULE_FIELDS}
    return Ruleset(
        **values
        | {
            "public_method": PublicMethod(values["public_method"]),
            "tie_order": tuple(TieBreak(tie) for tie in values["tie_order"]),
            "on_misfit": OnMisfit(values["on_misfit"]),
            "part_funding": PartFunding(values["part_funding"]),
        }
    )
