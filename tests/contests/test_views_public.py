"""Contests, entries and results as everyone reads them, and as only the office does."""

import subprocess
import sys
from datetime import datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from communities.models import Subdistrict
from contests.enums import ContestState, RunKind
from contests.models import Contest, TallyRun
from contests.services.judging import rubric
from contests.services.lifecycle import close_contest, publicise_result
from programmes.enums import StageKind
from tests.browsing import english, text
from tests.factories import ContestFactory, CriterionFactory, EntryFactory, ProgrammeFactory

WAITING = "The result has not been published yet"


def result_page(contest, user=None):
    return text(english(user).get(reverse("contest_result", args=[contest.pk])))


@pytest.mark.parametrize("count", [3, 30])
def test_list_costs_the_same_for_any_number(count, programme, django_assert_num_queries):
    ContestFactory.create_batch(count, programme=programme, state=ContestState.OPEN, rules_sha256="0" * 64)
    with django_assert_num_queries(3):
        page = english().get(reverse("contest_list"))
    assert f"{count} contests" in text(page)


@pytest.mark.parametrize("count", [3, 30])
def test_contest_costs_the_same_for_any_number_of_entries(
    count, programme, communities, categories, django_assert_num_queries
):
    contest = ContestFactory(programme=programme, state=ContestState.OPEN, rules_sha256="0" * 64)
    EntryFactory.create_batch(
        count, contest=contest, proposal__community=communities[0], proposal__category=categories[0]
    )
    with django_assert_num_queries(7):
        page = english().get(contest.get_absolute_url())
    assert f"{count} entries" in text(page)


def test_contests_are_narrowed_down_by_year_and_entries_by_place_and_category(contest_in, programme, subdistrict):
    contest = contest_in("OPEN", entries=2)
    ContestFactory(programme=ProgrammeFactory(subdistrict=subdistrict, year=2010), state="OPEN", rules_sha256="0" * 64)
    assert "2 contests" in text(english().get(reverse("contest_list")))
    assert "1 contest<" in text(english().get(reverse("contest_list"), {"programme": programme.pk}))
    first, second = contest.entries.order_by("number")
    assert first.community != second.community
    page = text(english().get(contest.get_absolute_url(), {"community": first.community_id}))
    assert (first.get_absolute_url() in page, second.get_absolute_url() in page) == (True, False)
    page = text(english().get(contest.get_absolute_url(), {"category": first.category_id}))
    assert (first.get_absolute_url() in page, second.get_absolute_url() in page) == (True, True)
    unknown = english().get(contest.get_absolute_url(), {"community": "x"}).context["filter"]
    assert unknown.errors.keys() == {"community"}


def test_draft_contest_is_the_offices(contest_in, resident, officer, supervisor, other_officer):
    contest = contest_in("DRAFT")
    entry = contest.entries.first()
    for url in (contest.get_absolute_url(), entry.get_absolute_url()):
        for person, status in ((None, 404), (resident, 404), (other_officer, 404), (officer, 200), (supervisor, 200)):
            assert english(person).get(url).status_code == status


def test_contest_shows_its_rules_and_their_hash(contest_in):
    contest = contest_in("OPEN")
    page = text(english().get(contest.get_absolute_url()))
    assert contest.rules_sha256 in page
    assert "The budget is 60,000 yuan." in page
    assert reverse("ballot", args=[contest.pk]) in page


def test_maximum_of_a_criterion_is_shown_exactly(contest_in):
    contest = contest_in(ContestState.DRAFT)
    CriterionFactory(contest=contest, max_points=Decimal("12.25"))
    CriterionFactory(contest=contest, max_points=Decimal("20.00"))
    entry = contest.entries.first()
    shown = render_to_string("contests/_criteria.html", {"criteria": rubric(entry)})
    assert ">12.25</td>" in shown
    assert ">20</td>" in shown


def test_entry_shows_its_amount_its_rubric_and_where_it_comes_from(contest_in):
    entry = contest_in("OPEN").entries.get(number="002")
    page = text(english().get(entry.get_absolute_url()))
    assert "22,000" in page
    assert str(entry.contest.criteria.first()) in page
    assert entry.proposal.get_absolute_url() in page


@pytest.mark.parametrize("state", ["OPEN", "CLOSED", "TALLIED"])
def test_figures_wait_for_the_public_notice(state, contest_in, scene, resident, officer, supervisor, other_officer):
    contest = contest_in(state, judged=True)
    if state == "OPEN":
        scene.tally(contest, RunKind.LIVE)
    has_run = state != "CLOSED"
    for person in (None, resident, other_officer):
        assert WAITING in result_page(contest, person)
    for person in (officer, supervisor):
        assert (WAITING not in result_page(contest, person)) == has_run


@pytest.mark.parametrize("state", ["PUBLICISED", "CONFIRMED"])
def test_published_result_is_everyones(state, contest_in):
    contest = contest_in(state)
    run = TallyRun.objects.latest_done(contest, RunKind.FINAL)
    page = result_page(contest)
    assert run.results_sha256 in page
    assert run.rules_sha256 in page
    assert "How these figures were made" in page
    for result in run.results.all():
        assert f"{result.final_score}" in page


def test_live_count_is_never_public_even_after_publication(contest_in, scene, officer, now):
    contest = contest_in("OPEN", judged=True)
    scene.tally(contest, RunKind.LIVE)
    contest = close_contest(contest=contest, by=officer, now=contest.voting_closes_at)
    scene.tally(contest)
    publicise_result(contest=contest, by=officer, now=now)
    visible = TallyRun.objects.visible_to(english().get("/").wsgi_request.user)
    assert [run.kind for run in visible] == [RunKind.FINAL]


