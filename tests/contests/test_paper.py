"""Paper votes: typed by two people, each from the paper; and help at the screen, which is asked for and ends."""

from __future__ import annotations

import time
from io import BytesIO
from itertools import product

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from communities.refusal import Refused
from contests.enums import ContestRefusal, ContestState, RunKind
from contests.figures import offline_votes
from contests.models import Ballot, BallotTrace, Contest, HelperSession, OfflineCount, PaperSheet, Voter
from contests.services.helping import begin_help
from contests.services.paper import discard_sheet, enter_sheet, verify_sheet
from contests.services.roll import mark_paper_vote, unmark_paper_vote
from contests.services.tally import request_tally
from contests.services.voting import cast_ballot
from contests.views.ballot_session import HELP_SECONDS, HELPING, KEY
from contests.voting_enums import SheetCheck, VoteWay, VotingRefusal
from contests.voting_rules import why_not_count_paper, why_not_help, why_not_mark_paper
from proposals.attachments import examine
from tests.browsing import english, shown, text
from tests.contests.test_rules import ROLES
from tests.factories import ResidencyFactory, VoterFactory
from tests.racing import racers

R, C = VotingRefusal, ContestState
PICTURE = BytesIO()
Image.new("RGB", (40, 30), "white").save(PICTURE, "JPEG")


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


def scan():
    return SimpleUploadedFile("sheet.jpg", PICTURE.getvalue(), "image/jpeg")


@pytest.fixture
def mark(communities):
    """`mark(contest, number)`: so many voters of community A are marked as voting on paper."""

    def mark(contest, number, place=0):
        marks = {"has_voted": True, "way": VoteWay.PAPER}
        return VoterFactory.create_batch(number, contest=contest, community=communities[place], **marks)

    return mark


@pytest.fixture
def contest(contest_in, mark):
    contest = contest_in(C.OPEN)
    mark(contest, 10)
    return contest


@pytest.fixture
def ids(contest):
    return list(contest.entries.order_by("number").values_list("pk", flat=True))


@pytest.fixture
def enter_in(communities, officer, now):
    def enter_in(contest, votes, papers=10, number="003-01", by=officer):
        return enter_sheet(
            contest=contest,
            community=communities[0],
            number=number,
            place="Committee hall",
            papers=papers,
            votes=votes,
            scan=examine(scan(), "sheet.jpg"),
            by=by,
            now=now,
        )

    return enter_in


@pytest.fixture
def enter(contest, ids, enter_in):
    return lambda *votes, **options: enter_in(contest, dict(zip(ids, votes, strict=True)), **options)


@pytest.fixture
def verify_in(approver, now):
    def verify_in(sheet, votes, papers=10, by=approver):
        return verify_sheet(sheet=sheet, papers=papers, votes=votes, by=by, now=now)

    return verify_in


@pytest.fixture
def verify(ids, verify_in):
    return lambda sheet, *votes, **options: verify_in(sheet, dict(zip(ids, votes, strict=True)), **options)


@pytest.mark.parametrize("role", ROLES)
def test_who_counts_paper_and_when(role, cast, contest, communities, now):
    person = cast(role)
    for state, hidden, moment in product(ContestState, (False, True), (now, contest.voting_closes_at)):
        contest.state, contest.counts_hidden = state, hidden
        reason = why_not_count_paper(person, contest, communities[0], moment)
        case = (state, hidden, moment)
        if role not in {"officer", "approver", "community_officer"}:
            assert reason == R.NOT_AN_OFFICER, case
        elif state not in {C.OPEN, C.CLOSED}:
            assert reason == R.PAPER_CLOSED, case
        elif state == C.OPEN and hidden and moment == now:
            assert reason == R.COUNTS_HIDDEN, case
        else:
            assert reason is None, case


@pytest.mark.parametrize("role", ROLES)
def test_who_marks_paper_voters_and_when(role, cast, contest, communities):
    person = cast(role)
    for state in ContestState:
        contest.state = state
        reason = why_not_mark_paper(person, contest, communities[0])
        if role not in {"officer", "approver", "community_officer"}:
            assert reason == R.NOT_AN_OFFICER, state
        else:
            assert reason == (None if state in {C.DRAFT, C.OPEN, C.CLOSED} else R.ROLL_CLOSED), state


def test_a_sheet_counts_once_a_second_person_typed_the_same(enter, verify, contest, ids):
    sheet = enter(5, 0, 7)
    assert offline_votes(contest) == {}
    verify(sheet, 5, 0, 7)
    assert offline_votes(contest) == {ids[0]: 5, ids[1]: 0, ids[2]: 7}
    assert set(OfflineCount.objects.values_list("sheet", flat=True)) == {"003-01"}


