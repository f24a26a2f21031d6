"""The desk of the roll and of household codes, and the way from the paper to the ballot."""

from __future__ import annotations

import re
import time
import uuid

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contests.models import Ballot, Contest, HouseholdCode, Voter
from contests.services.roll import mark_paper_vote
from contests.views.ballot_session import KEY, OPENED, SECONDS
from contests.voting_enums import RosterProblem, VoteWay, VotingRefusal
from tests.browsing import english, shown, text
from tests.factories import ResidencyFactory, VoterFactory

CSRF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
CODE = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b")


@pytest.fixture
def contest(contest_in):
    return contest_in("OPEN")


@pytest.fixture
def url(contest):
    return lambda name: reverse(name, args=[contest.pk])


@pytest.fixture
def desk(community_officer):
    return english(community_officer)


@pytest.fixture
def issued(desk, url, communities):
    """Codes as the sheet shows them."""

    def issued(number=1):
        data = {"community": communities[0].pk, "number": number, "key": uuid.uuid4()}
        page = text(desk.post(url("codes"), data))
        assert page.count("<svg") >= number
        return CODE.findall(page)

    return issued


@pytest.mark.parametrize("name", ["roll", "roll_enter", "roll_import", "roll_print", "codes"])
@pytest.mark.parametrize("role", ["resident", "support_member", "expert", "supervisor", "other_officer"])
def test_the_desk_is_for_officers_of_the_place(name, role, url, cast):
    response = english(cast(role)).get(url(name))
    reads = role == "supervisor" and name in {"roll", "roll_print", "codes"}
    assert response.status_code == (200 if reads else 404 if role == "other_officer" else 403)


def test_the_supervisor_reads_the_roll_and_changes_nothing(issued, url, contest, communities, resident, supervisor):
    """Numbers are masked as they are for officers, and no page has a button that changes something."""
    VoterFactory(contest=contest, community=communities[0], user=resident, phone_hash=resident.phone_hash)
    issued()
    reader = english(supervisor)
    assert reader.get(reverse("rolls")).status_code == 200
    for name in ("roll", "roll_print", "codes", "sheets", "roll_match"):
        page = text(reader.get(url(name)))
        assert 'method="post"' not in page.partition("<main")[2].partition("</main")[0], name
        assert resident.phone[3:] not in page
    line = contest.voters.get()
    for address in (
        reverse("roll_mark", args=[line.pk]),
        reverse("help_begin", args=[line.pk]),
        url("codes"),
        url("roll_match"),
        url("roll_draw_up"),
        url("sheet_enter"),
        reverse("code_void", args=[contest.codes.first().pk]),
    ):
        assert reader.post(address, {"mark": "paper"}).status_code == 403, address
    assert not contest.voters.voted().exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_roll_costs_the_same_for_any_number(count, url, desk, contest, communities, django_assert_num_queries):
    for _ in range(count):
        VoterFactory(contest=contest, community=communities[0])
    VoterFactory(contest=contest, community=communities[1], reference="ELSEWHERE")
    with django_assert_num_queries(11):
        page = text(desk.get(url("roll")))
    assert page.count("roll-line") == count
    assert "ELSEWHERE" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_codes_cost_the_same_for_any_number(count, url, desk, issued, django_assert_num_queries):
    issued(count)
    with django_assert_num_queries(9):
        page = text(desk.get(url("codes")))
    assert page.count("roll-line") == count
    assert not CODE.search(page)


def test_the_roll_is_searched(url, desk, contest, communities):
    for reference in ("0001", "0002"):
        VoterFactory(contest=contest, community=communities[0], reference=reference)
    page = text(desk.get(url("roll"), {"q": "0002"}))
    assert "0002" in page
    assert "0001" not in page


def test_a_voter_is_entered_and_a_mistake_keeps_what_was_typed(url, desk, communities):
    data = {"community": communities[0].pk, "reference": " R 1 ", "phone": "139 1111 2222", "adult": "on"}
    assert desk.post(url("roll_enter"), data).url == url("roll")
    assert Voter.objects.get().reference == "R 1"
    page = text(desk.post(url("roll_enter"), data))
    assert shown(VotingRefusal.ON_ROLL_ALREADY.label) in page
    page = text(desk.post(url("roll_enter"), {**data, "reference": "R 2", "phone": "12"}))
    assert 'value="R 2"' in page
    assert Voter.objects.count() == 1


