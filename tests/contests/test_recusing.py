"""Keeping out (回避): conflicts that are declared or found, and the wall around an entry for whoever keeps out."""

import re
from datetime import timedelta

import pgtrigger
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from communities import phones
from communities.enums import ResidencyState, Role
from communities.models import Notification, Subdistrict
from communities.refusal import Refused
from contests.enums import ContestAct, ContestRefusal, ContestState, DeclaredTie, RecusalGround, RunKind, SheetState
from contests.figures import expert_aggregates, input_counts
from contests.models import Entry, Expert, PitchSession, Recusal, ScoreSheet, TallyRun
from contests.pitch_enums import PitchState
from contests.services.assigning import assign
from contests.services.hosting import reveal_score
from contests.services.lifecycle import close_contest, open_contest
from contests.services.notifications import send_due_notifications
from contests.services.pitching import draw_order, plan_pitches
from contests.services.recusing import detect_recusals, keep_out, namesakes, note_other_person, recuse
from contests.services.tally import carry_out, request_tally
from contests.services.voting import cast_ballot
from contests.tasks import look_for_conflicts
from proposals.models import Idea, IdeaClaim, Proposal
from tests.browsing import english, text
from tests.constraints import violated
from tests.factories import AppointmentFactory, ResidencyFactory

R, G = ContestRefusal, RecusalGround


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


def grounds(user):
    """Number and ground of what the expert keeps out of."""
    return list(
        Recusal.objects.filter(panelist__user=user).order_by("entry__number").values_list("entry__number", "ground")
    )


@pytest.fixture
def pooled(expert, subdistrict):
    return Expert.objects.create(user=expert, subdistrict=subdistrict)


# Found. Entries 001, 002 and 003 are of communities A, B and C; A is accompanied; the team is called "Neighbours".


def lives(expert, communities, **_):
    ResidencyFactory(user=expert, community=communities[1])


def says_to_live(expert, communities, **_):
    ResidencyFactory(user=expert, community=communities[1], state=ResidencyState.PENDING, decided_at=None, method="")


def was_refused(expert, communities, **_):
    ResidencyFactory(user=expert, community=communities[1], state=ResidencyState.REFUSED)


def lives_as_given(pooled, communities, **_):
    pooled.community = communities[1]
    pooled.save()


def accompanies(expert, subdistrict, support_organisation, **_):
    AppointmentFactory(
        user=expert, role=Role.SUPPORT_MEMBER, subdistrict=subdistrict, organisation=support_organisation
    )


def works_in_community(expert, subdistrict, communities, **_):
    AppointmentFactory(user=expert, role=Role.COMMUNITY_OFFICER, subdistrict=subdistrict, community=communities[2])


def employed_by_team(pooled, **_):
    pooled.employer = "ＮEIGHBOURS "
    pooled.save()


def employed_by_accompanying(pooled, **_):
    pooled.employer = "Support organisation"
    pooled.save()


def called_like_one_of_the_team(expert, **_):
    expert.display_name = "Second Neighbour"
    expert.save()


def has_the_number_of_one_of_the_team(expert, **_):
    logs_in_by_phone(expert, "+8613800000009")


def logs_in_by_phone(expert, number):
    expert.phone_token, expert.phone_hash = phones.encrypt(number), phones.keyed_hash(number)
    expert.set_unusable_password()
    expert.save()


def leads_it(expert, **_):
    Proposal.objects.filter(entries__number="002").update(lead=expert)


def wrote_an_idea(expert, **_):
    entry = Entry.objects.get(number="003")
    Idea.objects.filter(consolidations__proposal=entry.proposal).update(author=expert)


def is_asked_about_an_idea(expert, *, accepted=None, **_):
    entry = Entry.objects.get(number="003")
    ideas = Idea.objects.filter(consolidations__proposal=entry.proposal)
    ideas.update(author=None, channel="PAPER", entered_by=expert, receipt="26-003-0012-6")
    decided = {} if accepted is None else {"accepted": accepted, "decided_by": expert, "decided_at": timezone.now()}
    IdeaClaim.objects.create(idea=ideas.get(), user=expert, offered_by=expert, at=timezone.now(), **decided)


def said_it_is_not_theirs(expert, **_):
    is_asked_about_an_idea(expert, accepted=False)


