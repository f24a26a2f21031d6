"""The demo data as files: counts, lengths, references and sums, without a database."""

import re
import tomllib
from collections import Counter
from decimal import Decimal
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import pytest

DEMO = Path(__file__).parents[2] / "projects" / "demo"
FILES = ("subdistrict", "programme", "ideas", "proposals", "last_year", "contest")
STAGES = [
    "RESEARCH",
    "IDEA_COLLECTION",
    "SCREENING",
    "PROPOSAL_INCUBATION",
    "CONTEST",
    "PUBLICITY",
    "IMPLEMENTATION",
    "CLOSEOUT",
]
RUBRIC = {
    "NEED": 20,
    "PUBLIC_BENEFIT": 15,
    "FEASIBILITY": 20,
    "PARTICIPATION": 15,
    "SUSTAINABILITY": 15,
    "BUDGET": 10,
    "PRESENTATION": 5,
}
REASONS = {
    "INDIVIDUAL_NEED",
    "PRIVATE_DOMAIN",
    "OTHER_DUTY_HOLDER",
    "GOV_DUTY",
    "DUP_GOV_PROJECT",
    "ALREADY_FUNDED",
    "LEGAL_CHANNEL",
    "PETITION_REPEAT",
    "DISPUTE",
    "UNCLEAR",
    "ADVERTISING",
    "NOT_ELIGIBLE",
    "OVER_CAP",
    "PLAGIARISM",
    "ILLEGAL_CONTENT",
    "DUPLICATE",
}
PROPOSAL_LENGTHS = {
    "title": (4, 30),
    "summary": (150, 350),
    "needs_analysis": (100, 250),
    "goal": (20, 200),
    "plan": (100, 250),
    "sustainability": (20, 200),
    "capacity_building": (20, 200),
    "risks": (20, 150),
    "team_name": (4, 20),
}
Row = dict[str, Any]


def read(name: str) -> Row:
    return tomllib.loads((DEMO / f"{name}.toml").read_text("utf-8"))


def requested(proposal: Row) -> Decimal:
    lines = [line for line in proposal["budget"] if line["source"] == "REQUESTED"]
    return sum((Decimal(line["unit_price"]) * line["quantity"] for line in lines), Decimal(0))


def out_of_bounds(row: Row, bounds: dict[str, tuple[int, int]]) -> list[tuple[str, int]]:
    return [(key, len(row[key])) for key, (low, high) in bounds.items() if not low <= len(row[key]) <= high]


SUBDISTRICT, PROGRAMME, CONTEST = read("subdistrict"), read("programme"), read("contest")
IDEAS: list[Row] = read("ideas")["idea"]
PROPOSALS: list[Row] = read("proposals")["proposal"]
LAST_YEAR: list[Row] = read("last_year")["proposal"]
COMMUNITIES = {community["code"] for community in SUBDISTRICT["community"]}
CATEGORIES = {category["code"] for category in PROGRAMME["category"]}
ENTRIES = [proposal for proposal in PROPOSALS if proposal["entry"]]


def by_key(row: Row) -> str:
    return str(row["key"])


each_idea = pytest.mark.parametrize("idea", IDEAS, ids=by_key)
each_proposal = pytest.mark.parametrize("proposal", PROPOSALS, ids=by_key)
each_past_proposal = pytest.mark.parametrize("proposal", LAST_YEAR, ids=by_key)
each_budget = pytest.mark.parametrize("proposal", PROPOSALS + LAST_YEAR, ids=by_key)


def test_all_twenty_two_communities_and_no_other() -> None:
    numbers = [*range(34, 37), *range(38, 52), *range(60, 65)]
    assert SUBDISTRICT["code"] == "110105026"
    assert [community["code"] for community in SUBDISTRICT["community"]] == [f"110105026{n:03}" for n in numbers]
    assert len({community["name"] for community in SUBDISTRICT["community"]}) == 22
    for community in SUBDISTRICT["community"]:
        assert community["housing_type"] in {"OLD_ESTATE", "COMMERCIAL", "RELOCATION", "MIXED"}
        assert 2000 <= community["registered_population"] <= 9000
        assert 1.8 <= community["registered_population"] / community["households"] <= 3.2


def test_categories_zones_and_accompaniment_refer_to_known_communities() -> None:
    assert {"ENVIRONMENT", "SAFETY", "CULTURE", "CO_BUILDING", "LIVELIHOOD"} == CATEGORIES
    zones = {zone["code"]: zone["communities"] for zone in PROGRAMME["zone"]}
    assert zones == {
        "INTERNATIONAL": ["110105026049"],
        "GREEN": ["110105026040"],
        "SAFETY": ["110105026034"],
    }
    accompanied = list(chain.from_iterable(each["communities"] for each in PROGRAMME["support_organisation"]))
    assert sorted(accompanied) == sorted(COMMUNITIES)


