"""Communities and organisations, and the conditions above lists."""

import pgtrigger
import pytest
from django.urls import reverse

from communities.enums import OrganisationKind
from communities.models import Community
from projects.models import Project
from projects.services import approve_projects
from proposals.models import Idea, Proposal
from tests.browsing import english, shown, text
from tests.factories import (
    AccompanimentFactory,
    AppointmentFactory,
    CommunityFactory,
    OrganisationFactory,
    ProgrammeFactory,
    StageFactory,
)


def community_page(community):
    return text(english().get(reverse("community_detail", args=[community.pk])))


def organisation_page(organisation):
    return text(english().get(reverse("organisation_detail", args=[organisation.pk])))


def names_in_order(page):
    return [part.partition(">")[2].partition("<")[0] for part in page.split('<h3><a href="/communities/')[1:]]


def test_community_shows_who_acts_there(programme, communities, support_organisation):
    group = OrganisationFactory(
        subdistrict=programme.subdistrict, community=communities[0], kind=OrganisationKind.COMMUNITY_GROUP, name="Choir"
    )
    page = community_page(communities[0])
    assert f'href="{reverse("organisation_detail", args=[group.pk])}"' in page
    assert f'href="{reverse("organisation_detail", args=[support_organisation.pk])}"' in page
    assert "Choir" not in community_page(communities[1])


def test_community_shows_its_years_with_links_to_their_rows(contest_in, communities, approver, now):
    contest = contest_in("CONFIRMED", budget=None)
    approve_projects(contest=contest, by=approver, now=now)
    page, year = community_page(communities[0]), contest.programme.pk
    for path in ("/ideas/", "/proposals/", "/projects/"):
        assert f'<a href="{path}?programme={year}&amp;community={communities[0].pk}">1</a>' in page
    assert "Places to rest 1" in page
    assert "Places to rest 2" not in page


def test_proposal_in_work_is_not_shown(proposal_in, communities):
    proposal_in("COACHING", title="Places to rest")
    proposals = community_page(communities[0]).partition("<h2>Proposals</h2>")[2]
    assert "No proposal here yet." in proposals


def test_population_is_shown_when_it_is_known(communities):
    Community.objects.filter(pk=communities[0].pk).update(registered_population=12345, households=None)
    page = community_page(communities[0])
    assert "12,345" in page
    assert "Households" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_community_costs_the_same_for_any_number(count, contest_in, communities, django_assert_num_queries):
    contest = contest_in("OPEN", entries=3 * count)
    OrganisationFactory.create_batch(count, subdistrict=contest.programme.subdistrict, community=communities[0])
    for number in range(count):
        StageFactory(programme=ProgrammeFactory(subdistrict=contest.programme.subdistrict, year=2010 + number))
    with django_assert_num_queries(12):
        community_page(communities[0])


def test_communities_are_sorted_as_asked(programme, communities, idea_in):
    Community.objects.update(registered_population=1000)
    Community.objects.filter(pk=communities[1].pk).update(registered_population=100_000)
    for number, community in enumerate([communities[1], communities[1], communities[2]]):
        idea_in("SUBMITTED", title=f"Benches at gate {number}", community=community)
    url = reverse("community_list")
    orders = {
        sort: "".join(name[-1] for name in names_in_order(text(english().get(url, {"sort": sort}))))
        for sort in ("", "ideas", "rate", "projects", "nonsense")
    }
    assert orders == {"": "ABC", "ideas": "BCA", "rate": "CBA", "projects": "ABC", "nonsense": "ABC"}


def test_organisation_tells_what_names_it_and_not_who_belongs_to_it(
    contest_in, communities, support_organisation, support_member, approver, now
):
    contest = contest_in("CONFIRMED", budget=None)
    approve_projects(contest=contest, by=approver, now=now)
    Project.objects.filter(community=communities[0]).update(lead=support_organisation.name)
    with pgtrigger.ignore("proposals.Proposal:text_frozen"):
        Proposal.objects.filter(community=communities[1]).update(team_name=support_organisation.name)
    page = organisation_page(support_organisation)
    project = Project.objects.get(community=communities[0])
    proposal = Proposal.objects.get(community=communities[1])
    assert project.get_absolute_url() in page
    assert proposal.get_absolute_url() in page
    assert f'<a href="/proposals/?programme={contest.programme_id}&amp;community={communities[0].pk}">1</a>' in page
    assert shown(support_member.display_name) not in page