ALL = ("001", "002", "003")
CASES = [
    (lives, [("002", G.SAME_COMMUNITY)]),
    (says_to_live, [("002", G.SAME_COMMUNITY)]),
    (was_refused, []),
    (lives_as_given, [("002", G.SAME_COMMUNITY)]),
    (accompanies, [("001", G.SAME_ORGANISATION)]),
    (works_in_community, [("003", G.SAME_COMMUNITY)]),
    (employed_by_team, [(number, G.SAME_EMPLOYER) for number in ALL]),
    (employed_by_accompanying, [("001", G.SAME_EMPLOYER)]),
    (called_like_one_of_the_team, []),
    (has_the_number_of_one_of_the_team, [(number, G.ON_TEAM) for number in ALL]),
    (leads_it, [("002", G.ON_TEAM)]),
    (wrote_an_idea, [("003", G.ON_TEAM)]),
    (is_asked_about_an_idea, [("003", G.ON_TEAM)]),
    (said_it_is_not_theirs, []),
]
FACTS = ("expert", "communities", "pooled", "subdistrict", "support_organisation")


@pytest.fixture
def make(request):
    return lambda fact: fact(**{name: request.getfixturevalue(name) for name in FACTS})


@pytest.mark.parametrize("fact, found", CASES)
def test_conflicts_are_found_when_entries_are_assigned(fact, found, make, contest_in, officer, expert):
    contest = contest_in("DRAFT")
    make(fact)
    assign(contest=contest, panelists=contest.panelists.all(), entries=contest.entries.all(), by=officer)
    assert grounds(expert) == found
    kept_out = {number for number, _ground in found}
    assigned = contest.panelists.get(user=expert).assignments.values_list("entry__number", flat=True)
    assert set(assigned) == set(ALL) - kept_out
    assert contest.panelists.get(code="E02").assignments.count() == 3


@pytest.mark.parametrize("fact, found", CASES)
def test_conflicts_are_found_when_facts_change(fact, found, make, contest_in, expert):
    contest_in("OPEN")
    make(fact)
    look_for_conflicts()
    assert grounds(expert) == found
    look_for_conflicts()
    assert grounds(expert) == found


def test_conflicts_are_found_when_the_contest_opens(make, contest_in, officer, expert, now):
    contest = contest_in("DRAFT")
    assign(contest=contest, panelists=contest.panelists.all(), entries=contest.entries.all(), by=officer)
    make(lives)
    open_contest(contest=contest, by=officer, now=now)
    assert grounds(expert) == [("002", G.SAME_COMMUNITY)]


def test_conflicts_are_found_when_the_contest_closes_and_not_after(make, contest_in, officer, expert, now):
    contest = contest_in("OPEN")
    make(lives)
    close_contest(contest=contest, by=officer, now=contest.voting_closes_at)
    make(accompanies)
    assert detect_recusals(contest=contest) == 0
    assert grounds(expert) == [("002", G.SAME_COMMUNITY)]


def test_in_a_draft_a_seat_that_changes_hands_brings_its_own_conflicts(make, contest_in, expert, outsider):
    contest = contest_in("DRAFT")
    make(lives)
    detect_recusals(contest=contest)
    seat = contest.panelists.get(user=expert)
    seat.user = outsider
    seat.save()
    detect_recusals(contest=contest)
    assert not Recusal.objects.exists()


def test_a_conflict_is_found_before_the_clock_looks(client, make, contest_in, expert):
    contest = contest_in("OPEN")
    make(lives)
    client.force_login(expert)
    assert client.get(reverse("sheet", args=[contest.entries.get(number="002").pk])).status_code == 403
    assert grounds(expert) == [("002", G.SAME_COMMUNITY)]


@pytest.mark.parametrize("entries", [1, 5])
def test_looking_for_conflicts_asks_a_fixed_number_of_questions(contest_in, entries, django_assert_num_queries):
    contest = contest_in("OPEN", entries=entries)
    with django_assert_num_queries(13):
        detect_recusals(contest=contest)


# Declared


@pytest.mark.parametrize(
    "tie, note, reason", [("", "", R.TIE_MISSING), ("COUSIN", "", R.TIE_MISSING), ("OTHER", " ", R.NOTE_MISSING)]
)
def test_a_declared_conflict_has_a_ground(tie, note, reason, contest_in, expert):
    contest = contest_in("OPEN")
    with refused(reason):
        recuse(
            panelist=contest.panelists.get(user=expert), entry=contest.entries.first(), tie=tie, note=note, by=expert
        )
    assert grounds(expert) == []


