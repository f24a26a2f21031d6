"""The ballot: chosen, refused, changed, and read again by its voter alone."""

import re
from datetime import timedelta

import pgtrigger
import pytest
from django.urls import reverse
from django.utils import timezone

from communities.refusal import Refused
from contests.enums import ContestRefusal, RunKind
from contests.models import Ballot, BallotVoid, Contest, TallyRun
from contests.services.pitching import draw_order, plan_pitches
from contests.services.tally import carry_out, request_live_tally, request_tally
from contests.services.voting import cast_ballot, last_ballot
from contests.views.ballot_session import Stand
from contests.views.voting import on_offer
from contests.voting_enums import VotingRefusal
from tests.browsing import english, shown, text
from tests.factories import ResidencyFactory

CSRF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def contest(contest_in):
    return contest_in("OPEN", entries=4)


@pytest.fixture
def url(contest):
    return reverse("ballot", args=[contest.pk])


@pytest.fixture
def receipt_url(contest):
    return reverse("ballot_receipt", args=[contest.pk])


@pytest.fixture
def ids(contest):
    return list(contest.entries.values_list("pk", flat=True))


def ticked(page: str, pk: int) -> bool:
    return f'value="{pk}" checked' in page


def over(contest):
    Contest.objects.filter(pk=contest.pk).update(voting_closes_at=timezone.now() - timedelta(minutes=1))


def test_voters_log_in_first(url):
    for response in (english().get(url), english().post(url)):
        assert response.url == f"{reverse('account_request_login_code')}?next={url}"


def test_whoever_is_not_verified_names_their_community_first(url, outsider, ids):
    client = english(outsider)
    for response in (client.get(url), client.post(url, {"entry": ids[:1]})):
        assert response.url.startswith(reverse("name_community"))
    assert not Ballot.objects.exists()


def test_ballot_leads_to_its_receipt(url, receipt_url, resident, ids, contest):
    client = english(resident)
    response = client.post(url, {"entry": ids[1:3]})
    assert response.url == receipt_url
    own = last_ballot(contest=contest, by=resident)
    page = text(client.get(receipt_url))
    assert own.receipt in page
    assert "Places to rest 2" in page
    assert "Places to rest 4" not in page


def test_receipt_shows_nobody_elses_ballot(url, receipt_url, resident, neighbour, ids, contest):
    english(resident).post(url, {"entry": ids[:1]})
    receipt = last_ballot(contest=contest, by=resident).receipt
    assert english(neighbour).get(receipt_url).url == url
    english(neighbour).post(url, {"entry": ids[1:2]})
    page = text(english(neighbour).get(receipt_url))
    assert receipt not in page
    assert "Places to rest 1" not in page


def test_too_many_choices_are_refused_and_kept(url, resident, ids):
    page = text(english(resident).post(url, {"entry": ids}))
    assert "Choose at most 3." in page
    assert all(ticked(page, pk) for pk in ids)
    assert not Ballot.objects.exists()


def test_no_choice_is_refused(url, resident):
    assert "Choose at least 1." in text(english(resident).post(url))
    assert not Ballot.objects.exists()


@pytest.mark.parametrize("choice", ["0", "99999999999999999999", "x", "-1"])
def test_choice_that_is_not_on_offer_is_refused_and_the_others_kept(choice, url, resident, ids):
    page = text(english(resident).post(url, {"entry": [ids[0], choice]}))
    assert shown(ContestRefusal.UNKNOWN_CHOICE.label) in page
    assert ticked(page, ids[0])
    assert not Ballot.objects.exists()


def test_changing_begins_with_what_was_chosen(url, resident, ids, contest):
    client = english(resident)
    client.post(url, {"entry": ids[:2]})
    page = text(client.get(url))
    assert [ticked(page, pk) for pk in ids] == [True, True, False, False]
    client.post(url, {"entry": ids[3:]})
    assert [choice.entry_id for choice in last_ballot(contest=contest, by=resident).choices.all()] == ids[3:]


def test_after_closing_the_refusal_is_clear_and_the_ballot_stays(url, resident, ids, contest):
    client = english(resident)
    client.post(url, {"entry": ids[:1]})
    over(contest)
    page = text(client.post(url, {"entry": ids[1:2]}))
    assert shown(ContestRefusal.VOTING_CLOSED.label) in page
    assert 'type="checkbox"' not in page
    assert [choice.entry_id for choice in last_ballot(contest=contest, by=resident).choices.all()] == ids[:1]