@pytest.mark.parametrize(("votes", "papers"), [((5, 1, 7), 10), ((5, 0, 7), 9)])
def test_entries_that_differ_count_nothing(votes, papers, enter, verify, contest):
    sheet = enter(5, 0, 7)
    with refused(R.SHEET_DIFFERS):
        verify(sheet, *votes, papers=papers)
    assert offline_votes(contest) == {}


def test_figures_are_not_tried_until_they_fit(enter, verify, officer, now):
    sheet = enter(5, 0, 7)
    for left in (2, 1, 0):
        with pytest.raises(Refused, check=lambda refusal, left=left: refusal.facts == {"left": left}):
            verify(sheet, 5, left, 6)
    with refused(R.SHEET_TRIED):
        verify(sheet, 5, 0, 7)
    discard_sheet(sheet=sheet, by=officer, now=now)
    assert verify(enter(5, 0, 7), 5, 0, 7).state == SheetCheck.VERIFIED


def test_no_more_papers_count_than_voters_are_marked(enter, verify, mark, contest, officer, approver):
    verify(enter(4, 0, 3, papers=4), 4, 0, 3, papers=4)
    sheet = enter(7, 0, 0, papers=7, number="003-02")
    mark(contest, 5, place=1)
    with pytest.raises(Refused, check=lambda refusal: refusal.facts == {"papers": 11, "marks": 10}):
        verify(sheet, 7, 0, 0, papers=7)
    assert sum(offline_votes(contest).values()) == 7
    type(contest).objects.update(state=C.CLOSED)
    [line] = [mark_paper_vote(voter=VoterFactory(contest=contest, community=sheet.community), by=officer)]
    verify(sheet, 7, 0, 0, papers=7)
    assert sum(offline_votes(contest).values()) == 14
    unmark_paper_vote(voter=line, by=officer)
    with refused(R.PAPERS_OVER_MARKS):
        unmark_paper_vote(voter=line, by=approver)


def test_voters_choose_among_their_own_communitys_entries_on_paper_too(contest_in, enter_in, verify_in, mark):
    contest = contest_in(C.OPEN, choices_from="OWN_COMMUNITY")
    mark(contest, 10)
    own, other, third = contest.entries.order_by("number")
    with refused(R.PAPER_OF_OTHERS):
        enter_in(contest, {own.pk: 3, other.pk: 7, third.pk: 0})
    sheet = enter_in(contest, {own.pk: 10, other.pk: 0, third.pk: 0})
    verify_in(sheet, {own.pk: 10})
    assert offline_votes(contest) == {own.pk: 10}


def test_the_first_person_is_not_the_second(enter, verify, officer):
    with refused(R.SECOND_PERSON):
        verify(enter(5, 0, 7), 5, 0, 7, by=officer)


def test_figures_that_cannot_be_are_refused(enter):
    for votes, reason in (
        ((11, 0, 0), R.TOO_MANY_MARKS),
        ((3, 3, 3), R.PAPERS_AND_MARKS),
        ((0, 0, 0), R.PAPERS_AND_MARKS),
    ):
        with refused(reason):
            enter(*votes)
    assert not PaperSheet.objects.exists()


def test_a_number_is_entered_once_and_a_wrong_entry_is_taken_back(enter, verify, contest, officer, now):
    sheet = enter(5, 0, 7)
    with refused(R.SHEET_TWICE):
        enter(5, 0, 7)
    discard_sheet(sheet=sheet, by=officer, now=now)
    assert not OfflineCount.objects.exists()
    sheet = enter(6, 0, 7)
    verify(sheet, 6, 0, 7)
    for act in (lambda: discard_sheet(sheet=sheet, by=officer, now=now), lambda: verify(sheet, 6, 0, 7)):
        with refused(R.SHEET_VERIFIED):
            act()


def test_the_final_tally_waits_for_the_second_person(enter, verify, contest, officer, now):
    sheet = enter(5, 0, 7)
    type(contest).objects.filter(pk=contest.pk).update(state=C.CLOSED)
    contest.refresh_from_db()
    with refused(R.SHEETS_OPEN):
        request_tally(contest=contest, kind=RunKind.FINAL, by=officer, now=now)
    verify(sheet, 5, 0, 7)
    assert request_tally(contest=contest, kind=RunKind.FINAL, by=officer, now=now)