def test_the_ground_is_asked_for_and_kept(client, contest_in, expert):
    entry = contest_in("OPEN").entries.get(number="002")
    url = reverse("recuse", args=[entry.pk])
    client.force_login(expert)
    page = client.post(url, {"tie": "", "note": "Typed with care"}).content.decode()
    assert escape(str(R.TIE_MISSING.label)) in page
    assert "Typed with care" in page
    assert escape(str(R.NOTE_MISSING.label)) in client.post(url, {"tie": "OTHER", "note": ""}).content.decode()
    client.post(url, {"tie": "ADVISER", "note": "I wrote the budget."})
    recusal = Recusal.objects.get(panelist__user=expert)
    assert (recusal.ground, recusal.tie, recusal.note) == (G.DECLARED, DeclaredTie.ADVISER, "I wrote the budget.")


def test_only_what_is_declared_is_explained(contest_in, expert):
    contest = contest_in("OPEN")
    seat, entry = contest.panelists.get(user=expert), contest.entries.first()
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Recusal.objects.create(panelist=seat, entry=entry, ground=G.ON_TEAM, note="Somebody said so.")
    assert violated(error.value) == "contests_recusal_tie_declared"


def test_a_conflict_can_be_declared_before_scoring_begins(contest_in, expert, now):
    contest = contest_in("OPEN", scoring_opens_at=now + timedelta(days=1))
    entry = contest.entries.get(number="002")
    assert recuse(panelist=contest.panelists.get(user=expert), entry=entry, tie="RELATIVE", by=expert)


# A late recusal


def test_a_late_recusal_voids_the_sheet_and_keeps_it(contest_in, expert, officer, supervisor):
    contest = contest_in("OPEN", judged=True)
    entry, seat = contest.entries.get(number="002"), contest.panelists.get(user=expert)
    before, counted = expert_aggregates(contest)[entry.pk].sheets, input_counts(contest)["sheets"]
    recuse(panelist=seat, entry=entry, tie="RELATIVE", by=expert)
    assert expert_aggregates(contest)[entry.pk].sheets == before - 1
    assert input_counts(contest)["sheets"] == counted - 1
    kept = ScoreSheet.objects.get(entry=entry, panelist=seat)
    assert (kept.state, kept.marks.count()) == (SheetState.SUBMITTED, 3)
    assert [(row.entry, row.voids_sheet) for row in Recusal.objects.of_contest(contest).filter(panelist=seat)] == [
        (entry, True)
    ]
    for person in (officer, supervisor):
        page = text(english(person).get(reverse("admin:contests_contest_change", args=[contest.pk])))
        assert "A relative or close friend" in page
        assert "Sheet void" in page


def test_what_is_found_after_closing_is_left_out_of_the_final_tally(contest_in, scene, now):
    contest = contest_in("CLOSED")
    entry, seat = contest.entries.get(number="002"), contest.panelists.get(code="E02")
    assigned = contest.panelists.get(code="E03").assignments.count()
    page = reverse("admin:contests_contest_do", args=[contest.pk, "keep-out"])
    english(scene.officer).post(page, {"panelist": seat.pk, "entry": entry.pk, "ground": "SAME_EMPLOYER"})
    run = carry_out(run=request_tally(contest=contest, kind=RunKind.FINAL, by=scene.officer, now=now), now=now)
    assert dict(run.results.values_list("entry__number", "sheets")) == {"001": 3, "002": 3, "003": 4}
    kept = ScoreSheet.objects.get(entry=entry, panelist=seat)
    assert (kept.state, kept.marks.count()) == (SheetState.SUBMITTED, 3)
    assert contest.panelists.get(code="E03").assignments.count() == assigned
    with refused(R.WRONG_STATE):
        keep_out(panelist=contest.panelists.get(code="E03"), entry=entry, ground=G.ON_TEAM, by=scene.officer)