def test_before_opening_there_is_no_ballot(url, resident, contest):
    Contest.objects.filter(pk=contest.pk).update(voting_opens_at=timezone.now() + timedelta(hours=1))
    assert "Voting is not open now" in text(english(resident).get(url))


def test_ballot_of_a_draft_does_not_exist(contest_in, resident):
    assert english(resident).get(reverse("ballot", args=[contest_in("DRAFT").pk])).status_code == 404


def test_each_voter_has_an_order_of_their_own_that_stays(contest_in):
    contest = contest_in("OPEN", entries=8)
    mine, theirs = on_offer(contest, None, Stand(code=1)), on_offer(contest, None, Stand(code=2))
    assert mine == on_offer(contest, None, Stand(code=1))
    assert mine != theirs
    assert set(mine) == set(theirs)


@pytest.mark.parametrize("entries", [3, 15])
def test_ballot_costs_the_same_for_any_number(entries, contest_in, resident, django_assert_num_queries):
    contest = contest_in("OPEN", entries=entries)
    client = english(resident)
    with django_assert_num_queries(8):
        page = client.get(reverse("ballot", args=[contest.pk]))
    assert text(page).count('type="checkbox"') == entries


def test_casting_a_ballot_takes_few_statements(url, resident, ids, django_assert_max_num_queries):
    client = english(resident)
    # Inside the test's transaction the ballot's own begins and ends by two statements more.
    for chosen in (ids[:1], ids[:3]):
        with django_assert_max_num_queries(8 + 2):
            assert client.post(url, {"entry": chosen}).status_code == 302


def test_filtering_without_a_script_sends_nothing_and_keeps_the_choices(url, resident, ids, contest, communities):
    other = contest.entries.filter(community=communities[1]).first()
    client = english(resident)
    page = text(client.post(url, {"entry": ids[:1], "show": "1", "community": other.community_id}))
    assert not Ballot.objects.exists()
    assert ticked(page, ids[0])
    hidden = [row for row in page.split("data-row")[1:] if " hidden>" in row.partition("\n")[0]]
    assert len(hidden) == 2, "what is chosen stays in sight, and so does what fits"
    assert f'value="{other.pk}"' not in "".join(hidden)


@pytest.mark.parametrize("asked", ["x", "-1", "99999999999999999999", "9" * 5000])
def test_a_filter_that_is_none_shows_nothing_wrong(asked, url, resident, ids):
    response = english(resident).post(url, {"entry": ids[:1], "show": "1", "community": asked})
    assert response.status_code == 200


def test_how_many_are_chosen_is_said_as_a_share(url, resident, ids):
    client = english(resident)
    client.post(url, {"entry": ids[:2]})
    assert '<span class="counted" data-chosen>2</span>' in text(client.get(url))


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [(1, 3, "Choose up to 3 entries"), (2, 2, "Choose 2 entries"), (2, 3, "Choose 2 to 3 entries")],
)
def test_the_heading_says_how_many(least, most, words, contest_in, resident):
    contest = contest_in("OPEN", min_choices=least, max_choices=most)
    assert words in text(english(resident).get(reverse("ballot", args=[contest.pk])))


# The receipt, later


@pytest.fixture
def check(contest):
    def check(receipt):
        return text(english().post(reverse("ballot_check", args=[contest.pk]), {"receipt": receipt}))

    return check


def test_a_receipt_is_checked_by_whoever_has_it(check, url, resident, ids, contest):
    client = english(resident)
    client.post(url, {"entry": ids[:1]})
    first = last_ballot(contest=contest, by=resident)
    page = check(first.receipt.upper())
    assert "is in the box" in page
    assert "Places to rest" not in page
    client.post(url, {"entry": ids[1:2]})
    second = last_ballot(contest=contest, by=resident)
    over(contest)
    assert "replaced by a later ballot" in check(first.receipt)
    assert "unchanged, and counts" in check(second.receipt)
    BallotVoid.objects.create(ballot=second, reason="STUFFING")
    assert "declared void" in check(second.receipt)


def test_while_people_vote_a_receipt_does_not_tell_its_buyer_whether_the_voter_thought_better(
    check, url, resident, neighbour, ids, contest
):
    def told(person):
        client = english(person)
        client.post(url, {"entry": ids[:1]})
        receipt = last_ballot(contest=contest, by=person).receipt
        if person == resident:
            client.post(url, {"entry": ids[1:2]})
        return CSRF.sub("", check(receipt)).replace(receipt, "")

    assert told(resident) == told(neighbour)


