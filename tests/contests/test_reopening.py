"""A sheet that was handed in and is opened again: by an approver, with a reason, and without losing what it said."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from communities.models import Notification
from communities.refusal import Refused
from contests.enums import ContestAct, ContestRefusal, SheetState
from contests.figures import expert_aggregates
from contests.models import Mark, Reopening, ScoreSheet
from contests.services.judging import rubric, save_sheet, submit_sheet
from contests.services.lifecycle import close_contest
from contests.services.notifications import send_due_notifications
from contests.services.recusing import recuse
from contests.services.reopening import reopen_sheet
from tests.browsing import english, text
from tests.constraints import violated
from tests.factories import AppointmentFactory
from tests.racing import race

R = ContestRefusal
ROUNDS = 20


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


@pytest.fixture
def contest(contest_in):
    return contest_in("OPEN", judged=True)


@pytest.fixture
def sheet(contest):
    """Of E01 for entry 002; its points are 39, 29 and 19."""
    return ScoreSheet.objects.get(panelist__code="E01", entry__number="002")


def points(sheet):
    return [int(value) for value in sheet.marks.order_by("criterion__position").values_list("points", flat=True)]


def test_both_versions_stay(sheet, contest, expert, approver, now):
    before = expert_aggregates(contest)[sheet.entry_id].sheets
    reopening = reopen_sheet(sheet=sheet, reason="Two entries were mixed up", by=approver, now=now)
    sheet.refresh_from_db()
    assert (sheet.state, sheet.submitted_at, points(sheet)) == (SheetState.DRAFT, None, [39, 29, 19])
    assert expert_aggregates(contest)[sheet.entry_id].sheets == before - 1
    new = {criterion.pk: criterion.max_points for criterion in rubric(sheet.entry)}
    save_sheet(panelist=sheet.panelist, entry=sheet.entry, points=new, comment="", submit=True, by=expert, now=now)
    assert expert_aggregates(contest)[sheet.entry_id].sheets == before
    assert points(sheet) == [40, 30, 20]
    reopening.refresh_from_db()
    assert [(name, given) for name, given, _most, _why in reopening.lines] == [
        (criterion.name, f"{value}.00") for criterion, value in zip(rubric(sheet.entry), (39, 29, 19), strict=True)
    ]
    assert (reopening.total, reopening.reopened_by, reopening.reason) == (87, approver, "Two entries were mixed up")
    event = contest.events.get(reason=ContestAct.SHEET_REOPENED)
    assert (event.actor, event.note) == (approver, "E01 002: Two entries were mixed up")


@pytest.mark.parametrize(
    "who, reason",
    [
        ("officer", R.APPROVER_NEEDED),
        ("other_officer", R.APPROVER_NEEDED),
        ("supervisor", R.APPROVER_NEEDED),
        ("expert", R.APPROVER_NEEDED),
        ("resident", R.APPROVER_NEEDED),
    ],
)
def test_nobody_but_an_approver_reopens(who, reason, sheet, cast, now):
    with refused(reason):
        reopen_sheet(sheet=sheet, reason="Why", by=cast(who), now=now)
    assert not Reopening.objects.exists()


def test_nobody_reopens_their_own_sheet(sheet, expert, subdistrict, now):
    AppointmentFactory(user=expert, role="STREET_APPROVER", subdistrict=subdistrict)
    with refused(R.APPROVER_NEEDED):
        reopen_sheet(sheet=sheet, reason="Why", by=expert, now=now)


def test_a_reason_is_needed(sheet, approver, now):
    with refused(R.REASON_MISSING):
        reopen_sheet(sheet=sheet, reason=" ", by=approver, now=now)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Reopening.objects.create(sheet=sheet, reason="", reopened_by=approver, at=now)
    assert violated(error.value) == "contests_reopening_reasoned"


def test_only_what_is_submitted_and_still_scored_is_reopened(sheet, contest, expert, approver, officer, now):
    with refused(R.SCORING_CLOSED):
        reopen_sheet(sheet=sheet, reason="Why", by=approver, now=contest.scoring_closes_at)
    reopen_sheet(sheet=sheet, reason="Why", by=approver, now=now)
    with refused(R.NOT_SUBMITTED):
        reopen_sheet(sheet=sheet, reason="Why", by=approver, now=now)
    other = ScoreSheet.objects.get(panelist__code="E01", entry__number="003")
    recuse(panelist=other.panelist, entry=other.entry, tie="MEMBER", by=expert)
    with refused(R.RECUSED):
        reopen_sheet(sheet=other, reason="Why", by=approver, now=now)
    close_contest(contest=contest, by=officer, now=contest.voting_closes_at)
    third = ScoreSheet.objects.get(panelist__code="E02", entry__number="003")
    with refused(R.SCORING_CLOSED):
        reopen_sheet(sheet=third, reason="Why", by=approver, now=now)


# What the database holds


def test_a_reopening_opens_the_sheet_for_nothing_else(sheet, approver, now):
    Reopening.objects.create(sheet=sheet, reason="Why", reopened_by=approver, at=now)
    rewrites = [
        {"state": SheetState.DRAFT},
        {"state": SheetState.DRAFT, "revision": sheet.revision + 1, "comment": "Never said"},
        {"state": SheetState.SUBMITTED, "revision": sheet.revision + 1},
        {"state": SheetState.DRAFT, "revision": sheet.revision + 2},
    ]
    for rewrite in rewrites:
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            ScoreSheet.objects.filter(pk=sheet.pk).update(**rewrite)
        assert violated(error.value) == "contests_scoresheet_submitted_is_final"
    with pytest.raises(DatabaseError), transaction.atomic():
        sheet.marks.update(points=Decimal(1))


def test_a_draft_is_not_reopened_behind_the_verb(sheet, approver, now):
    reopen_sheet(sheet=sheet, reason="Why", by=approver, now=now)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Reopening.objects.create(sheet=sheet, reason="Why", reopened_by=approver, at=now)
    assert violated(error.value) == "contests_reopening_of_submitted"


def test_one_version_is_reopened_once(sheet, approver, now):
    Reopening.objects.create(sheet=sheet, reason="Why", reopened_by=approver, at=now)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Reopening.objects.create(sheet=sheet, reason="Why", reopened_by=approver, at=now)
    assert violated(error.value) == "contests_reopening_once"


def test_nobody_hands_in_another_copy(sheet, approver, now):
    made_up = [["Need", "1.00", "40.00", ""]]
    kept = Reopening.objects.create(
        sheet=sheet, reason="Why", reopened_by=approver, at=now, lines=made_up, revision=99, comment="Never said"
    )
    kept.refresh_from_db()
    assert (kept.total, kept.revision, kept.comment) == (87, sheet.revision, "")


# Pages and messages


def test_the_approver_presses_the_button(contest, sheet, officer, approver):
    def press(person):
        url = reverse("admin:contests_contest_do", args=[contest.pk, "reopen"])
        return text(english(person).post(url, {"sheet": sheet.pk, "reason": "Mixed up"}, follow=True))

    assert "A street approver does this" in press(officer)
    page = press(approver)
    assert "Score sheets that were reopened" in page
    assert "Mixed up" in page
    # While the others still score, the office sees no points.
    assert "87" not in page[page.index("Score sheets that were reopened") :].split("</section>")[0]


def test_the_expert_hears_of_it_and_sees_the_earlier_version(sheet, expert, approver, scene, now):
    reopen_sheet(sheet=sheet, reason="Mixed up", by=approver, now=now)
    send_due_notifications(now=now)
    notice = Notification.objects.get(notice="SHEET_REOPENED")
    assert (notice.recipient, notice.facts["reason"]) == (expert, "Mixed up")
    page = text(english(expert).get(reverse("sheet", args=[sheet.entry_id])))
    assert "87 points" in page
    assert 'name="submit"' in page
    other = text(english(scene.experts[1]).get(reverse("sheet", args=[sheet.entry_id])))
    assert "87 points" not in other


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_two_tabs_submit_once(contest_in, expert, now):
    contest = contest_in("OPEN")
    seat = contest.panelists.get(user=expert)
    for entry in contest.entries.all():
        full = {criterion.pk: criterion.max_points for criterion in rubric(entry)}
        draft = save_sheet(panelist=seat, entry=entry, points=full, comment="", by=expert, now=now)

        def submit(entry=entry, revision=draft.revision):
            return submit_sheet(panelist=seat, entry=entry, revision=revision, by=expert, now=now)

        outcomes = race(submit, submit, submit)
        reasons = [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]
        assert reasons == [R.SHEET_SUBMITTED] * 2
    assert ScoreSheet.objects.submitted().count() == 3


@pytest.mark.django_db(transaction=True)
def test_submitting_and_reopening_take_turns(contest_in, expert, approver, now):
    """Whoever comes first, the sheet is in one state, each submission was reopened at most once, no mark is lost."""
    contest = contest_in("OPEN", entries=1)
    seat, entry = contest.panelists.get(user=expert), contest.entries.get()
    full = {criterion.pk: criterion.max_points for criterion in rubric(entry)}
    save_sheet(panelist=seat, entry=entry, points=full, comment="", submit=True, by=expert, now=now)
    submissions = 1
    for _round in range(ROUNDS):
        sheet = ScoreSheet.objects.get()
        submitted, reopened = race(
            lambda sheet=sheet: submit_sheet(panelist=seat, entry=entry, revision=sheet.revision, by=expert, now=now),
            lambda sheet=sheet: reopen_sheet(sheet=sheet, reason="Why", by=approver, now=now),
        )
        submissions += isinstance(submitted, ScoreSheet)
        if isinstance(submitted, Refused):
            assert submitted.reason in {R.SHEET_SUBMITTED, R.SHEET_CHANGED}
        if isinstance(reopened, Refused):
            assert reopened.reason == R.NOT_SUBMITTED
        state = ScoreSheet.objects.get().state
        assert submissions - Reopening.objects.count() == (1 if state == SheetState.SUBMITTED else 0)
    assert Mark.objects.count() == 3
    assert len(set(Reopening.objects.values_list("revision", flat=True))) == Reopening.objects.count() > 0


@pytest.mark.django_db(transaction=True)
def test_two_approvers_reopen_once(contest_in, approver, now):
    contest_in("OPEN", judged=True)
    sheet = ScoreSheet.objects.get(panelist__code="E01", entry__number="002")
    reopened = race(*[lambda: reopen_sheet(sheet=sheet, reason="Why", by=approver, now=now)] * 2)
    assert [outcome.reason for outcome in reopened if isinstance(outcome, Refused)] == [R.NOT_SUBMITTED]
    assert Reopening.objects.count() == 1