def test_the_panel_of_an_entry_is_counted_without_who_keeps_out(client, contest_in, officer, expert):
    contest = contest_in("OPEN", judged=True)
    entry = contest.entries.get(number="002")
    recuse(panelist=contest.panelists.get(user=expert), entry=entry, tie="RELATIVE", by=expert)
    client.force_login(officer)
    rows = client.get(reverse("admin:contests_contest_change", args=[contest.pk])).context["entries"]
    assert [(row.number, row.assigned_count, row.submitted_count, row.recused_count) for row in rows] == [
        ("001", 3, 3, 1),
        ("002", 3, 3, 1),
        ("003", 4, 4, 0),
    ]


def test_recusals_stand_in_the_record(contest_in):
    contest = contest_in("PUBLICISED")
    page = text(english().get(reverse("contest_result", args=[contest.pk])))
    assert "Experts who kept out" in page
    assert "E04" in page
    assert "Declared by the expert" in page


# The wall: nothing of entry 002 for `expert`, who lives in its community; all of it for the others.


# Known to the office


LINK = re.compile(r'href="([^"]+)"')
TICKED = re.compile(r'value="([^"]+)"[^>]* (?:selected|checked)')


def ticked_in(response):
    return set(TICKED.findall(response.content.decode().partition('id="content"')[2]))


def test_the_office_looks_into_a_name_and_keeps_the_expert_out(contest_in, officer, expert, make):
    contest = contest_in("DRAFT", entries=1)
    make(called_like_one_of_the_team)
    seat, entry = contest.panelists.get(user=expert), contest.entries.get()
    assert namesakes(contest) == [(seat, entry)]
    client, page = english(officer), reverse("admin:contests_contest_change", args=[contest.pk])
    assert "Same name: perhaps on the team" in text(client.get(page))
    url = reverse("admin:contests_contest_do", args=[contest.pk, "keep-out"])
    client.post(url, {"panelist": seat.pk, "entry": entry.pk, "ground": "ON_TEAM"})
    # In a draft what the site found is found anew; what the office noted stays.
    detect_recusals(contest=contest)
    recusal = Recusal.objects.get(panelist=seat)
    assert (recusal.ground, recusal.noted_by, recusal.tie) == (G.ON_TEAM, officer, "")
    assert namesakes(contest) == []
    shown = text(client.get(page))
    assert "Same name: perhaps on the team" not in shown
    assert f"noted by {officer}" in shown


def test_what_a_draft_lacks_names_its_namesakes_and_leads_to_both_ways_of_settling_them(
    contest_in, officer, supervisor, expert, make
):
    contest = contest_in("DRAFT", entries=1)
    make(called_like_one_of_the_team)
    [(seat, entry)] = namesakes(contest)
    page = reverse("admin:contests_contest_change", args=[contest.pk])
    response = english(officer).get(page)
    [lack] = response.context["next"].missing
    assert lack.sentence == f"{seat.code} {expert} bears the name of somebody on the team of {entry}:"
    keeping_out, clearing = lack.ways.values()
    assert {escape(keeping_out), escape(clearing)} <= set(LINK.findall(response.content.decode()))
    assert ticked_in(english(officer).get(keeping_out)) >= {str(seat.pk), str(entry.pk), "ON_TEAM"}
    assert ticked_in(english(officer).get(clearing)) == {f"{seat.pk}-{entry.pk}"}
    # Who reads only is told as well, and led nowhere.
    reading = english(supervisor).get(page).content.decode()
    assert escape(lack.sentence) in reading
    assert escape(clearing) not in reading


def test_a_namesake_who_is_another_person_is_noted_with_the_reason(contest_in, officer, expert, make, now):
    contest = contest_in("DRAFT", entries=1)
    make(called_like_one_of_the_team)
    [(seat, entry)] = namesakes(contest)
    client = english(officer)
    url = reverse("admin:contests_contest_do", args=[contest.pk, "other-person"])
    assert f"{seat.code} {expert} – {entry}" in text(client.get(url))
    client.post(url, {"pair": f"{seat.pk}-{entry.pk}", "reason": "Asked on the telephone"})
    assert namesakes(contest) == []
    event = contest.events.get(reason=ContestAct.NAMESAKE_CLEARED)
    assert (event.actor, event.note) == (officer, f"{seat.code} – {entry.number}: Asked on the telephone")
    for reason, refusal in (("Again", R.NO_NAMESAKE), (" ", R.REASON_MISSING)):
        with refused(refusal):
            note_other_person(panelist=seat, entry=entry, reason=reason, by=officer, now=now)
    assert "No expert bears the name of somebody on a team." in text(client.get(url))


