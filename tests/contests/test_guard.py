"""Stuffing is seen, an honest evening is not; what stands out is settled by two people before anything is final."""

from __future__ import annotations

import html
import random
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from communities.refusal import Refused
from contests import guard
from contests.alike import alike_in
from contests.enums import ContestState, RunKind, VoidReason
from contests.figures import online_votes
from contests.guard import Trace, alike, suspicious
from contests.models import Ballot, BallotFlag, BallotTrace, BallotVoid, Contest, HelperSession
from contests.services.guard import (
    KEPT,
    look_for_stuffing,
    propose_settlement,
    purge_traces,
    rows_of,
    settle_flag,
)
from contests.services.lifecycle import close_contest, confirm_result, publicise_result
from contests.services.tally import request_tally
from contests.services.voting import WayIn, cast_ballot
from contests.tasks import watch_ballots
from contests.voting_enums import FlagKind, FlagState, VotingRefusal
from contests.voting_rules import why_not_guard, why_not_settle
from tests.browsing import english, shown, text
from tests.contests.test_rules import ROLES
from tests.factories import ResidencyFactory, ResidentFactory
from tests.racing import race
from tests.scenes import end_notice

R, C, K = VotingRefusal, ContestState, FlagKind


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


# The limits


def evening(voters=3000, seed=1):
    """An honest evening: it swells from 18:00 to 20:30 and ebbs, families share an address, some accounts are new."""
    draw = random.Random(seed)
    traces = []
    for pk in range(voters):
        minute = int(draw.gauss(150, 45))
        network = f"carrier-{draw.randrange(250)}" if draw.random() < 0.4 else f"home-{draw.randrange(1800)}"
        traces.append(Trace(minute, network, f"device-{pk}", f"series-{draw.randrange(900)}", draw.random() < 0.15))
    return traces


