"""The rules in plain words."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils.translation import override

from contests.enums import OnMisfit, PartFunding, PublicMethod
from contests.ruleset import Ruleset
from contests.wording import rules_in_words

PLAIN = Ruleset(seed="drawn in public")


def words(**changes) -> str:
    with override("en"):
        return "\n".join(rules_in_words(replace(PLAIN, **changes)))


def test_weights_are_per_cent():
    assert "counts 80%, the public's 20%" in words()
    assert "counts 66.67%, the public's 33.33%" in words(
        expert_weight=Decimal("0.6667"), public_weight=Decimal("0.3333")
    )


@pytest.mark.parametrize("method", list(PublicMethod))
def test_each_method_has_its_own_sentence(method):
    others = [words(public_method=other) for other in PublicMethod if other != method]
    assert words(public_method=method) not in others


@pytest.mark.parametrize("misfit", list(OnMisfit))
def test_each_misfit_rule_has_its_own_sentence(misfit):
    others = [words(on_misfit=other) for other in OnMisfit if other != misfit]
    assert words(on_misfit=misfit) not in others


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"budget": Decimal(130000)}, "The budget is 130,000 yuan."),
        ({"project_cap": Decimal(50000)}, "at most 50,000 yuan"),
        ({"community_cap": Decimal(60000)}, "receives at most 60,000 yuan"),
        ({"min_final_score": Decimal("55.00")}, "at least 55 is needed"),
        ({"min_votes": 3}, "At least 3 votes"),
        ({"max_per_category": 6}, "At most 6 awards"),
        ({"one_per_community": True}, "best entry of each community"),
        ({"part_funding": PartFunding.LAST}, "at least 50% of what it asked for"),
        ({"reserve": 2}, "The next 2 entries"),
        ({"floor": Decimal("60.00")}, "begins at 60."),
    ],
)
def test_a_rule_is_told_only_where_it_applies(changes, sentence):
    assert sentence in words(**changes)
    assert sentence not in words()


def test_no_trimming_is_not_told():
    assert "dropped" in words()
    assert "dropped" not in words(trim_each_side=0)