@pytest.mark.parametrize(
    ("stages", "open_today"),
    [
        (PROGRAMME["stage"], {"IDEA_COLLECTION", "SCREENING", "PROPOSAL_INCUBATION", "CONTEST"}),
        (PROGRAMME["last_year"]["stage"], {"IMPLEMENTATION", "CLOSEOUT"}),
    ],
    ids=["this-year", "last-year"],
)
def test_stages_leave_something_to_do_today(stages: list[Row], open_today: set[str]) -> None:
    assert [stage["kind"] for stage in stages] == STAGES
    assert all(stage["opens"] < stage["closes"] for stage in stages)
    assert {stage["kind"] for stage in stages if stage["opens"] < 0 < stage["closes"]} == open_today
    assert [stage["opens"] for stage in stages] == sorted(stage["opens"] for stage in stages)


def test_ideas_cover_every_state_community_and_category() -> None:
    states = Counter(idea["state"] for idea in IDEAS)
    consolidated = states.pop("CONSOLIDATED")
    assert states == {"DRAFT": 2, "SUBMITTED": 14, "RETURNED": 5, "ACCEPTED": 14, "REFERRED": 3, "REJECTED": 5}
    assert consolidated >= 24
    assert len({idea["key"] for idea in IDEAS}) == len({idea["title"] for idea in IDEAS}) == len(IDEAS)
    assert {idea["community"] for idea in IDEAS} == COMMUNITIES
    assert {idea["category"] for idea in IDEAS} == CATEGORIES


@each_idea
def test_idea_has_the_lengths_of_the_form(idea: Row) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", idea["key"])
    assert out_of_bounds(idea, {"title": (4, 30), "problem": (50, 200), "solution": (50, 200)}) == []
    assert len(idea.get("own_contribution", "")) <= 100
    assert len(idea.get("location", "")) <= 50
    assert 1 <= idea["days_ago"] <= 45


@each_idea
def test_idea_is_screened_as_its_state_says(idea: Row) -> None:
    screened = idea["state"] not in {"DRAFT", "SUBMITTED"}
    refused = idea["state"] in {"RETURNED", "REFERRED", "REJECTED"}
    assert ("verdicts" in idea) == ("note" in idea) == screened
    assert ("reason" in idea) == refused
    if screened:
        assert len(idea["verdicts"]) == 3
        assert set(idea["verdicts"]) <= ({"PASS", "DOUBT", "FAIL"} if refused else {"PASS", "DOUBT"})
        assert 30 <= len(idea["note"]) <= 120
    if refused:
        assert idea["reason"] in REASONS
    assert ("receiver" in idea) == ("disposition" in idea) == (idea["state"] == "REFERRED")


@each_proposal
def test_proposal_has_the_lengths_of_the_form(proposal: Row) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", proposal["key"])
    assert out_of_bounds(proposal, PROPOSAL_LENGTHS) == []
    assert proposal["community"] in COMMUNITIES
    assert proposal["category"] in CATEGORIES


def test_proposals_by_state_and_entry() -> None:
    states = Counter(proposal["state"] for proposal in PROPOSALS)
    assert states == {"QUALIFIED": 20, "COACHING": 2, "SUBMITTED": 1, "DRAFT": 1}
    assert all(proposal["entry"] == (proposal["state"] == "QUALIFIED") for proposal in PROPOSALS)
    assert len({proposal["team_name"] for proposal in PROPOSALS}) == len(PROPOSALS)
    assert {entry["category"] for entry in ENTRIES} == CATEGORIES


def test_every_consolidated_idea_is_in_exactly_one_proposal() -> None:
    joined = list(chain.from_iterable(proposal["ideas"] for proposal in PROPOSALS))
    assert all(proposal["ideas"] for proposal in PROPOSALS)
    assert sorted(joined) == sorted(idea["key"] for idea in IDEAS if idea["state"] == "CONSOLIDATED")


def test_leading_idea_comes_from_the_community_of_its_proposal() -> None:
    home = {idea["key"]: idea["community"] for idea in IDEAS}
    assert [p["key"] for p in PROPOSALS if home[p["ideas"][0]] != p["community"]] == []