def test_a_roster_is_looked_through_before_it_is_entered(url, desk, communities):
    csv = "编号,手机号,满18周岁\n0001,13911112222,是\n0002,,否\n=1+1,,是\n".encode()
    data = {"community": communities[0].pk, "roster": SimpleUploadedFile("roster.csv", csv)}
    page = text(desk.post(url("roll_import"), data))
    assert shown(RosterProblem.UNDER_AGE.label) in page
    assert "139****2222" in page
    assert "13911112222" not in page
    assert not Voter.objects.exists()
    rows = re.search(r'name="rows" value="([^"]+)"', page)[1]
    assert desk.post(url("roll_import"), {"rows": rows}).url == url("roll")
    assert set(Voter.objects.values_list("reference", flat=True)) == {"0001", "=1+1"}


def test_a_forged_preview_enters_nobody(url, desk, officer):
    response = desk.post(url("roll_import"), {"rows": "forged:1:2"}, follow=True)
    assert shown(VotingRefusal.PREVIEW_OLD.label) in text(response)
    assert not Voter.objects.exists()


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"\x00\x01", VotingRefusal.FILE_UNREADABLE), (b"a,b\n1,2\n", VotingRefusal.NO_REFERENCE_COLUMN)],
)
def test_a_file_that_is_no_roster_is_refused_in_words(data, reason, url, desk, communities):
    file = SimpleUploadedFile("roster.csv", data)
    page = text(desk.post(url("roll_import"), {"community": communities[0].pk, "roster": file}))
    assert shown(reason.label.partition("%")[0]) in page


def test_the_printed_roll_marks_who_has_voted(url, desk, contest, communities, officer, resident):
    desk.post(url("roll_draw_up"))
    line = Voter.objects.get(user=resident)
    desk.post(reverse("roll_mark", args=[line.pk]), {"mark": "paper"})
    page = text(desk.get(url("roll_print")))
    assert page.count('class="voted"') == 1
    assert resident.masked_phone in page
    assert resident.phone not in page
    for person in (desk, english(officer)):
        person.post(reverse("roll_mark", args=[line.pk]), {"mark": "undo"})
    assert 'class="voted"' not in text(desk.get(url("roll_print")))


def test_the_roll_does_not_tell_who_was_helped(url, desk, contest, communities):
    for number, way in enumerate((VoteWay.ONLINE, VoteWay.HELPED)):
        VoterFactory(contest=contest, community=communities[0], reference=f"100{number}", has_voted=True, way=way)
    for name, line in (
        ("roll", r'<li class="sheet roll-line">.*?</li>'),
        ("roll_print", r'<tr class="voted">.*?</tr>'),
    ):
        rows = re.findall(line, text(desk.get(url(name))), re.DOTALL)
        online, helped = (CSRF.sub("", row) for row in rows)
        assert "Voted" in online
        assert re.sub(r"\d+", "", online) == re.sub(r"\d+", "", helped)


def test_the_roll_shows_only_who_has_voted_if_asked(url, desk, contest, communities):
    VoterFactory(contest=contest, community=communities[0], reference="1000", has_voted=True, way=VoteWay.ONLINE)
    VoterFactory(contest=contest, community=communities[0], reference="1001")
    page = text(desk.get(url("roll"), {"voted": "1", "community": communities[0].pk}))
    assert "1000" in page
    assert "1001" not in page
    assert "Only those who have voted are shown." in page


def test_lines_are_joined_and_struck_off_at_the_desk(url, desk, contest, communities, resident):
    desk.post(url("roll_draw_up"))
    VoterFactory(contest=contest, community=communities[0], reference="9817")
    address = reverse("roll_mark", args=[Voter.objects.get(user=resident).pk])
    page = text(desk.post(address, {"mark": "join", "typed": "0002"}, follow=True))
    assert shown(VotingRefusal.NOT_TWO_LINES.label) in page
    desk.post(address, {"mark": "join", "typed": " 9817 "})
    assert Voter.objects.get(reference="9817").user == resident
    page = text(desk.post(address, {"mark": "strike", "typed": "Moved away"}, follow=True))
    assert "Moved away" in page
    assert "9817" not in text(desk.get(url("roll_print")))


def test_an_officer_marks_nobody_of_another_community(desk, contest, communities):
    line = VoterFactory(contest=contest, community=communities[1])
    assert desk.post(reverse("roll_mark", args=[line.pk])).status_code == 404


# From the paper to the receipt


