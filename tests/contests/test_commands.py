"""Contests in and out by the command line: import, tally, export, verify."""

import shutil
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from communities.refusal import Refused
from contests.archive.pabulib import read_pb
from contests.enums import ContestRefusal, ContestState, Decision, RunKind, RunState
from contests.models import Award, Contest, Entry, TallyRun
from contests.rules import why_not_overrule
from contests.services.lifecycle import publicise_result
from contests.services.tally import request_tally
from proposals.models import Proposal
from tests.contests.cases import ARCHIVES, DATA, ELECTIONS

EXAMPLE = DATA / "archives" / "worked-example"

pytestmark = pytest.mark.django_db


def command(name, *arguments, **options):
    """What a command prints, stripped."""
    output = StringIO()
    call_command(name, *map(str, arguments), stdout=output, stderr=StringIO(), **options)
    return output.getvalue().strip()


def imported(path, **options):
    return int(command("import_contest", path, **options))


def tallied(contest):
    command("tally", contest, final=True, now=True)
    return TallyRun.objects.get(contest=contest)


def verified(folder):
    done = subprocess.run(
        [sys.executable, "-I", "verify.py"], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("folder", ARCHIVES, ids=lambda folder: folder.name)
def test_an_archive_comes_out_as_an_independent_program_computed_it(folder, tmp_path):
    contest = imported(folder)
    assert tallied(contest).state == RunState.DONE
    command("export_contest", contest, tmp_path / "out")
    exported = tmp_path / "out"
    assert (exported / "results.csv").read_bytes() == (folder / "results.csv").read_bytes()
    assert verified(exported)[0] == 0


def test_a_changed_mark_makes_the_verifier_name_the_first_difference(tmp_path):
    contest = imported(EXAMPLE)
    tallied(contest)
    command("export_contest", contest, tmp_path)
    marks = tmp_path / "marks.csv"
    lines = marks.read_text("utf-8").splitlines(keepends=True)
    changed = next(place for place, line in enumerate(lines) if line.startswith("E02,WJ-001,NEED,"))
    lines[changed] = ",".join([*lines[changed].split(",")[:3], "0\n"])
    marks.write_text("".join(lines), "utf-8", newline="")
    code, output = verified(tmp_path)
    assert code == 1
    assert "WJ-001" in output
    assert "expert_score" in output


def test_the_exported_inputs_are_imported_to_the_same_archive(tmp_path):
    first = imported(EXAMPLE)
    command("export_contest", first, tmp_path / "one")
    second = imported(tmp_path / "one", replace=True)
    command("export_contest", second, tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_the_same_archive_is_imported_once_unless_replaced():
    first = imported(EXAMPLE)
    with pytest.raises(CommandError, match=str(first)):
        imported(EXAMPLE)
    proposals = Proposal.objects.count()
    second = imported(EXAMPLE, replace=True)
    assert list(Contest.objects.values_list("pk", flat=True)) == [second]
    assert Proposal.objects.count() == proposals
    assert Entry.objects.filter(contest=second).count() == 24


def test_two_contests_of_one_name_and_year_live_side_by_side():
    imported(EXAMPLE)
    imported(DATA / "archives" / "ties-and-stops")
    assert Contest.objects.count() == 2


def test_a_wrong_row_is_named_and_nothing_is_stored(tmp_path):
    folder = tmp_path / "wrong"
    shutil.copytree(EXAMPLE, folder)
    marks = (folder / "marks.csv").read_text("utf-8").splitlines(keepends=True)
    marks[4] = marks[4].rsplit(",", 1)[0] + ",99\n"
    (folder / "marks.csv").write_text("".join(marks), "utf-8", newline="")
    with pytest.raises(CommandError, match=r"marks\.csv.*5.*points"):
        imported(folder)
    assert not Contest.objects.exists()
    assert not Proposal.objects.exists()


def test_a_result_on_public_notice_is_not_replaced(now):
    contest = imported(EXAMPLE)
    result = tallied(contest).results.in_published_order().first()
    Award.objects.create(
        entry_id=result.entry_id, result=result, state=result.decision, amount=result.amount, created_at=now
    )
    with pytest.raises(CommandError):
        imported(EXAMPLE, replace=True)
    assert Contest.objects.filter(pk=contest).exists()


def test_an_imported_contest_is_a_record_that_everyone_reads_and_nobody_publishes(client, officer):
    contest = Contest.objects.get(pk=imported(EXAMPLE))
    tallied(contest.pk)
    contest.refresh_from_db()
    page = client.get(reverse("contest_result", args=[contest.pk]))
    assert page.context["run"] == contest.runs.get()
    officer.appointments.update(subdistrict=contest.programme.subdistrict)
    officer = type(officer).objects.get(pk=officer.pk)
    with pytest.raises(Refused) as caught:
        publicise_result(contest=contest, by=officer, now=timezone.now())
    assert caught.value.reason == ContestRefusal.IMPORTED
    assert why_not_overrule(officer, contest) == ContestRefusal.IMPORTED


def test_a_live_run_of_a_closed_contest_is_refused():
    contest = imported(EXAMPLE)
    with pytest.raises(CommandError):
        command("tally", contest, now=True)


@pytest.mark.parametrize("name", ["tally", "export_contest"])
def test_an_unknown_contest_is_named(name, tmp_path):
    arguments = [4711] if name == "tally" else [4711, tmp_path]
    with pytest.raises(CommandError, match="4711"):
        command(name, *arguments)


def test_a_pabulib_file_needs_results(tmp_path):
    contest = imported(EXAMPLE)
    with pytest.raises(CommandError):
        command("export_contest", contest, tmp_path, format="pb")
    tallied(contest)
    command("export_contest", contest, tmp_path, format="pb")
    election = read_pb(tmp_path / "contest.pb")
    selected = TallyRun.objects.get(contest=contest).results.filter(decision=Decision.SELECTED)
    assert election.official == set(selected.values_list("entry__number", flat=True))


@pytest.mark.parametrize("path", [*ELECTIONS, DATA / "small.pb"], ids=lambda path: path.stem)
def test_an_election_has_its_official_winners(path):
    contest = int(command("import_pb", path))
    results = tallied(contest).results.filter(decision=Decision.SELECTED)
    winners = set(results.values_list("entry__number", flat=True))
    election = read_pb(path)
    # Equal shares is another family of rules: greedy selection by votes must not reproduce it.
    assert (winners == election.official) == (not election.rule.startswith("equalshares"))


def test_a_wrong_pabulib_file_is_refused_in_lines(tmp_path):
    path = tmp_path / "wrong.pb"
    path.write_text("META\nkey;value\nbudget;ten\n", "utf-8")
    with pytest.raises(CommandError, match=r"wrong\.pb"):
        command("import_pb", path)
    assert not Contest.objects.exists()


def test_what_was_asked_for_and_has_no_worker_is_done_now(contest_in, officer, now):
    contest = contest_in(ContestState.CLOSED)
    run = request_tally(contest=contest, kind=RunKind.FINAL, by=officer, now=now)
    assert command("tally", contest.pk, final=True, now=True).endswith(TallyRun.objects.get().results_sha256)
    assert TallyRun.objects.get().pk == run.pk


def test_a_contest_is_not_replaced_while_it_is_tallied(now):
    contest = Contest.objects.get(pk=imported(EXAMPLE))
    request_tally(contest=contest, kind=RunKind.FINAL, by=None, now=now)
    with pytest.raises(CommandError, match=str(ContestRefusal.RUN_UNDER_WAY.label)):
        command("import_contest", EXAMPLE, replace=True)
    assert Contest.objects.get() == contest
