import json
import shutil
from dataclasses import replace

import pytest

from contests.archive import layout
from contests.archive.problems import PROBLEM_LIMIT, ArchiveErrors, ProblemList
from contests.archive.reading import read
from contests.archive.tables import decode, read_table
from contests.archive.writing import input_files
from contests.enums import EntryStatus, PublicMethod
from tests.contests.cases import DATA, places, problems

EXAMPLE = DATA / "archives" / "worked-example"
ENTRIES = next(spec for spec in layout.TABLES if spec.stem == "entries")
NAUGHTY = [
    "",
    " ",
    "\t",
    "=1+1",
    "\u202etxet",
    "\ufeff",
    "\u2028",
    "\x00",
    "\x7f",
    'a"b',
    "a\r\nb",
    "👩‍👩‍👧",
    "Ω≈ç√",
    "%s{0}",
]
NAUGHTY += json.loads((DATA / "blns.json").read_text("utf-8"))


@pytest.fixture
def folder(tmp_path):
    copy = tmp_path / "contest"
    shutil.copytree(EXAMPLE, copy)
    return copy


def change(folder, name, old, new):
    path = folder / name
    data = path.read_bytes()
    old, new = (text if isinstance(text, bytes) else text.encode() for text in (old, new))
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


def test_a_folder_is_read_whole():
    archive = read(EXAMPLE)
    assert (archive.name, archive.subdistrict, archive.year) == ("演示数据:提案大赛", "110105026", 2018)
    assert archive.ruleset.public_method == PublicMethod.SHARE_OF_TOP
    assert len(archive.marks) == 773
    assert archive.entries[4].status == EntryStatus.WITHDRAWN
    assert str(archive.communities[0].award_cap) == "80000.00"
    assert archive.communities[1].award_cap is None


@pytest.mark.parametrize("name", ["contest.toml", "entries.csv", "marks.csv"])
def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(folder, name):
    path = folder / name
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read(folder) == read(EXAMPLE)


def test_columns_may_stand_in_another_order(folder):
    rows = [line.split(",") for line in (folder / "marks.csv").read_text("utf-8").splitlines()]
    (folder / "marks.csv").write_text("\n".join(",".join(reversed(row)) for row in rows), "utf-8")
    assert read(folder) == read(EXAMPLE)


def test_a_missing_optional_file_means_no_rows(folder):
    for name in ("recusals.csv", "voids.csv", "offline_counts.csv"):
        (folder / name).unlink()
    archive = read(folder)
    assert archive.recusals == archive.voids == archive.offline_counts == archive.jury == ()


@pytest.mark.parametrize("title", ["=1+1", "@SUM(A1)", "-2", "a,b", 'say "hi"', "<script>", "'; DROP TABLE x; --"])
def test_text_stays_the_text_it_is(folder, title):
    quoted = '"' + title.replace('"', '""') + '"'
    change(folder, "entries.csv", "演示提案001", quoted)
    assert read(folder).entries[0].title == title


@pytest.mark.parametrize("blank", ['""', '"0"', '"0.00"', "0"])
def test_a_blank_or_zero_budget_means_none(folder, blank):
    change(folder, "contest.toml", '"260000.00"', blank)
    assert read(folder).ruleset.budget is None


def test_a_budget_may_be_left_out(folder):
    change(folder, "contest.toml", 'budget = "260000.00"\n', "")
    assert read(folder).ruleset.budget is None


def test_a_problem_is_one_clear_line(folder):
    change(folder, "marks.csv", "E05,WJ-001,NEED,16\n", "E05,WJ-001,NEED,1\x1b6\n")
    (problem,) = problems(folder)
    assert (problem.file, problem.row, problem.column) == ("marks.csv", 2, "points")
    line = str(problem)
    assert line.startswith("marks.csv")
    assert "“1\\x1b6”" in line
    assert line.isprintable()


FIRST_MARK = "E05,WJ-001,NEED,16\n"
FIRST_BALLOT = "00560406f7a48cf8,WJ-001\n"


