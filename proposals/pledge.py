"""The statement of integrity (诚信承诺书) with which a proposal is handed in: which wording is in force, and what each says.

A change of what is promised is a new wording below the others, by its day; those that somebody agreed to stay as they are,
because they are printed with their proposals. From then on a tick under an earlier one is none.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATEMENTS: dict[str, tuple[str | Promise, ...]] = {
    "2026-11-28": (
        _("What the proposal and its papers say is true and complete."),
        _("It is our own work: nothing in it is taken from others without saying so."),
        _("Nobody else has paid for it or promised to, unless the budget says who."),
        _(
            "We spend public money only on what the budget says, keep every receipt, and show the accounts to residents."
        ),
        _("Before anything in it changes we ask the street office."),
        _("If something in it is not true, it leaves the contest, and we pay back what we were given."),
    ),
}
VERSION = list(STATEMENTS)[-1]


def promises_of(version: str) -> tuple[str | Promise, ...]:
    """What somebody promised with this wording; before they have, what they are asked to promise."""
    return STATEMENTS.get(version or VERSION, ())
