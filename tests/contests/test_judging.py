"""Experts: what they see, score, hand in, and keep out of."""

from decimal import Decimal

import pytest

from communities.refusal import Refused
from contests.enums import ContestRefusal, ContestState, EntryStatus, SheetState
from contests.models import Contest, Entry, Mark, Panelist, Recusal, ScoreSheet
from contests.rules import why_not_recuse
from contests.services.assigning import assign
from contests.services.judging import rubric, save_sheet, submit_sheet
from contests.services.lifecycle import close_contest
from contests.services.recusing import recuse
from tests.factories import CriterionFactory, EntryFactory, PanelistFactory

R = ContestRefusal


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


@pytest.fixture
def contest(contest_in):
    return contest_in("OPEN")


@pytest.fixture
def panelist(contest, expert):
    return contest.panelists.get(user=expert)


@pytest.fixture
def entry(contest):
    return contest.entries.get(number="002")


@pytest.fixture
def save(panelist, entry, expert, now):
    """Save a sheet of `expert` for entry 002, with the points in the order of the rubric."""

    def save(*points, submit=True, entry=entry, panelist=panelist, remarks="Why so.", now=now, **more):
        values = [None if value is None else Decimal(value) for value in points]
        criteria = [criterion.pk for criterion in rubric(entry)]
        return save_sheet(
            panelist=panelist,
            entry=entry,
            points=dict(zip(criteria, values, strict=False)),
            remarks=dict.fromkeys(criteria, remarks),
            submit=submit,
            now=now,
            **{"by": expert, "comment": "", **more},
        )

    return save


def test_a_submitted_sheet_has_its_marks(save, entry, now):
    sheet = save("40", "29.5", "0", comment="Well thought out.")
    sheet.refresh_from_db()
    assert (sheet.state, sheet.submitted_at, sheet.comment) == (SheetState.SUBMITTED, now, "Well thought out.")
    assert list(sheet.marks.values_list("criterion__code", "points")) == [
        ("NEED", Decimal("40.00")),
        ("PLAN", Decimal("29.50")),
        ("COST", Decimal("0.00")),
    ]


def test_a_begun_sheet_is_kept_and_gone_on_with(save):
    begun = save("40", None, None, submit=False)
    assert (begun.state, begun.marks.count(), begun.submitted_at) == (SheetState.DRAFT, 1, None)
    done = save("39", "20", "10")
    assert done.pk == begun.pk
    assert [mark.points for mark in done.marks.all()] == [39, 20, 10]


def test_points_may_be_taken_back_from_a_begun_sheet(save):
    save("40", "20", "10", submit=False)
    assert save("40", None, None, submit=False).marks.count() == 1


@pytest.mark.parametrize("points", ["-0.5", "40.5", "100", "0.25", "39.99", "0.1"])
@pytest.mark.parametrize("submit", [True, False])
def test_points_outside_or_off_the_steps_are_refused(save, points, submit):
    with refused(R.POINTS_OUTSIDE):
        save(points, "20", "10", submit=submit)
    assert not ScoreSheet.objects.exists()


@pytest.mark.parametrize("points", [("40", "20", None), ("40",), ()])
def test_an_incomplete_sheet_is_not_submitted(save, points):
    with refused(R.SHEET_INCOMPLETE):
        save(*points)
    assert not ScoreSheet.objects.exists()
    assert not Mark.objects.exists()


def test_a_submitted_sheet_is_not_changed(save):
    sheet = save("40", "20", "10")
    for submit in (True, False):
        with refused(R.SHEET_SUBMITTED):
            save("0", "0", "0", submit=submit)
    assert sheet.marks.first().points == 40


def test_what_is_not_assigned_is_not_scored(save, contest):
    with refused(R.NOT_ASSIGNED):
        save("40", "20", "10", entry=EntryFactory(contest=contest, number="004"))