def test_namesake_in_another_sub_district_has_nothing_of_it(contest_in, support_organisation, approver, now):
    contest = contest_in("CONFIRMED", budget=None)
    approve_projects(contest=contest, by=approver, now=now)
    Project.objects.update(lead="Namesake")
    namesake = OrganisationFactory(name="Namesake")
    page = organisation_page(namesake)
    assert "No project names it as the one that leads it." in page
    assert not any(project.get_absolute_url() in page for project in Project.objects.all())


@pytest.mark.parametrize("count", [1, 3])
def test_organisation_costs_the_same_for_any_number(
    count, programme, support_organisation, subdistrict, django_assert_num_queries
):
    for community in CommunityFactory.create_batch(count, subdistrict=subdistrict):
        AccompanimentFactory(programme=programme, organisation=support_organisation, community=community)
    AppointmentFactory.create_batch(
        count, role="SUPPORT_MEMBER", subdistrict=subdistrict, organisation=support_organisation
    )
    with django_assert_num_queries(4):
        organisation_page(support_organisation)


# Conditions above a list


def chips_of(page):
    return [
        (part.partition('href="')[2].partition('"')[0], part.partition("</span>")[2].partition("<svg")[0].strip())
        for part in page.split('<a class="chip"')[1:]
    ]


def test_each_condition_is_named_and_can_be_taken_away(programme, communities):
    category = programme.categories.get(code="CARE")
    query = {"community": communities[0].pk, "category": category.pk, "page": 2, "programme": programme.pk}
    page = text(english().get(reverse("idea_list"), query))
    assert chips_of(page) == [
        (f"/ideas/?category={category.pk}&amp;programme={programme.pk}", "Community A"),
        (f"/ideas/?community={communities[0].pk}&amp;programme={programme.pk}", "Care"),
    ]
    assert f'href="/ideas/?programme={programme.pk}">Remove all' in page


def test_words_of_a_search_stand_as_text_only(programme):
    page = text(english().get(reverse("idea_list"), {"q": "<b>bench"}))
    assert chips_of(page) == [("/ideas/", "&lt;b&gt;bench")]


def test_list_without_conditions_has_no_chips(programme):
    assert chips_of(text(english().get(reverse("idea_list")))) == []


def test_condition_that_is_none_is_left_out(programme):
    page = text(english().get(reverse("idea_list"), {"category": "nonsense"}))
    assert chips_of(page) == []


@pytest.mark.parametrize("asked", ["", "nonsense", "0", "99999999999", "²"])
def test_list_of_an_unknown_year_is_the_newest_ones(asked, programme, idea_in):
    idea_in("SUBMITTED")
    assert "1 idea" in text(english().get(reverse("idea_list"), {"programme": asked}))


def test_ideas_are_ordered_as_asked(idea_in, now):
    first, second = idea_in("SUBMITTED", title="Benches first"), idea_in("SUBMITTED", title="Lamps second")
    Idea.objects.filter(pk=first.pk).update(submitted_at=now.replace(year=now.year - 1))
    newest = text(english().get(reverse("idea_list")))
    oldest = text(english().get(reverse("idea_list"), {"sort": "oldest"}))
    assert newest.index(second.title) < newest.index(first.title)
    assert oldest.index(first.title) < oldest.index(second.title)


def test_communities_are_found_by_name_in_any_order(communities):
    wanted = communities[1]
    answer = english().get(reverse("community_list"), {"q": wanted.name.lower(), "sort": "ideas"})
    assert [community for community, _rate in answer.context["rows"]] == [wanted]
    assert "No community has this name." in text(english().get(reverse("community_list"), {"q": "Nowhere"}))
    page = text(english().get(reverse("community_list"), {"q": "Commun"}))
    assert 'href="?q=Commun&amp;sort=projects"' in page