@pytest.mark.parametrize(
    ("name", "old", "new", "row", "column"),
    [
        # cells
        ("marks.csv", FIRST_MARK, "E05,WJ-001,NEED,-1\n", 2, "points"),
        ("marks.csv", FIRST_MARK, "E05,WJ-001,NEED,1.005\n", 2, "points"),
        ("marks.csv", FIRST_MARK, "E05,WJ-001,NEED,1e1\n", 2, "points"),
        ("marks.csv", FIRST_MARK, "E05,WJ-001,NEED,NaN\n", 2, "points"),
        ("marks.csv", FIRST_MARK, "E05,WJ-001,NEED,\uff11\uff16\n", 2, "points"),
        ("marks.csv", FIRST_MARK, "E05,WJ-001,NEED, 16\n", 2, "points"),
        ("marks.csv", FIRST_MARK, "E05,WJ-001,NEED,\n", 2, "points"),
        ("marks.csv", FIRST_MARK, "E05,WJ-001,NEED\n", 2, ""),
        ("marks.csv", FIRST_MARK, "E05,WJ-001,NEED,16,17\n", 2, ""),
        ("marks.csv", FIRST_MARK, 'E05,WJ-001,NEED,"16\n', 2, ""),
        ("marks.csv", FIRST_MARK, "E05,WJ-001,NEED," + "9" * 140_000 + "\n", 2, ""),
        ("entries.csv", "WJ-001,演示提案001", "WJ 001,演示提案001", 2, "number"),
        ("entries.csv", "演示提案001", "", 2, "title"),
        ("entries.csv", "演示提案001", "长" * 201, 2, "title"),
        ("entries.csv", "演示提案001", '"two\nlines"', 2, "title"),
        ("entries.csv", "12500.50,IN", "12500.505,IN", 2, "requested_amount"),
        ("entries.csv", "12500.50,IN", "¥12500,IN", 2, "requested_amount"),
        ("entries.csv", "12500.50,IN", "9999999999999,IN", 2, "requested_amount"),
        ("entries.csv", "12500.50,IN", "12500.50,OUT", 2, "status"),
        ("communities.csv", "4452", "44.52", 2, "registered_population"),
        ("communities.csv", "4452", "四千", 2, "registered_population"),
        ("criteria.csv", "20,1,", "0,1,", 2, "max_points"),
        ("criteria.csv", "20,1,", "20,0,", 2, "position"),
        ("criteria.csv", "20,1,", "20,99999,", 2, "position"),
        ("offline_counts.csv", "WJ-001,12", "WJ-001,-12", 2, "votes"),
        ("voids.csv", "DUPLICATE_VOTER", "BORED", 2, "reason"),
        ("recusals.csv", "SAME_ORGANISATION", "TIRED", 2, "ground"),
        # headers and bytes
        ("marks.csv", "expert,entry", "expert,entries", 1, "entry"),
        ("marks.csv", "expert,entry", "expert,entry,entry", 1, ""),
        ("experts.csv", "code", "", 1, "code"),
        ("experts.csv", "E03\n", b"E\xff3\n", 4, ""),
        ("experts.csv", "E03\n", "E\0003\n", 4, ""),
        # duplicates
        ("experts.csv", "E03\n", "E02\n", 4, "code"),
        ("communities.csv", "110105026035", "110105026034", 3, "code"),
        ("entries.csv", "WJ-002", "WJ-001", 3, "number"),
        ("marks.csv", FIRST_MARK, FIRST_MARK * 2, 3, "criterion"),
        ("ballots.csv", FIRST_BALLOT, FIRST_BALLOT * 2, 3, "entry"),
        ("voids.csv", "62c568c06f7130ef", "38550f640dff6f5d", 3, "ballot"),
        ("criteria.csv", "PUBLIC_BENEFIT,公益性,15,2", "NEED,公益性,15,2", 3, "zone"),
        ("criteria.csv", "PUBLIC_BENEFIT,公益性,15,2", "PUBLIC_BENEFIT,公益性,15,1", 3, "position"),
        ("recusals.csv", "E01,WJ-010", "E05,WJ-003", 3, "entry"),
        ("offline_counts.csv", "WJ-002,7", "WJ-001,7", 3, "sheet"),
        # references
        ("entries.csv", "WJ-001,演示提案001,110105026034", "WJ-001,演示提案001,110105026099", 2, "community"),
        ("marks.csv", FIRST_MARK, "E99,WJ-001,NEED,16\n", 2, "expert"),
        ("marks.csv", FIRST_MARK, "E05,WJ-999,NEED,16\n", 2, "entry"),
        ("marks.csv", FIRST_MARK, "E05,WJ-001,GREENING,16\n", 2, "criterion"),
        ("marks.csv", FIRST_MARK, "E05,WJ-001,NEED,20.01\n", 2, "points"),
        ("marks.csv", FIRST_MARK, "", 2, "criterion"),
        ("recusals.csv", "E05,WJ-003", "E99,WJ-003", 2, "expert"),
        ("recusals.csv", "E05,WJ-003", "E05,WJ-999", 2, "entry"),
        ("ballots.csv", FIRST_BALLOT, "00560406f7a48cf8,WJ-999\n", 2, "entry"),
        ("voids.csv", "38550f640dff6f5d", "ffffffffffffffff", 2, "ballot"),
        ("offline_counts.csv", "WJ-001,12", "WJ-999,12", 2, "entry"),
        # ballots within the rules
        ("ballots.csv", FIRST_BALLOT, FIRST_BALLOT + "00560406f7a48cf8,WJ-002\n", 2, "ballot"),
        # rules
        ("contest.toml", "contest-archive/1", "contest-archive/2", 1, "format"),
        ("contest.toml", 'expert = "0.80"', 'expert = "0.81"', 10, "weights.public"),
        ("contest.toml", 'expert = "0.80"', "expert = 0.80", 9, "weights.expert"),
        ("contest.toml", 'expert = "0.80"', "expert = true", 9, "weights.expert"),
        ("contest.toml", 'expert = "0.80"', 'expert = "-0.80"', 9, "weights.expert"),
        ("contest.toml", 'expert = "0.80"', 'experts = "0.80"', 9, "weights.experts"),
        ("contest.toml", 'expert = "0.80"\n', "", 8, "weights.expert"),
        ("contest.toml", "[weights]", "[weigths]", 8, "weigths"),
        ("contest.toml", "quorum = 3", "quorum = 0", 15, "expert.quorum"),
        ("contest.toml", "quorum = 3", "quorum = -3", 15, "expert.quorum"),
        ("contest.toml", "quorum = 3", "quorum = 0x" + "f" * 5000, 15, "expert.quorum"),
        ("contest.toml", "quorum = 3", "quorum = ", 15, ""),
        ("contest.toml", "quorum = 3", "quorum = " + "[" * 5000, 0, ""),
        ("contest.toml", '"SHARE_OF_TOP"', '"SHARE"', 18, "public.method"),
        ("contest.toml", '"SHARE_OF_TOP"', "[1]", 18, "public.method"),
        ("contest.toml", "max_choices = 3", "max_choices = 0", 21, "public.max_choices"),
        ("contest.toml", '"VOTES", "DRAW"', '"VOTES", "VOTES"', 24, "ties.order"),
        ("contest.toml", '"VOTES", "DRAW"', '"VOTES", "COIN"', 24, "ties.order"),
        ("contest.toml", '"wangjing-2018"', '""', 25, "ties.seed"),
        ("contest.toml", '"260000.00"', '"-1"', 28, "awards.budget"),
        ("contest.toml", '"260000.00"', '"0.001"', 28, "awards.budget"),
        ("contest.toml", "one_per_community = true", "one_per_community = 1", 33, "awards.one_per_community"),
        ("contest.toml", '"110105026"', '"11010502"', 5, "contest.subdistrict"),
        ("contest.toml", "year = 2018", "year = 18", 6, "contest.year"),
        ("contest.toml", '"演示数据:提案大赛"', '" "', 4, "contest.name"),
    ],
)
def test_a_wrong_archive_is_refused_at_its_place(folder, name, old, new, row, column):
    change(folder, name, old, new)
    assert (name, row, column) in places(folder)