@pytest.mark.django_db(transaction=True)
def test_two_sheets_at_once_share_the_marks(enter, verify, contest, approver, community_officer):
    """Ten voters are marked: of two sheets with six papers one counts."""
    rows = [enter(6, 0, 0, papers=6, number=number) for number in ("003-01", "003-02")]
    people = (approver, community_officer)
    acts = [
        lambda sheet=sheet, by=by: verify(sheet, 6, 0, 0, papers=6, by=by)
        for sheet, by in zip(rows, people, strict=True)
    ]
    with racers(len(acts)) as together:
        for _ in range(25):
            assert [o.reason for o in together(*acts) if isinstance(o, Refused)] == [R.PAPERS_OVER_MARKS]
            assert sum(offline_votes(contest).values()) == 6
            OfflineCount.objects.update(verified_by=None, verified_at=None)
            PaperSheet.objects.update(state=SheetCheck.ENTERED, verified_by=None, verified_at=None)


@pytest.mark.django_db(transaction=True)
def test_a_sheet_is_verified_once(enter, verify, approver, community_officer, contest):
    sheet = enter(5, 0, 7)
    acts = [lambda by=by: verify(sheet, 5, 0, 7, by=by) for by in (approver, community_officer)]
    with racers(len(acts)) as together:
        for _ in range(200):
            assert [o.reason for o in together(*acts) if isinstance(o, Refused)] == [R.SHEET_VERIFIED]
            assert sum(offline_votes(contest).values()) == 12
            sheet.counts.update(verified_by=None, verified_at=None)
            PaperSheet.objects.update(state=SheetCheck.ENTERED, verified_by=None, verified_at=None)


@pytest.mark.django_db(transaction=True)
def test_a_sheet_is_taken_back_once(enter, verify, approver, officer, now):
    with racers(3) as together:
        for _ in range(25):
            sheet = enter(5, 0, 7)
            takes = [
                lambda by=by, sheet=sheet: discard_sheet(sheet=sheet, by=by, now=now) for by in (officer, approver)
            ]
            outcomes = together(*takes, lambda sheet=sheet: verify(sheet, 5, 0, 7))
            told = [o.reason for o in outcomes if isinstance(o, Refused)]
            assert told in ([R.SHEET_GONE] * 2, [R.SHEET_VERIFIED] * 2)
            OfflineCount.objects.all().delete()
            PaperSheet.objects.all().delete()


# The desk


@pytest.fixture
def typed(communities):
    def typed(*votes, papers=10, **more):
        figures = {f"votes-{number + 1:03}": vote for number, vote in enumerate(votes)}
        return {"papers": papers, **figures, **more}

    return typed


def test_two_people_type_a_sheet(contest, communities, community_officer, officer, typed):
    first, second = english(community_officer), english(officer)
    url = reverse("sheet_enter", args=[contest.pk])
    sent = typed(5, 0, 7, community=communities[0].pk, number="003-01", place="Hall", scan=scan())
    assert first.post(url, sent).url == reverse("sheets", args=[contest.pk])
    sheet = PaperSheet.objects.get()
    verify = reverse("sheet_verify", args=[sheet.pk])
    page = text(second.get(verify))
    assert 'value="5"' not in page
    page = text(second.post(verify, typed(5, 0, 6)))
    assert shown(R.SHEET_DIFFERS.label % {"left": 2}) in page
    assert 'value="6"' in page
    assert offline_votes(contest) == {}
    second.post(verify, typed(5, 0, 7))
    assert sum(offline_votes(contest).values()) == 12
    answer = second.get(reverse("sheet_scan", args=[sheet.pk]))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content)[:2] == b"\xff\xd8"


def test_hidden_counts_are_not_read_from_sheets_while_people_vote(contest_in, enter_in, officer, now):
    contest = contest_in(C.OPEN, counts_hidden=True)
    votes = dict.fromkeys(contest.entries.values_list("pk", flat=True), 4)
    closes = contest.voting_closes_at
    type(contest).objects.update(voting_closes_at=now)
    sheet = enter_in(contest, votes)
    type(contest).objects.update(voting_closes_at=closes)
    desk = english(officer)
    page = text(desk.get(reverse("sheets", args=[contest.pk])))
    assert shown(R.COUNTS_HIDDEN.label) in page
    assert reverse("sheet_enter", args=[contest.pk]) not in page
    assert desk.get(reverse("sheet_scan", args=[sheet.pk])).status_code == 403
    type(contest).objects.update(state=C.CLOSED)
    assert b"".join(desk.get(reverse("sheet_scan", args=[sheet.pk])).streaming_content)[:2] == b"\xff\xd8"


