"""What the proposals' documents of the demo say: the texts of each proposal, and `documents.toml` for the rest."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from itertools import pairwise
from typing import Any

from projects.demo.source import Clock, read
from proposals.document import ActivityRow, MemberRow, ObjectiveRow, RiskRow, Rows
from proposals.document_enums import TeamType
from proposals.services.proposals import ProposalText

PLACES = {"community", "category"}
LAST_YEAR_BEGINS = -255


def columns_of(row: Mapping[str, Any], at: Clock) -> dict[str, Any]:
    """The texts of a proposal; those of last year borrow need and goal from the idea, and the rest from all.

    What `documents.toml` does not know is a document at its beginning: its texts and nothing else.
    """
    texts = {field.name: row[field.name] for field in fields(ProposalText) if field.name in row}
    if row["key"] not in read("documents")["of"]:
        return {name: value for name, value in texts.items() if name not in PLACES}
    site, target_group, directly, indirectly, _, innovation = read("documents")["of"][row["key"]]
    begins, ends = _days(row)
    if source := row.get("source_idea"):
        shared = read("documents")["last_year"]
        texts |= {"needs_analysis": source["problem"], "goal": source["solution"]}
        texts |= {name: shared[name] for name in ("sustainability", "capacity_building")}
    texts.pop("risks", None)
    return {name: value for name, value in texts.items() if name not in PLACES} | {
        "site": site,
        "target_group": target_group,
        "direct_beneficiaries": directly,
        "indirect_beneficiaries": indirectly,
        "innovation": innovation,
        "team_type": TeamType.RESIDENTS,
        "starts_on": at(begins).date(),
        "ends_on": at(ends).date(),
    }


def rows_of(row: Mapping[str, Any], at: Clock) -> Rows:
    """Team, objective, activities and risks; the risks are those that the proposal's text names, "what: answer"."""
    shared = read("documents")
    if row["key"] not in shared["of"]:
        return Rows()
    indicator, value, unit = shared["of"][row["key"]][4]
    return Rows(
        members=tuple(MemberRow(**member) for member in shared["member"]),
        objectives=(ObjectiveRow(indicator, Decimal(value), unit),),
        activities=_steps(row, at) if "milestones" in row else _phases(row, at),
        risk_rows=tuple(RiskRow(risk, response) for risk, response in _risks(row)),
    )


def _days(row: Mapping[str, Any]) -> tuple[float, float]:
    """First and last day of the project, counted from today."""
    if "milestones" in row:
        return LAST_YEAR_BEGINS, row["milestones"][-1]["due_days"]
    days = read("documents")["days"]
    return days["begins"], days["ends"]


def _phases(row: Mapping[str, Any], at: Clock) -> tuple[ActivityRow, ...]:
    begins, ends = _days(row)
    return tuple(
        ActivityRow(
            name=phase["name"],
            date_from=at(begins + (ends - begins) * phase["part"][0]).date(),
            date_to=at(begins + (ends - begins) * phase["part"][1]).date(),
            output=phase["output"],
        )
        for phase in read("documents")["activity"]
    )


def _steps(row: Mapping[str, Any], at: Clock) -> tuple[ActivityRow, ...]:
    """Last year's steps end where the milestones of its projects do."""
    ends = [_days(row)[0], *(step["due_days"] for step in row["milestones"])]
    return tuple(
        ActivityRow(name=step["title"], date_from=at(first).date(), date_to=at(last).date())
        for step, (first, last) in zip(row["milestones"], pairwise(ends), strict=True)
    )


def _risks(row: Mapping[str, Any]) -> list[list[str]]:
    if "risks" not in row:
        return read("documents")["last_year"]["risks"]  # type: ignore[no-any-return]
    return [sentence.split("：", 1) for sentence in row["risks"].split("。") if sentence]