def test_a_receipt_that_is_none_is_told_in_words(check):
    assert shown(VotingRefusal.NO_SUCH_RECEIPT.label) in check("0123456789abcdef")
    assert shown(VotingRefusal.NO_SUCH_RECEIPT.label) in check("")


def test_receipts_are_not_tried_without_end(check):
    for _ in range(20):
        check("0123456789abcdef")
    assert shown(VotingRefusal.NO_SUCH_RECEIPT.label) not in check("0123456789abcdef")


# What must not leak before voting is over


def cast_for(contest, communities, entry, number):
    for _ in range(number):
        voter = ResidencyFactory(community=communities[0]).user
        cast_ballot(contest=contest, entries=[entry], by=voter, now=timezone.now())


def pages_of(contest):
    """Every page on which a figure, an order or a length could tell of votes; the office's own page for who may open it."""
    entry = contest.entries.last()
    own = ("contest_detail", "contest_result", "contest_archive", "ballot", "pitch", "pitch_screen", "pitch_screen_now")
    return [
        *(reverse(name, args=[contest.pk]) for name in own),
        reverse("contest_list"),
        reverse("entry_detail", args=[entry.pk]),
        reverse("home"),
        reverse("programme_detail", args=[contest.programme_id]),
        reverse("community_detail", args=[entry.community_id]),
        f"{reverse('search')}?q=rest",
        reverse("my_data"),
        reverse("admin:contests_contest_change", args=[contest.pk]),
    ]


def test_no_page_changes_with_what_was_voted(contest_in, communities, resident, officer, supervisor, now):
    """Order, length and headers of every page are the same before and after a landslide, for everyone who may look."""
    contest = contest_in("OPEN", entries=4, counts_hidden=True)
    plan_pitches(contest=contest, place="Hall", starts_at=now, minutes=5, pause=0, by=officer, now=now)
    draw_order(contest=contest, by=officer, now=now)
    voters = [ResidencyFactory(community=communities[0]).user for _ in range(12)]
    readers = {person: english(person) for person in (None, resident, officer, supervisor)}

    def seen():
        pages = {}
        for person, client in readers.items():
            for address in pages_of(contest):
                page = client.get(address)
                body = CSRF.sub("", page.getvalue().decode(errors="replace"))
                lengths = (len(page.getvalue()), page.headers.get("Content-Length"))
                pages[person, address] = (page.status_code, body, page.headers.get("ETag"), lengths)
        return pages

    seen()
    before = seen()
    assert sum(status == 200 for status, *_rest in before.values()) > 2 * len(pages_of(contest))
    for voter in voters:
        cast_ballot(contest=contest, entries=[contest.entries.last().pk], by=voter, now=timezone.now())
    request_live_tally(contest=contest, now=timezone.now())
    after = seen()
    assert [page for page in before if after[page] != before[page]] == []


def test_nobody_counts_hidden_votes_before_voting_is_over(contest_in, communities, officer, now):
    contest = contest_in("OPEN", entries=2, counts_hidden=True)
    cast_for(contest, communities, contest.entries.last().pk, 11)
    assert request_live_tally(contest=contest, now=now) is None
    with pytest.raises(Refused, check=lambda refusal: refusal.reason == VotingRefusal.COUNTS_HIDDEN):
        request_tally(contest=contest, kind=RunKind.LIVE, by=officer, now=now)
    assert not TallyRun.objects.exists()


def test_a_run_from_before_counts_were_hidden_is_shown_to_nobody(contest_in, officer, now):
    contest = contest_in("OPEN", entries=2, judged=True)
    run = carry_out(run=request_tally(contest=contest, kind=RunKind.LIVE, by=officer, now=now), now=now)
    assert TallyRun.objects.shown_to(officer, contest) == run
    with pgtrigger.ignore("contests.Contest:rules_frozen"):
        Contest.objects.filter(pk=contest.pk).update(counts_hidden=True)
    assert TallyRun.objects.shown_to(officer, contest) is None


def test_ballots_are_not_kept_by_browsers(url, receipt_url, resident, ids):
    client = english(resident)
    client.post(url, {"entry": ids[:1]})
    for page in (client.get(url), client.get(receipt_url)):
        assert "no-store" in page.headers["Cache-Control"]
