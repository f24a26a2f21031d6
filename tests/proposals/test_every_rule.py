"""Every rule stands in a table: stage × role × act, or what it says of things that nobody in particular does."""

from __future__ import annotations

import re
from pathlib import Path

import proposals
from tests.proposals import test_remarks, test_rules

TABLES = (test_rules.ACTS, test_rules.PARTS, test_remarks.ACTS)


def asked(call) -> set[str]:
    """The rules that a row asks: itself, or those that its expression names."""
    return {call.__name__} if call.__name__ != "<lambda>" else set(call.__code__.co_names)


def test_every_rule_stands_in_a_table():
    sources = Path(proposals.__file__).parent.rglob("*.py")
    rules = {
        name
        for source in sources
        for name in re.findall(r"^def (why_not_\w+)", source.read_text("utf-8"), re.MULTILINE)
    }
    in_tables = {name for table in TABLES for call, *_reasons in table.values() for name in asked(call)}
    assert rules
    assert rules - in_tables == set()


def test_every_table_has_every_role():
    for table in (test_rules.ACTS, test_remarks.ACTS):
        for act, (_call, _permitted, reasons) in table.items():
            assert set(reasons) == set(test_rules.ROLES), act
