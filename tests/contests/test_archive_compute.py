from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.archive.compute import counts, entry_figures, tally
from contests.archive.layout import TABLES
from contests.archive.reading import read
from contests.archive.rows import RecusalRow
from contests.archive.writing import results_file
from contests.enums import EntryStatus, RecusalGround
from tests.contests.cases import ARCHIVES, DATA
from tests.contests.small_contests import archives


@pytest.fixture(scope="module")
def example():
    return read(DATA / "archives" / "worked-example")


@pytest.mark.parametrize("folder", ARCHIVES, ids=lambda folder: folder.name)
def test_results_equal_those_of_an_independent_program(folder):
    assert results_file(tally(read(folder)).results) == (folder / "results.csv").read_bytes()


def test_only_entries_that_take_part_have_figures(example):
    numbers = {entry.number for entry in entry_figures(example)}
    assert numbers == {entry.number for entry in example.entries if entry.status == EntryStatus.IN}


def test_a_sheet_of_a_recused_expert_does_not_count(example):
    before = {entry.number: entry.sheets for entry in entry_figures(example)}
    recused = replace(example, recusals=(*example.recusals, RecusalRow("E05", "WJ-001", RecusalGround.DECLARED)))
    after = {entry.number: entry.sheets for entry in entry_figures(recused)}
    assert after == before | {"WJ-001": before["WJ-001"] - 1}


def test_the_rubric_of_an_entry_is_that_of_its_zone_if_the_zone_has_one(example):
    assert [row.code for row in example.rubric("GREEN")] == ["NEED", "GREENING", "SUSTAINABILITY"]
    assert example.rubric("SAFETY") == example.rubric("")
    assert [row.position for row in example.rubric("")] == [1, 2, 3, 4, 5, 6, 7]


def test_counts_of_inputs(example):
    found = counts(example)
    assert found["entries"] == 24
    assert found["entries_taking_part"] == 22
    assert found["valid_ballots"] == len({row.ballot for row in example.ballots}) - 4
    assert found["votes_counted"] == sum(row.votes or 0 for row in tally(example).results)


@settings(deadline=None)
@given(archives(), st.randoms())
def test_the_order_of_rows_carries_no_meaning(archive, random):
    shuffled = {}
    for spec in TABLES:
        rows = list(getattr(archive, spec.stem))
        random.shuffle(rows)
        shuffled[spec.stem] = tuple(rows)
    assert tally(replace(archive, **shuffled)).results == tally(archive).results


@settings(deadline=None)
@given(archives())
def test_every_entry_has_one_row_and_ranks_are_1_to_n(archive):
    outcome = tally(archive)
    assert sorted(row.number for row in outcome.results) == sorted(row.number for row in archive.entries)
    ranks = [row.rank for row in outcome.results if row.rank is not None]
    assert ranks == list(range(1, len(ranks) + 1))
    finals = [row.final_score for row in outcome.results[: len(ranks)]]
    assert finals == sorted(finals, reverse=True)
    for row in outcome.results:
        assert (row.rank is None) == (row.final_score is None) == (row.expert_score is None)


@settings(deadline=None)
@given(archives())
def test_money_spent_stays_within_the_budget(archive):
    spent = sum((row.amount for row in tally(archive).results), Decimal(0))
    assert archive.ruleset.budget is None or spent <= archive.ruleset.budget
