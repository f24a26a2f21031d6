"""Contests for tests of the pure tally: where sample archives lie, and builders with one figure changed."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from contests.archive.problems import ArchiveErrors
from contests.archive.reading import read
from contests.awards import Award, Ranked, select
from contests.ruleset import Ruleset
from contests.scoring import EntryFigures, Scored

DATA = Path(__file__).parents[1] / "data"
# A folder beside the repository with larger samples; tests use it where it exists.
MORE = Path(__file__).parents[3] / "shared" / "data"
ARCHIVES = sorted(
    {folder.name: folder for root in (MORE, DATA) for folder in (root / "archives").glob("*")}.values(),
    key=lambda folder: folder.name,
)
ELECTIONS = sorted((MORE / "pb").glob("*.pb"))


def figures(number="A", **changes):
    """Figures of an entry that takes part."""
    values = {
        "number": number,
        "community": "C1",
        "population": 1000,
        "category": "K1",
        "requested_amount": Decimal("100.00"),
        "sheets": 5,
        "trimmed": False,
        "expert_score": Decimal("80.00"),
        "first_criterion": Fraction(1, 2),
        "votes": 10,
        "jury_mean": None,
    }
    return EntryFigures(**(values | changes))


def scored(number="A", final="80.00", public="50.00", **changes):
    return Scored(figures(number, **changes), Decimal(public), Decimal(final))


def ranked(*entries):
    """Ranked entries in the order given, from (number, amount, changes) or (number, amount)."""
    result = []
    for place, (number, amount, *changes) in enumerate(entries, 1):
        values = {"final": Decimal(90 - place), **(changes[0] if changes else {})}
        final = values.pop("final")
        entry = figures(number, requested_amount=Decimal(amount), **values)
        result.append(Ranked(entry, Decimal("50.00"), Decimal(final), place, None))
    return result


def decide(entries, caps=None, **rules):
    """{number: (decision, reason, amount as text)} of a selection."""
    awards = select(entries, Ruleset(seed="s", **rules), caps)
    return {award.ranked.figures.number: brief(award) for award in awards}


def brief(award: Award):
    return award.decision.value, award.reason.value, str(award.amount)


def problems(path: Path):
    """What the reader finds wrong with an archive."""
    with pytest.raises(ArchiveErrors) as caught:
        read(path)
    return caught.value.problems


def places(path: Path):
    """File, row and column of each problem."""
    return [(problem.file, problem.row, problem.column) for problem in problems(path)]
