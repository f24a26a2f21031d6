from datetime import UTC, datetime
from decimal import Decimal

import pytest

from contests.archive.compute import tally
from contests.archive.pabulib import read_pb, winners
from contests.archive.pabulib_export import pb_bytes
from contests.archive.problems import ArchiveErrors
from contests.archive.reading import read
from contests.archive.verify import verify
from contests.archive.writing import write
from contests.enums import OnMisfit, TieBreak
from tests.contests.cases import ARCHIVES, DATA, ELECTIONS

SMALL = DATA / "small.pb"
NOW = datetime(2024, 10, 1, tzinfo=UTC)


def election(tmp_path, *changes, encoding="utf-8"):
    text = SMALL.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "changed.pb"
    path.write_text(text, encoding, newline="")
    return path


def votes(archive):
    return {row.number: row.votes for row in tally(archive).results}


@pytest.mark.parametrize("path", [SMALL, *ELECTIONS], ids=lambda path: path.stem)
def test_real_elections_have_their_official_winners(path):
    """Those by the greedy rule exactly; an election by equal shares has others."""
    found = read_pb(path)
    assert (winners(found.archive) == found.official) == found.rule.startswith("greedy")
    assert found.official


@pytest.mark.parametrize("path", [SMALL, *ELECTIONS], ids=lambda path: path.stem)
def test_an_election_is_a_contest_like_any_other(path, tmp_path):
    archive = read_pb(path).archive
    write(archive, tmp_path, tally(archive).results, NOW)
    assert tally(read(tmp_path)).results == tally(archive).results
    assert verify(tmp_path)[1]


@pytest.mark.parametrize("path", [SMALL, *ELECTIONS], ids=lambda path: path.stem)
def test_an_election_survives_a_round_trip(path, tmp_path):
    archive = read_pb(path).archive
    first = pb_bytes(archive, tally(archive).results)
    (tmp_path / "again.pb").write_bytes(first)
    again = read_pb(tmp_path / "again.pb")
    assert votes(again.archive) == votes(archive)
    assert again.official == winners(archive)


@pytest.mark.parametrize("folder", ARCHIVES, ids=lambda folder: folder.name)
def test_a_contest_with_experts_can_be_studied_as_an_election(folder, tmp_path):
    archive = read(folder)
    results = tally(archive).results
    (tmp_path / "contest.pb").write_bytes(pb_bytes(archive, results))
    found = read_pb(tmp_path / "contest.pb")
    assert found.rule == "unknown"
    assert found.official == {row.number for row in results if row.amount}
    assert votes(found.archive) == {row.number: row.votes for row in results if row.votes is not None}


def test_an_approval_election():
    found = read_pb(SMALL)
    archive, rules = found.archive, found.archive.ruleset
    assert (found.rule, found.vote_type, found.official) == ("greedy", "approval", {"P1", "P3"})
    assert winners(archive) == {"P1", "P3"}
    assert votes(archive) == {"P1": 3, "P3": 2, "P2": 2}
    assert (rules.expert_weight, rules.public_weight, rules.quorum) == (0, 1, 0)
    assert (rules.min_choices, rules.max_choices, rules.budget) == (1, 2, Decimal(100))
    assert (archive.name, archive.year) == ("Three projects, five voters", 2024)
    assert archive.offline_counts == ()
    assert [(row.number, row.title, row.category, str(row.requested_amount)) for row in archive.entries] == [
        ("P1", "Benches", "parks", "60"),
        ("P2", "Lamps", "streets", "50"),
        ("P3", "Trees", "parks", "40"),
    ]


def test_the_tie_break_is_the_first_that_leads_to_the_official_winners(tmp_path):
    lower = read_pb(SMALL).archive.ruleset.tie_order
    assert lower == (TieBreak.VOTES, TieBreak.LOWER_COST, TieBreak.DRAW)
    swapped = [("Lamps;streets;0", "Lamps;streets;1"), ("Trees;parks;1", "Trees;parks;0"), ("budget;100", "budget;110")]
    higher = read_pb(election(tmp_path, *swapped)).archive
    assert higher.ruleset.tie_order == (TieBreak.VOTES, TieBreak.HIGHER_COST, TieBreak.DRAW)
    assert winners(higher) == {"P1", "P2"}
    impossible = read_pb(election(tmp_path, ("Benches;parks;1", "Benches;parks;0"))).archive
    assert impossible.ruleset.tie_order == lower


