"""The page of a year, and its calendar file."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from icalendar import Calendar

from communities.models import Community
from programmes.enums import StageKind
from programmes.models import Programme, Stage
from projects.figures import categories_by_year
from projects.pictures import categories_chart
from projects.services import approve_projects
from tests.browsing import english, text
from tests.factories import CategoryFactory, CommunityFactory, ProgrammeFactory, StageFactory, ZoneCommunityFactory


def page_of(programme, person=None):
    return text(english(person).get(reverse("programme_detail", args=[programme.pk])))


def test_year_tells_its_stages_zones_and_helpers(programme, communities, support_organisation):
    page = page_of(programme)
    for line in ("Collection of ideas", "30 days left", "A place for everyone", "Old estates", "Environment"):
        assert line in page
    assert f'href="{reverse("organisation_detail", args=[support_organisation.pk])}"' in page
    assert f'href="{reverse("community_detail", args=[communities[2].pk])}"' in page


def test_figures_lead_to_their_rows(contest_in, idea_in, approver, now):
    contest = contest_in("CONFIRMED", budget=Decimal(45000))
    approve_projects(contest=contest, by=approver, now=now)
    idea_in("REJECTED", title="A place of my own")
    year = contest.programme
    page = page_of(year)
    rows = {
        f"/ideas/?programme={year.pk}": (4, "3 ideas"),
        f"/ideas/?programme={year.pk}&amp;state=EVER_ACCEPTED": (3, "3 ideas"),
        f"/proposals/?programme={year.pk}": (3, "3 proposals"),
        f"/projects/?programme={year.pk}": (2, "2 projects"),
    }
    for address, (count, heading) in rows.items():
        assert f'<a href="{address}">{count}</a>' in page
        assert heading in text(english().get(address.replace("&amp;", "&")))
    assert "3 of them can be read" in page
    # The list says how many of the year it does not show.
    assert "1 more idea was handed in that is not shown" in text(english().get(f"/ideas/?programme={year.pk}"))


def test_ballots_lead_to_the_result_and_its_figures_to_their_rows(contest_in):
    contest = contest_in("PUBLICISED")
    result = reverse("contest_result", args=[contest.pk])
    assert f'<a href="{result}">2</a>' in page_of(contest.programme)
    answer = english().get(result)
    page, working, counts = text(answer), answer.context["working"], answer.context["run"].counts
    told = {
        "check": [counts["valid_ballots"], counts["sheets"]],
        "results": [working.selected, f"{working.awarded:,.0f}"],
    }
    for rows, figures in told.items():
        assert f'id="{rows}"' in page
        for figure in figures:
            assert f'<a href="#{rows}">{figure}</a>' in page
    contest_in("PUBLICISED", name="A second one")
    assert '<a href="#contests">' in page_of(contest.programme)


def test_hidden_ideas_are_not_counted_by_words(idea_in):
    idea_in("REJECTED", title="A place of my own")
    assert "not shown" not in text(english().get("/ideas/?q=place"))


def test_years_lead_to_one_another(programme):
    earlier = ProgrammeFactory(subdistrict=programme.subdistrict, year=programme.year - 1)
    StageFactory(programme=earlier)
    assert f'href="{reverse("programme_detail", args=[earlier.pk])}"' in page_of(programme)
    assert f'href="{reverse("programme_detail", args=[programme.pk])}"' in page_of(earlier)


def test_chart_of_categories_ends_with_the_year_of_the_page(programme, idea_in):
    earlier = ProgrammeFactory(subdistrict=programme.subdistrict, year=programme.year - 1)
    StageFactory(programme=earlier)
    care = CategoryFactory(programme=earlier, code="CARE", name="Care", position=1)
    idea_in("SUBMITTED")
    years = categories_by_year(programme.subdistrict)
    (environment, now_and_then) = categories_chart(years, programme).groups
    assert [bar.text for bar in environment.bars] == [f"1 · {programme.year}"]
    assert [(bar.text, bar.pale) for bar in now_and_then.bars] == [
        (f"0 · {programme.year}", False),
        (f"0 · {earlier.year}", True),
    ]
    (then,) = categories_chart(years, earlier).groups
    assert [(bar.text, bar.pale) for bar in then.bars] == [("0", False)]
    assert then.tone == care.colour


def test_year_without_a_calendar_says_so(subdistrict):
    page = page_of(ProgrammeFactory(subdistrict=subdistrict))
    assert "The calendar of the year is being drawn up." in page
    assert "webcal://" not in page


def test_communities_are_compared_by_residents_only_when_all_are_known(programme, communities):
    assert "for each 1,000 registered residents" in page_of(programme)
    Community.objects.filter(pk=communities[0].pk).update(registered_population=None)
    assert "Not every community's number of residents is known" in page_of(programme)


def test_draft_of_a_contest_is_the_offices_own(contest_in, officer):
    contest = contest_in("DRAFT")
    assert contest.get_absolute_url() not in page_of(contest.programme)
    assert contest.get_absolute_url() in page_of(contest.programme, officer)


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_for_any_number(count, contest_in, programme, subdistrict, django_assert_num_queries):
    contest_in("OPEN", entries=count)
    CommunityFactory.create_batch(count, subdistrict=subdistrict)
    for number in range(count):
        ZoneCommunityFactory(zone__programme=programme, community__subdistrict=subdistrict)
        StageFactory(programme=ProgrammeFactory(subdistrict=subdistrict, year=2010 + number))
    with django_assert_num_queries(15):
        page_of(programme)


# The calendar file


def file_of(programme, client=None, **headers):
    return (client or english()).get(reverse("programme_ics", args=[programme.pk]), headers=headers)


def test_calendar_is_a_file_that_programs_read(programme):
    answer = file_of(programme)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"].endswith('.ics"')
    assert len(Calendar.from_ical(answer.content).walk("VEVENT")) == len(StageKind)
    assert f"http://testserver{reverse('programme_detail', args=[programme.pk])}".encode() in answer.content


def test_page_offers_to_subscribe_and_to_download(programme):
    page, path = page_of(programme), reverse("programme_ics", args=[programme.pk])
    assert f'href="webcal://testserver{path}?lang=en"' in page
    assert f'href="{path}?lang=en" download' in page


def test_language_is_that_of_the_link_whatever_the_program_says(programme):
    path = reverse("programme_ics", args=[programme.pk])
    own, chinese = english().get(path).content, english().get(f"{path}?lang=zh-hans").content
    assert own == chinese
    assert b"Collection of ideas" not in own
    assert b"Collection of ideas" in english().get(f"{path}?lang=en").content
    assert english().get(f"{path}?lang=xx").content == own


def test_unchanged_calendar_is_not_sent_again(programme):
    first = file_of(programme)
    assert file_of(programme, **{"if-none-match": first["ETag"]}).status_code == 304
    stage = Stage.objects.filter(programme=programme).first()
    Stage.objects.filter(pk=stage.pk).update(closes_at=stage.closes_at + timedelta(days=1))
    again = file_of(programme, **{"if-none-match": first["ETag"]})
    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]


def test_calendar_with_a_new_title_is_sent_again(programme):
    """Also to programs that keep no tag but only the day on which they asked last."""
    first = file_of(programme)
    Programme.objects.filter(pk=programme.pk).update(title="Gold and silver")
    asked = http_date(timezone.now().timestamp())
    for header in ({"if-none-match": first["ETag"]}, {"if-modified-since": asked}):
        again = file_of(programme, **header)
        assert (again.status_code, b"Gold and silver" in again.content) == (200, True)


def test_calendar_is_read_only(programme):
    assert english().post(reverse("programme_ics", args=[programme.pk])).status_code == 405


@pytest.mark.parametrize("kinds", [(StageKind.CONTEST,), tuple(StageKind)[:3]])
def test_calendar_costs_the_same_for_any_number(kinds, programme_in, django_assert_num_queries):
    programme = programme_in(*kinds)
    with django_assert_num_queries(2):
        assert file_of(programme).status_code == 200
