import hashlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from contests.archive.compute import tally
from contests.archive.layout import INPUT_FILES
from contests.archive.reading import read
from contests.archive.writing import archive_files, input_files, inputs_sha256, write
from contests.ruleset import sha256
from tests.contests.cases import ARCHIVES, DATA
from tests.contests.small_contests import archives

NOW = datetime(2018, 6, 1, 9, 30, tzinfo=UTC)
# These files of the samples have the right rows in another order; the format sorts rows by the columns in order.
OTHER_ORDER = {"criteria.csv", "marks.csv", "recusals.csv"}
EXAMPLE = DATA / "archives" / "worked-example"


@pytest.mark.parametrize("folder", ARCHIVES, ids=lambda folder: folder.name)
def test_what_is_read_is_written_back_byte_for_byte(folder):
    for name, data in input_files(read(folder)).items():
        original = (folder / name).read_bytes()
        if name in OTHER_ORDER:
            header, *rows = original.splitlines()
            assert data.splitlines() == [header, *sorted(rows, key=lambda row: row.split(b","))]
        elif name == "contest.toml":
            # One sample writes an amount without its decimals.
            assert data == original.replace(b'"300000"', b'"300000.00"')
        else:
            assert data == original


@settings(deadline=None)
@given(archives())
def test_writing_is_canonical(archive):
    files = input_files(archive)
    assert files == input_files(archive)
    assert not any(b"\r" in data or data.startswith(b"\xef\xbb\xbf") for data in files.values())
    for name, data in files.items():
        if name.endswith(".csv") and b'"' not in data:
            rows = [row.split(b",") for row in data.splitlines()[1:]]
            assert rows == sorted(rows)


@settings(deadline=None)
@given(archive=archives())
def test_a_written_archive_reads_back_as_the_same_contest(tmp_path_factory, archive):
    folder = tmp_path_factory.mktemp("archive")
    write(archive, folder)
    again = read(folder)
    assert input_files(again) == input_files(archive)
    assert tally(again).results == tally(archive).results


def test_the_hash_of_inputs_follows_the_format():
    files = {name: (EXAMPLE / name).read_bytes() for name in INPUT_FILES if (EXAMPLE / name).exists()}
    assert "jury.csv" not in files
    text = b"".join(name.encode() + b"\0%d\0" % len(data) + data for name, data in files.items())
    assert inputs_sha256(dict(reversed(files.items()))) == hashlib.sha256(text).hexdigest()


def test_an_export_holds_results_summary_and_verifier():
    archive = read(EXAMPLE)
    files = archive_files(archive, tally(archive).results, NOW)
    summary = json.loads(files["tally.json"])
    assert list(files)[-3:] == ["results.csv", "tally.json", "verify.py"]
    assert list(summary) == ["format", "counts", "rules_sha256", "inputs_sha256", "results_sha256", "computed_at"]
    assert summary["format"] == "contest-archive/1"
    assert summary["rules_sha256"] == sha256(archive.ruleset)
    assert summary["inputs_sha256"] == inputs_sha256(files)
    assert summary["results_sha256"] == hashlib.sha256(files["results.csv"]).hexdigest()
    assert summary["computed_at"] == "2018-06-01T09:30:00+00:00"
    assert summary["counts"]["ballots"] == 837


def test_results_do_not_depend_on_the_order_they_come_in():
    archive = read(EXAMPLE)
    results = tally(archive).results
    assert archive_files(archive, results[::-1], NOW) == archive_files(archive, results, NOW)


def test_results_need_the_time_they_were_computed_at():
    archive = read(EXAMPLE)
    with pytest.raises(ValueError, match="time"):
        archive_files(archive, tally(archive).results)


def test_files_of_an_earlier_export_do_not_stay(tmp_path):
    archive = read(EXAMPLE)
    for name in ("jury.csv", "tally.json", "results.csv", "mine.txt"):
        (tmp_path / name).write_text("left over")
    write(archive, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*input_files(archive), "mine.txt"}