def test_entries_of_other_communities_may_stay_empty_where_nobody_may_choose_them(
    contest_in, communities, officer, typed
):
    url = reverse("sheet_enter", args=[contest_in(C.OPEN, choices_from="OWN_COMMUNITY").pk])
    sheet = {"community": communities[0].pk, "number": "1", "place": "Hall"}
    english(officer).post(url, typed("", "", "", **sheet, scan=scan()))
    assert not PaperSheet.objects.exists()
    english(officer).post(url, typed(10, "", "", **sheet, scan=scan()))
    assert OfflineCount.objects.get().votes == 10


def test_a_mistake_keeps_the_figures(contest, communities, officer, typed):
    data = typed(5, "", 7, community=communities[0].pk, number="1", place="Hall", scan=scan())
    page = text(english(officer).post(reverse("sheet_enter", args=[contest.pk]), data))
    assert 'value="5"' in page
    assert not PaperSheet.objects.exists()


@pytest.mark.parametrize("data", [b"MZ\x90 nothing", b"%PDF-1.4 /JavaScript (x) %%EOF", b""])
def test_what_is_no_scan_is_refused(data, contest, communities, officer, typed):
    file = SimpleUploadedFile("sheet.pdf", data)
    sent = typed(5, 0, 7, community=communities[0].pk, number="1", place="Hall", scan=file)
    english(officer).post(reverse("sheet_enter", args=[contest.pk]), sent)
    assert not PaperSheet.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_sheets_cost_the_same_for_any_number(count, enter, contest, officer, django_assert_num_queries):
    for number in range(count):
        enter(5, 0, 7, number=f"{number}")
    client = english(officer)
    with django_assert_num_queries(10):
        assert text(client.get(reverse("sheets", args=[contest.pk]))).count("roll-line") == count


def test_sheets_of_another_community_are_not_there(enter, communities, community_officer, contest):
    sheet = enter(5, 0, 7)
    PaperSheet.objects.update(community=communities[1])
    desk = english(community_officer)
    for name in ("sheet_verify", "sheet_scan"):
        assert desk.get(reverse(name, args=[sheet.pk])).status_code == 404


# Help at the screen


@pytest.fixture
def line(contest, communities):
    return VoterFactory(contest=contest, community=communities[0], reference="0001")


@pytest.fixture
def helper(community_officer, line):
    client = english(community_officer)
    client.post(reverse("help_begin", args=[line.pk]), {"consented": "on"})
    return client


@pytest.mark.parametrize("role", ROLES)
def test_who_helps(role, cast, contest, line, now):
    reason = why_not_help(cast(role), contest, line, now)
    assert reason == (None if role in {"officer", "approver", "community_officer"} else R.NOT_AN_OFFICER)


def test_nobody_is_helped_who_has_not_asked(line, community_officer, contest, now):
    with refused(R.CONSENT_MISSING):
        begin_help(voter=line, consented=False, by=community_officer, now=now)
    page = text(english(community_officer).post(reverse("help_begin", args=[line.pk])))
    assert shown(R.CONSENT_MISSING.label) in page
    assert not HelperSession.objects.exists()


def test_a_helped_vote_is_counted_apart_and_its_session_says_not_whose(helper, line, contest, ids, community_officer):
    url = reverse("ballot", args=[contest.pk])
    assert helper.post(url, {"entry": ids[:2]}).status_code == 302
    assert Ballot.objects.get().receipt in text(helper.get(reverse("ballot_receipt", args=[contest.pk])))
    line.refresh_from_db()
    assert line.way == VoteWay.HELPED
    session = HelperSession.objects.get()
    assert (session.helper, session.consented) == (community_officer, True)
    assert not {field.name for field in HelperSession._meta.get_fields()} & {"voter", "user", "at", "ballot"}
    assert BallotTrace.objects.get().device == ""


def test_the_office_sees_each_help_and_that_a_ballot_came_of_it(
    helper, line, contest, ids, community_officer, supervisor, officer, now
):
    """Left running, it ends with the voting or the day."""
    url = reverse("helps", args=[contest.pk])
    begin_help(voter=line, consented=True, by=officer, now=now, place=" Hall  A ")
    assert "2 persons helped" in text(english(supervisor).get(url))
    helper.post(reverse("ballot", args=[contest.pk]), {"entry": ids[:2]})
    helper.post(reverse("ballot", args=[contest.pk]), {"entry": ids[:1]})
    page = text(english(officer).get(url))
    for words in ("1 ballot in the box", "1 of them voted", str(community_officer), str(officer), "Hall A"):
        assert words in page
    assert line.reference not in page
    assert HelperSession.objects.get(has_voted=True).helper == community_officer
    Contest.objects.filter(pk=contest.pk).update(state=C.CLOSED)
    assert "Ended without a ballot" in text(english(officer).get(url))
    assert "No ballot yet" not in text(english(officer).get(url))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_helps_costs_the_same_for_any_number(count, contest, line, officer, now, django_assert_num_queries):
    for _ in range(count):
        begin_help(voter=line, consented=True, by=officer, now=now)
    client = english(officer)
    client.get(reverse("helps", args=[contest.pk]))
    with django_assert_num_queries(8):
        assert text(client.get(reverse("helps", args=[contest.pk]))).count("roll-line") == count