@pytest.mark.parametrize(
    ("rule", "policy"),
    [
        ("greedy", OnMisfit.SKIP),
        ("greedy-no-skip", OnMisfit.STOP),
        ("greedy-threshold", OnMisfit.SKIP),
        ("equalshares", OnMisfit.SKIP),
    ],
)
def test_rules(tmp_path, rule, policy):
    found = read_pb(election(tmp_path, ("rule;greedy", f"rule;{rule}\nmin_project_score_threshold;3")))
    assert (found.rule, found.archive.ruleset.on_misfit, found.archive.ruleset.min_votes) == (rule, policy, 3)
    assert winners(found.archive) == {"P1"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_and_a_byte_order_mark_do_not_matter(tmp_path, encoding, end):
    path = tmp_path / "changed.pb"
    path.write_text(SMALL.read_text("utf-8").rstrip("\n").replace("\n", end), encoding, newline="")
    assert read_pb(path).archive.entries == read_pb(SMALL).archive.entries
    assert read_pb(path).archive.ballots == read_pb(SMALL).archive.ballots


def test_without_selected_nothing_is_official(tmp_path):
    path = tmp_path / "open.pb"
    text = SMALL.read_text("utf-8").replace(";selected", "")
    path.write_text(text.replace(";parks;1", ";parks").replace(";streets;0", ";streets"), "utf-8")
    assert read_pb(path).official is None


POINTS = [("vote_type;approval", "vote_type;cumulative"), ("voter_id;vote;age", "voter_id;vote;points")]
GIVEN = [("P1,P2;30", "P1,P2;4,1"), ("P1,P3;41", "P1,P3;0,5"), ("P1;67", "P1;5"), ("P2;25", "P2;5"), ("P3;52", "P3;2")]


def test_points_of_votes_are_added_up(tmp_path):
    archive = read_pb(election(tmp_path, *POINTS, *GIVEN)).archive
    assert votes(archive) == {"P1": 9, "P3": 7, "P2": 6}
    # A project that got no points from a voter is no choice of that voter.
    assert ("v2", "P1") not in {(row.ballot, row.entry) for row in archive.ballots}
    assert {(row.entry, row.votes, row.sheet) for row in archive.offline_counts} == {
        ("P1", 7, "POINTS"),
        ("P2", 4, "POINTS"),
        ("P3", 5, "POINTS"),
    }


SCORES = [
    ("vote_type;approval", "vote_type;ordinal"),
    ("cost;votes", "cost;score"),
    ("P1;60;3", "P1;60;8"),
    ("P2;50;2", "P2;50;3.0"),
]


def test_a_score_in_the_file_is_what_counts(tmp_path):
    archive = read_pb(election(tmp_path, *SCORES, ("P3;40;2", "P3;40;9"))).archive
    assert votes(archive) == {"P3": 9, "P1": 8, "P2": 3}
    assert len({row.ballot for row in archive.ballots}) == 5


def test_a_score_below_the_ballots_leaves_points_only(tmp_path):
    archive = read_pb(election(tmp_path, *SCORES, ("P3;40;2", "P3;40;1"))).archive
    assert votes(archive) == {"P1": 8, "P2": 3, "P3": 1}
    assert archive.ballots == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "column"),
    [
        ("vote_type;approval", "vote_type;scoring", 10, "vote_type"),
        ("budget;100", "budget;0", 9, "budget"),
        ("budget;100", "budget;-5", 9, "budget"),
        ("budget;100\n", "", 0, "budget"),
        ("budget;100", "budget;100\nbudget;200", 10, "key"),
        ("num_votes;5", "num_votes;6", 8, "num_votes"),
        ("num_projects;3", "num_projects;2", 7, "num_projects"),
        ("min_length;1", "min_length;3", 12, "min_length"),
        ("max_length;2", "max_length;1", 23, "vote"),
        ("instance;2024", "instance;none", 6, "instance"),
        ("P1;60;3", "P1;sixty;3", 18, "cost"),
        ("P2;50;2", "P1;50;2", 19, "project_id"),
        ("P3;40;2", "P 3;40;2", 20, "project_id"),
        ("P3;40;2;Trees", "P3;40;2", 20, ""),
        ("project_id;cost", "project;cost", 17, "project_id"),
        ("v1;P1,P2", "v1;P1,P9", 23, "vote"),
        ("v2;P1,P3", "v2;P1,P1", 24, "vote"),
        ("v2;P1,P3", "v1;P1,P3", 24, "voter_id"),
        ("VOTES\n", "", 0, ""),
        ("META\n", "", 1, ""),
        ("v5;P3;52", "v5;P3;" + "5" * 100_001, 27, ""),
        ("Benches", "Ben\0ches", 18, ""),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path, old, new, line, column):
    with pytest.raises(ArchiveErrors) as caught:
        read_pb(election(tmp_path, (old, new)))
    assert (line, column) in {(problem.row, problem.column) for problem in caught.value.problems}
    assert all(str(problem).startswith("changed.pb") for problem in caught.value.problems)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"PK\x03\x04", b"META\n", b";\n" * 1000, b'META\nkey;value\n"'])
def test_what_is_no_election_is_refused(tmp_path, data):
    path = tmp_path / "other.pb"
    path.write_bytes(data)
    with pytest.raises(ArchiveErrors):
        read_pb(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ArchiveErrors):
        read_pb(tmp_path / "nothing.pb")
