from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.enums import PublicMethod, TallyProblem
from contests.ruleset import Ruleset
from contests.scoring import (
    TallyError,
    composite,
    expert_figure,
    mean_share,
    public_scores,
    score,
    sheet_score,
)
from tests.contests.cases import figures

RULES = Ruleset(seed="s")
PUBLIC_ONLY = Ruleset(seed="s", expert_weight=Decimal(0), public_weight=Decimal(1), quorum=0)


def decimals(text):
    return [Decimal(value) for value in text.split()]


def method(name, **changes):
    return replace(RULES, public_method=PublicMethod(name), **changes)


@pytest.mark.parametrize(
    ("sheets", "expert", "votes", "public", "final"),
    [
        ("88 92 85 90 79", "87.67", 150, "75.00", "85.14"),
        ("95 60 82 84 86", "84.00", 37, "18.50", "70.90"),
        ("91 89 88 93 90 87 92", "90.00", 0, "0.00", "72.00"),
        ("90 90 90 90 90", "90.00", 200, "100.00", "92.00"),
    ],
)
def test_the_published_vectors(sheets, expert, votes, public, final):
    figure = expert_figure(decimals(sheets), RULES)
    entries = [figures("A", expert_score=figure.score, votes=votes), figures("B", votes=200)]
    first = score(entries, RULES, valid_ballots=300).entries[0]
    assert figure.trimmed
    assert str(figure.score) == expert
    assert (str(first.public_score), str(first.final_score)) == (public, final)


def test_a_sheet_is_put_on_the_scale_of_100():
    assert str(sheet_score(decimals("11.5 20 3"), decimals("20 30 25"))) == "46.00"
    assert str(sheet_score(decimals("1"), decimals("3"))) == "33.33"
    assert str(sheet_score(decimals("0 0"), decimals("10 90"))) == "0.00"


@pytest.mark.parametrize(("points", "maxima"), [("", ""), ("1", "1 2"), ("1 2", "1")])
def test_a_sheet_with_a_gap_is_not_a_sheet(points, maxima):
    with pytest.raises(ValueError, match="one mark for every criterion"):
        sheet_score(decimals(points), decimals(maxima))


@pytest.mark.parametrize(
    ("sheets", "changes", "trimmed", "expert"),
    [
        ("10 20 30 40", {}, False, "25.00"),  # fewer than trim_min_panel
        ("10 20 30 40 100", {}, True, "30.00"),
        ("10 20 30 40 100", {"trim_each_side": 0}, False, "40.00"),
        ("10 20 30 40 100", {"trim_each_side": 2}, True, "30.00"),
        ("10 20 30 40", {"trim_each_side": 2, "trim_min_panel": 3}, False, "25.00"),  # not more than twice
        ("10 20 30", {"trim_min_panel": 3}, True, "20.00"),
        ("50 50 50 50 50", {}, True, "50.00"),
        ("1 2 2", {}, False, "1.67"),
    ],
)
def test_trimming(sheets, changes, trimmed, expert):
    figure = expert_figure(decimals(sheets), replace(RULES, **changes))
    assert (figure.sheets, figure.trimmed, str(figure.score)) == (len(sheets.split()), trimmed, expert)


def test_below_the_quorum_there_is_no_score_and_nothing_was_trimmed():
    figure = expert_figure(decimals("10 20 30 40 50"), replace(RULES, quorum=6))
    assert (figure.sheets, figure.trimmed, figure.score) == (5, False, None)


def test_without_a_weight_of_the_experts_no_entry_is_incomplete():
    assert expert_figure([], PUBLIC_ONLY).score == Decimal("0.00")
    assert expert_figure(decimals("70 80"), replace(PUBLIC_ONLY, quorum=3)).score == Decimal("75.00")


def test_no_sheets_are_never_a_score_where_experts_count():
    assert expert_figure([], replace(RULES, quorum=0)).score is None


def test_mean_share_is_exact():
    assert mean_share(decimals("10 11 11.5"), Decimal(20)) == Fraction(65, 120)
    assert mean_share([], Decimal(20)) == 0


@pytest.mark.parametrize(
    ("name", "changes", "votes", "expected"),
    [
        ("SHARE_OF_TOP", {}, (200, 150, 37, 0), "100.00 75.00 18.50 0.00"),
        ("SHARE_OF_TOP", {"floor": Decimal(60)}, (200, 150, 37, 0), "100.00 90.00 67.40 60.00"),
        ("SHARE_OF_BALLOTS", {}, (200, 150, 37, 0), "66.67 50.00 12.33 0.00"),
        ("SHARE_OF_BALLOTS", {"floor": Decimal(50)}, (300, 1, 0, 0), "100.00 50.17 50.00 50.00"),
        ("RANK", {}, (9, 5, 5, 1), "100.00 50.00 50.00 0.00"),
        ("RANK", {}, (7, 7, 7, 7), "50.00 50.00 50.00 50.00"),
        ("RANK", {}, (7, 7, 0, 0), "83.33 83.33 16.67 16.67"),
        ("RANK", {"floor": Decimal(60)}, (9, 5, 5, 1), "100.00 80.00 80.00 60.00"),
    ],
)
def test_methods_on_votes(name, changes, votes, expected):
    entries = [figures(str(at), votes=count) for at, count in enumerate(votes)]
    scores = public_scores(entries, method(name, **changes), valid_ballots=300)
    assert " ".join(map(str, scores.values())) == expected