def test_nobody_scores_in_anothers_name(save, contest, recused_expert, officer):
    for person in (recused_expert, officer):
        with refused(R.NOT_ASSIGNED):
            save("40", "20", "10", by=person)


def test_a_recused_expert_scores_nothing_of_the_entry(save, contest, recused_expert):
    recused = contest.panelists.get(user=recused_expert)
    with refused(R.RECUSED):
        save("40", "20", "10", entry=contest.entries.get(number="001"), panelist=recused, by=recused_expert)
    assert save("40", "20", "10", panelist=recused, by=recused_expert).state == SheetState.SUBMITTED


def test_after_closing_nothing_is_scored(save, contest, officer, now):
    save("40", "20", "10", submit=False)
    close_contest(contest=contest, by=officer, now=contest.voting_closes_at)
    with refused(R.SCORING_CLOSED):
        save("40", "20", "10")
    assert ScoreSheet.objects.get().state == SheetState.DRAFT


def test_outside_the_window_nothing_is_scored(save, contest):
    for moment in (contest.scoring_opens_at.replace(year=2000), contest.scoring_closes_at):
        with refused(R.SCORING_CLOSED):
            save("40", "20", "10", now=moment)


def test_an_entry_that_left_is_not_scored(save, entry):
    entry.status = EntryStatus.WITHDRAWN
    entry.save()
    with refused(R.NOT_ASSIGNED):
        save("40", "20", "10")


@pytest.mark.parametrize(
    "points, needed", [(("24", "18", "12"), False), (("23.5", "18", "12"), True), (("40", "30", "11.5"), True)]
)
def test_less_than_60_percent_of_a_criterion_needs_a_reason(points, needed, save):
    assert save(*points, remarks="", submit=False).state == SheetState.DRAFT
    if needed:
        with refused(R.REMARK_MISSING):
            save(*points, remarks="  ")
        assert save(*points, remarks="Nobody was asked.").remarks.count() == 3
    else:
        assert save(*points, remarks="").state == SheetState.SUBMITTED


def test_what_was_saved_elsewhere_is_not_overwritten(save):
    first = save("40", None, None, submit=False, revision=0)
    save("39", None, None, submit=False, revision=first.revision)
    with refused(R.SHEET_CHANGED):
        save("38", None, None, submit=False, revision=first.revision)
    # What is sent again because its answer was lost is there already.
    assert save("39", None, None, submit=False, revision=first.revision).revision == 2
    assert ScoreSheet.objects.get().marks.get().points == 39


def test_what_was_looked_over_is_handed_in(save, panelist, entry, expert, now):
    draft = save("40", "20", "12", submit=False)
    save("39", "20", "12", submit=False)
    hand_in = {"panelist": panelist, "entry": entry, "by": expert, "now": now}
    with refused(R.SHEET_CHANGED):
        submit_sheet(revision=draft.revision, **hand_in)
    sheet = submit_sheet(revision=draft.revision + 1, **hand_in)
    assert (sheet.state, sheet.submitted_at) == (SheetState.SUBMITTED, now)
    assert [mark.points for mark in sheet.marks.all()] == [39, 20, 12]


@pytest.mark.parametrize(
    "points, remarks, reason", [(("40", None, "12"), "", R.SHEET_INCOMPLETE), (("4", "30", "12"), "", R.REMARK_MISSING)]
)
def test_what_lacks_something_is_not_handed_in(points, remarks, reason, save, panelist, entry, expert, now):
    draft = save(*points, remarks=remarks, submit=False)
    with refused(reason):
        submit_sheet(panelist=panelist, entry=entry, revision=draft.revision, by=expert, now=now)


# Rubrics


def test_an_entry_of_a_zone_has_the_rubric_of_the_zone(contest_in, zone):
    contest = contest_in("DRAFT")
    own = CriterionFactory(contest=contest, zone=zone, code="OLD")
    entries = {entry.number: entry for entry in contest.entries.all()}
    assert entries["003"].zone == zone
    assert rubric(entries["003"]) == [own]
    assert [criterion.code for criterion in rubric(entries["001"])] == ["NEED", "PLAN", "COST"]


