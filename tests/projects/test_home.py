"""The front page: the one thing that each person is asked to do today."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from communities.display import COOKIE, ELDER
from communities.enums import ResidencyState
from communities.models import Residency
from communities.waiting import until
from contests.models import Contest, ScoreSheet
from contests.services.voting import cast_ballot
from programmes.models import Stage
from projects.figures import funnel_of
from projects.services import approve_projects
from proposals.templatetags.money import yuan
from tests.browsing import english, text
from tests.factories import ResidencyFactory


def big_button(person=None):
    """Address and words of the one big button."""
    page = text(english(person).get("/"))
    assert page.count('class="button gold big"') == 1
    tag = page.partition('class="button gold big"')[2].partition("</a>")[0]
    return tag.partition('href="')[2].partition('"')[0], tag.rpartition("</svg>")[2].strip()


def all_over():
    Stage.objects.update(closes_at=timezone.now() - timedelta(hours=1))


def vote(contest, person):
    entry = contest.entries.taking_part().first()
    cast_ballot(contest=contest, entries=[entry.pk], by=person, now=timezone.now())


def test_visitor_votes_first(contest_in):
    contest = contest_in("OPEN")
    assert big_button() == (reverse("ballot", args=[contest.pk]), "Vote now")


def test_verified_resident_votes_first(contest_in, resident):
    contest = contest_in("OPEN")
    assert big_button(resident)[0] == reverse("ballot", args=[contest.pk])


def test_who_has_voted_is_told_so_and_asked_for_the_next_thing(contest_in, resident):
    contest = contest_in("OPEN")
    vote(contest, resident)
    page = text(english(resident).get("/"))
    assert "You have voted. You can change your ballot until" in page
    assert "Change my ballot" in page
    assert "Vote now" not in page
    assert big_button(resident) == (reverse("idea_create"), "Submit an idea")


def test_who_has_voted_and_can_do_nothing_else_reads_the_entries(contest_in, resident):
    contest = contest_in("OPEN")
    vote(contest, resident)
    all_over()
    assert big_button(resident)[0] == contest.get_absolute_url()


def test_newcomer_says_first_where_they_live(contest_in, outsider):
    contest = contest_in("OPEN")
    address, words = big_button(outsider)
    assert address == f"{reverse('name_community')}?next={reverse('ballot', args=[contest.pk])}"
    assert words == "Say where you live, then vote"


def test_who_waits_for_verification_is_told_so(contest_in, outsider, communities):
    contest_in("OPEN")
    pending = {"state": ResidencyState.PENDING, "method": "", "decided_at": None}
    ResidencyFactory(user=outsider, community=communities[0], **pending)
    assert "of Community A is checking that you live there" in text(english(outsider).get("/"))
    assert big_button(outsider)[0] == reverse("idea_create")


def test_refused_residency_is_named_anew(contest_in, outsider, communities):
    contest_in("OPEN")
    ResidencyFactory(user=outsider, community=communities[0], state=ResidencyState.REFUSED)
    assert big_button(outsider)[0].startswith(reverse("name_community"))
    assert Residency.objects.filter(user=outsider).count() == 1


def test_returned_idea_is_revised_when_there_is_no_ballot(idea_in, resident, neighbour):
    idea = idea_in("RETURNED", title="Lamps in the yard")
    assert big_button(resident) == (reverse("idea_edit", args=[idea.pk]), "Revise your idea “Lamps in the yard”")
    assert big_button(neighbour)[0] == reverse("idea_create")
    all_over()
    assert big_button(resident)[0] == reverse("idea_list")


def test_when_nothing_is_open_the_result_is_read(contest_in, approver, now):
    contest = contest_in("CONFIRMED")
    approve_projects(contest=contest, by=approver, now=now)
    all_over()
    assert big_button() == (reverse("contest_result", args=[contest.pk]), "See who was funded, and why")


def test_without_a_result_the_ideas_are_read(programme):
    all_over()
    assert big_button() == (reverse("idea_list"), "Read the ideas")


def test_people_at_work_are_led_to_it(
    contest_in, officer, supervisor, community_officer, support_member, other_officer
):
    contest = contest_in("OPEN")
    assert big_button(officer)[0] == big_button(supervisor)[0] == reverse("admin:index")
    assert big_button(community_officer)[0] == big_button(support_member)[0] == reverse("desk")
    # Who works for another sub-district is a visitor here.
    assert big_button(other_officer) == (contest.get_absolute_url(), "See all entries")
    assert contest.voters.count() == 0


def test_expert_scores_until_nothing_is_left(contest_in, expert, scene):
    contest = contest_in("OPEN")
    assert big_button(expert) == (reverse("panel_contest", args=[contest.pk]), "Score the entries left to you")
    panelist = contest.panelists.get(user=expert)
    for entry in contest.entries.all():
        scene.submit_sheet(panelist, entry, 1)
    assert ScoreSheet.objects.filter(panelist=panelist).count() == 3
    # An account without a phone is no resident's, so it is not asked where it lives.
    assert big_button(expert) == (contest.get_absolute_url(), "See all entries")


def test_result_of_the_last_contest_is_told_with_links_to_its_rows(contest_in, approver, now):
    contest = contest_in("CONFIRMED", budget=45000)
    approve_projects(contest=contest, by=approver, now=now)
    page = text(english().get("/"))
    year = contest.programme
    for address, count in (
        (f"/ideas/?programme={year.pk}", 3),
        (f"/ideas/?programme={year.pk}&amp;state=EVER_ACCEPTED", 3),
        (f"/proposals/?programme={year.pk}", 3),
        (f"/projects/?programme={year.pk}", 2),
        (f"/projects/?programme={year.pk}", yuan(funnel_of(year).granted)),
    ):
        assert f'<a href="{address}">{count}</a>' in page
    assert reverse("contest_result", args=[contest.pk]) in page
    assert "2 projects" in text(english().get(f"/projects/?programme={year.pk}"))
    assert '<a class="plain" href="/projects/?state=UNDER_WAY">2 projects</a>' in page
    assert "2 projects" in text(english().get("/projects/?state=UNDER_WAY"))


def elder_main(person=None):
    client = english(person)
    client.cookies[COOKIE] = ELDER
    return text(client.get("/")).partition("<main")[2].partition("</main>")[0]


def test_elder_mode_has_the_big_button_and_a_door_to_each_thing(contest_in):
    contest_in("OPEN")
    main = elder_main()
    assert main.count("<a ") == 7
    assert f'href="{reverse("proposal_list")}"' in main
    assert main.count('class="button gold big"') == 1
    assert main.count("card-link") == 0


def test_elder_mode_says_by_when_the_one_thing_is_done_and_counts_no_other_days(contest_in, now):
    contest = contest_in("OPEN")
    Contest.objects.filter(pk=contest.pk).update(voting_closes_at=now + timedelta(days=3))
    main = elder_main()
    with override("en"):
        assert f"Until {until(now + timedelta(days=3))}: <strong>3 days left</strong>" in main
    assert main.count("left</strong>") == 1
    assert "stage-now" not in main


def test_elder_mode_offers_to_submit_an_idea_only_while_ideas_are_collected(contest_in):
    contest_in("OPEN")
    assert f'href="{reverse("idea_create")}"' in elder_main()
    Stage.objects.filter(kind="IDEA_COLLECTION").update(closes_at=timezone.now() - timedelta(hours=1))
    main = elder_main()
    assert f'href="{reverse("idea_create")}"' not in main
    assert "Vote now" in main


def test_elder_mode_names_one_stage_where_nothing_is_to_be_done(programme, now):
    Stage.objects.filter(kind="IDEA_COLLECTION").update(closes_at=now - timedelta(hours=1))
    assert Stage.objects.filter(opens_at__lte=now, closes_at__gt=now).count() > 1
    main = elder_main()
    assert main.count("<strong>") == 1


def stage_now(client):
    part = text(client.get("/")).partition('<ul class="stage-now">')[2].partition("</ul>")[0]
    return " ".join(
        part.replace("<strong>", " ").replace("</strong>", " ").replace("<li>", "").replace("</li>", "").split()
    )


@pytest.mark.parametrize("elder", [False, True])
def test_the_stage_is_said_in_words_also_between_two_of_them(elder, programme, now):
    client = english()
    if elder:
        client.cookies[COOKIE] = ELDER
    Stage.objects.update(opens_at=now - timedelta(days=30), closes_at=now - timedelta(days=2))
    assert stage_now(client) == "All stages of this year are over."
    Stage.objects.filter(kind="SCREENING").update(closes_at=now + timedelta(days=4))
    assert stage_now(client) == "Screening 4 days left"
    begins = now + timedelta(days=3)
    Stage.objects.filter(kind="SCREENING").update(opens_at=begins, closes_at=now + timedelta(days=9))
    Stage.objects.filter(kind="PROPOSAL_INCUBATION").update(
        opens_at=begins + timedelta(days=3), closes_at=now + timedelta(days=9)
    )
    assert (
        stage_now(client) == f"Next: Screening Begins on {date_format(timezone.localtime(begins), 'SHORT_DATE_FORMAT')}"
    )
    Stage.objects.all().delete()
    assert stage_now(client) == "The calendar of the year is being drawn up."


@pytest.mark.parametrize("count", [1, 3])
def test_residents_front_page_costs_the_same(count, contest_in, resident, django_assert_num_queries):
    contest = contest_in("OPEN", entries=count)
    vote(contest, resident)
    client = english(resident)
    with django_assert_num_queries(16):
        client.get("/")


@pytest.mark.parametrize("elder", [False, True])
def test_an_early_close_is_said_where_days_were_counted(elder, contest_in, resident, now):
    contest = contest_in("CLOSED")
    client = english(resident)
    if elder:
        client.cookies[COOKIE] = ELDER
    with override("en"):
        said = f"Voting was closed early, on {date_format(timezone.localtime(now), 'SHORT_DATE_FORMAT')}"
    assert said in text(client.get(reverse("home")))
    assert said in text(client.get(reverse("ballot", args=[contest.pk])))
