from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.awards import draw_key, rank, select
from contests.enums import AwardReason, Decision, OnMisfit, PartFunding, TieBreak
from contests.ruleset import Ruleset
from tests.contests.cases import decide, ranked, scored

RULES = Ruleset(seed="s")
OUT = "NOT_SELECTED"


def order(entries, *ties):
    result = rank(entries, replace(RULES, tie_order=tuple(map(TieBreak, ties))))
    return " ".join(entry.figures.number for entry in result), [entry.decided_by for entry in result]


def test_the_highest_score_is_first():
    result = rank([scored("A", "70.00"), scored("B", "70.01"), scored("C", "99.00")], RULES)
    assert [(entry.figures.number, entry.rank, entry.decided_by) for entry in result] == [
        ("C", 1, None),
        ("B", 2, None),
        ("A", 3, None),
    ]


@pytest.mark.parametrize(
    ("tie", "first", "second"),
    [
        ("EXPERT_SCORE", {"expert_score": Decimal("80.01")}, {"expert_score": Decimal("80.00")}),
        ("PUBLIC_SCORE", {"public": "50.01"}, {"public": "50.00"}),
        ("FIRST_CRITERION", {"first_criterion": Fraction(2, 3)}, {"first_criterion": Fraction(66666, 100000)}),
        ("VOTES", {"votes": 11}, {"votes": 10}),
        ("LOWER_COST", {"requested_amount": Decimal("99.99")}, {"requested_amount": Decimal("100.00")}),
        ("HIGHER_COST", {"requested_amount": Decimal("100.01")}, {"requested_amount": Decimal("100.00")}),
    ],
)
@pytest.mark.parametrize("names", ["AB", "BA"])
def test_each_tie_break_decides_and_says_so(tie, first, second, names):
    entries = [scored(names[0], **first), scored(names[1], **second)]
    for given_order in (entries, entries[::-1]):
        assert order(given_order, tie, "DRAW") == (" ".join(names), [TieBreak(tie)] * 2)


def test_a_draw_is_the_ascending_hash_of_seed_and_number():
    numbers = [f"WJ-{number:03d}" for number in range(20)]
    by_hash = sorted(numbers, key=lambda number: sha256(f"s:{number}".encode()).hexdigest())
    assert by_hash != numbers
    result = order([scored(number) for number in numbers], "DRAW")
    assert result == (" ".join(by_hash), [TieBreak.DRAW] * 20)
    assert draw_key("s", "WJ-001") == sha256(b"s:WJ-001").hexdigest()


def test_a_tie_that_outlasts_the_declared_list_is_drawn():
    drawn, _ties = order([scored("A"), scored("B"), scored("C")], "DRAW")
    assert order([scored("C"), scored("A"), scored("B")], "VOTES") == (drawn, [TieBreak.DRAW] * 3)


def test_the_last_tie_break_that_was_needed_is_the_one_named():
    entries = [
        scored("A", expert_score=Decimal(90)),
        scored("B", expert_score=Decimal(80), votes=2),
        scored("C", expert_score=Decimal(80), votes=1),
        scored("D", "60.00"),
    ]
    ties = [TieBreak.EXPERT_SCORE, TieBreak.VOTES, TieBreak.VOTES, None]
    assert order(entries, "EXPERT_SCORE", "VOTES", "DRAW") == ("A B C D", ties)


def test_incomplete_entries_have_no_rank():
    incomplete = replace(scored("A"), public_score=None, final_score=None)
    assert [entry.figures.number for entry in rank([incomplete, scored("B")], RULES)] == ["B"]


def test_without_any_limit_everyone_is_selected():
    assert decide(ranked(("A", "10.50"), ("B", "20"))) == {
        "A": ("SELECTED", "BY_RANK", "10.50"),
        "B": ("SELECTED", "BY_RANK", "20.00"),
    }


def test_a_budget_that_is_met_exactly_is_not_exceeded():
    entries = ranked(("A", "60"), ("B", "40"), ("C", "0.01"))
    assert decide(entries, budget=Decimal(100)) == {
        "A": ("SELECTED", "BY_RANK", "60.00"),
        "B": ("SELECTED", "BY_RANK", "40.00"),
        "C": (OUT, "BUDGET", "0.00"),
    }