def test_a_household_votes_without_an_account(issued, contest, url):
    [code] = issued()
    household = english()
    assert code in text(household.get(reverse("household_code_of", args=[code])))
    assert not Voter.objects.exists(), "looking at the page uses nothing"
    assert household.post(reverse("household_code"), {"code": code.lower()}).url == url("ballot")
    entry = contest.entries.first().pk
    assert household.post(url("ballot"), {"entry": [entry]}).url == url("ballot_receipt")
    page = text(household.get(url("ballot_receipt")))
    assert Ballot.objects.get().receipt in page
    household.post(reverse("household_done"))
    assert "login" in household.get(url("ballot_receipt")).url


def test_a_household_reads_until_when_and_takes_more_time(issued, contest, url):
    [code] = issued()
    household = english()
    household.post(reverse("household_code"), {"code": code})
    key, entry = KEY % household.session[OPENED][1], contest.entries.first().pk
    *known, _until = cache.get(key)
    cache.set(key, [*known, time.time() + 60], 60)
    assert re.search(r"shows the ballot until \d\d:\d\d", text(household.get(url("ballot"))))
    page = text(household.post(url("ballot"), {"entry": [entry], "more": "1"}))
    assert f'value="{entry}" checked' in page
    assert cache.get(key)[-1] > time.time() + SECONDS - 60
    assert household.session.get_expiry_age() > SECONDS - 60
    assert household.post(url("ballot"), {"entry": [entry]}).url == url("ballot_receipt")
    assert text(household.get(url("ballot_receipt"))).count(Ballot.objects.get().receipt)


def test_a_wrong_code_is_told_and_kept(issued):
    page = text(english().post(reverse("household_code"), {"code": "AAAA-BBBB-CCCC"}))
    assert shown(VotingRefusal.CODE_UNKNOWN.label) in page
    assert "AAAA-BBBB-CCCC" in page


def test_who_has_a_number_types_it_beside_the_code(issued, resident):
    [code] = issued()
    browser = english()
    page = text(browser.post(reverse("household_code"), {"code": code, "phone": "12"}))
    assert 'value="12"' in page
    assert not Voter.objects.exists()
    browser.post(reverse("household_code"), {"code": code, "phone": resident.phone})
    assert Voter.objects.get().phone_hash == resident.phone_hash
    assert 'name="phone"' not in text(english(resident).get(reverse("household_code")))


def log_in(browser, person):
    """As a person does who opened a code before: the session keeps what it holds."""
    kept = browser.session["household_code"]
    browser.force_login(person)
    session = browser.session
    session["household_code"] = kept
    session.save()


def test_who_logs_in_after_somebody_elses_code_takes_nothing_of_theirs(issued, entries, url, resident):
    [code] = issued()
    browser = open_by(code)
    browser.post(url("ballot"), {"entry": entries[:1]})
    log_in(browser, resident)
    for page in (browser.get(url("ballot_receipt"), follow=True), browser.get(url("ballot"))):
        assert Ballot.objects.get().receipt not in text(page)
        assert " checked" not in text(page)
    assert browser.post(url("ballot"), {"entry": entries[1:2]}).status_code == 302
    assert Ballot.objects.valid().count() == 2
    assert sorted(Voter.objects.values_list("user", flat=True), key=str) == [resident.pk, None]
    assert HouseholdCode.objects.get().voter.user is None


def test_a_code_that_is_forgotten_at_the_log_in_is_said_once(issued, url, resident):
    [code] = issued()
    browser = open_by(code)
    log_in(browser, resident)
    assert "enter it once more" in text(browser.get(url("ballot")))
    assert "enter it once more" not in text(browser.get(url("ballot")))


def test_who_says_that_a_code_is_theirs_is_one_voter_with_it(issued, entries, url, resident):
    [code] = issued()
    open_by(code).post(url("ballot"), {"entry": entries[:1]})
    browser = open_by(code, english(resident))
    browser.post(url("ballot"), {"entry": entries[1:2]})
    assert Ballot.objects.last_of_voters().get().choices.get().entry_id == entries[1]
    assert Voter.objects.get().user == resident


# A code in other hands


@pytest.fixture
def entries(contest):
    return list(contest.entries.values_list("pk", flat=True))


def open_by(code, browser=None):
    browser = browser or english()
    assert browser.post(reverse("household_code"), {"code": code}).status_code == 302
    return browser


