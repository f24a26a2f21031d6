"""Recompute the results of this contest archive and compare them with results.csv.

Usage: python3 verify.py [folder]        (without a folder: the one this file lies in)

It needs Python 3.8 or later and nothing else. It prints "agrees" and ends with code 0 when every published figure
follows from the inputs and every hash in tally.json is right; otherwise it prints what differs first and ends with
code 1. It shares no code with the program that wrote the archive. Scores are kept as whole hundredths of a point and
money as whole cents, everything between them as exact fractions.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

try:
    import tomllib
except ImportError:  # before Python 3.11
    tomllib = None  # type: ignore[assignment,unused-ignore]

FORMAT = "contest-archive/1"
# In the order in which they are hashed.
TABLES = ["communities", "criteria", "entries", "experts", "marks", "recusals", "ballots", "voids"]
TABLES += ["offline_counts", "jury"]
# Each figure follows from those to its left, so the first column that differs is the one nearest to the cause.
COLUMNS = ["number", "sheets", "trimmed", "expert_score", "votes", "public_score", "final_score", "rank"]
COLUMNS += ["decision", "amount", "reason"]
NO_CHANCE = ("BELOW_MIN_SCORE", "BELOW_MIN_VOTES", "OVER_PROJECT_CAP")
# Section and name of each rule in contest.toml, its name in the hashed form, and its kind where it is not plain.
RULES = [
    line.split()
    for line in """
    weights expert expert_weight decimal
    weights public public_weight decimal
    expert trim_each_side trim_each_side
    expert trim_min_panel trim_min_panel
    expert quorum quorum
    public method public_method
    public floor floor decimal
    public min_choices min_choices
    public max_choices max_choices
    ties order tie_order
    ties seed seed
    awards budget budget limit
    awards project_cap project_cap limit
    awards community_cap community_cap limit
    awards min_final_score min_final_score decimal
    awards min_votes min_votes
    awards one_per_community one_per_community
    awards max_per_category max_per_category
    awards on_misfit on_misfit
    awards part_funding part_funding
    awards part_min_share part_min_share decimal
    awards reserve reserve
    """.strip().splitlines()
]
UNUSABLE = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError, csv.Error)


def read_toml(text: str) -> dict[str, Any]:
    if tomllib:
        return tomllib.loads(text)
    # Every value that the format allows is written the same in TOML and in JSON.
    document: dict[str, Any] = {}
    section = document
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = document.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            section[key.strip()] = json.loads(value)
    return document


def read_rules(folder: Path) -> dict[str, Any]:
    document = read_toml((folder / "contest.toml").read_text(encoding="utf-8-sig"))
    if document.get("format") != FORMAT:
        raise ValueError(f"contest.toml: the format is not {FORMAT}")
    rules: dict[str, Any] = {}
    for section, key, name, *kind in RULES:
        if kind == ["decimal"]:
            rules[name] = Fraction(Decimal(document[section][key]))
        elif kind == ["limit"]:
            rules[name] = Fraction(Decimal(document[section].get(key) or 0)) or None
        else:
            rules[name] = document[section][key]
    return rules


def read_table(folder: Path, name: str) -> list[dict[str, str]]:
    path = folder / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def rules_hash(rules: dict[str, Any]) -> str:
    def plain(value: Any) -> Any:
        if not isinstance(value, Fraction):
            return value
        whole, rest = divmod(value, 1)
        digits = ""
        while rest:
            digit, rest = divmod(rest * 10, 1)
            digits += str(digit)
        return f"{whole}.{digits}" if digits else str(whole)

    values = {name: plain(value) for name, value in rules.items()}
    return sha256(json.dumps(values, sort_keys=True, separators=(",", ":")).encode())


def inputs_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in ["contest.toml", *(f"{table}.csv" for table in TABLES)]:
        if (folder / name).exists():
            data = (folder / name).read_bytes()
            digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


def check_summary(folder: Path, rules: dict[str, Any], tables: dict[str, Any], entries: list[Any]) -> list[str]:
    """What tally.json states and the files do not bear out, one line each."""
    stated = json.loads((folder / "tally.json").read_text(encoding="utf-8-sig"))
    lines = [] if stated.get("format") == FORMAT else [f"tally.json: the format is not {FORMAT}"]
    found = {name: len(rows) for name, rows in tables.items()}
    found["entries_taking_part"] = len(entries)
    found["sheets_counted"] = sum(len(entry["sheets"]) for entry in entries)
    found["valid_ballots"] = count_ballots(tables)
    found["votes_counted"] = sum(entry["votes"] for entry in entries)
    for name, count in stated["counts"].items():
        if found.get(name) != count:
            what = f"{name}.csv" if name in TABLES else "an input file"
            lines.append(f"{what} was changed: tally.json, {name}: stated {count}, recomputed {found.get(name)}")
    for name, value, what in (
        ("rules_sha256", rules_hash(rules), "the rules in contest.toml were changed"),
        ("inputs_sha256", inputs_hash(folder), "an input file was changed"),
        ("results_sha256", sha256((folder / "results.csv").read_bytes()), "results.csv was changed"),
    ):
        if stated.get(name) != value:
            lines.append(f"{what}: tally.json, {name}: stated {stated.get(name)}, recomputed {value}")
    return lines


def hundredths(value: Fraction) -> int:
    """A fraction as whole hundredths, half a hundredth going up."""
    return (200 * value.numerator + value.denominator) // (2 * value.denominator)


def show(number: int) -> str:
    return f"{number // 100}.{number % 100:02d}"


def gather(rules: dict[str, Any], tables: dict[str, Any]) -> list[dict[str, Any]]:
    """One dictionary for each entry that takes part, with its sheets, votes and jury scores."""
    community = {row["code"]: row for row in tables["communities"]}
    recused = {(row["expert"], row["entry"]) for row in tables["recusals"]}
    void = {row["ballot"] for row in tables["voids"]}
    entries: dict[str, dict[str, Any]] = {}
    for row in tables["entries"]:
        if row["status"] == "IN":
            home = community[row["community"]]
            cap = Fraction(home["award_cap"] or 0) or rules["community_cap"]
            entries[row["number"]] = dict(row, sheets={}, votes=0, jury=[], people=home["registered_population"])
            entries[row["number"]]["rubric"] = find_rubric(tables["criteria"], row["zone"])
            entries[row["number"]]["cost"] = hundredths(Fraction(row["requested_amount"]))
            entries[row["number"]]["cap"] = hundredths(cap) if cap else None
    for row in tables["marks"]:
        if row["entry"] in entries and (row["expert"], row["entry"]) not in recused:
            sheet = entries[row["entry"]]["sheets"].setdefault(row["expert"], {})
            sheet[row["criterion"]] = Fraction(row["points"])
    for row in tables["ballots"]:
        if row["entry"] in entries and row["ballot"] not in void:
            entries[row["entry"]]["votes"] += 1
    for row in tables["offline_counts"]:
        if row["entry"] in entries:
            entries[row["entry"]]["votes"] += int(row["votes"])
    for row in tables["jury"]:
        if row["entry"] in entries:
            entries[row["entry"]]["jury"].append(Fraction(row["score"]))
    return list(entries.values())


def find_rubric(criteria: list[dict[str, str]], zone: str) -> list[tuple[str, Fraction]]:
    """Code and maximum of each criterion in order: those of the zone if it has any, else the contest's."""
    rows = [row for row in criteria if zone and row["zone"] == zone] or [row for row in criteria if not row["zone"]]
    return [(row["code"], Fraction(row["max_points"])) for row in sorted(rows, key=lambda row: int(row["position"]))]


