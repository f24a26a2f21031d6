"""Paper votes: typed by two people, each from the paper; and help at the screen, which is asked for and ends."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from communities.refusal import Refused
from contests.enums import ContestRefusal, ContestState, RunKind
from contests.figures import offline_votes
from contests.models import Ballot, BallotTrace, HelperSession, OfflineCount, PaperSheet, Voter
from contests.services.helping import begin_help
from contests.services.paper import discard_sheet, enter_sheet, verify_sheet
from contests.services.tally import request_tally
from contests.services.voting import cast_ballot
from contests.voting_enums import SheetCheck, VoteWay, VotingRefusal
from contests.voting_rules import why_not_count_paper, why_not_help
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
def contest(contest_in):
    return contest_in(C.OPEN)


@pytest.fixture
def ids(contest):
    return list(contest.entries.order_by("number").values_list("pk", flat=True))


@pytest.fixture
def enter(contest, ids, communities, officer, now):
    def enter(*votes, papers=10, number="003-01", by=officer):
        return enter_sheet(
            contest=contest,
            community=communities[0],
            number=number,
            place="Committee hall",
            papers=papers,
            votes=dict(zip(ids, votes, strict=True)),
            scan=examine(scan(), "sheet.jpg"),
            by=by,
            now=now,
        )

    return enter


@pytest.fixture
def verify(ids, approver, now):
    def verify(sheet, *votes, papers=10, by=approver):
        return verify_sheet(sheet=sheet, papers=papers, votes=dict(zip(ids, votes, strict=True)), by=by, now=now)

    return verify


@pytest.mark.parametrize("role", ROLES)
def test_who_counts_paper_and_when(role, cast, contest, communities):
    for state in ContestState:
        contest.state = state
        reason = why_not_count_paper(cast(role), contest, communities[0])
        if role not in {"officer", "approver", "community_officer"}:
            assert reason == R.NOT_AN_OFFICER, state
        else:
            assert reason == (None if state in {C.OPEN, C.CLOSED} else R.PAPER_CLOSED), state


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


def test_a_number_is_entered_once_and_a_wrong_entry_is_taken_back(enter, verify, contest, officer):
    sheet = enter(5, 0, 7)
    with refused(R.SHEET_TWICE):
        enter(5, 0, 7)
    discard_sheet(sheet=sheet, by=officer)
    assert not OfflineCount.objects.exists()
    sheet = enter(6, 0, 7)
    verify(sheet, 6, 0, 7)
    for act in (lambda: discard_sheet(sheet=sheet, by=officer), lambda: verify(sheet, 6, 0, 7)):
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
def test_a_sheet_is_verified_once(enter, verify, approver, community_officer, contest):
    sheet = enter(5, 0, 7)
    acts = [lambda by=by: verify(sheet, 5, 0, 7, by=by) for by in (approver, community_officer)]
    with racers(len(acts)) as together:
        for _ in range(200):
            assert [o.reason for o in together(*acts) if isinstance(o, Refused)] == [R.SHEET_VERIFIED]
            assert sum(offline_votes(contest).values()) == 12
            sheet.counts.update(verified_by=None, verified_at=None)
            PaperSheet.objects.update(state=SheetCheck.ENTERED, verified_by=None, verified_at=None)


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
    assert "003" in page
    assert 'value="6"' in page
    assert offline_votes(contest) == {}
    second.post(verify, typed(5, 0, 7))
    assert sum(offline_votes(contest).values()) == 12
    answer = second.get(reverse("sheet_scan", args=[sheet.pk]))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content)[:2] == b"\xff\xd8"


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
    with django_assert_num_queries(8):
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


def test_after_the_end_of_the_help_the_ballot_is_shut(helper, contest, ids):
    url = reverse("ballot", args=[contest.pk])
    helper.post(url, {"entry": ids[:1]})
    helper.post(reverse("household_done"))
    assert "Places to rest" not in text(helper.get(url, follow=True))


def test_help_ends_with_the_vote(contest, line, community_officer):
    late = contest.voting_closes_at
    with refused(ContestRefusal.VOTING_CLOSED):
        begin_help(voter=line, consented=True, by=community_officer, now=late)