def sees(browser, url):
    """Whether the browser learns what is on the ballot in force, or its receipt."""
    receipt = Ballot.objects.last_of_voters().get().receipt
    pages = [text(browser.get(url(name), follow=True)) for name in ("ballot", "ballot_receipt")]
    return any(receipt in page or " checked" in page for page in pages)


def test_who_keeps_a_households_code_does_not_see_its_ballot(issued, entries, url):
    [code] = issued()
    household = open_by(code)
    household.post(url("ballot"), {"entry": entries[:1]})
    assert sees(household, url)
    keeper = open_by(code)
    assert "shown only by the device that cast it" in text(keeper.get(url("ballot")))
    assert not sees(keeper, url)
    household.post(reverse("household_done"))
    assert not sees(open_by(code, household), url), "the next person at the same computer"


def test_an_officer_who_gives_a_code_anew_does_not_see_the_ballot(issued, entries, url, desk):
    [code] = issued()
    open_by(code).post(url("ballot"), {"entry": entries[:1]})
    again = {"reason": "LOST", "again": "1"}
    [new] = CODE.findall(text(desk.post(reverse("code_void", args=[HouseholdCode.objects.get().pk]), again)))
    assert not sees(open_by(new), url)


def test_an_account_that_takes_a_code_over_does_not_see_its_ballot(issued, entries, url, resident):
    [code] = issued()
    open_by(code).post(url("ballot"), {"entry": entries[:1]})
    keeper = open_by(code, english(resident))
    assert not sees(keeper, url)
    keeper.post(url("ballot"), {"entry": entries[1:2]})
    assert sees(keeper, url), "what one casts oneself"
    assert not sees(english(resident), url)


def test_casting_a_guess_does_not_tell_whether_it_is_right(issued, entries, url):
    [code] = issued()
    with time_machine.travel("2026-11-28T04:00:00Z", tick=False) as clock:
        Contest.objects.update(voting_opens_at="2026-11-28T03:00:00Z", voting_closes_at="2026-11-28T09:00:00Z")
        open_by(code).post(url("ballot"), {"entry": entries[:1]})
        clock.shift(90)
        open_by(code).post(url("ballot"), {"entry": entries[:1]})
    assert Ballot.objects.count() == 2
    assert Ballot.objects.last_of_voters().count() == 1


def test_a_code_is_voided_and_replaced_at_the_desk(issued, desk):
    [old] = issued()
    page = text(
        desk.post(reverse("code_void", args=[HouseholdCode.objects.get().pk]), {"reason": "LOST", "again": "1"})
    )
    [new] = CODE.findall(page)
    assert english().post(reverse("household_code"), {"code": new}).status_code == 302
    assert shown(VotingRefusal.CODE_VOID.label) in text(english().post(reverse("household_code"), {"code": old}))


def test_a_whole_sheet_is_voided_at_the_desk(issued, desk):
    issued(3)
    address = reverse("code_void", args=[HouseholdCode.objects.first().pk])
    page = text(desk.post(address, {"reason": "LOST", "sheet": "1"}, follow=True))
    assert "3 unused codes are void" in page
    assert not HouseholdCode.objects.valid().exists()


def test_who_voted_on_paper_reads_so_on_the_site(url, contest, resident, officer):
    line = VoterFactory(contest=contest, community=resident.residencies.get().community, user=resident)
    mark_paper_vote(voter=line, by=officer)
    assert shown(VotingRefusal.VOTED_ON_PAPER.label) in text(english(resident).get(url("ballot")))


def test_only_the_own_communitys_entries_are_on_offer(contest_in, communities):
    contest = contest_in("OPEN", choices_from="OWN_COMMUNITY")
    voter = ResidencyFactory(community=communities[1]).user
    page = text(english(voter).get(reverse("ballot", args=[contest.pk])))
    assert "Places to rest 2" in page
    assert "Places to rest 1" not in page


@pytest.mark.parametrize(
    ("least", "words"),
    [
        (1, "Your community has no entry that takes part."),
        (2, "Entries left to choose from: 1. A ballot needs at least 2."),
    ],
)
def test_a_community_without_enough_entries_is_told_so(contest_in, communities, least, words):
    contest = contest_in("OPEN", choices_from="OWN_COMMUNITY", min_choices=least, max_choices=3)
    if least == 1:
        contest.entries.filter(community=communities[1]).update(status="WITHDRAWN")
    voter = ResidencyFactory(community=communities[1]).user
    page = text(english(voter).get(reverse("ballot", args=[contest.pk])))
    assert words in page
    assert "panel of experts" not in page
    assert "Cast my ballot" not in page