@pytest.mark.parametrize("entries", [3, 30])
def test_result_costs_the_same_for_any_number_of_entries(entries, scene, officer, now, django_assert_num_queries):
    contest = scene.contest(
        ContestState.OPEN, entries=entries, expert_weight=Decimal(0), public_weight=Decimal(1), budget=None
    )
    scene.vote(contest)
    contest = close_contest(contest=contest, by=officer, now=contest.voting_closes_at)
    scene.tally(contest)
    publicise_result(contest=contest, by=officer, now=now)
    with django_assert_num_queries(9):
        page = english().get(reverse("contest_result", args=[contest.pk]))
    assert text(page).count('id="entry-') == entries


def test_what_is_only_for_checking_is_folded_away(contest_in):
    contest = contest_in("OPEN")
    page = text(english().get(contest.get_absolute_url()))
    shown, _, folded = page.partition('<details class="check">')
    for words in (contest.seed, contest.rules_sha256):
        assert words not in shown
        assert words in folded.partition("</details>")[0]
    assert shown.index("card-link") < shown.index('id="rules"')


def test_codes_of_criteria_are_read_by_machines_only(contest_in, officer):
    contest = contest_in("DRAFT")
    criterion = contest.criteria.first()
    contest.criteria.filter(pk=criterion.pk).update(code="NEED_OF_MANY")
    for url in (contest.get_absolute_url(), contest.entries.first().get_absolute_url()):
        page = text(english(officer).get(url))
        assert criterion.name in page
        assert "NEED_OF_MANY" not in page


REACHED = {
    "office": "Office for communities",
    "address": "1 Example Road",
    "hours": "working days 9:00–11:30",
    "telephone": "010-0000 0000",
    "supervision_telephone": "010-0000 0001",
}


def test_a_result_on_notice_says_until_when_and_to_whom_one_objects(contest_in, now):
    contest = contest_in("PUBLICISED")
    Subdistrict.objects.update(**REACHED)
    last = timezone.localdate(now) + timedelta(days=7)
    noon = timezone.make_aware(datetime.combine(last, time(12)))
    contest.programme.stages.filter(kind=StageKind.PUBLICITY).update(closes_at=noon)
    page = result_page(contest)
    assert "objects in writing to the office named below" in page
    assert f'<time datetime="{timezone.localdate(now)}">' in page
    assert f'<time datetime="{last}">' in page
    assert all(words in page for words in REACHED.values())
    assert 'href="tel:010-00000000"' in page


def test_a_confirmed_result_takes_no_objections_any_more_but_says_whom_to_ask(contest_in):
    contest = contest_in("CONFIRMED")
    Subdistrict.objects.update(**REACHED)
    page = result_page(contest)
    assert "The time for objections is over." in page
    assert "objects in writing" not in page
    assert REACHED["telephone"] in page


def test_a_notice_names_the_street_office_where_nothing_else_is_entered(contest_in):
    contest = contest_in("PUBLICISED")
    page = result_page(contest)
    assert "The street office of Sub-district" in page
    assert "Questions by telephone" not in page


def test_before_it_is_on_notice_a_result_says_nothing_of_objections(contest_in, officer):
    page = result_page(contest_in("TALLIED"), officer)
    assert "Not on public notice yet" in page
    assert "objects in writing" not in page


def test_nobody_voted_is_said(contest_in, scene, officer, now):
    contest = contest_in("OPEN")
    scene.judge(contest)
    contest = close_contest(contest=contest, by=officer, now=contest.voting_closes_at)
    scene.tally(contest)
    publicise_result(contest=Contest.objects.get(pk=contest.pk), by=officer, now=now)
    assert "Nobody voted" in result_page(contest)


def test_award_is_on_the_page_of_its_entry(contest_in):
    contest = contest_in("PUBLICISED")
    entry = contest.entries.get(award__result__rank=1)
    page = text(english().get(entry.get_absolute_url()))
    assert f"Rank 1, {entry.award.result.final_score} points" in page


def test_text_of_an_entry_is_text(programme, communities, categories):
    contest = ContestFactory(programme=programme, state=ContestState.OPEN, rules_sha256="0" * 64, name="<b>bold</b>")
    proposal = {"proposal__community": communities[0], "proposal__category": categories[0]}
    entry = EntryFactory(contest=contest, title="<script>1</script>", **proposal)
    for url in (contest.get_absolute_url(), entry.get_absolute_url()):
        page = text(english().get(url))
        assert "<script>1</script>" not in page
        assert "<b>bold</b>" not in page


def test_everyone_downloads_a_published_contest_and_recomputes_it(client, contest_in, tmp_path):
    contest = contest_in(ContestState.PUBLICISED)
    address = reverse("contest_archive", args=[contest.pk])
    assert address in client.get(reverse("contest_result", args=[contest.pk])).content.decode()
    answer = client.get(address)
    assert answer["Content-Type"] == "application/zip"
    assert answer.content == client.get(address).content
    ZipFile(BytesIO(answer.content)).extractall(tmp_path)
    folder = tmp_path / f"contest-{contest.pk}"
    done = subprocess.run([sys.executable, "-I", "verify.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert "agrees" in done.stdout


@pytest.mark.parametrize("state", [ContestState.OPEN, ContestState.TALLIED])
def test_nothing_is_downloaded_before_the_result_is_published(client, contest_in, officer, state):
    contest = contest_in(state)
    client.force_login(officer)
    assert client.get(reverse("contest_archive", args=[contest.pk])).status_code == 404