def test_per_thousand_compares_communities_by_their_size():
    entries = [figures("A", votes=50, population=1000), figures("B", votes=60, population=3000), figures("C", votes=0)]
    scores = public_scores(entries, method("PER_THOUSAND"), valid_ballots=9)
    assert {number: str(value) for number, value in scores.items()} == {"A": "100.00", "B": "40.00", "C": "0.00"}


@pytest.mark.parametrize("population", [None, 0, -5])
def test_per_thousand_without_a_population_says_which_entry(population):
    entries = [figures("A"), figures("B", population=population)]
    with pytest.raises(TallyError) as caught:
        public_scores(entries, method("PER_THOUSAND"), valid_ballots=9)
    assert (caught.value.code, caught.value.number) == (TallyProblem.POPULATION_UNKNOWN, "B")


def test_a_single_entry_has_100_by_rank():
    assert str(public_scores([figures("A", votes=1)], method("RANK"), 1)["A"]) == "100.00"


def test_jury_mean():
    entries = [figures("A", jury_mean=Fraction(250, 3), votes=0), figures("B", jury_mean=None, votes=99)]
    scores = public_scores(entries, method("JURY_MEAN", floor=Decimal(40)), 0)
    assert {number: str(value) for number, value in scores.items()} == {"A": "90.00", "B": "40.00"}


@pytest.mark.parametrize("name", PublicMethod.values)
def test_without_any_vote_everyone_has_zero_and_no_floor(name):
    scoring = score([figures("A", votes=0), figures("B", votes=0)], method(name, floor=Decimal(60)), 0)
    assert scoring.no_votes
    assert [str(entry.public_score) for entry in scoring.entries] == ["0.00", "0.00"]
    assert [str(entry.final_score) for entry in scoring.entries] == ["64.00", "64.00"]


def test_votes_do_not_stand_in_for_a_jury():
    assert score([figures("A", votes=5)], method("JURY_MEAN"), 5).no_votes


def test_share_of_ballots_needs_ballots():
    with pytest.raises(TallyError) as caught:
        score([figures("A", votes=5)], method("SHARE_OF_BALLOTS"), 0)
    assert caught.value.code == TallyProblem.NO_BALLOTS


def test_an_incomplete_entry_has_no_scores_but_its_votes_count():
    entries = [figures("A", votes=50), figures("B", votes=100, expert_score=None)]
    first, second = score(entries, RULES, 100).entries
    assert str(first.public_score) == "50.00"
    assert (second.public_score, second.final_score) == (None, None)


def test_a_contest_without_entries_has_no_votes():
    assert score([], RULES, 0) == score([], method("RANK"), 0)


def test_the_composite_is_computed_from_the_published_scores():
    # Rounded once at the end, 0.8 × 87.666… + 0.2 × 75 would be 85.13.
    assert str(composite(Decimal("87.67"), Decimal("75.00"), RULES)) == "85.14"


VOTES = st.lists(st.integers(0, 500), min_size=1, max_size=12)
ON_VOTES = st.sampled_from(["SHARE_OF_TOP", "PER_THOUSAND", "RANK"])


@given(VOTES, ON_VOTES, st.integers(0, 100))
def test_more_votes_are_never_worth_less_and_scores_stay_between_floor_and_100(votes, name, floor):
    entries = [figures(str(at), votes=count) for at, count in enumerate(votes)]
    scores = public_scores(entries, method(name, floor=Decimal(floor)), 500)
    in_order = [scores[entry.number] for entry in sorted(entries, key=lambda entry: entry.votes)]
    assert in_order == sorted(in_order)
    assert all((floor if any(votes) else 0) <= value <= 100 for value in in_order)


@given(st.lists(st.decimals(0, 100, places=2), min_size=3, max_size=9), st.randoms())
def test_the_order_of_sheets_does_not_matter_and_the_mean_lies_between_them(sheets, random):
    shuffled = list(sheets)
    random.shuffle(shuffled)
    figure = expert_figure(sheets, RULES)
    assert figure == expert_figure(shuffled, RULES)
    assert min(sheets) <= figure.score <= max(sheets)
