"""The office's first page: what is late, the year's stages, the funnel, the communities, and whose they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from contests.enums import ContestState
from contests.models import Contest
from programmes.enums import StageKind
from programmes.models import Programme, Stage
from projects.dashboard import SCALE, stage_bars
from projects.services import approve_projects
from proposals.enums import IdeaState, ProposalState
from proposals.models import Idea, Proposal
from tests.browsing import english, text
from tests.factories import CommunityFactory, ProgrammeFactory, StageFactory, UserFactory
from tests.proposals.test_idea_tables import rows_of

FIRST_PAGE = "/admin/"


def counts(response):
    """How much waits under each address; what is late has its own addresses."""
    items = [*response.context["waiting"], *response.context["overdue"]]
    return {item.url: item.count for item in items}


def rows_behind(client, url):
    return client.get(url).context["cl"].result_count


def close_stage(programme, kind, now):
    programme.stages.filter(kind=kind).update(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1))


def test_every_figure_counts_the_rows_behind_it(client, approver, scene, idea_in, proposal_in, contest_in, now):
    for state in ("SUBMITTED", "RETURNED", "ACCEPTED", "REJECTED", "CONSOLIDATED", "WITHDRAWN"):
        idea_in(state, title=f"Benches {state.lower()}")
    proposal_in("COACHING", title="Being polished")
    approve_projects(contest=contest_in("CONFIRMED", budget=None), by=approver, now=now)
    client.force_login(approver)
    response = client.get(FIRST_PAGE)
    steps = response.context["steps"]
    assert [step.count for step in steps] == [rows_behind(client, step.url) for step in steps]
    assert all(step.count for step in steps)
    page = text(response)
    for row in response.context["rows"]:
        address = f"?programme__id__exact={scene.programme.pk}&community__id__exact={row.part.community.pk}"
        assert rows_behind(client, f"/admin/proposals/idea/{address}&state=all") == row.part.ideas
        assert rows_behind(client, f"/admin/proposals/idea/{address}") == row.waiting
        assert rows_behind(client, f"/admin/proposals/proposal/{address}") == row.proposals
        assert address.replace("&", "&amp;") in page
        voters = f'<a href="/admin/contests/contest/?programme__id__exact={scene.programme.pk}">{row.part.ballots}</a>'
        assert voters in page
    assert sum(row.projects for row in response.context["rows"]) == steps[-1].count


def test_what_was_never_handed_in_is_counted_nowhere(client, officer, idea_in, scene, now):
    Idea.objects.filter(pk=idea_in("DRAFT").pk).update(state="WITHDRAWN")
    client.force_login(officer)
    assert client.get(FIRST_PAGE).context["steps"][0].count == 0
    assert rows_behind(client, "/admin/proposals/idea/?state=all") == 0


def test_ideas_are_late_when_screening_has_ended(client, officer, scene, idea_in, now):
    idea_in("SUBMITTED")
    client.force_login(officer)
    late = "/admin/proposals/idea/?state=late"
    assert counts(client.get(FIRST_PAGE)).get(late) is None
    close_stage(scene.programme, StageKind.SCREENING, now)
    assert counts(client.get(FIRST_PAGE))[late] == 1
    assert rows_behind(client, late) == 1


def test_what_was_decided_waits_since_the_decision(client, officer, scene, idea_in, proposal_in, now):
    idea_in("ACCEPTED")
    proposal_in("QUALIFIED")
    client.force_login(officer)
    since = {item.url: item.since for item in client.get(FIRST_PAGE).context["waiting"]}
    accepted = Idea.objects.get(state=IdeaState.ACCEPTED).events.get(to_state=IdeaState.ACCEPTED).at
    qualified = Proposal.objects.get().events.get(to_state=ProposalState.QUALIFIED).at
    assert since["/admin/proposals/idea/joining/"] == accepted
    assert since["/admin/proposals/proposal/?state__exact=QUALIFIED&entered=no"] == qualified


def test_a_contest_whose_windows_are_past_is_late(client, officer, contest_in, now):
    contest = contest_in("OPEN", judged=False)
    client.force_login(officer)
    url = "/admin/contests/contest/?late=windows"
    assert url not in counts(client.get(FIRST_PAGE))
    past = {"scoring_closes_at": now - timedelta(hours=1), "voting_closes_at": now - timedelta(hours=1)}
    _shift(contest, past, now)
    assert counts(client.get(FIRST_PAGE))[url] == 1
    assert rows_behind(client, url) == 1


def test_missing_sheets_count_near_the_end_only(client, officer, contest_in, now):
    contest = contest_in("OPEN", judged=False)
    client.force_login(officer)
    url = "/admin/contests/contest/?late=sheets"
    _shift(contest, {"scoring_closes_at": now + timedelta(days=4)}, now)
    assert url not in counts(client.get(FIRST_PAGE))
    assert rows_behind(client, url) == 0
    _shift(contest, {"scoring_closes_at": now + timedelta(days=2)}, now)
    panel = contest.panelists.with_progress()
    missing = sum(seat.assigned_count - seat.submitted_count for seat in panel)
    assert missing > 0
    assert counts(client.get(FIRST_PAGE))[url] == missing
    assert rows_behind(client, url) == 1


def test_a_notice_that_ran_out_waits_for_confirmation(client, officer, scene, contest_in, now):
    contest_in("PUBLICISED")
    scene.programme.stages.filter(kind=StageKind.PUBLICITY).update(closes_at=now + timedelta(days=2))
    client.force_login(officer)
    url = "/admin/contests/contest/?late=notice"
    assert url not in counts(client.get(FIRST_PAGE))
    close_stage(scene.programme, StageKind.PUBLICITY, now)
    assert counts(client.get(FIRST_PAGE))[url] == 1
    assert rows_behind(client, url) == 1


def _shift(contest, windows, now):
    """Windows as they would be on another day; the trigger holds the rules, of which they are none."""
    begun = {"scoring_opens_at": now - timedelta(days=9), "voting_opens_at": now - timedelta(days=9)}
    Contest.objects.filter(pk=contest.pk).update(**begun, **windows)


def test_what_waits_says_until_when(client, officer, scene, idea_in):
    idea_in("SUBMITTED")
    client.force_login(officer)
    queue = next(item for item in client.get(FIRST_PAGE).context["waiting"] if item.url == "/admin/proposals/idea/")
    assert queue.due == scene.programme.stages.get(kind=StageKind.SCREENING).closes_at
    assert queue.since == Idea.objects.get().submitted_at


def test_what_closes_at_midnight_is_due_the_day_before(client, officer, scene, idea_in):
    idea_in("SUBMITTED")
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=9)
    scene.programme.stages.filter(kind=StageKind.SCREENING).update(closes_at=midnight)
    page = text(english(officer).get(FIRST_PAGE))
    assert f"by {date_format(midnight - timedelta(days=1))}" in page
    assert f"by {date_format(midnight)}" not in page


def test_who_waited_longest_comes_first(client, officer, scene, now):
    """Contests, proposals and ideas: each says since when, and what nothing waits under comes last."""
    moments = [now + timedelta(seconds=number) for number in range(3)]
    replace(scene, now=moments[0]).contest(ContestState.OPEN)
    replace(scene, now=moments[1]).proposal(ProposalState.SUBMITTED)
    replace(scene, now=moments[2]).idea(IdeaState.SUBMITTED)
    client.force_login(officer)
    waiting = client.get(FIRST_PAGE).context["waiting"]
    since = [item.since for item in waiting if item.count]
    assert since == moments
    assert [item.count > 0 for item in waiting] == [True] * 3 + [False] * (len(waiting) - 3)


def test_an_officer_of_elsewhere_sees_nothing_of_it(other_officer, scene, idea_in):
    idea_in("SUBMITTED")
    response = english(other_officer).get(FIRST_PAGE)
    assert not any(counts(response).values())
    assert "programme" not in response.context
    assert "By community" not in text(response)


def test_a_supervisor_reads_the_same_and_has_no_verb(officer, supervisor, scene, idea_in):
    idea_in("SUBMITTED")
    read, worked = (english(person).get(FIRST_PAGE) for person in (supervisor, officer))
    desk = {reverse("admin:proposals_idea_joining"): reverse("admin:proposals_idea_changelist") + "?state=ACCEPTED"}
    assert counts(read) | {reverse("desk_claims"): 0, reverse("desk_answers"): 0} == {
        desk.get(address, address): count for address, count in counts(worked).items()
    }
    assert read.context["rows"] == worked.context["rows"]
    main = text(read).split("<main", 1)[1]
    assert "<form" not in main
    assert "<button" not in main


def test_another_year_is_one_link_away(client, officer, scene, subdistrict):
    earlier = ProgrammeFactory(subdistrict=subdistrict, year=scene.programme.year - 1)
    StageFactory(programme=earlier, kind=StageKind.CONTEST)
    client.force_login(officer)
    response = client.get(FIRST_PAGE)
    assert response.context["programme"] == scene.programme
    assert f'href="?programme={earlier.pk}"' in text(response)
    assert client.get(FIRST_PAGE, {"programme": earlier.pk}).context["programme"] == earlier
    assert client.get(FIRST_PAGE, {"programme": "x"}).context["programme"] == scene.programme


def test_a_superuser_sees_every_year(client, scene):
    client.force_login(UserFactory(username="root", is_superuser=True))
    assert client.get(FIRST_PAGE).context["programme"] == scene.programme


@pytest.mark.parametrize("days, today", [(0, 0), (5, SCALE // 2), (10, SCALE), (-1, None), (11, None)])
def test_today_on_the_line_of_the_year(days, today):
    begin = timezone.now()
    halves = [(begin, begin + timedelta(days=5)), (begin + timedelta(days=5), begin + timedelta(days=10))]
    stages = [Stage(kind=StageKind.SCREENING, opens_at=opens, closes_at=closes) for opens, closes in halves]
    bars, marked = stage_bars(stages, begin + timedelta(days=days))
    assert [(bar.start, bar.length) for bar in bars] == [(0, SCALE // 2), (SCALE // 2, SCALE // 2)]
    assert marked == today
    assert [bar.open for bar in bars] == [0 <= days < 5, 5 <= days < 10]
    assert [bar.past for bar in bars] == [days >= 5, days >= 10]


def test_no_stage_no_line():
    assert stage_bars([], timezone.now()) == ([], None)


def test_the_page_of_an_app_leads_to_the_first_page(client, officer):
    client.force_login(officer)
    for app in ("communities", "programmes", "proposals", "contests", "projects"):
        response = client.get(f"/admin/{app}/")
        assert urlsplit(response.url).path == FIRST_PAGE


def test_three_communities_cost_no_more_than_one(client, officer, subdistrict, now, django_assert_num_queries):
    programme = ProgrammeFactory(subdistrict=subdistrict, year=now.year)
    StageFactory(programme=programme, kind=StageKind.SCREENING)
    client.force_login(officer)
    client.get(FIRST_PAGE)
    assert Programme.objects.count() == 1
    for communities in (1, 3):
        while subdistrict.communities.count() < communities:
            _add_community(subdistrict)
        with django_assert_num_queries(36):
            response = client.get(FIRST_PAGE)
        assert len(response.context["rows"]) == communities


def _add_community(subdistrict):
    CommunityFactory(subdistrict=subdistrict)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_communities_of_a_year_are_a_file_too(kind, officer, other_officer, idea_in, programme):
    idea_in("SUBMITTED")
    url = reverse("admin:projects_project_communities", args=[kind])
    rows = rows_of(english(officer).get(url, {"programme": programme.pk}))
    assert [[str(cell or "0") for cell in row[:3]] for row in rows] == [
        ["Community A", "1", "1"],
        ["Community B", "0", "0"],
        ["Community C", "0", "0"],
    ]
    assert url in text(english(officer).get(reverse("admin:index")))
    assert english(other_officer).get(url, {"programme": programme.pk}).status_code == 404
    assert english(officer).get(reverse("admin:projects_project_communities", args=["exe"])).status_code == 404