@pytest.mark.parametrize(
    ("policy", "last"),
    [("SKIP", ("SELECTED", "BY_RANK")), ("STOP", (OUT, "AFTER_STOP")), ("STOP_IN_COMMUNITY", ("SELECTED", "BY_RANK"))],
)
def test_what_a_refusal_by_the_budget_does(policy, last):
    entries = ranked(("A", "60"), ("B", "50"), ("C", "40"))
    decided = decide(entries, budget=Decimal(100), on_misfit=OnMisfit(policy))
    assert decided["B"][1] == "BUDGET"
    assert decided["C"][:2] == last


@pytest.mark.parametrize(
    ("policy", "same", "other"),
    [
        ("SKIP", "BY_RANK", "BY_RANK"),
        ("STOP", "AFTER_STOP", "AFTER_STOP"),
        ("STOP_IN_COMMUNITY", "AFTER_STOP", "BY_RANK"),
    ],
)
def test_what_a_refusal_by_a_community_cap_does(policy, same, other):
    entries = ranked(("A", "60"), ("B", "50"), ("C", "40"), ("D", "40", {"community": "C2"}))
    decided = decide(entries, community_cap=Decimal(100), on_misfit=OnMisfit(policy))
    assert [decided[number][1] for number in "ABCD"] == ["BY_RANK", "COMMUNITY_CAP", same, other]


@pytest.mark.parametrize(
    ("own", "reason"), [("50", "COMMUNITY_CAP"), ("150", "BY_RANK"), (None, "COMMUNITY_CAP"), ("0", "COMMUNITY_CAP")]
)
def test_a_community_has_its_own_cap_else_the_contests(own, reason):
    caps = {"C1": None if own is None else Decimal(own)}
    assert decide(ranked(("A", "60"), ("B", "60")), caps, community_cap=Decimal(100))["B"][1] == reason


def test_an_own_cap_applies_where_the_contest_has_none():
    assert decide(ranked(("A", "60")), {"C1": Decimal(50)})["A"][1] == "COMMUNITY_CAP"


def test_reasons_are_tried_in_their_order():
    entries = ranked(("A", "100", {"final": "54.99", "votes": 0, "category": "full"}))
    rules = {
        "min_final_score": Decimal(55),
        "min_votes": 1,
        "project_cap": Decimal(99),
        "community_cap": Decimal(98),
        "budget": Decimal(97),
    }
    reasons = []
    for rule in list(rules):
        reasons.append(decide(entries, **rules)["A"][1])
        del rules[rule]
    assert reasons == ["BELOW_MIN_SCORE", "BELOW_MIN_VOTES", "OVER_PROJECT_CAP", "COMMUNITY_CAP", "BUDGET"]


def test_a_full_category_comes_before_the_caps():
    entries = ranked(("A", "60"), ("B", "60"), ("C", "60", {"category": "K2", "community": "C2"}))
    decided = decide(entries, max_per_category=1, community_cap=Decimal(60), budget=Decimal(120))
    assert [decided[number][1] for number in "ABC"] == ["BY_RANK", "CATEGORY_FULL", "BY_RANK"]


def test_a_minimum_that_is_met_exactly_is_met():
    entries = ranked(("A", "100", {"final": "55.00", "votes": 3}))
    rules = {"min_final_score": Decimal("55.00"), "min_votes": 3, "project_cap": Decimal(100)}
    assert decide(entries, **rules)["A"][0] == "SELECTED"


def test_the_last_entry_may_take_the_remainder():
    entries = ranked(("A", "60"), ("B", "80"), ("C", "10"))
    rules = {"budget": Decimal(100), "part_funding": PartFunding.LAST, "reserve": 1}
    assert decide(entries, **rules) == {
        "A": ("SELECTED", "BY_RANK", "60.00"),
        "B": ("SELECTED", "PART_FUNDED", "40.00"),
        "C": ("RESERVE", "AFTER_STOP", "0.00"),
    }


