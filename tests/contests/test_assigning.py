"""Who reads which entry: shared out evenly, by hand, and anew when somebody drops out."""

from collections import Counter

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from communities.refusal import Refused
from contests.assignment_sheet import AssignmentRow
from contests.enums import AssignmentProblem, ContestAct, ContestRefusal, SheetState
from contests.models import Assignment, Departure, Expert, PitchSession, PitchSlot, Recusal
from contests.services.assigning import assign, assign_evenly, depart, take_away
from contests.services.assigning_table import compare
from contests.services.lifecycle import open_contest
from tests.browsing import english, text
from tests.constraints import violated
from tests.factories import PanelistFactory, ResidencyFactory
from tests.racing import race

R = ContestRefusal


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


def lists(contest):
    """Numbers of the entries by the code of the expert."""
    rows = Assignment.objects.standing().filter(panelist__contest=contest).order_by("entry__number")
    found = {code: [] for code in contest.panelists.values_list("code", flat=True)}
    for code, number in rows.values_list("panelist__code", "entry__number"):
        found[code].append(number)
    return found


def readers(found):
    """The different numbers of experts that entries have."""
    return set(Counter(number for numbers in found.values() for number in numbers).values())


@pytest.fixture
def contest(contest_in):
    """Four experts, six entries; nothing is assigned."""
    return contest_in("DRAFT", entries=6)


def test_entries_are_shared_out_evenly(contest, officer):
    assert assign_evenly(contest=contest, each=2, by=officer) == 12
    assert {len(numbers) for numbers in lists(contest).values()} == {3}
    assert readers(lists(contest)) == {2}
    assert assign_evenly(contest=contest, each=2, by=officer) == 0


def test_who_keeps_out_of_much_leaves_it_to_the_others(contest, officer, expert, communities):
    # Entries 001 and 004 are of community A.
    ResidencyFactory(user=expert, community=communities[0])
    assign_evenly(contest=contest, each=2, by=officer)
    found = lists(contest)
    assert not {"001", "004"} & set(found["E01"])
    assert {len(numbers) for numbers in found.values()} == {3}
    assert Recusal.objects.filter(panelist__user=expert).count() == 2


def test_an_expert_bound_to_a_zone_reads_only_there(contest, officer, zone):
    contest.panelists.filter(code="E02").update(zone=zone)
    assign_evenly(contest=contest, each=2, by=officer)
    # Entries 003 and 006 are of community C, which is in the zone.
    assert lists(contest)["E02"] == ["003", "006"]


def test_experts_read_what_they_know_about(contest, officer, subdistrict, categories, scene):
    entries = contest.entries.values_list("category__code", flat=True)
    assert set(entries) == {categories[0].code}
    Expert.objects.create(user=scene.experts[0], subdistrict=subdistrict, fields=[categories[0].code])
    contest.panelists.exclude(code__in=["E01", "E02"]).delete()
    assign_evenly(contest=contest, each=1, by=officer)
    assert {len(numbers) for numbers in lists(contest).values()} == {3}


def test_what_was_given_by_hand_stays_and_is_made_up_for(contest, officer):
    first = contest.panelists.get(code="E01")
    assign(
        contest=contest, panelists=[first], entries=contest.entries.filter(number__in=["001", "002", "003"]), by=officer
    )
    assign_evenly(contest=contest, each=2, by=officer)
    found = lists(contest)
    assert found["E01"] == ["001", "002", "003"]
    assert {len(numbers) for numbers in found.values()} == {3}


def test_each_entry_has_a_reader(contest, officer):
    with refused(R.NO_READERS):
        assign_evenly(contest=contest, each=0, by=officer)


def test_entries_are_taken_off_a_list_but_for_those_that_are_scored(contest_in, officer, scene):
    contest = contest_in("OPEN")
    seat = contest.panelists.get(code="E01")
    scene.submit_sheet(seat, contest.entries.get(number="001"), 0)
    assert take_away(panelist=seat, entries=contest.entries.all(), by=officer) == 2
    assert lists(contest)["E01"] == ["001"]