@pytest.mark.parametrize("settled_by", ["keep_out", "note_other_person"])
def test_a_contest_does_not_open_before_its_namesakes_are_looked_into(settled_by, contest_in, officer, make, now):
    contest = contest_in("DRAFT", entries=1)
    make(called_like_one_of_the_team)
    [(seat, entry)] = namesakes(contest)
    with refused(R.NAMESAKES_UNSETTLED) as told:
        open_contest(contest=contest, by=officer, now=now)
    assert f"{seat.code} – {entry.number}" in str(told.value)
    if settled_by == "keep_out":
        keep_out(panelist=seat, entry=entry, ground=G.ON_TEAM, by=officer)
    else:
        note_other_person(panelist=seat, entry=entry, reason="Asked on the telephone", by=officer, now=now)
    assert open_contest(contest=contest, by=officer, now=now).state == ContestState.OPEN


@pytest.mark.parametrize("state, allowed", [("DRAFT", True), ("OPEN", True), ("CLOSED", False)])
@pytest.mark.parametrize("who", ["officer", "approver", "other_officer", "supervisor", "expert", "resident"])
def test_who_notes_another_person_when(who, state, allowed, contest_in, cast, now):
    contest = contest_in(state, entries=1)
    seat, entry = contest.panelists.first(), contest.entries.get()
    # Where the rule lets them there is no namesake here.
    allowed_ones = R.NO_NAMESAKE if allowed else R.WRONG_STATE
    with refused(allowed_ones if who in {"officer", "approver"} else R.NOT_AN_OFFICER):
        note_other_person(panelist=seat, entry=entry, reason="Asked", by=cast(who), now=now)


@pytest.mark.parametrize("state, allowed", [("DRAFT", True), ("OPEN", True), ("CLOSED", True), ("TALLIED", False)])
@pytest.mark.parametrize("who", ["officer", "approver", "other_officer", "supervisor", "expert", "resident"])
def test_who_keeps_an_expert_out_when(who, state, allowed, contest_in, cast):
    contest = contest_in(state, entries=1)
    pair = {"panelist": contest.panelists.get(code="E02"), "entry": contest.entries.get()}
    before = Recusal.objects.count()
    reason = None if allowed else R.WRONG_STATE
    if who not in {"officer", "approver"}:
        reason = R.NOT_AN_OFFICER
    if reason:
        with refused(reason):
            keep_out(**pair, ground=G.SAME_EMPLOYER, by=cast(who))
    else:
        first, second = (keep_out(**pair, ground=G.SAME_EMPLOYER, by=cast(who)) for _ in range(2))
        assert first == second
    assert Recusal.objects.count() == before + (reason is None)


def test_the_office_declares_nothing_in_an_experts_name(contest_in, officer):
    contest = contest_in("DRAFT", entries=1)
    with refused(R.TIE_MISSING):
        keep_out(panelist=contest.panelists.get(code="E02"), entry=contest.entries.get(), ground=G.DECLARED, by=officer)


@pytest.fixture
def on_stage(contest_in, scene):
    """A judged contest whose entry 002 is on, with its score shown, counted once. Ideas, which are everybody's, have another title."""
    contest = contest_in("OPEN", judged=True)
    plan = {"place": "Hall", "starts_at": scene.now, "minutes": 5, "pause": 0}
    plan_pitches(contest=contest, **plan, by=scene.officer, now=scene.now)
    session = draw_order(contest=contest, by=scene.officer, now=scene.now)
    slot = session.slots.get(entry__number="002")
    clock = {"ends_at": scene.now, "on_now": slot.position}
    PitchSession.objects.filter(pk=session.pk).update(state=PitchState.RUNNING, **clock)
    reveal_score(slot=slot, by=scene.officer, now=scene.now)
    with pgtrigger.ignore("proposals.Idea:text_frozen"):
        Idea.objects.update(title="A place to sit")
    carry_out(run=request_tally(contest=contest, kind=RunKind.LIVE, by=scene.officer, now=scene.now), now=scene.now)
    return contest