def test_a_remainder_below_the_minimum_share_is_not_given():
    entries = ranked(("A", "60"), ("B", "80.01"), ("C", "10"))
    rules = {"budget": Decimal(100), "part_funding": PartFunding.LAST}
    assert decide(entries, **rules) == {
        "A": ("SELECTED", "BY_RANK", "60.00"),
        "B": (OUT, "BUDGET", "0.00"),
        "C": ("SELECTED", "BY_RANK", "10.00"),
    }


def test_first_each_communitys_best_then_the_others():
    entries = ranked(
        ("A", "60"),
        ("B", "30"),
        ("C", "30", {"community": "C2"}),
        ("D", "10", {"community": "C3", "final": "40"}),
    )
    assert decide(entries, budget=Decimal(100), one_per_community=True, min_final_score=Decimal(50)) == {
        "A": ("SELECTED", "COMMUNITY_GUARANTEE", "60.00"),
        "B": (OUT, "BUDGET", "0.00"),
        "C": ("SELECTED", "COMMUNITY_GUARANTEE", "30.00"),
        "D": (OUT, "BELOW_MIN_SCORE", "0.00"),
    }


def test_an_entry_refused_in_the_first_pass_leaves_the_place_to_the_next():
    entries = ranked(("A", "101"), ("B", "20"), ("C", "20", {"community": "C2"}))
    decided = decide(entries, project_cap=Decimal(100), one_per_community=True)
    assert decided["A"][1] == "OVER_PROJECT_CAP"
    assert decided["B"][1] == decided["C"][1] == "COMMUNITY_GUARANTEE"


def test_the_reason_of_the_second_pass_stands():
    entries = ranked(("A", "60"), ("B", "60", {"community": "C2"}), ("C", "30", {"community": "C3"}), ("D", "10"))
    decided = decide(entries, budget=Decimal(100), one_per_community=True, max_per_category=2, on_misfit=OnMisfit.SKIP)
    # In the first pass B failed by the budget; in the second its category is full.
    assert decided["B"][1] == "CATEGORY_FULL"
    assert decided["C"][1] == "COMMUNITY_GUARANTEE"


def test_a_stop_in_the_first_pass_ends_the_second_too():
    entries = ranked(("A", "60"), ("B", "60", {"community": "C2"}), ("C", "10", {"community": "C3"}), ("D", "10"))
    decided = decide(entries, budget=Decimal(100), one_per_community=True, on_misfit=OnMisfit.STOP)
    assert [decided[number][1] for number in "ABCD"] == ["COMMUNITY_GUARANTEE", *["AFTER_STOP"] * 3]


def test_the_reserve_list_keeps_reasons_and_passes_over_the_unfit():
    entries = ranked(
        ("A", "90"),
        ("B", "200"),
        ("C", "20", {"votes": 0}),
        ("D", "20"),
        ("E", "20"),
        ("F", "20"),
        ("G", "20", {"final": "10"}),
    )
    rules = {"budget": Decimal(100), "project_cap": Decimal(100), "min_votes": 1, "min_final_score": Decimal(20)}
    decided = decide(entries, **rules, reserve=2)
    assert [(decision, reason) for decision, reason, _amount in decided.values()] == [
        ("SELECTED", "BY_RANK"),
        (OUT, "OVER_PROJECT_CAP"),
        (OUT, "BELOW_MIN_VOTES"),
        ("RESERVE", "BUDGET"),
        ("RESERVE", "BUDGET"),
        (OUT, "BUDGET"),
        (OUT, "BELOW_MIN_SCORE"),
    ]


def facts(number, entries, caps=None, **rules):
    awards = {award.ranked.figures.number: award for award in select(entries, replace(RULES, **rules), caps)}
    return awards[number].facts


def test_facts_of_a_budget_refusal():
    found = facts("B", ranked(("A", "60"), ("B", "50")), budget=Decimal(100))
    assert (found.requested, found.limit, found.spent, found.remainder) == (50, 100, 60, 40)