def count_ballots(tables: dict[str, Any]) -> int:
    return len({row["ballot"] for row in tables["ballots"]} - {row["ballot"] for row in tables["voids"]})


def add_expert_score(entry: dict[str, Any], rules: dict[str, Any]) -> None:
    """Set `expert` (None: incomplete), `trimmed`, and `first`, the mean share in the first criterion."""
    rubric, sheets = entry["rubric"], entry["sheets"]
    for expert, sheet in sheets.items():
        if set(sheet) != {code for code, _ in rubric}:
            raise ValueError(f"marks.csv: the sheet of {expert} for {entry['number']} is not whole")
        if any(sheet[code] > maximum for code, maximum in rubric):
            raise ValueError(f"marks.csv: the sheet of {expert} for {entry['number']} has too many points")
    full = sum(maximum for _, maximum in rubric)
    totals = sorted(hundredths(100 * sum(sheet.values()) / full) for sheet in sheets.values())
    entry.update(expert=None, trimmed=False, first=Fraction(0))
    if totals:
        code, maximum = rubric[0]
        entry["first"] = sum(sheet[code] for sheet in sheets.values()) / (maximum * len(totals))
    if rules["expert_weight"] and (not totals or len(totals) < rules["quorum"]):
        return
    cut = rules["trim_each_side"]
    if cut and len(totals) >= rules["trim_min_panel"] and len(totals) > 2 * cut:
        entry["trimmed"] = True
        totals = totals[cut:-cut]
    entry["expert"] = hundredths(Fraction(sum(totals), 100 * len(totals))) if totals else 0


