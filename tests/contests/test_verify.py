import ast
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

from contests.archive import verify as verifier
from contests.archive.compute import tally
from contests.archive.reading import read
from contests.archive.writing import VERIFY_SOURCE, archive_files, write
from tests.contests.cases import ARCHIVES, DATA
from tests.contests.small_contests import archives

NOW = datetime(2018, 6, 1, 9, 30, tzinfo=UTC)
EXAMPLE = DATA / "archives" / "worked-example"


@pytest.fixture
def export(tmp_path):
    archive = read(EXAMPLE)
    write(archive, tmp_path, tally(archive).results, NOW)
    return tmp_path


def run(folder: Path):
    """Exit code and output of the verifier as a resident runs it: with nothing but Python, in the folder."""
    command = [sys.executable, "-I", "-W", "error", "verify.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""
    return done.returncode, done.stdout


def change(folder, name, old, new):
    path = folder / name
    text = path.read_text("utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), "utf-8", newline="")


@pytest.mark.parametrize("folder", ARCHIVES, ids=lambda folder: folder.name)
def test_it_agrees_with_an_independent_program(folder):
    lines, agrees = verifier.verify(folder)
    assert agrees
    assert lines[-1].startswith("agrees")


def test_an_export_agrees(export):
    code, output = run(export)
    assert (code, output) == (0, "agrees: 24 entries recomputed from the inputs, and every hash is right\n")


def test_a_folder_may_be_named(export, capsys):
    assert verifier.main([str(export)]) == 0
    assert capsys.readouterr().out.startswith("agrees")


def test_a_changed_mark_names_the_figure_nearest_to_it(export):
    change(export, "marks.csv", "E05,WJ-006,NEED,16", "E05,WJ-006,NEED,10")
    code, output = run(export)
    assert code == 1
    assert "agrees" not in output
    assert "an input file was changed: tally.json, inputs_sha256: stated " in output
    last = output.splitlines()[-1]
    assert re.fullmatch(r"results\.csv, entry WJ-006, expert_score: stated 74\.88, recomputed \d+\.\d\d", last)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("results.csv", "74.88", "74.89", "results.csv, entry WJ-006, expert_score: stated 74.89, recomputed 74.88"),
        ("results.csv", "COMMUNITY_CAP", "BUDGET", "entry WJ-018, reason: stated BUDGET, recomputed COMMUNITY_CAP"),
        ("results.csv", "WJ-005,0,no", "WJ-005,1,no", "entry WJ-005, sheets: stated 1, recomputed 0"),
        ("results.csv", "WJ-022,6", "WJ-099,6", "entry WJ-099, number: stated WJ-099, recomputed nothing"),
        ("offline_counts.csv", "WJ-001,12", "WJ-001,13", "entry WJ-001, votes: stated 45, recomputed 46"),
        ("contest.toml", 'budget = "260000.00"', 'budget = "9.00"', "the rules in contest.toml were changed"),
        ("voids.csv", "\n38550f640dff6f5d,DUPLICATE_VOTER", "", "voids.csv was changed: tally.json, voids: stated 4"),
        ("entries.csv", "WJ-005,演示提案005", "WJ-005,另一个", "an input file was changed: tally.json, inputs_sha256"),
    ],
)
def test_what_was_changed_is_said(export, name, old, new, said):
    change(export, name, old, new)
    code, output = run(export)
    assert code == 1
    assert "agrees" not in output
    assert said in output


def test_a_change_without_effect_on_results_is_told_as_such(export):
    change(export, "communities.csv", "花家地西里", "花家地东里")
    _code, output = run(export)
    assert output.endswith("results.csv still follows from the inputs as they are now\n")


def test_rows_in_another_order_do_not_pass(export):
    path = export / "results.csv"
    header, first, second, *rest = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([header, second, first, *rest]), "utf-8")
    code, output = run(export)
    assert code == 1
    assert "not in their order" in output


@pytest.mark.parametrize("row", [0, 5, 23])
def test_a_missing_row_is_named(export, row):
    path = export / "results.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    number = lines.pop(row + 1).partition(",")[0]
    path.write_text("".join(lines), "utf-8")
    code, output = run(export)
    assert code == 1
    assert f"entry {number}, number: stated nothing, recomputed {number}" in output


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("marks.csv", ",NEED,", ",NEEED,", "is not whole"),
        ("marks.csv", "NEED,16\n", "NEED,21\n", "too many points"),
        ("marks.csv", "NEED,16\n", "NEED,x\n", "cannot be recomputed"),
        ("contest.toml", "contest-archive/1", "contest-archive/2", "the format is not contest-archive/1"),
        ("contest.toml", "[weights]", "[weigths]", "cannot be recomputed"),
        ("tally.json", "{", "", "cannot be recomputed"),
        ("entries.csv", "number,title", "numbers,title", "cannot be recomputed"),
    ],
)
def test_what_cannot_be_recomputed_is_said_without_a_traceback(export, name, old, new, said):
    change(export, name, old, new)
    code, output = run(export)
    assert code == 1
    assert said in output


@pytest.mark.parametrize("name", ["contest.toml", "entries.csv", "results.csv"])
def test_a_missing_file_is_named(export, name):
    (export / name).unlink()
    assert run(export) == (1, f"{name} is missing\n")


def test_it_reads_the_rules_without_a_toml_library(monkeypatch):
    text = (EXAMPLE / "contest.toml").read_text("utf-8")
    with_library = verifier.read_toml(text)
    monkeypatch.setattr(verifier, "tomllib", None)
    assert verifier.read_toml(text) == with_library


def test_it_hashes_the_rules_as_they_are_published(export):
    stated = json.loads((export / "tally.json").read_text("utf-8"))["rules_sha256"]
    assert verifier.rules_hash(verifier.read_rules(export)) == stated


def test_it_needs_only_the_standard_library_of_an_old_python():
    tree = ast.parse(VERIFY_SOURCE.read_text("utf-8"), feature_version=(3, 8))
    imports = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imports |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imports <= {*sys.stdlib_module_names, "__future__"}


@settings(deadline=None)
@given(archive=archives())
def test_two_programs_find_the_same_results(tmp_path_factory, archive):
    folder = tmp_path_factory.mktemp("export")
    write(archive, folder, tally(archive).results, NOW)
    assert verifier.verify(folder)[0][-1].startswith("agrees")


@settings(deadline=None)
@given(archive=archives())
def test_a_wrong_figure_never_passes(tmp_path_factory, archive):
    folder = tmp_path_factory.mktemp("export")
    first, *others = tally(archive).results
    wrong = replace(first, amount=first.amount + Decimal("0.01"))
    files = archive_files(archive, [wrong, *others], NOW)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    lines, agrees = verifier.verify(folder)
    assert not agrees
    assert lines[-1].startswith(f"results.csv, entry {first.number}, amount: stated {wrong.amount}")
