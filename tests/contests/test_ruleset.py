import json
from dataclasses import replace
from decimal import Decimal

import pytest

from contests.enums import OnMisfit, PartFunding, PublicMethod, RuleProblem, TieBreak
from contests.ruleset import Ruleset, canonical_json, plain, problems, sha256

SOUND = Ruleset(seed="s")


def test_the_defaults_are_80_and_20_and_sound():
    assert (SOUND.expert_weight, SOUND.public_weight) == (Decimal("0.80"), Decimal("0.20"))
    assert problems(SOUND) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"public_weight": Decimal("0.21")}, ("public_weight", RuleProblem.WEIGHTS_SUM)),
        (
            {"expert_weight": Decimal("-0.1"), "public_weight": Decimal("1.1")},
            ("expert_weight", RuleProblem.NEGATIVE),
        ),
        (
            {"expert_weight": Decimal("0.80001"), "public_weight": Decimal("0.19999")},
            ("expert_weight", RuleProblem.TOO_MANY_DECIMALS),
        ),
        ({"expert_weight": Decimal("NaN")}, ("expert_weight", RuleProblem.TOO_LARGE)),
        ({"trim_each_side": -1}, ("trim_each_side", RuleProblem.NEGATIVE)),
        ({"trim_each_side": 1001}, ("trim_each_side", RuleProblem.TOO_LARGE)),
        ({"quorum": 0}, ("quorum", RuleProblem.QUORUM_ZERO)),
        ({"floor": Decimal("100.01")}, ("floor", RuleProblem.OUTSIDE_0_100)),
        ({"floor": Decimal(-1)}, ("floor", RuleProblem.NEGATIVE)),
        ({"min_choices": 0}, ("min_choices", RuleProblem.MIN_CHOICES_ZERO)),
        ({"min_choices": 4}, ("max_choices", RuleProblem.CHOICES_REVERSED)),
        ({"tie_order": (TieBreak.VOTES, TieBreak.DRAW, TieBreak.VOTES)}, ("tie_order", RuleProblem.TIE_BREAK_TWICE)),
        ({"seed": ""}, ("seed", RuleProblem.SEED_MISSING)),
        ({"seed": "a\nb"}, ("seed", RuleProblem.SEED_UNREADABLE)),
        ({"seed": "s" * 201}, ("seed", RuleProblem.SEED_UNREADABLE)),
        ({"budget": Decimal(-1)}, ("budget", RuleProblem.NEGATIVE)),
        ({"budget": Decimal("0.001")}, ("budget", RuleProblem.TOO_MANY_DECIMALS)),
        ({"project_cap": Decimal(10**12)}, ("project_cap", RuleProblem.TOO_LARGE)),
        ({"min_final_score": Decimal(101)}, ("min_final_score", RuleProblem.OUTSIDE_0_100)),
        ({"part_min_share": Decimal("1.1")}, ("part_min_share", RuleProblem.OUTSIDE_0_1)),
        (
            {"part_funding": PartFunding.LAST, "part_min_share": Decimal(0)},
            ("part_min_share", RuleProblem.SHARE_NEEDED),
        ),
        ({"reserve": -1}, ("reserve", RuleProblem.NEGATIVE)),
    ],
)
def test_a_rule_that_makes_no_sense_is_named_with_its_field(changes, problem):
    assert problem in problems(replace(SOUND, **changes))


def test_without_a_weight_of_the_experts_there_may_be_no_quorum():
    assert problems(replace(SOUND, expert_weight=Decimal(0), public_weight=Decimal(1), quorum=0)) == []


@pytest.mark.parametrize("field", ["budget", "project_cap", "community_cap"])
@pytest.mark.parametrize("value", [Decimal(0), Decimal("0.00"), None])
def test_a_blank_or_zero_budget_or_cap_is_none(field, value):
    ruleset = replace(SOUND, **{field: value})
    assert getattr(ruleset, field) is None
    assert sha256(ruleset) == sha256(SOUND)


def test_equal_decimals_have_equal_hashes_however_they_were_typed():
    typed = replace(SOUND, expert_weight=Decimal("0.8"), public_weight=Decimal("0.2000"), budget=Decimal("1E+5"))
    assert sha256(typed) == sha256(replace(SOUND, budget=Decimal("100000.00")))


@pytest.mark.parametrize(
    "changes",
    [
        {"quorum": 4},
        {"floor": Decimal(60)},
        {"seed": "t"},
        {"budget": Decimal(1)},
        {"one_per_community": True},
        {"public_method": PublicMethod.RANK},
        {"on_misfit": OnMisfit.STOP},
        {"tie_order": (TieBreak.DRAW,)},
    ],
)
def test_another_rule_is_another_hash(changes):
    assert sha256(replace(SOUND, **changes)) != sha256(SOUND)


def test_the_canonical_form_holds_every_rule_by_value():
    fields = json.loads(canonical_json(replace(SOUND, budget=Decimal("260000.00"), seed="望京")))
    assert set(fields) == set(Ruleset.__dataclass_fields__)
    assert fields["budget"] == "260000"
    assert fields["project_cap"] is None
    assert fields["tie_order"] == ["EXPERT_SCORE", "FIRST_CRITERION", "VOTES", "DRAW"]
    assert fields["seed"] == "望京"
    assert canonical_json(SOUND).isascii()


@pytest.mark.parametrize(
    ("value", "text"),
    [("0.80", "0.8"), ("100", "100"), ("1E+3", "1000"), ("0.00", "0"), ("-0.0", "0"), ("11.50", "11.5")],
)
def test_plain_notation(value, text):
    assert plain(Decimal(value)) == text