def test_what_somebody_leaves_goes_to_the_others(contest, officer, now):
    assign_evenly(contest=contest, each=2, by=officer)
    open_contest(contest=contest, by=officer, now=now)
    leaving = contest.panelists.get(code="E03")
    assert depart(panelist=leaving, reason="Ill", by=officer, now=now) == 3
    found = lists(contest)
    assert found.pop("E03") == []
    assert {len(numbers) for numbers in found.values()} == {4}
    assert readers(found) == {2}
    event = contest.events.get(reason=ContestAct.EXPERT_LEFT)
    assert (event.actor, event.note) == (officer, "E03: Ill")


def test_sheets_of_who_left_stay_and_nothing_new_comes(contest_in, officer, now, scene):
    contest = contest_in("OPEN", entries=2)
    seat = contest.panelists.get(code="E02")
    sheet_of = contest.entries.get(number="001")
    scene.submit_sheet(seat, sheet_of, 0)
    newcomer = PanelistFactory(contest=contest, code="E05")
    assert depart(panelist=seat, reason="Moved away", by=officer, now=now) == 1
    assert lists(contest)["E02"] == ["001"]
    assert lists(contest)["E05"] == ["002"]
    assert seat.sheets.get().state == SheetState.SUBMITTED
    assert assign(contest=contest, panelists=[seat, newcomer], entries=contest.entries.all(), by=officer) == 1
    # Those who have got more hear of it; who left does not.
    told = contest.events.filter(reason=ContestAct.ENTRIES_ASSIGNED).values_list("note", flat=True)
    assert set("\n".join(told).split()) == {"E01", "E02", "E03", "E04", "E05"}
    assert told[len(told) - 1] == "E05"


def test_leaving_has_a_reason_and_happens_once(contest_in, officer, now):
    contest = contest_in("OPEN")
    seat = contest.panelists.get(code="E01")
    with refused(R.REASON_MISSING):
        depart(panelist=seat, reason="  ", by=officer, now=now)
    depart(panelist=seat, reason="Ill", by=officer, now=now)
    seat.refresh_from_db()
    with refused(R.EXPERT_LEFT):
        depart(panelist=seat, reason="Ill", by=officer, now=now)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Departure.objects.create(panelist=contest.panelists.get(code="E02"), reason="", noted_by=officer, at=now)
    assert violated(error.value) == "contests_departure_reasoned"


@pytest.fixture
def seen(contest_in, scene):
    """The score of entry 001 was shown to the hall; E01 has scored it, E05 came onto the panel afterwards."""
    contest = contest_in("OPEN", entries=2)
    shown = contest.entries.get(number="001")
    scene.submit_sheet(contest.panelists.get(code="E01"), shown, 0)
    session = PitchSession.objects.create(
        contest=contest, place="Hall", starts_at=scene.now, minutes=5, pause=0, changed_at=scene.now
    )
    PitchSlot.objects.create(session=session, entry=shown, position=1, revealed_at=scene.now)
    PanelistFactory(contest=contest, code="E05")
    return contest


def test_an_entry_whose_score_was_shown_goes_to_nobody_new(seen, officer, now):
    newcomer = seen.panelists.get(code="E05")
    with pytest.raises(Refused) as refusal:
        assign(contest=seen, panelists=[newcomer], entries=seen.entries.all(), by=officer)
    assert (refusal.value.reason, refusal.value.facts) == (R.SCORES_SEEN, {"pairs": "E05 – 001"})
    assert lists(seen)["E05"] == []
    wrong = compare(contest=seen, rows=[AssignmentRow(2, "E05", "001"), AssignmentRow(3, "E05", "002")]).wrong
    assert [(each.row.line, each.problem) for each in wrong] == [(2, AssignmentProblem.SCORES_SEEN)]
    depart(panelist=seen.panelists.get(code="E02"), reason="Ill", by=officer, now=now)
    assert lists(seen)["E05"] == ["002"]


