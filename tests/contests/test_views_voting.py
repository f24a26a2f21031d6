"""The ballot: chosen, refused, changed, and read again by its voter alone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contests.enums import ContestRefusal
from contests.models import Ballot, Contest
from contests.services.voting import last_ballot
from contests.views.voting import on_offer
from tests.browsing import english, shown, text


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
    mine, theirs = on_offer(contest, None, "1"), on_offer(contest, None, "2")
    assert mine == on_offer(contest, None, "1")
    assert mine != theirs
    assert set(mine) == set(theirs)


@pytest.mark.parametrize("entries", [3, 15])
def test_ballot_costs_the_same_for_any_number(entries, contest_in, resident, django_assert_num_queries):
    contest = contest_in("OPEN", entries=entries)
    client = english(resident)
    with django_assert_num_queries(8):
        page = client.get(reverse("ballot", args=[contest.pk]))
    assert text(page).count('type="checkbox"') == entries


def test_ballots_are_not_kept_by_browsers(url, receipt_url, resident, ids):
    client = english(resident)
    client.post(url, {"entry": ids[:1]})
    for page in (client.get(url), client.get(receipt_url)):
        assert "no-store" in page.headers["Cache-Control"]