def add_public_scores(entries: list[dict[str, Any]], rules: dict[str, Any], ballots: int) -> None:
    """Set `public` of every entry."""
    method = rules["public_method"]
    raw = [Fraction(entry["votes"]) for entry in entries]
    nobody = not any(raw)
    if method == "JURY_MEAN":
        raw = [sum(entry["jury"], Fraction(0)) / max(1, len(entry["jury"])) for entry in entries]
        nobody = not any(entry["jury"] for entry in entries)
    for entry in entries:
        entry["public"] = 0
    if nobody:
        return
    if method == "PER_THOUSAND":
        raw = [1000 * votes / int(entry["people"]) for votes, entry in zip(raw, entries)]
    if method in ("SHARE_OF_TOP", "PER_THOUSAND"):
        most = max(raw)
        raw = [100 * value / most for value in raw]
    elif method == "SHARE_OF_BALLOTS":
        raw = [100 * votes / ballots for votes in raw]
    elif method == "RANK":
        raw = [place_points(votes, raw) for votes in raw]
    floor = rules["floor"]
    for entry, value in zip(entries, raw):
        entry["public"] = hundredths(floor + (100 - floor) * value / 100)


def place_points(votes: Fraction, everyone: list[Fraction]) -> Fraction:
    """100 for the first, 0 for the last; equal votes share the mean of their places."""
    if len(everyone) == 1:
        return Fraction(100)
    better = sum(1 for other in everyone if other > votes)
    not_worse = sum(1 for other in everyone if other >= votes)
    return 100 * (len(everyone) - Fraction(better + 1 + not_worse, 2)) / (len(everyone) - 1)


def in_rank_order(entries: list[dict[str, Any]], rules: dict[str, Any]) -> list[dict[str, Any]]:
    keys: dict[str, Any] = {
        "EXPERT_SCORE": lambda entry: -entry["expert"],
        "PUBLIC_SCORE": lambda entry: -entry["public"],
        "FIRST_CRITERION": lambda entry: -entry["first"],
        "VOTES": lambda entry: -entry["votes"],
        "LOWER_COST": lambda entry: entry["cost"],
        "HIGHER_COST": lambda entry: -entry["cost"],
        "DRAW": lambda entry: sha256(f"{rules['seed']}:{entry['number']}".encode()),
    }
    order = list(entries)
    # A stable sort by each key, the least important first; a draw settles whatever the declared list leaves open.
    for tie in ["DRAW", *reversed(rules["tie_order"])]:
        order.sort(key=keys[tie])
    return sorted(order, key=lambda entry: -entry["final"])


def award(order: list[dict[str, Any]], rules: dict[str, Any]) -> None:
    """Set `decision`, `amount` and `reason` of every ranked entry."""
    stopped: set[str] = set()
    for entry in order:
        entry.update(decision="NOT_SELECTED", amount=0)
    for title in ["COMMUNITY_GUARANTEE", "BY_RANK"] if rules["one_per_community"] else ["BY_RANK"]:
        for entry in order:
            winners = [other for other in order if other["decision"] == "SELECTED"]
            served = title == "COMMUNITY_GUARANTEE" and any(w["community"] == entry["community"] for w in winners)
            if served or entry["decision"] == "SELECTED":
                continue
            left = hundredths(rules["budget"]) - sum(w["amount"] for w in winners) if rules["budget"] else 0
            part = rules["part_funding"] == "LAST" and left >= rules["part_min_share"] * entry["cost"]
            refusal = why_not(entry, winners, left, stopped, rules)
            entry["reason"] = refusal or title
            if not refusal:
                entry.update(decision="SELECTED", amount=entry["cost"])
            elif refusal == "BUDGET" and part:
                entry.update(decision="SELECTED", amount=left, reason="PART_FUNDED")
                stopped.add("everywhere")
            if entry["reason"] in ("COMMUNITY_CAP", "BUDGET") and rules["on_misfit"] == "STOP":
                stopped.add("everywhere")
            if entry["reason"] == "COMMUNITY_CAP" and rules["on_misfit"] == "STOP_IN_COMMUNITY":
                stopped.add(f"in {entry['community']}")
    waiting = [entry for entry in order if entry["decision"] != "SELECTED" and entry["reason"] not in NO_CHANCE]
    for entry in waiting[: rules["reserve"]]:
        entry["decision"] = "RESERVE"