@pytest.fixture
def walled(on_stage, make):
    """`expert` keeps out of entry 002."""
    make(lives)
    detect_recusals(contest=on_stage)
    return on_stage


ROUTES = {
    "contest list": lambda contest, entry: "/contests/",
    "contest": lambda contest, entry: f"/contests/{contest.pk}/",
    "result": lambda contest, entry: f"/contests/{contest.pk}/result/",
    "archive": lambda contest, entry: f"/contests/{contest.pk}/archive.zip",
    "entry": lambda contest, entry: f"/entries/{entry.pk}/",
    "sheet": lambda contest, entry: f"/entries/{entry.pk}/sheet/",
    "pitches": lambda contest, entry: f"/contests/{contest.pk}/pitch/",
    "pitches for calendars": lambda contest, entry: f"/contests/{contest.pk}/pitch.ics",
    "pitch for calendars": lambda contest, entry: f"/entries/{entry.pk}/pitch.ics",
    "big screen": lambda contest, entry: f"/contests/{contest.pk}/pitch/screen/",
    "big screen's piece": lambda contest, entry: f"/contests/{contest.pk}/pitch/screen/now/",
    "timer": lambda contest, entry: f"/contests/{contest.pk}/pitch/timer/",
    "timer's piece": lambda contest, entry: f"/contests/{contest.pk}/pitch/timer/now/",
    "who is on": lambda contest, entry: f"/panel/{contest.pk}/pitch/",
    "piece of who is on": lambda contest, entry: f"/panel/{contest.pk}/pitch/now/",
    "summary of the sheet": lambda contest, entry: f"/entries/{entry.pk}/sheet/summary/",
    "chair": lambda contest, entry: f"/panel/{contest.pk}/chair/",
    "ballot": lambda contest, entry: f"/contests/{contest.pk}/ballot/",
    "receipt": lambda contest, entry: f"/contests/{contest.pk}/ballot/receipt/",
    "paper votes": lambda contest, entry: f"/desk/rolls/{contest.pk}/sheets/",
    "paper votes, to be typed": lambda contest, entry: f"/desk/rolls/{contest.pk}/sheets/enter/",
    "guard desk": lambda contest, entry: f"/desk/guard/{contest.pk}/",
    "pitch desk": lambda contest, entry: f"/desk/pitch/{contest.pk}/",
    "office's page": lambda contest, entry: f"/admin/contests/contest/{contest.pk}/change/",
    "office's list": lambda contest, entry: "/admin/contests/contest/",
    "changes of the tally": lambda contest, entry: f"/tally-runs/{contest.runs.last().pk}/changes/",
    "paper": lambda contest, entry: f"/entries/{entry.pk}/attachments/{'0' * 64}/",
    "keeping out": lambda contest, entry: f"/entries/{entry.pk}/recuse/",
    "panel": lambda contest, entry: "/panel/",
    "panel of the contest": lambda contest, entry: f"/panel/{contest.pk}/",
    "proposal": lambda contest, entry: f"/proposals/{entry.proposal_id}/",
    "proposal's picture": lambda contest, entry: f"/proposals/{entry.proposal_id}/card.png",
    "proposal in Word": lambda contest, entry: f"/proposals/{entry.proposal_id}/proposal.docx",
    "rounds of polishing": lambda contest, entry: f"/proposals/{entry.proposal_id}/rounds/",
    "proposals": lambda contest, entry: "/proposals/",
    "table of proposals": lambda contest, entry: "/proposals/?format=csv",
    "community": lambda contest, entry: f"/communities/{entry.community_id}/",
    "search": lambda contest, entry: "/search/?q=rest&kind=proposals",
    "front page": lambda contest, entry: "/",
    "welcome": lambda contest, entry: "/welcome/",
    "programme": lambda contest, entry: f"/programmes/{contest.programme_id}/",
    "own data": lambda contest, entry: "/my/data.json",
    "own pages": lambda contest, entry: "/my/",
    "notifications": lambda contest, entry: "/my/notifications/",
}
REFUSED = {
    "pitch for calendars": 404,
    "entry": 404,
    "sheet": 403,
    "paper": 403,
    "keeping out": 403,
    "proposal": 404,
    "proposal in Word": 404,
    "rounds of polishing": 404,
    "proposal's picture": 404,
}