def test_a_fault_is_told_once(folder):
    change(folder, "entries.csv", "WJ-001,演示提案001", "WJ 001,演示提案001")
    change(folder, "experts.csv", "code", "codes")
    assert places(folder) == [("entries.csv", 2, "number"), ("experts.csv", 1, "code"), ("experts.csv", 1, "")]


def test_faults_of_all_files_are_told_together(folder):
    change(folder, "contest.toml", "quorum = 3", "quorum = 0")
    change(folder, "criteria.csv", "20,1,", "x,1,")
    change(folder, "voids.csv", "38550f640dff6f5d", "ffffffffffffffff")
    assert places(folder) == [
        ("contest.toml", 15, "expert.quorum"),
        ("criteria.csv", 2, "max_points"),
        ("voids.csv", 2, "ballot"),
    ]


@pytest.mark.parametrize("population", ["", "0"])
def test_votes_per_thousand_need_a_population(folder, population):
    change(folder, "contest.toml", "SHARE_OF_TOP", "PER_THOUSAND")
    change(folder, "communities.csv", "4452", population)
    assert places(folder) == [("communities.csv", 2, "registered_population")]


def test_a_jury_is_only_for_its_method(folder):
    (folder / "jury.csv").write_text("juror,entry,score\nJ1,WJ-001,80.5\n")
    assert places(folder) == [("jury.csv", 2, "")]
    change(folder, "contest.toml", "SHARE_OF_TOP", "JURY_MEAN")
    assert str(read(folder).jury[0].score) == "80.5"
    change(folder, "jury.csv", "80.5", "100.01")
    assert places(folder) == [("jury.csv", 2, "score")]