def why_not(entry: Any, winners: list[Any], left: int, stopped: set[str], rules: dict[str, Any]) -> str | None:
    neighbours = sum(other["amount"] for other in winners if other["community"] == entry["community"])
    same_category = sum(1 for other in winners if other["category"] == entry["category"])
    answers = (
        ("AFTER_STOP", "everywhere" in stopped or f"in {entry['community']}" in stopped),
        ("BELOW_MIN_SCORE", entry["final"] < 100 * rules["min_final_score"]),
        ("BELOW_MIN_VOTES", entry["votes"] < rules["min_votes"]),
        ("OVER_PROJECT_CAP", rules["project_cap"] and entry["cost"] > 100 * rules["project_cap"]),
        ("CATEGORY_FULL", rules["max_per_category"] and same_category >= rules["max_per_category"]),
        ("COMMUNITY_CAP", entry["cap"] is not None and neighbours + entry["cost"] > entry["cap"]),
        ("BUDGET", rules["budget"] and entry["cost"] > left),
    )
    return next((reason for reason, applies in answers if applies), None)


def recompute(rules: dict[str, Any], tables: dict[str, Any], entries: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The rows of results.csv in order, each a dictionary of texts."""
    for entry in entries:
        add_expert_score(entry, rules)
    add_public_scores(entries, rules, count_ballots(tables))
    complete = [entry for entry in entries if entry["expert"] is not None]
    for entry in complete:
        points = rules["expert_weight"] * entry["expert"] + rules["public_weight"] * entry["public"]
        entry["final"] = hundredths(points / 100)
    order = in_rank_order(complete, rules)
    award(order, rules)
    rows: list[dict[str, Any]] = []
    for rank, entry in enumerate(order, 1):
        row = {name: entry[name] for name in ("number", "votes", "decision", "reason")}
        row.update(sheets=len(entry["sheets"]), trimmed="yes" if entry["trimmed"] else "no", rank=rank)
        row.update(expert_score=show(entry["expert"]), public_score=show(entry["public"]))
        rows.append(dict(row, final_score=show(entry["final"]), amount=show(entry["amount"])))
    ranked = {row["number"] for row in rows}
    counted = {entry["number"]: entry for entry in entries}
    blank = dict(dict.fromkeys(COLUMNS, ""), sheets=0, trimmed="no", decision="NOT_SELECTED", amount="0.00")
    for line in sorted(tables["entries"], key=lambda line: str(line["number"])):
        number = line["number"]
        if number not in counted:
            rows.append(dict(blank, number=number, reason=line["status"]))
        elif number not in ranked:
            sheets, votes = len(counted[number]["sheets"]), counted[number]["votes"]
            rows.append(dict(blank, number=number, sheets=sheets, votes=votes, reason="INCOMPLETE"))
    return [{column: str(row[column]) for column in COLUMNS} for row in rows]


def first_difference(stated: list[dict[str, str]], computed: list[dict[str, str]]) -> str | None:
    """One line about the first figure that differs, or None."""
    by_number = {row["number"]: row for row in computed}
    numbers = [row["number"] for row in stated]
    for number in numbers:
        if number not in by_number:
            return f"results.csv, entry {number}, number: stated {number}, recomputed nothing"
    for number in sorted(set(by_number) - set(numbers)):
        return f"results.csv, entry {number}, number: stated nothing, recomputed {number}"
    for column in COLUMNS:
        for row in stated:
            value = by_number[row["number"]][column]
            if row[column] != value:
                place = f"results.csv, entry {row['number']}, {column}"
                return f"{place}: stated {row[column] or 'nothing'}, recomputed {value or 'nothing'}"
    if numbers != list(by_number):
        return "results.csv: the figures are right, but the rows are not in their order"
    return None


def verify(folder: Path) -> tuple[list[str], bool]:
    """The lines to print, and whether everything agrees."""
    for name in ("contest.toml", "entries.csv", "results.csv"):
        if not (folder / name).exists():
            return [f"{name} is missing"], False
    try:
        rules = read_rules(folder)
        tables = {name: read_table(folder, name) for name in TABLES}
        entries = gather(rules, tables)
        hashed = (folder / "tally.json").exists()
        lines = check_summary(folder, rules, tables, entries) if hashed else []
        difference = first_difference(read_table(folder, "results"), recompute(rules, tables, entries))
    except UNUSABLE as error:
        return [f"cannot be recomputed: {type(error).__name__}: {error}"], False
    if lines or difference:
        return [*lines, difference or "results.csv still follows from the inputs as they are now"], False
    checked = "and every hash is right" if hashed else "but tally.json is missing, so no hash was checked"
    return [f"agrees: {len(tables['entries'])} entries recomputed from the inputs, {checked}"], True


def main(arguments: list[str]) -> int:
    lines, agrees = verify(Path(arguments[0]) if arguments else Path(__file__).resolve().parent)
    print("\n".join(lines))
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