def names(response, entry):
    """Whether the answer names the entry or leads to it."""
    body = response.getvalue().decode(errors="replace").replace(response.wsgi_request.path, "")
    return any(sign in body for sign in (entry.title, f"/entries/{entry.pk}/", f"/proposals/{entry.proposal_id}/"))


OWN_WORK = (leads_it, wrote_an_idea, accompanies, works_in_community)
"""What ties to a proposal that one has written, or looks after: one reads that, and nothing of how it is judged."""
OWN_ROUTES = {
    "proposal",
    "proposal's picture",
    "proposal in Word",
    "rounds of polishing",
    "search",
    "own data",
    "own pages",
}


def test_no_route_leads_a_recused_expert_to_the_entry(on_stage, expert, pooled, make):
    leaks, wrong = [], []
    for fact in (lives, *OWN_WORK):
        found = dict(CASES)[fact]
        with transaction.atomic():
            make(fact)
            detect_recusals(contest=on_stage)
            entry = on_stage.entries.get(number=found[0][0])
            client = Client()
            client.force_login(expert)
            for route, address in ROUTES.items():
                response = client.get(address(on_stage, entry), follow=True)
                own = fact in OWN_WORK and route in OWN_ROUTES
                if names(response, entry) and not (own and f"/entries/{entry.pk}/" not in text(response)):
                    leaks.append((fact.__name__, route))
                if route in REFUSED and not own and response.status_code != REFUSED[route]:
                    wrong.append((fact.__name__, route, response.status_code))
            transaction.set_rollback(True)
        expert.refresh_from_db()
        pooled.refresh_from_db()
    assert (leaks, wrong) == ([], [])


def test_an_expert_votes_for_what_they_do_not_keep_out_of(walled, expert, resident, now):
    kept, other = walled.entries.get(number="002"), walled.entries.get(number="001")
    logs_in_by_phone(expert, "+8613800000077")
    url = reverse("ballot", args=[walled.pk])
    client = english(expert)
    assert kept.title not in text(client.get(url))
    client.post(url, {"entry": [kept.pk]})
    with refused(R.UNKNOWN_CHOICE):
        cast_ballot(contest=walled, entries=[kept.pk], by=expert, now=now)
    assert other.title in text(client.post(url, {"entry": [other.pk]}, follow=True))
    assert kept.title in text(english(resident).get(url))


def test_an_expert_is_told_that_something_is_missing_on_the_ballot(walled, expert, resident):
    logs_in_by_phone(expert, "+8613800000077")
    url = reverse("ballot", args=[walled.pk])
    words = "What you keep out of there is not on your ballot either."
    assert words in text(english(expert).get(url))
    assert words not in text(english(resident).get(url))


def test_an_expert_with_nothing_to_choose_from_is_told_why_and_whom_to_ask(contest_in, subdistrict, expert, make):
    contest = contest_in("OPEN", choices_from="OWN_COMMUNITY")
    Subdistrict.objects.filter(pk=subdistrict.pk).update(telephone="010-0000 0000")
    make(lives)
    detect_recusals(contest=contest)
    logs_in_by_phone(expert, "+8613800000077")
    client, url = english(expert), reverse("ballot", args=[contest.pk])
    entry = contest.entries.get(number="002")
    for response in (client.get(url), client.post(url), client.post(url, {"entry": [entry.pk]})):
        page = text(response)
        assert "You cannot vote in this contest" in page
        assert "You are on the panel of experts" in page
        assert "Nothing is left for you to choose from." in page
        assert "tel:010-00000000" in page
        assert entry.title not in page
        assert "Cast my ballot" not in page


def test_a_choice_that_one_keeps_out_of_later_is_not_on_the_receipt(on_stage, expert, make, now):
    kept, other = on_stage.entries.get(number="002"), on_stage.entries.get(number="001")
    make(lives)
    logs_in_by_phone(expert, "+8613800000077")
    cast_ballot(contest=on_stage, entries=[kept.pk, other.pk], by=expert, now=now)
    receipt = reverse("ballot_receipt", args=[on_stage.pk])
    assert kept.title in text(english(expert).get(receipt))
    detect_recusals(contest=on_stage)
    page = text(english(expert).get(receipt))
    assert other.title in page
    assert kept.title not in page