def test_a_zone_without_rubric_has_the_contests(contest_in, zone):
    entry = contest_in("DRAFT").entries.get(zone=zone)
    assert [criterion.code for criterion in rubric(entry)] == ["NEED", "PLAN", "COST"]


# Assigning and recusing


def test_assigning_twice_adds_nothing(contest, officer):
    everybody, everything = contest.panelists.all(), contest.entries.all()
    assert assign(contest=contest, panelists=everybody, entries=everything, by=officer) == 0
    newcomer = PanelistFactory(contest=contest)
    assert assign(contest=contest, panelists=[*everybody, newcomer], entries=everything, by=officer) == 3
    assert newcomer.assignments.count() == 3


def test_only_the_office_assigns(contest, expert, other_officer, supervisor):
    for person in (expert, other_officer, supervisor):
        with refused(R.NOT_AN_OFFICER):
            assign(contest=contest, panelists=[], entries=[], by=person)


def test_an_expert_declares_a_conflict(panelist, entry, expert, now):
    recusal = recuse(panelist=panelist, entry=entry, tie="MEMBER", by=expert)
    assert (recusal.panelist, recusal.entry, recusal.ground) == (panelist, entry, "DECLARED")
    with refused(R.RECUSED):
        recuse(panelist=panelist, entry=entry, tie="MEMBER", by=expert)


def test_nobody_declares_anothers_conflict(panelist, entry, recused_expert, now):
    with refused(R.NOT_ASSIGNED):
        recuse(panelist=panelist, entry=entry, tie="MEMBER", by=recused_expert)
    assert Recusal.objects.count() == 1


def test_a_conflict_is_declared_until_the_final_tally(panelist, entry, expert, contest, officer, now):
    close_contest(contest=contest, by=officer, now=contest.voting_closes_at)
    assert why_not_recuse(panelist, Entry.objects.get(pk=entry.pk)) is None
    Contest.objects.filter(pk=contest.pk).update(state=ContestState.TALLIED)
    with refused(R.SCORING_CLOSED):
        recuse(panelist=panelist, entry=entry, tie="MEMBER", by=expert)


def test_experts_see_what_is_left(save, contest, panelist, entry, expert, recused_expert, now):
    assert [left.number for left in contest.entries.unscored_by(panelist)] == ["001", "002", "003"]
    save("40", "20", "10")
    assert [left.number for left in contest.entries.unscored_by(panelist)] == ["001", "003"]
    recuse(panelist=panelist, entry=contest.entries.get(number="003"), tie="MEMBER", by=expert)
    assert [left.number for left in contest.entries.unscored_by(panelist)] == ["001"]
    recused = contest.panelists.get(user=recused_expert)
    assert [seen.number for seen in contest.entries.assigned_to(recused)] == ["002", "003"]


def test_progress_leaves_out_what_an_expert_keeps_out_of(save, contest, expert, recused_expert):
    save("40", "20", "10")
    progress = {
        panelist.user: (panelist.assigned_count, panelist.submitted_count)
        for panelist in Panelist.objects.filter(contest=contest).with_progress()
    }
    assert progress[expert] == (3, 1)
    assert progress[recused_expert] == (2, 0)


@pytest.mark.parametrize("state", ["CLOSED", "TALLIED", "PUBLICISED", "CONFIRMED"])
def test_nothing_is_assigned_once_the_contest_is_closed(state, contest_in, officer):
    contest = contest_in(state)
    newcomer = PanelistFactory(contest=contest)
    with refused(R.WRONG_STATE):
        assign(contest=contest, panelists=[newcomer], entries=contest.entries.all(), by=officer)
    assert not newcomer.assignments.exists()