@pytest.mark.parametrize(("shows", "given"), [(True, False), (False, True)])
def test_whoever_presides_gets_nothing_that_others_have_scored(shows, given, contest_in, officer, scene):
    contest = contest_in("DRAFT", entries=2, shows_scores=shows)
    assign(contest=contest, panelists=contest.panelists.exclude(code="E01"), entries=contest.entries.all(), by=officer)
    contest.panelists.filter(code="E01").update(is_chair=True)
    open_contest(contest=contest, by=officer, now=scene.now)
    scene.submit_sheet(contest.panelists.get(code="E02"), contest.entries.get(number="001"), 0)
    chair = contest.panelists.filter(code="E01")
    assert assign(contest=contest, panelists=chair, entries=contest.entries.filter(number="002"), by=officer) == 1
    scored = {"contest": contest, "panelists": chair, "entries": contest.entries.filter(number="001"), "by": officer}
    if given:
        assert assign(**scored) == 1
    else:
        with refused(R.SCORES_SEEN):
            assign(**scored)


@pytest.mark.parametrize("state, allowed", [("DRAFT", True), ("OPEN", True), ("CLOSED", False), ("PUBLICISED", False)])
def test_stage_role_act(state, allowed, contest_in, cast, now):
    contest = contest_in(state, entries=1)

    def seat():
        return contest.panelists.get(code="E02")

    acts = {
        "spread": lambda person: assign_evenly(contest=contest, each=1, by=person),
        "take": lambda person: take_away(panelist=seat(), entries=contest.entries.all(), by=person),
        "depart": lambda person: depart(panelist=seat(), reason="Ill", by=person, now=now),
    }
    for who in ("other_officer", "supervisor", "expert", "resident", "officer", "approver"):
        for act, do in acts.items():
            if who not in {"officer", "approver"}:
                with refused(R.NOT_AN_OFFICER):
                    do(cast(who))
            elif not allowed or (act, state) == ("depart", "DRAFT"):
                with refused(R.WRONG_STATE):
                    do(cast(who))
            else:
                with transaction.atomic():
                    do(cast(who))
                    transaction.set_rollback(True)


def test_the_office_sees_how_far_each_entry_is(contest_in, officer, scene):
    contest = contest_in("OPEN", entries=2, quorum=4)
    scene.submit_sheet(contest.panelists.get(code="E01"), contest.entries.get(number="002"), 0)
    page = text(english(officer).get(reverse("admin:contests_contest_change", args=[contest.pk])))
    assert "1/4" in page
    assert "0/3" in page
    assert "fewer than 4 experts" in page


def test_verbs_on_the_contests_page(contest_in, officer, now):
    contest = contest_in("DRAFT", entries=4)
    client = english(officer)

    def press(verb, **data):
        return client.post(reverse("admin:contests_contest_do", args=[contest.pk, verb]), data, follow=True)

    assert "New assignments: 8." in text(press("spread", each=2))
    seat = contest.panelists.get(code="E01")
    everything = list(contest.entries.values_list("pk", flat=True))
    assert "New assignments: 2." in text(press("give", panelist=seat.pk, entries=everything))
    assert "Assignments taken away: 4." in text(press("take", panelist=seat.pk, entries=everything))
    open_contest(contest=contest, by=officer, now=now)
    page = text(press("depart", panelist=seat.pk, reason="Ill"))
    assert "Dropped out" in page
    assert "Ill" in page


@pytest.mark.django_db(transaction=True)
def test_two_officers_share_out_once(contest_in, officer, approver):
    contest = contest_in("DRAFT", entries=4)
    race(*[lambda by=by: assign_evenly(contest=contest, each=2, by=by) for by in (officer, approver)])
    assert {len(numbers) for numbers in lists(contest).values()} == {2}