def test_who_comes_to_the_office_with_a_seat_has_no_part_in_the_contest(walled, expert, scene, subdistrict):
    """Nor does the office's own page of it, the count before it is published, or a desk, open to them."""
    run = walled.runs.get()
    AppointmentFactory(user=expert, role=Role.STREET_OFFICER, subdistrict=subdistrict)
    assert TallyRun.objects.shown_to(scene.officer, walled) == run
    assert TallyRun.objects.shown_to(expert, walled) is None
    entry = walled.entries.get(number="002")
    office = ("office's page", "office's list", "guard desk", "pitch desk", "changes of the tally", "result")
    for route in (*office, "contest", "chair", "paper votes, to be typed"):
        assert not names(english(expert).get(ROUTES[route](walled, entry), follow=True), entry), route
    shown = {route for route in office if names(english(scene.officer).get(ROUTES[route](walled, entry)), entry)}
    assert shown >= {"office's page", "pitch desk", "result"}


def test_the_routes_of_the_wall_show_the_entry_to_others(walled, scene):
    """So that the table above proves something: a colleague on the panel meets the title on these routes."""
    entry = walled.entries.get(number="002")
    client = Client()
    client.force_login(scene.experts[1])
    shown = {name for name, route in ROUTES.items() if names(client.get(route(walled, entry), follow=True), entry)}
    assert shown >= {
        "contest",
        "entry",
        "pitches",
        "pitches for calendars",
        "pitch for calendars",
        "big screen",
        "big screen's piece",
        "timer",
        "timer's piece",
        "who is on",
        "piece of who is on",
        "sheet",
        "panel of the contest",
        "proposal",
        "proposals",
        "community",
        "search",
        "own data",
    }


def test_conditions_tell_an_expert_of_no_place_that_only_the_entry_comes_from(walled, expert, scene):
    place = walled.entries.get(number="002").community

    def offered(person):
        answer = english(person).get(f"/contests/{walled.pk}/", {"community": place.pk})
        return place in answer.context["filter"].form.fields["community"].queryset

    assert (offered(expert), offered(scene.experts[1])) == (False, True)


@pytest.mark.parametrize("route", ["/contests/", "/"])
def test_counts_leave_the_entry_out(route, walled, expert, scene):
    assert "2 entries" in text(english(expert).get(route))
    assert "3 entries" in text(english(scene.experts[1]).get(route))


@pytest.mark.parametrize(
    "method, url", [("post", url) for url in ("sheet", "sheet_autosave", "sheet_summary", "recuse")]
)
def test_nothing_is_written_to_the_entry(client, method, url, walled, expert):
    entry = walled.entries.get(number="002")
    client.force_login(expert)
    sheets = ScoreSheet.objects.count()
    response = getattr(client, method)(reverse(url, args=[entry.pk]), {"save": "1", "tie": "OTHER", "note": "x"})
    assert entry.title not in response.content.decode()
    assert ScoreSheet.objects.count() == sheets
    assert grounds(expert) == [("002", G.SAME_COMMUNITY)]


def test_whoever_keeps_out_of_everything_is_told_of_nothing_to_score(make, contest_in, officer, expert, scene, now):
    contest = contest_in("DRAFT")
    assign(contest=contest, panelists=contest.panelists.all(), entries=contest.entries.all(), by=officer)
    make(has_the_number_of_one_of_the_team)
    open_contest(contest=contest, by=officer, now=now)
    send_due_notifications(now=now)
    told = Notification.objects.filter(notice="SCORING_OPENED").values_list("recipient", flat=True)
    assert expert.pk not in told
    assert scene.experts[1].pk in told


def test_an_expert_who_wrote_an_idea_hears_nothing_of_its_entry(make, contest_in, officer, expert, now):
    contest = contest_in("DRAFT")
    make(wrote_an_idea)
    open_contest(contest=contest, by=officer, now=now)
    send_due_notifications(now=now)
    assert not Notification.objects.filter(recipient=expert, notice="PROPOSAL_ENTERED").exists()


def test_once_the_result_is_published_everyone_reads_it(client, contest_in, recused_expert):
    contest = contest_in("PUBLICISED")
    entry = contest.entries.get(number="001")
    client.force_login(recused_expert)
    assert client.get(reverse("entry_detail", args=[entry.pk])).status_code == 200
    assert client.get(reverse("proposal_detail", args=[entry.proposal_id])).status_code == 200
