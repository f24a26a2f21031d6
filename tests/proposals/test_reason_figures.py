"""How often which reason was given, against a count by hand, and as a file that no spreadsheet runs."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from programmes.enums import StageKind
from proposals.enums import IdeaState, ScreeningReason
from proposals.models import Idea, Screening
from proposals.services.ideas import screen, undo_screening
from tests.browsing import english
from tests.proposals.test_idea_tables import rows_of
from tests.proposals.test_second_officer import DOUBTFUL, ScreeningDecision, replace, turning_away

PAGE = "/admin/proposals/idea/reasons/"


@pytest.fixture
def turned_away(scene, idea_in, officer, now):
    """Two rejected and one returned for the same reason, one returned for another; one first opinion."""
    here, there = scene.communities[:2]
    for state, community in (("REJECTED", here), ("RETURNED", here), ("REJECTED", there)):
        idea_in(state, community=community)
    other = replace(turning_away(ScreeningDecision.RETURN), reason=ScreeningReason.GOV_DUTY)
    screen(idea=idea_in(IdeaState.SUBMITTED, community=there), judgement=other, by=officer, now=now)
    doubt = replace(turning_away(ScreeningDecision.REJECT), sustainability=DOUBTFUL.sustainability)
    screen(idea=idea_in(IdeaState.SUBMITTED, community=here), judgement=doubt, by=officer, now=now)
    idea_in("ACCEPTED", community=here)
    return here, there


def figures(client, by, **year):
    page = client.get(PAGE, {"by": by, **year})
    return [(count.name, count.reason, count.ideas) for count, _ in page.context["rows"]]


def test_the_figures(client, officer, programme, turned_away):
    here, there = turned_away
    client.force_login(officer)
    year = str(programme.year)
    assert figures(client, "programme") == [(year, "UNCLEAR", 3), (year, "GOV_DUTY", 1)]
    assert figures(client, "community") == [
        (here.name, "UNCLEAR", 2),
        (there.name, "GOV_DUTY", 1),
        (there.name, "UNCLEAR", 1),
    ]
    assert sum(ideas for _, _, ideas in figures(client, "category")) == 4
    assert figures(client, "nonsense") == figures(client, "programme")


@pytest.mark.parametrize("by", ["community", "category"])
def test_years_are_told_apart_and_can_be_added(client, officer, turned_away, programme, programme_in, by):
    """The newest year first; its link, its file and its figures are of the same ideas."""
    later = programme_in(*StageKind)
    for idea in Idea.objects.filter(state=IdeaState.RETURNED):
        same = {"community": idea.community, "category": later.categories.get(code=idea.category.code)}
        Idea.objects.filter(pk=idea.pk).update(programme=later, **same)
    client.force_login(officer)
    sums = {
        year: sum(row[2] for row in figures(client, by, programme=year)) for year in (programme.pk, later.pk, "all")
    }
    assert sums == {programme.pk: 2, later.pk: 2, "all": 4}
    assert figures(client, by) == figures(client, by, programme=later.pk) == figures(client, by, programme="x")
    assert sum(row[2] for row in figures(client, "programme", programme=later.pk)) == 4
    page = client.get(PAGE, {"by": by, "programme": programme.pk})
    for count, url in page.context["rows"]:
        assert client.get(url).context["cl"].result_count == count.ideas
    assert f"by={by}&amp;programme=all" in page.content.decode()
    assert f"by={by}&amp;programme={programme.pk}&amp;format=csv" in page.content.decode()
    for year, name in ((programme.pk, str(programme)), (later.pk, str(later)), ("all", "All years")):
        file = english(officer).get(PAGE, {"by": by, "programme": year, "format": "csv"})
        rows = rows_of(file)
        assert sum(int(row[2]) for row in rows) == sums[year]
        assert {row[3] for row in rows} == {name}


@pytest.mark.parametrize("by", ["programme", "community", "category"])
def test_every_figure_leads_to_its_ideas(client, officer, turned_away, by):
    client.force_login(officer)
    for count, url in client.get(PAGE, {"by": by}).context["rows"]:
        assert client.get(url).context["cl"].result_count == count.ideas


def test_the_page_makes_as_many_queries_for_many_rows_as_for_few(
    client, officer, idea_in, scene, django_assert_num_queries
):
    client.force_login(officer)
    idea_in("REJECTED")
    client.get(PAGE)
    with django_assert_num_queries(5):
        client.get(PAGE, {"by": "community"})
    for community in scene.communities:
        idea_in("REJECTED", community=community)
    with django_assert_num_queries(5):
        response = client.get(PAGE, {"by": "community"})
    assert len(response.context["rows"]) == len(scene.communities)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_has_the_rows_of_the_page_and_no_formula(kind, client, officer, turned_away):
    here, there = turned_away
    type(here).objects.filter(pk=here.pk).update(name="=1+1")
    client.force_login(officer)
    rows = rows_of(client.get(PAGE, {"by": "community", "format": kind}))
    assert [(row[0], int(row[2])) for row in rows] == [("'=1+1", 2), (there.name, 1), (there.name, 1)]


def test_there_are_no_other_files(client, officer, turned_away):
    client.force_login(officer)
    assert client.get(PAGE, {"format": "exe"}).status_code == 404


def test_officers_elsewhere_and_residents_do_not_see_them(client, other_officer, resident, supervisor, turned_away):
    client.force_login(other_officer)
    assert figures(client, "programme") == []
    client.force_login(supervisor)
    assert len(figures(client, "programme")) == 2
    client.force_login(resident)
    assert client.get(reverse("admin:proposals_idea_reasons")).status_code == 403


def test_nothing_is_counted_twice(client, officer, approver, turned_away, now):
    idea = Idea.objects.filter(state=IdeaState.RETURNED).first()
    given = Screening.objects.filter(idea=idea).values("public_benefit", "sustainability", "capacity_building")[0]
    reason = Screening.objects.get(idea=idea).reason
    client.force_login(officer)
    before = figures(client, "programme")
    Screening.objects.create(
        idea=idea, officer=approver, decision="RETURN", reason=reason, note="Again.", at=now, revision=2, **given
    )
    assert figures(client, "programme") == before


# Unlawful content: what is kept and reported


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_unlawful_content_is_listed_with_text_moment_and_officer(kind, client, officer, scene, idea_in, now):
    unlawful = replace(turning_away(ScreeningDecision.REJECT), reason=ScreeningReason.ILLEGAL_CONTENT)
    ideas = [idea_in(IdeaState.SUBMITTED, title=title) for title in ("=cmd|' /C calc'!A0", "Taken back")]
    for idea in ideas:
        screening = screen(idea=idea, judgement=unlawful, by=officer, now=now)
    undo_screening(screening=screening, by=officer, now=now)
    idea_in("REJECTED", title="Another reason")
    idea_in("ACCEPTED", title="Good")
    client.force_login(officer)
    page = client.get(PAGE)
    assert page.context["unlawful"] == 1
    listed = page.context["unlawful_list"]
    assert client.get(listed).context["cl"].result_list[0] == ideas[0]
    [row] = rows_of(client.get(page.context["unlawful_file"].replace("xlsx", kind)))
    cells = [str(cell) for cell in row]
    assert "'=cmd|' /C calc'!A0" in cells
    assert {ideas[0].problem, ideas[0].solution, str(officer)} <= set(cells)
    assert any(cell.startswith(f"{localtime(now):%Y-%m-%d %H:%M}") for cell in cells[18:])


def test_the_file_of_ideas_tells_what_a_duplicate_is_the_same_as(client, officer, idea_in, neighbour, now):
    first, second = idea_in("ACCEPTED", by=neighbour), idea_in(IdeaState.SUBMITTED)
    same = replace(turning_away(ScreeningDecision.REJECT), reason=ScreeningReason.DUPLICATE, duplicate_of=first)
    screen(idea=second, judgement=same, by=officer, now=now)
    client.force_login(officer)
    rows = rows_of(client.get(reverse("admin:proposals_idea_table", args=["csv"]), {"state": "all"}))
    assert {row[0]: row[-1] for row in rows} == {str(first.pk): "", str(second.pk): str(first.pk)}