def stuffed(number=60, begins=30, **same):
    """Ballots of one script, a few a minute."""
    return [
        Trace(
            same.get("minute", begins + n // 3),
            same.get("network", f"n{n}"),
            same.get("device", f"d{n}"),
            same.get("segment", f"s{n}"),
            same.get("is_new", False),
        )
        for n in range(number)
    ]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("voters", [40, 400, 3000])
def test_an_honest_evening_is_not_flagged(voters, seed):
    assert suspicious(alike(evening(voters, seed))) == []


def test_a_house_and_an_office_behind_one_address_pass():
    assert suspicious(alike(stuffed(guard.NETWORK_LEAST - 1, network="house"))) == []
    assert suspicious(alike(stuffed(guard.DEVICE_LEAST - 1, device="the family's tablet"))) == []


@pytest.mark.parametrize(
    ("kind", "same", "number"),
    [
        (K.NETWORK, {"network": "one"}, 160),
        (K.DEVICE, {"device": "one"}, 60),
        (K.SEGMENT, {"segment": "one"}, 100),
        (K.BURST, {"minute": 700}, 60),
    ],
)
def test_stuffing_stands_out_of_an_honest_evening(kind, same, number):
    attack = stuffed(number, **same)
    found = suspicious(alike([*evening(), *attack]))
    assert [each.kind for each in found] == [kind]
    assert found[0].ballots >= len(attack)


def test_a_night_of_new_accounts_stands_out():
    found = suspicious(alike([*evening(), *stuffed(40, begins=-600, is_new=True)]))
    assert [each.kind for each in found] == [K.NEW_ACCOUNTS]
    assert found[0].ballots == 40


@pytest.mark.parametrize(("voted", "population", "expected"), [(60, 100, False), (61, 100, True), (900, None, False)])
def test_turnout_has_a_ceiling(voted, population, expected):
    assert guard.too_many(voted, population, 60) is expected


# In a contest


@pytest.fixture
def contest(contest_in):
    return contest_in(C.OPEN)


@pytest.fixture
def attack(contest, communities, now):
    """A script votes with 45 accounts from one network and one device, beside five honest voters."""

    def attack(number=45, way=WayIn("10.1.2", "script")):  # noqa: B008
        entry = contest.entries.last().pk
        for _ in range(number):
            voter = ResidencyFactory(community=communities[0], user=ResidentFactory(date_joined=now)).user
            cast_ballot(contest=contest, entries=[entry], by=voter, now=now, way_in=way)

    entry = contest.entries.first().pk
    for turn in range(5):
        voter = ResidencyFactory(community=communities[1]).user
        way = WayIn(f"10.9.{turn}", f"telephone {turn}")
        cast_ballot(contest=contest, entries=[entry], by=voter, now=now - timedelta(minutes=10 * turn), way_in=way)
    return attack


@pytest.fixture
def flags(contest, attack, now):
    attack()
    look_for_stuffing(contest=contest, now=now)
    return {flag.kind: flag for flag in contest.flags.all()}


def test_a_scripted_attack_is_flagged(flags):
    assert {K.BURST, K.NETWORK, K.DEVICE, K.NEW_ACCOUNTS} <= set(flags)
    assert flags[K.NETWORK].ballots == flags[K.DEVICE].ballots == 45


def test_looking_again_finds_nothing_new_and_counts_what_came(contest, flags, attack, now):
    attack(5)
    assert look_for_stuffing(contest=contest, now=now) == 0
    assert contest.flags.get(kind=K.NETWORK).ballots == 50


@pytest.mark.parametrize("stuffing", [0, 45])
def test_the_database_counts_what_came_in_alike(stuffing, contest, attack, approver):
    """One by one and in the database the same stands out; changed and voided ballots are not among them."""
    attack(stuffing)
    for ballot in Ballot.objects.order_by("-pk")[:2]:
        BallotVoid.objects.create(ballot=ballot, reason=VoidReason.STUFFING, voided_by=approver)
    rows = BallotTrace.objects.filter(ballot__superseded_by__isnull=True, ballot__void__isnull=True)
    columns = ("ballot__cast_at", "network", "device", "segment", "is_new")
    traces = [Trace(int(at.timestamp()) // 60, *way) for at, *way in rows.values_list(*columns)]
    assert suspicious(alike_in(contest)) == suspicious(alike(traces))
    assert alike_in(contest).ballots == len(traces) == stuffing + 3


@pytest.mark.parametrize("honest", [10, 60])
def test_what_a_look_costs_does_not_grow_with_the_ballots(honest, contest, communities, now, django_assert_num_queries):
    for turn in range(honest):
        ballot = Ballot.objects.create(
            contest=contest, receipt=f"{turn}", voter_key=f"{turn}", cast_at=now + timedelta(minutes=3 * turn)
        )
        BallotTrace.objects.create(ballot=ballot, network=f"n{turn}", device=f"d{turn}", segment=f"s{turn}")
    found = alike_in(contest)
    groups = (found.networks, found.devices, found.segments, found.minutes, found.hours)
    assert (found.ballots, sum(map(len, groups))) == (honest, 0)
    with django_assert_num_queries(9):
        look_for_stuffing(contest=contest, now=now)


def test_honest_voters_are_not_flagged(contest, attack, now):
    assert look_for_stuffing(contest=contest, now=now) == 0


def test_the_clock_looks_and_closing_looks_once_more(contest, attack, officer, now):
    attack()
    watch_ballots()
    assert contest.flags.exists()
    contest.flags.all().delete()
    close_contest(contest=contest, by=officer, now=contest.voting_closes_at)
    assert contest.flags.exists()


def link_on(client, flag, to):
    """Where the page of a group without ballots of its own leads."""
    page = text(client.get(reverse("flag", args=[flag.pk])))
    return html.unescape(re.search(rf'href="(/desk/{to}/[^"]+)">Show these people', page).group(1))


def test_a_crowded_community_is_flagged(contest, attack, officer, now):
    contest.communities.filter(community__name="Community B").update(registered_population=8)
    look_for_stuffing(contest=contest, now=now)
    flag = contest.flags.get()
    assert (flag.kind, flag.ballots) == (K.TURNOUT, 5)
    assert not rows_of(flag).exists()
    client = english(officer)
    rows = text(client.get(link_on(client, flag, "rolls"), follow=True))
    assert rows.count("roll-line") == 5


def test_a_flag_of_a_community_that_left_the_contest_leads_nowhere(contest, attack, officer, now):
    contest.communities.filter(community__name="Community B").update(registered_population=8)
    look_for_stuffing(contest=contest, now=now)
    contest.communities.filter(community__name="Community B").delete()
    page = english(officer).get(reverse("flag", args=[contest.flags.get().pk]))
    assert page.status_code == 200
    assert "Show these people" not in text(page)


def test_voiding_takes_two_people_and_keeps_the_record(contest, flags, officer, approver, now):
    entries = list(contest.entries.values_list("pk", flat=True))
    assert online_votes(contest) == {entries[0]: 5, entries[-1]: 45}
    flag = propose_settlement(flag=flags[K.DEVICE], voids=True, reason="One device, 45 accounts", by=officer)
    with refused(R.APPROVER_NEEDED):
        settle_flag(flag=flag, agreed=True, by=officer, now=now)
    flag = settle_flag(flag=flag, agreed=True, by=approver, now=now)
    assert (flag.state, flag.settled_by, flag.proposed_by) == (FlagState.SETTLED, approver, officer)
    assert online_votes(contest) == {entries[0]: 5}
    assert Ballot.objects.count() == 50
    assert set(BallotVoid.objects.values_list("reason", "voided_by")) == {(VoidReason.STUFFING, approver.pk)}
    for act in (
        lambda: propose_settlement(flag=flag, voids=False, reason="Once more", by=officer),
        lambda: settle_flag(flag=flag, agreed=True, by=approver, now=now),
    ):
        with pytest.raises(Refused):
            act()


def test_a_proposal_that_is_not_agreed_to_is_made_anew(contest, flags, officer, approver, now):
    with refused(R.FLAG_NOT_PROPOSED):
        settle_flag(flag=flags[K.BURST], agreed=True, by=approver, now=now)
    with refused(R.REASON_MISSING):
        propose_settlement(flag=flags[K.BURST], voids=True, reason=" ", by=officer)
    flag = propose_settlement(flag=flags[K.BURST], voids=True, reason="A guess", by=officer)
    flag = settle_flag(flag=flag, agreed=False, by=approver, now=now)
    assert (flag.state, flag.proposed_by, flag.voids) == (FlagState.OPEN, None, False)
    assert not BallotVoid.objects.exists()


def test_who_proposed_does_not_settle_even_as_approver(flags, approver, now):
    flag = propose_settlement(flag=flags[K.BURST], voids=False, reason="A meeting", by=approver)
    with refused(R.APPROVER_NEEDED):
        settle_flag(flag=flag, agreed=True, by=approver, now=now)


def test_a_group_that_comes_again_after_its_voiding_is_flagged_again(contest, flags, attack, officer, approver, now):
    flag = propose_settlement(flag=flags[K.DEVICE], voids=True, reason="Script", by=officer)
    settle_flag(flag=flag, agreed=True, by=approver, now=now)
    attack(20)
    assert look_for_stuffing(contest=contest, now=now) > 0
    again = contest.flags.unsettled().get(kind=K.DEVICE)
    assert rows_of(again).filter(ballot__void__isnull=True).count() == 20


def settle(flag, voids, officer, approver, now):
    return settle_flag(
        flag=propose_settlement(flag=flag, voids=voids, reason="Looked at", by=officer),
        agreed=True,
        by=approver,
        now=now,
    )


def test_a_group_that_stands_is_flagged_again_when_it_has_grown_by_half(contest, flags, attack, officer, approver, now):
    for flag in flags.values():
        settle(flag, False, officer, approver, now)
    assert look_for_stuffing(contest=contest, now=now) == 0
    attack(22)
    assert not contest.flags.unsettled().filter(kind=K.DEVICE).exists()
    attack(1)
    assert look_for_stuffing(contest=contest, now=now) > 0
    again = contest.flags.unsettled().get(kind=K.DEVICE)
    assert again.ballots == 68
    settle(again, False, officer, approver, now)
    look_for_stuffing(contest=contest, now=now)
    assert not contest.flags.unsettled().filter(kind=K.DEVICE).exists()


def test_what_was_looked_at_is_voided_while_the_group_grows_and_the_rest_is_a_new_group(
    contest, flags, attack, officer, approver, now
):
    flag = propose_settlement(flag=flags[K.DEVICE], voids=True, reason="Script", by=officer)
    looked_at = set(rows_of(flag).values_list("pk", flat=True))
    attack(4)
    look_for_stuffing(contest=contest, now=now)
    page = text(english(approver).get(reverse("flag", args=[flag.pk])))
    assert "4 ballots came into the group since this was proposed." in page
    settle_flag(flag=flag, agreed=True, by=approver, now=now)
    assert set(BallotVoid.objects.values_list("ballot", flat=True)) == looked_at
    assert contest.flags.get(pk=flag.pk).ballots == len(looked_at) == 45
    rest = contest.flags.unsettled().get(kind=K.DEVICE)
    assert (rest.ballots, rest.state) == (4, FlagState.OPEN)
    settle(rest, True, officer, approver, now)
    assert BallotVoid.objects.count() == 49
    assert not contest.flags.unsettled().filter(kind=K.DEVICE).exists()


def test_a_ballot_that_was_changed_since_is_not_voided(contest, flags, officer, approver, now):
    flag = propose_settlement(flag=flags[K.DEVICE], voids=True, reason="Script", by=officer)
    voter = contest.voters.filter(community__name="Community A").first()
    choice = contest.entries.first().pk
    cast_ballot(contest=contest, entries=[choice], by=voter.user, now=now + timedelta(hours=1))
    settle_flag(flag=flag, agreed=True, by=approver, now=now)
    assert BallotVoid.objects.count() == contest.flags.get(pk=flag.pk).ballots == 44


def test_who_was_voided_and_votes_again_is_flagged(contest, flags, officer, approver, now):
    settle(flags[K.DEVICE], True, officer, approver, now)
    for turn, entries in enumerate([1, 2]):
        for voter in contest.voters.filter(community__name="Community A", user__isnull=False)[:3]:
            choices = list(contest.entries.values_list("pk", flat=True)[:entries])
            way = WayIn(f"10.5.{voter.pk}", f"telephone {voter.pk}")
            cast_ballot(contest=contest, entries=choices, by=voter.user, now=now + timedelta(hours=turn), way_in=way)
    look_for_stuffing(contest=contest, now=now)
    flag = contest.flags.get(kind=K.CAST_AGAIN)
    assert (flag.ballots, rows_of(flag).count()) == (3, 3)
    settle(flag, True, officer, approver, now)
    look_for_stuffing(contest=contest, now=now)
    assert not contest.flags.unsettled().filter(kind=K.CAST_AGAIN).exists()
    assert BallotVoid.objects.count() == 48


@pytest.mark.parametrize(("number", "flagged"), [(guard.TWO_WAYS_LEAST - 1, 0), (guard.TWO_WAYS_LEAST, 1)])
def test_codes_and_accounts_of_the_same_devices_are_flagged(number, flagged, contest_in, now):
    contest = contest_in("OPEN")
    for turn in range(number):
        for way in ("account", "code"):
            key = f"{turn} {way}"
            ballot = Ballot.objects.create(contest=contest, receipt=key, voter_key=key, cast_at=now)
            segment = f"{turn}" if way == "account" else ""
            BallotTrace.objects.create(ballot=ballot, device=f"device {turn}", segment=segment)
    look_for_stuffing(contest=contest, now=now)
    flags = contest.flags.filter(kind=K.TWO_WAYS)
    assert [rows_of(flag).count() for flag in flags] == [number] * flagged
    assert all(row.segment == "" for flag in flags for row in rows_of(flag))


def test_a_helper_who_helps_more_people_than_there_is_time_for_is_flagged(
    contest, communities, community_officer, officer, approver, now
):
    def help_people(number):
        day = {"helper": community_officer, "day": now.date(), "community": communities[0], "consented": True}
        HelperSession.objects.bulk_create([HelperSession(contest=contest, **day) for _ in range(number)])

    help_people(guard.HELPED_LEAST - 1)
    assert look_for_stuffing(contest=contest, now=now) == 0
    help_people(1)
    assert look_for_stuffing(contest=contest, now=now) == 1
    flag = contest.flags.get()
    page = text(english(officer).get(reverse("flag", args=[flag.pk])))
    assert f"{community_officer} · {now.date()}" in page
    others = {"helper": officer, "day": now.date(), "community": communities[0], "consented": True}
    HelperSession.objects.create(contest=contest, **others)
    client = english(officer)
    rows = text(client.get(link_on(client, flag, "rolls"), follow=True))
    assert f"{guard.HELPED_LEAST} persons helped" in rows
    assert "Only one helper" in rows
    assert (
        text(client.get(reverse("helps", args=[contest.pk]), {"day": "2026-02-31", "helper": "x"})).count("<h3>") == 20
    )
    assert not settle(flag, True, officer, approver, now).voids


def test_the_result_waits_for_what_is_flagged_after_the_final_tally(contest_in, officer, now):
    contest = contest_in(C.TALLIED)
    BallotFlag.objects.create(contest=contest, kind=K.BURST, subject="1", ballots=20, found_at=now)
    with refused(R.FLAGS_OPEN):
        publicise_result(contest=contest, by=officer, now=now)


def test_the_final_tally_waits_for_what_is_flagged(contest, flags, officer, approver, now):
    close_contest(contest=contest, by=officer, now=contest.voting_closes_at)
    contest.refresh_from_db()
    with refused(R.FLAGS_OPEN):
        request_tally(contest=contest, kind=RunKind.FINAL, by=officer, now=now)
    for flag in contest.flags.all():
        propose_settlement(flag=flag, voids=False, reason="Looked at", by=officer)
        settle_flag(flag=flag, agreed=True, by=approver, now=now)
    assert request_tally(contest=contest, kind=RunKind.FINAL, by=officer, now=now)


@pytest.mark.django_db(transaction=True)
def test_a_group_is_settled_once(contest, flags, officer, approver, scene, now):
    flag = propose_settlement(flag=flags[K.DEVICE], voids=True, reason="Script", by=officer)
    outcomes = race(*[lambda: settle_flag(flag=flag, agreed=True, by=approver, now=now)] * 3)
    assert [o.reason for o in outcomes if isinstance(o, Refused)] == [R.FLAG_SETTLED] * 2
    assert BallotVoid.objects.count() == 45


@pytest.mark.django_db(transaction=True)
def test_two_groups_with_the_same_ballots_are_voided_once(contest, flags, officer, approver, now):
    both = [
        propose_settlement(flag=flags[kind], voids=True, reason="Script", by=officer) for kind in (K.DEVICE, K.NETWORK)
    ]
    outcomes = race(*[lambda flag=flag: settle_flag(flag=flag, agreed=True, by=approver, now=now) for flag in both])
    assert not [o for o in outcomes if isinstance(o, Refused)]
    assert BallotVoid.objects.count() == 45
    assert sorted(contest.flags.filter(settled_at__isnull=False).values_list("ballots", flat=True)) == [0, 45]


@pytest.mark.parametrize("role", ROLES)
def test_who_guards_and_when(role, cast, contest):
    for state in ContestState:
        contest.state = state
        reason = why_not_guard(cast(role), contest)
        if role not in {"officer", "approver"}:
            assert reason == R.NOT_AN_OFFICER, state
        else:
            assert reason == (None if state in {C.OPEN, C.CLOSED, C.TALLIED} else R.FLAG_SETTLED), state
    flag = BallotFlag(contest=contest, state=FlagState.PROPOSED)
    assert (why_not_settle(cast(role), contest, flag) == R.APPROVER_NEEDED) == (role != "approver")


# What a trace is, and for how long


def test_a_trace_holds_hashes_and_nothing_of_the_person(contest, communities, now):
    voter = ResidencyFactory(community=communities[0]).user
    way = WayIn("203.0.113", "a device")
    cast_ballot(contest=contest, entries=[contest.entries.first().pk], by=voter, now=now, way_in=way)
    row = BallotTrace.objects.values().get()
    assert not [value for value in map(str, row.values()) if "203" in value or "device" in value or "138" in value[:4]]
    assert {len(row[name]) for name in ("network", "device", "segment")} == {16}
    assert not {field.name for field in BallotTrace._meta.get_fields()} & {"user", "voter", "at", "ip", "code"}


def test_traces_end_with_the_confirmation(contest, flags, approver, now):
    Contest.objects.filter(pk=contest.pk).update(state=C.PUBLICISED)
    end_notice(contest.programme, now)
    confirm_result(contest=contest, by=approver, now=now)
    assert not BallotTrace.objects.exists()
    assert Ballot.objects.count() == 50


def test_traces_end_after_half_a_year_at_most(contest, flags, now):
    assert purge_traces(now=contest.voting_closes_at + KEPT) == 0
    assert purge_traces(now=contest.voting_closes_at + KEPT + timedelta(seconds=1)) == 50
    assert not BallotTrace.objects.exists()


# The desk


def test_the_desk_shows_groups_and_rows_but_no_receipt_and_no_choice(contest, flags, officer, approver):
    desk = english(officer)
    page = text(desk.get(reverse("guard", args=[contest.pk])))
    assert "Many ballots from one device" in page
    url = reverse("flag", args=[flags[K.DEVICE].pk])
    page = text(desk.get(url))
    assert page.count("<code>") == 3 * 20
    told = " ".join(re.findall(r"[0-9a-f]{16}", page))
    assert not [receipt for receipt in Ballot.objects.values_list("receipt", flat=True) if receipt in told]
    assert "Places to rest" not in page
    assert desk.post(url, {"voids": "1", "reason": "Script"}).url == url
    assert "Propose" in text(desk.get(url))
    settle = reverse("flag_settle", args=[flags[K.DEVICE].pk])
    desk.post(settle, {"decision": "agree"})
    assert not BallotVoid.objects.exists()
    english(approver).post(settle, {"decision": "agree"})
    assert BallotVoid.objects.count() == 45


def test_who_could_settle_says_first_that_they_do_not_agree(flags, officer, approver):
    url = reverse("flag", args=[flags[K.DEVICE].pk])
    english(officer).post(url, {"voids": "1", "reason": "Script"})
    desk = english(approver)
    assert 'name="reason"' not in text(desk.get(url))
    assert shown(R.FLAG_PROPOSED.label) in text(desk.post(url, {"reason": "It was a meeting"}))
    assert BallotFlag.objects.get(pk=flags[K.DEVICE].pk).proposed_by == officer
    answer = desk.post(reverse("flag_settle", args=[flags[K.DEVICE].pk]), {"decision": "disagree"})
    assert answer.url == url
    assert 'name="reason"' in text(desk.get(url))


def test_the_first_page_of_the_office_leads_to_what_is_in_the_way(contest, flags, officer, approver):
    propose_settlement(flag=flags[K.DEVICE], voids=True, reason="Script", by=officer)
    for user in (officer, approver):
        waiting = english(user).get("/admin/").context["waiting"]
        found = [(str(item.title), item.count) for item in waiting if item.url == reverse("guard", args=[contest.pk])]
        assert sorted(found) == [
            ("Groups of ballots that stand out, in the way of the final tally", len(flags) - 1),
            ("Groups of ballots to be settled by an approver, in the way of the final tally", 1),
        ]


@pytest.mark.parametrize("role", ["resident", "community_officer", "expert", "support_member"])
def test_the_desk_is_the_street_offices(role, cast, contest):
    assert english(cast(role)).get(reverse("guard", args=[contest.pk])).status_code == 403


def test_the_supervisor_reads_and_does_nothing(contest, supervisor, attack):
    desk = english(supervisor)
    assert desk.get(reverse("guard", args=[contest.pk])).status_code == 200
    attack()
    desk.post(reverse("guard_look", args=[contest.pk]))
    assert not contest.flags.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_costs_the_same_for_any_number(count, contest, officer, now, django_assert_num_queries):
    for subject in range(count):
        BallotFlag.objects.create(contest=contest, kind=K.BURST, subject=str(subject), ballots=20, found_at=now)
    client = english(officer)
    with django_assert_num_queries(10):
        client.get(reverse("guard", args=[contest.pk]))


def test_a_ballot_over_http_leaves_its_trace(contest, communities):
    voter = ResidencyFactory(community=communities[0]).user
    client = english(voter)
    url = reverse("ballot", args=[contest.pk])
    assert "device" in client.get(url).cookies
    client.post(url, {"entry": [contest.entries.first().pk]})
    trace = BallotTrace.objects.get()
    assert all((trace.network, trace.device, trace.segment))
    assert trace.is_new == (timezone.now() - voter.date_joined < timedelta(days=1))


def test_a_device_is_only_what_this_site_called_it(contest, communities):
    url = reverse("ballot", args=[contest.pk])
    for turn in range(2):
        client = english(ResidencyFactory(community=communities[0]).user)
        client.cookies["device"] = f"made-up-{turn}"
        client.post(url, {"entry": [contest.entries.first().pk]})
        assert client.get(url).cookies["device"].value != f"made-up-{turn}"
    assert len(set(BallotTrace.objects.values_list("device", flat=True))) == 1