@each_budget
def test_budget_lines_sum_to_an_amount_within_the_cap(proposal: Row) -> None:
    for line in proposal["budget"]:
        assert re.fullmatch(r"\d+\.\d\d", line["unit_price"])
        assert Decimal(line["unit_price"]) > 0 < line["quantity"]
        assert line["source"] in {"REQUESTED", "OWN", "IN_KIND"}
        assert len(line["item"]) <= 60
        assert len(line["note"]) <= 100
    assert 5000 <= requested(proposal) <= Decimal(CONTEST["awards"]["project_cap"])


@pytest.mark.parametrize("proposals", [PROPOSALS, LAST_YEAR], ids=["this-year", "last-year"])
def test_requested_amounts_differ(proposals: list[Row]) -> None:
    amounts = [requested(proposal) for proposal in proposals]
    assert min(abs(a - b) for a, b in combinations(amounts, 2)) >= 20


def test_last_year_has_fourteen_proposals_from_every_category() -> None:
    assert len(LAST_YEAR) == len({by_key(proposal) for proposal in LAST_YEAR}) == 14
    assert {proposal["category"] for proposal in LAST_YEAR} == CATEGORIES
    assert {proposal["community"] for proposal in LAST_YEAR} <= COMMUNITIES
    assert not {by_key(proposal) for proposal in LAST_YEAR} & {by_key(proposal) for proposal in PROPOSALS}


@each_past_proposal
def test_last_years_proposal_has_lengths_and_source(proposal: Row) -> None:
    assert out_of_bounds(proposal, {"title": (4, 30), "summary": (120, 300), "team_name": (4, 20)}) == []
    source = proposal["source_idea"]
    assert out_of_bounds(source, {"title": (4, 30), "problem": (50, 200), "solution": (50, 200)}) == []


@each_past_proposal
def test_last_years_proposal_has_four_milestones_in_order(proposal: Row) -> None:
    milestones = proposal["milestones"]
    days = [milestone["due_days"] for milestone in milestones]
    assert len(milestones) == 4
    assert days == sorted(days)
    assert days[0] >= -200
    assert days[-1] <= 40
    for milestone in milestones:
        assert 4 <= len(milestone["title"]) <= 60
        assert milestone["state"] in {"DONE", "OPEN"}
        assert ("note" in milestone) == (milestone["state"] == "DONE")
        assert 20 <= len(milestone.get("note", "x" * 20)) <= 80
        assert milestone["state"] == "OPEN" or milestone["due_days"] < 0


def test_some_milestones_are_overdue_and_some_are_to_come() -> None:
    due = [m["due_days"] for proposal in LAST_YEAR for m in proposal["milestones"] if m["state"] == "OPEN"]
    assert min(due) < 0 < max(due)


@pytest.mark.parametrize(
    ("rules", "entries"), [(CONTEST, ENTRIES), (CONTEST["last_year"], LAST_YEAR)], ids=["this-year", "last-year"]
)
def test_contest_rules_fit_the_entries(rules: Row, entries: list[Row]) -> None:
    assert {row["code"]: row["max_points"] for row in rules["criteria"]} == RUBRIC
    assert sum(RUBRIC.values()) == 100
    assert all(30 <= len(row["guidance"]) <= 90 for row in rules["criteria"])
    assert Decimal(rules["weights"]["expert"]) + Decimal(rules["weights"]["public"]) == 1
    assert rules["expert"] == {"trim_each_side": 1, "trim_min_panel": 5, "quorum": 3}
    assert rules["ties"]["order"] == ["EXPERT_SCORE", "FIRST_CRITERION", "VOTES", "DRAW"]
    share = Decimal(rules["awards"]["budget"]) / sum(requested(entry) for entry in entries)
    assert Decimal("0.55") <= share <= Decimal("0.65")


def test_a_community_with_two_entries_meets_its_cap() -> None:
    totals: Counter[str] = Counter()
    for entry in ENTRIES:
        totals[entry["community"]] += int(requested(entry))
    over = [community for community, total in totals.items() if total > Decimal(CONTEST["awards"]["community_cap"])]
    assert over == ["110105026034"]


@pytest.mark.parametrize("name", FILES)
def test_texts_are_clean(name: str) -> None:
    """No telephone or door number, no slogan, full-width punctuation after Chinese, and marked as demo data."""
    text = (DEMO / f"{name}.toml").read_text("utf-8")
    assert re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)|\d{3,4}-\d{7,8}|\d+\s*(?:号楼|单元|室|门牌)", text) == []
    assert re.findall("打造|赋能|助力|全方位|抓手|闭环", text) == []
    assert "演示数据" in text
    assert re.findall(r"[\u4e00-\u9fff][,;:?!()]", text) == []