def test_the_place_of_the_last_help_is_filled_in(helper, contest, line):
    begin = reverse("help_begin", args=[line.pk])
    helper.post(begin, {"consented": "on", "place": "Hall B"})
    assert 'value="Hall B"' in helper.get(begin).content.decode()


def test_a_helper_sees_no_ballot_that_was_cast_without_them(contest, communities, community_officer, ids, now):
    person = ResidencyFactory(community=communities[0]).user
    cast_ballot(contest=contest, entries=ids[:1], by=person, now=now)
    voter = Voter.objects.get(user=person)
    with refused(R.VOTED_ALREADY):
        begin_help(voter=voter, consented=True, by=community_officer, now=now)


def test_who_votes_alone_after_help_began_is_not_overruled_and_not_seen(helper, line, contest, ids, now):
    Voter.objects.filter(pk=line.pk).update(user=ResidencyFactory().user)
    person = Voter.objects.get(pk=line.pk).user
    cast_ballot(contest=contest, entries=ids[:1], by=person, now=now)
    url = reverse("ballot", args=[contest.pk])
    page = text(helper.get(url))
    assert " checked" not in page
    assert shown(R.VOTED_ALREADY.label) in text(helper.post(url, {"entry": ids[1:2]}))
    assert Ballot.objects.count() == 1


def test_the_helpers_time_ends_and_nothing_is_lost(helper, contest, line, community_officer, ids):
    cache.clear()
    response = helper.get(reverse("ballot", args=[contest.pk]), follow=True)
    assert shown(R.HELP_OVER.label) in text(response)
    helper.post(reverse("help_begin", args=[line.pk]), {"consented": "on"})
    assert helper.post(reverse("ballot", args=[contest.pk]), {"entry": ids[:1]}).status_code == 302


def test_the_helpers_time_is_limited_and_a_ballot_does_not_lengthen_it(helper, contest, ids):
    key = KEY % helper.session[HELPING][1]
    with redis.from_url(settings.REDIS_URL) as store:
        assert 0 < store.ttl(cache.make_key(key)) <= HELP_SECONDS
        # Fourteen minutes later.
        line, session, again, until = cache.get(key)
        assert until <= time.time() + HELP_SECONDS
        cache.set(key, [line, session, again, time.time() + 60], 60)
        assert helper.post(reverse("ballot", args=[contest.pk]), {"entry": ids[:1]}).status_code == 302
        assert cache.get(key)[2] is True, "and may still change it"
        assert 0 < store.ttl(cache.make_key(key)) <= 60


def test_more_time_is_had_until_the_ballot_is_cast(helper, contest, ids):
    key, url = KEY % helper.session[HELPING][1], reverse("ballot", args=[contest.pk])
    *known, _until = cache.get(key)
    cache.set(key, [*known, time.time() + 60], 60)
    page = text(helper.post(url, {"entry": ids[:1], "more": "1"}))
    assert f'value="{ids[0]}" checked' in page, "and nothing that was chosen is lost"
    assert not Ballot.objects.exists()
    with redis.from_url(settings.REDIS_URL) as store:
        assert store.ttl(cache.make_key(key)) > 60
    assert cache.get(key)[-1] > time.time() + 60
    helper.post(url, {"entry": ids[:1]})
    until = cache.get(key)[-1]
    assert "More time" not in text(helper.post(url, {"entry": ids[:1], "more": "1"}))
    assert cache.get(key)[-1] == until, "the voter might not stand there any more"


def test_after_the_end_of_the_help_the_ballot_is_shut(helper, contest, ids):
    url = reverse("ballot", args=[contest.pk])
    helper.post(url, {"entry": ids[:1]})
    helper.post(reverse("household_done"))
    assert "Places to rest" not in text(helper.get(url, follow=True))


def test_help_ends_with_the_vote(contest, line, community_officer):
    late = contest.voting_closes_at
    with refused(ContestRefusal.VOTING_CLOSED):
        begin_help(voter=line, consented=True, by=community_officer, now=late)
