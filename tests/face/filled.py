"""What is typed into the forms of the map that are sent filled in: pages that answer a file, previews, printed sheets.

`Page.filled` names a function of this module. It answers with `{field: value}`: the bytes of a CSV file where the field
takes a file; what has no field is sent along, as a pressed button is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.core import signing
from django.utils.translation import override

from proposals.enums import ScreeningDecision, ScreeningReason
from proposals.idea_sheet import COLUMNS
from proposals.views.importing import SALT
from tests.scenes import PROBLEM, SOLUTION

if TYPE_CHECKING:
    from tests.face.world import World

Fields = Mapping[str, str | bytes]


def ideas(world: World) -> Fields:
    return {"file": _table(_ideas(world, category="Environment"))}


def ideas_with_mistakes(world: World) -> Fields:
    return {"file": _table(_ideas(world, category="Nothing of the kind"))}


def ideas_confirmed(world: World) -> Fields:
    """The rows as the preview had them."""
    rows = [*enumerate(map(list, _ideas(world, category="Environment")), start=1)]
    return {"rows": signing.dumps(rows, salt=SALT, compress=True)}


def roster(world: World) -> Fields:
    """A new voter, one who is on the roll already, one who is too young, and a formula."""
    rows = [("0901", "13911112222", "yes"), ("0002", "", "yes"), ("0902", "", "no"), ("=1+1", "", "yes")]
    return {"community": str(world.community.pk), "roster": _table([("number", "mobile", "18+"), *rows])}


def assignments(world: World) -> Fields:
    """An expert whom the contest has, for an entry that it has and one that it has not."""
    code = world.contest_open.panelists.get(user=world.expert).code
    return {"table": _table([("code", "number"), (code, "002"), (code, "999")]), "alone": "on"}


def codes(world: World) -> Fields:
    return {"community": str(world.community.pk), "for_roll": "", "number": "3"}


def acceptance(_world: World) -> Fields:
    verdicts = dict.fromkeys(("public_benefit", "sustainability", "capacity_building"), "PASS")
    return {**verdicts, "decision": ScreeningDecision.ACCEPT.value, "preview": "1"}


def rejection(world: World) -> Fields:
    reason = ScreeningReason.GOV_DUTY.value
    return {**acceptance(world), "decision": ScreeningDecision.REJECT.value, "reason": reason, "note": "Call 12345."}


def _ideas(world: World, **cells: str) -> list[tuple[str, ...]]:
    row = {
        "channel": "Paper form",
        "community": world.community.name,
        "title": "Benches at the west gate",
        "problem": PROBLEM,
        "solution": SOLUTION,
        "consent": "yes",
        **cells,
    }
    with override("en"):
        heading = tuple(str(label) for label in COLUMNS.values())
    return [heading, tuple(row.get(name, "") for name in COLUMNS)]


def _table(rows: Iterable[Iterable[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()