def test_experts_with_a_weight_need_criteria(folder):
    (folder / "criteria.csv").write_text("code,name,max_points,position,zone\n")
    (folder / "marks.csv").write_text("expert,entry,criterion,points\n")
    found = set(places(folder))
    assert {(file, column) for file, _row, column in found} == {("entries.csv", "zone")}
    assert len(found) == 22


@pytest.mark.parametrize("spec", layout.TABLES, ids=lambda spec: spec.stem)
def test_required_files_are_asked_for(folder, spec):
    (folder / spec.name).unlink(missing_ok=True)
    if spec.required:
        assert (spec.name, 0, "") in places(folder)
    else:
        read(folder)


def test_rules_are_asked_for(folder):
    (folder / "contest.toml").unlink()
    assert places(folder)[0] == ("contest.toml", 0, "")


def test_an_unending_list_of_faults_is_cut_off(folder):
    (folder / "experts.csv").write_text("code\n" + "a b\n" * 5000)
    with pytest.raises(ArchiveErrors) as caught:
        read(folder)
    assert caught.value.truncated
    assert len(caught.value.problems) == PROBLEM_LIMIT


def test_rows_are_bounded(folder, monkeypatch):
    tables = tuple(replace(spec, max_rows=6) if spec.stem == "experts" else spec for spec in layout.TABLES)
    monkeypatch.setattr("contests.archive.reading.TABLES", tables)
    assert ("experts.csv", 8, "") in places(folder)


@pytest.fixture(scope="module")
def archive():
    return read(EXAMPLE)


@pytest.mark.parametrize("text", NAUGHTY)
def test_naughty_strings_are_kept_or_refused_but_never_break_the_reader(archive, text):
    changed = replace(archive, entries=(replace(archive.entries[0], title=text), *archive.entries[1:]))
    data = input_files(changed)["entries.csv"]
    found = ProblemList()
    decoded = decode("entries.csv", data, found)
    rows = [] if decoded is None else read_table(ENTRIES, decoded, found)
    if found.problems:
        assert {(problem.row, problem.column) for problem in found.problems} <= {(2, "title"), (2, "")}
        assert all(str(problem).isprintable() for problem in found.problems)
    else:
        assert rows[0][1].title == text