def test_facts_of_a_community_cap():
    found = facts("B", ranked(("A", "60"), ("B", "50")), {"C1": Decimal(80)}, budget=Decimal(1000))
    assert (found.limit, found.spent, found.remainder) == (80, 60, 20)


def test_facts_of_minima_caps_and_categories():
    low = facts("A", ranked(("A", "60", {"final": "10"})), min_final_score=Decimal(20))
    assert (low.score, low.minimum) == (10, 20)
    few = facts("A", ranked(("A", "60", {"votes": 2})), min_votes=3)
    assert (few.votes, few.minimum) == (2, 3)
    dear = facts("A", ranked(("A", "60")), project_cap=Decimal(50))
    assert (dear.requested, dear.limit) == (60, 50)
    full = facts("B", ranked(("A", "60"), ("B", "60")), max_per_category=1)
    assert (full.limit, full.spent) == (1, 1)


def test_facts_of_a_stop_name_the_entry_at_which_it_came():
    entries = ranked(("A", "60"), ("B", "50"), ("C", "1"))
    everywhere = facts("C", entries, budget=Decimal(100), on_misfit=OnMisfit.STOP)
    assert (everywhere.stopped_by, everywhere.stopped_community) == ("B", False)
    here = facts("C", entries, community_cap=Decimal(100), on_misfit=OnMisfit.STOP_IN_COMMUNITY)
    assert (here.stopped_by, here.stopped_community) == ("B", True)


ENTRIES = st.lists(
    st.builds(
        dict,
        amount=st.integers(0, 60),
        community=st.sampled_from(["C1", "C2", "C3"]),
        category=st.sampled_from(["K1", "K2"]),
        votes=st.integers(0, 9),
        final=st.integers(0, 100),
    ),
    max_size=14,
)
LIMITS = st.fixed_dictionaries(
    {
        "budget": st.integers(0, 200).map(Decimal),
        "community_cap": st.integers(0, 90).map(Decimal),
        "project_cap": st.integers(0, 60).map(Decimal),
        "max_per_category": st.integers(0, 3),
        "min_votes": st.integers(0, 4),
        "min_final_score": st.integers(0, 40).map(Decimal),
        "one_per_community": st.booleans(),
        "on_misfit": st.sampled_from(OnMisfit),
        "part_funding": st.sampled_from(PartFunding),
        "reserve": st.integers(0, 3),
    }
)


@given(ENTRIES, LIMITS, st.integers(0, 90).map(Decimal))
def test_no_limit_is_ever_exceeded(entries, limits, own_cap):
    rules = replace(RULES, **limits)
    pool = [
        scored(f"N{at}", str(entry.pop("final")), requested_amount=Decimal(entry.pop("amount")), **entry)
        for at, entry in enumerate(entries)
    ]
    awards = select(rank(pool, rules), rules, {"C1": own_cap})
    assert [award.ranked.rank for award in awards] == list(range(1, len(pool) + 1))
    spent, places, total = defaultdict(Decimal), Counter(), Decimal(0)
    for award in awards:
        figures = award.ranked.figures
        assert (award.decision == Decision.SELECTED) == (
            award.reason in {AwardReason.BY_RANK, AwardReason.COMMUNITY_GUARANTEE, AwardReason.PART_FUNDED}
        )
        if award.decision != Decision.SELECTED:
            assert award.amount == 0
            continue
        assert award.amount <= figures.requested_amount
        assert award.ranked.final_score >= rules.min_final_score
        assert figures.votes >= rules.min_votes
        assert not rules.project_cap or award.amount <= rules.project_cap
        spent[figures.community] += award.amount
        places[figures.category] += 1
        total += award.amount
    assert not rules.budget or total <= rules.budget
    assert not rules.max_per_category or all(count <= rules.max_per_category for count in places.values())
    for community, amount in spent.items():
        cap = (own_cap if community == "C1" else None) or rules.community_cap
        assert not cap or amount <= cap
    assert sum(award.decision == Decision.RESERVE for award in awards) <= rules.reserve
