"""The front page, projects, communities, and the way from an idea to its project."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from communities.models import Community
from contests.models import Award, Result
from programmes.models import Programme, Stage
from projects.models import Milestone, Project
from projects.services import add_milestone, approve_projects, reach_milestone
from proposals.enums import IdeaState
from tests.browsing import english, text
from tests.factories import CommunityFactory, EntryFactory, IdeaFactory
from tests.proposals.test_idea_tables import rows_of


@pytest.fixture
def projects(contest_in, approver, now):
    return approve_projects(contest=contest_in("CONFIRMED", budget=None), by=approver, now=now)


def ideas(programme, community, count):
    category = programme.categories.first()
    state = {"state": IdeaState.SUBMITTED, "submitted_at": timezone.now()}
    IdeaFactory.create_batch(count, programme=programme, community=community, category=category, **state)


def funded(contest, community, count):
    """Projects of entries that were never judged: rows for lists, nothing more."""
    run, category = contest.runs.last(), contest.programme.categories.first()
    for number in range(count):
        entry = EntryFactory(
            contest=contest,
            proposal__community=community,
            proposal__category=category,
            number=f"P{number:02}",
        )
        result = Result.objects.create(run=run, entry=entry, decision="SELECTED", amount=1, reason="BY_RANK")
        award = Award.objects.create(entry=entry, result=result, state="SELECTED", amount=1, created_at=timezone.now())
        Project.objects.create(
            award=award, title=entry.title, community=community, lead="Team", amount=1, approved_at=timezone.now()
        )


def test_front_page_without_a_programme(db):
    assert "has not announced a programme yet" in text(english().get("/"))


def test_front_page_of_a_collecting_year(programme, communities):
    ideas(programme, communities[0], 2)
    page = text(english().get("/"))
    assert "Collection of ideas" in page
    assert "30 days left" in page
    assert page.count('class="sheet card-link"') == 2
    assert reverse("idea_create") in page


def test_front_page_puts_the_vote_first_while_one_is_open(contest_in):
    contest = contest_in("OPEN")
    page = text(english().get("/"))
    assert page.index(reverse("ballot", args=[contest.pk])) < page.index(reverse("idea_create"))


def test_front_page_asks_for_nothing_when_nothing_is_open(programme):
    Stage.objects.update(closes_at=timezone.now() - timedelta(hours=1))
    page = text(english().get("/"))
    assert reverse("idea_create") not in page
    assert "days left" not in page


def test_last_day_is_called_so(programme):
    end_of_today = timezone.localtime().replace(hour=23, minute=59, second=59, microsecond=999999)
    Stage.objects.filter(kind="IDEA_COLLECTION").update(closes_at=end_of_today)
    assert "Last day today" in text(english().get("/"))


@pytest.mark.parametrize("count", [3, 30])
def test_front_page_costs_the_same_for_any_number(count, programme, communities, django_assert_num_queries):
    ideas(programme, communities[0], count)
    with django_assert_num_queries(8):
        english().get("/")


@pytest.mark.parametrize("count", [3, 30])
def test_project_list_costs_the_same_for_any_number(count, contest_in, communities, django_assert_num_queries):
    contest = contest_in("CONFIRMED")
    funded(contest, communities[1], count)
    with django_assert_num_queries(5):
        page = text(english().get(reverse("project_list"), {"community": communities[1].pk}))
    assert f"{count} projects" in page


def test_the_projects_are_a_file_too(projects):
    answer = english().get(reverse("project_list"), {"format": "csv"})
    assert {row[1] for row in rows_of(answer)} == {project.title for project in projects}
    assert "format=xlsx" in text(english().get(reverse("project_list")))


def test_empty_project_list_says_when_projects_begin(programme):
    page = text(english().get(reverse("project_list")))
    assert "0 projects" in page
    assert "Projects begin when the result of a contest is confirmed." in page


def test_project_tells_what_was_promised_and_reached(projects, officer, now):
    project = projects[0]
    today = timezone.localdate(now)
    done = add_milestone(project=project, title="Benches stand", due_on=today, by=officer, now=timezone.now())
    reach_milestone(milestone=done, on=today, note="Three of <b>three</b>", by=officer, now=timezone.now())
    add_milestone(
        project=project, title="Trees planted", due_on=today - timedelta(days=1), by=officer, now=timezone.now()
    )
    page = text(english().get(project.get_absolute_url()))
    assert "Three of &lt;b&gt;three&lt;/b&gt;" in page
    assert page.count("Overdue") == 1
    assert Milestone.objects.count() == 2


def test_way_leads_from_the_idea_to_the_project_and_back(projects):
    project = projects[0]
    entry = project.award.entry
    idea = entry.proposal.consolidations.get().idea
    steps = [page.get_absolute_url() for page in (idea, entry.proposal, entry, project)]
    for url in steps:
        page = text(english().get(url))
        for step in steps:
            assert f'href="{step}"' in page


def test_way_ends_where_the_contest_stands(contest_in, resident):
    entry = contest_in("TALLIED").entries.get(number="001")
    idea = entry.proposal.consolidations.get().idea
    page = text(english(resident).get(idea.get_absolute_url()))
    assert f'href="{entry.get_absolute_url()}"' in page
    assert "points" not in page.partition('id="journey"')[2]


def test_way_hides_a_contest_that_is_being_prepared(contest_in, resident, officer):
    entry = contest_in("DRAFT").entries.get(number="001")
    url = entry.proposal.get_absolute_url()
    assert entry.get_absolute_url() not in text(english(resident).get(url))
    assert entry.get_absolute_url() in text(english(officer).get(url))


@pytest.mark.parametrize("count", [3, 30])
def test_community_list_costs_the_same_for_any_number(count, subdistrict, django_assert_num_queries):
    CommunityFactory.create_batch(count, subdistrict=subdistrict)
    with django_assert_num_queries(2):
        page = text(english().get(reverse("community_list")))
    assert f"{count} communities" in page


@pytest.mark.parametrize("population", [0, None])
def test_communities_without_residents_have_no_rate(population, communities, client):
    Community.objects.filter(pk=communities[0].pk).update(registered_population=population)
    assert client.get(reverse("community_list"), {"sort": "rate"}).status_code == 200


def test_community_counts_ideas_that_were_handed_in_and_projects(projects, idea_in, communities):
    """As everywhere: whatever became of them."""
    idea_in("DRAFT")
    idea_in("RETURNED", title="Given back")
    idea_in("SUBMITTED", title="Lamps in the yard")
    page = text(english().get(reverse("community_detail", args=[communities[0].pk])))
    assert '<dd><a href="#years">3</a></dd>' in page
    assert "Given back" not in page
    assert "Lamps in the yard" in page
    assert projects[0].get_absolute_url() in page
    Community.objects.filter(pk=communities[0].pk).update(registered_population=2000)
    listed = text(english().get(reverse("community_list")))
    assert "3 ideas" in listed
    assert "1.5 ideas per 1,000 residents" in listed


def test_log_in_leads_to_ones_work(resident, officer, supervisor, expert, contest_in):
    contest_in("OPEN")
    url = reverse("after_login")
    assert english(resident).get(url).url == reverse("my")
    assert english(officer).get(url).url == reverse("admin:index")
    assert english(supervisor).get(url).url == reverse("admin:index")
    assert english(expert).get(url).url == reverse("panel")


def test_newest_programme_is_the_front_pages(programme_in):
    programme_in()
    newest = programme_in()
    assert Programme.objects.newest_first().first() == newest
    assert str(newest.title) in text(english().get("/"))
