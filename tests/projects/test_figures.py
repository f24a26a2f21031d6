"""The figures of the years, each against a count by hand."""

from decimal import Decimal

import pytest

from communities.enums import ResidencyState
from communities.models import Community
from contests.models import Contest
from programmes.models import Programme
from projects.figures import (
    Funnel,
    categories_by_year,
    community_years,
    funnel_of,
    participation,
    programme_years,
    rates_are_known,
)
from projects.services import approve_projects
from proposals.enums import IdeaState
from proposals.services.ideas import withdraw_idea
from tests.browsing import english, text
from tests.factories import (
    CategoryFactory,
    CommunityFactory,
    IdeaFactory,
    ProgrammeFactory,
    ResidencyFactory,
    StageFactory,
)


def earlier_year(programme, **fields):
    """A programme of the same sub-district that has a calendar."""
    earlier = ProgrammeFactory(subdistrict=programme.subdistrict, year=programme.year - 1, **fields)
    StageFactory(programme=earlier)
    return earlier


def test_year_without_anything(programme):
    assert funnel_of(programme) == Funnel()
    assert funnel_of(programme).granted == Decimal("0.00")


def test_ideas_count_once_handed_in_whatever_became_of_them(programme, idea_in):
    for number, state in enumerate(IdeaState):
        idea_in(state, title=f"Benches at gate {number}")
    funnel = funnel_of(programme)
    assert funnel.ideas == 7  # all states but the draft
    assert funnel.readable == 4  # submitted, accepted, joined, referred
    assert funnel.accepted == 2  # accepted, and joined into a proposal afterwards
    assert funnel.drafted == 1


def test_accepted_idea_stays_accepted_when_its_author_takes_it_back(programme, idea_in, resident, now):
    withdraw_idea(idea=idea_in("ACCEPTED"), by=resident, now=now)
    assert funnel_of(programme) == Funnel(ideas=1, readable=0, accepted=1)


def test_the_list_of_the_accepted_says_how_many_of_them_it_does_not_show(programme, idea_in, resident, now):
    shown, taken_back = idea_in("ACCEPTED", title="Benches at gate 1"), idea_in("ACCEPTED", title="Benches at gate 2")
    idea_in("REJECTED", title="Benches at gate 3")
    url = f"/ideas/?programme={programme.pk}&state=EVER_ACCEPTED"
    assert "more idea" not in text(english().get(url))
    withdraw_idea(idea=taken_back, by=resident, now=now)
    assert "1 more idea was handed in that is not shown" in text(english().get(url))
    withdraw_idea(idea=shown, by=resident, now=now)
    assert "2 more ideas were handed in that are not shown" in text(english().get(url))
    assert funnel_of(programme).accepted == 2


def test_withdrawn_draft_was_never_handed_in(programme, idea_in, resident, now):
    withdraw_idea(idea=idea_in("DRAFT"), by=resident, now=now)
    assert funnel_of(programme) == Funnel()


def test_proposals_count_when_they_are_found_fit(programme, proposal_in):
    states = ("DRAFT", "COACHING", "SUBMITTED", "QUALIFIED", "POOLED", "WITHDRAWN", "DISQUALIFIED")
    for number, state in enumerate(states):
        proposal_in(state, title=f"Places to rest {number}")
    funnel = funnel_of(programme)
    assert (funnel.drafted, funnel.proposals) == (3, 2)


def test_money_is_that_of_the_approved_projects(programme, contest_in, approver, now):
    contest = contest_in("CONFIRMED", budget=Decimal("45000.00"))
    assert funnel_of(programme).funded == 0
    projects = approve_projects(contest=contest, by=approver, now=now)
    funnel = funnel_of(programme)
    assert (funnel.ideas, funnel.accepted, funnel.proposals, funnel.funded) == (3, 3, 3, 2)
    assert funnel.granted == sum(project.amount for project in projects) > 0


def test_each_year_has_its_own_figures(programme, idea_in, communities):
    earlier = earlier_year(programme)
    without_calendar = ProgrammeFactory(subdistrict=programme.subdistrict, year=programme.year - 2)
    idea_in("SUBMITTED")
    years = programme_years(programme.subdistrict)
    assert [(year.programme, year.funnel.ideas) for year in years] == [(programme, 1), (earlier, 0)]
    assert without_calendar not in [year.programme for year in years]


def test_community_has_its_own_share_of_each_year(programme, contest_in, communities, approver, now):
    contest = contest_in("CONFIRMED", entries=4, budget=None)
    projects = approve_projects(contest=contest, by=approver, now=now)
    own = [project for project in projects if project.community == communities[0]]
    (year,) = community_years(communities[0])
    assert year.programme == programme
    assert year.funnel == Funnel(
        ideas=2, readable=2, accepted=2, proposals=2, funded=2, granted=sum(project.amount for project in own)
    )


def test_categories_are_the_same_when_their_codes_are(programme, idea_in, communities):
    earlier = earlier_year(programme)
    care = CategoryFactory(programme=earlier, code="CARE", name="Caring", position=5)
    sport = CategoryFactory(programme=earlier, code="SPORT", name="Sport", position=1)
    IdeaFactory(programme=earlier, category=care, community=communities[0], submitted_at="2020-01-01T00:00Z")
    IdeaFactory(programme=earlier, category=sport, community=communities[0])
    idea_in("SUBMITTED")
    years = categories_by_year(programme.subdistrict)
    assert years.programmes == (earlier, programme)
    assert [(line.name, line.counts) for line in years.lines] == [
        ("Environment", (None, 1)),
        ("Care", (1, 0)),
        ("Sport", (0, None)),
    ]
    assert years.lines[1].cells[0].category == care
    assert [line.newest.programme for line in years.lines] == [programme, programme, earlier]


def test_participation_adds_up_ideas_and_published_ballots(contest_in, communities):
    Community.objects.update(registered_population=4000)
    contest = contest_in("PUBLICISED")
    rows = participation(contest.programme)
    # Three proposals, one in each community; two voters of A and one of B.
    assert [(row.community, row.ideas, row.ballots) for row in rows] == [
        (communities[0], 1, 2),
        (communities[1], 1, 1),
        (communities[2], 1, 0),
    ]
    assert [row.per_thousand for row in rows] == [Decimal("0.8"), Decimal("0.5"), Decimal("0.3")]
    assert rates_are_known(rows)


@pytest.mark.parametrize("state", ["OPEN", "CLOSED", "TALLIED"])
def test_nobody_sees_ballots_before_the_result_is_published(state, contest_in):
    contest = contest_in(state, judged=True)
    assert sum(row.ballots for row in participation(contest.programme)) == 0


def test_ballot_counts_where_the_voter_is_verified(contest_in, communities, resident):
    contest = contest_in("CONFIRMED")
    ResidencyFactory(user=resident, community=communities[2], state=ResidencyState.PENDING, method="", decided_at=None)
    assert [row.ballots for row in participation(contest.programme)] == [2, 1, 0]


def test_unknown_population_gives_no_rate(programme, communities):
    Community.objects.filter(pk=communities[1].pk).update(registered_population=None)
    rows = participation(programme)
    assert rows[1].per_thousand is None
    assert rows[0].per_thousand == Decimal("0.0")
    assert not rates_are_known(rows)


@pytest.mark.parametrize("count", [1, 3])
def test_costs_are_the_same_for_any_number(count, contest_in, communities, django_assert_num_queries):
    contest = contest_in("OPEN", entries=count)
    for years_ago in range(1, count + 1):
        StageFactory(programme=ProgrammeFactory(subdistrict=communities[0].subdistrict, year=2020 - years_ago))
    CommunityFactory.create_batch(count, subdistrict=communities[0].subdistrict)
    programme = Programme.objects.select_related("subdistrict").get(pk=Contest.objects.get(pk=contest.pk).programme_id)
    with django_assert_num_queries(3):
        funnel_of(programme)
    with django_assert_num_queries(4):
        programme_years(programme.subdistrict)
    with django_assert_num_queries(4):
        community_years(communities[0])
    with django_assert_num_queries(2):
        categories_by_year(programme.subdistrict)
    with django_assert_num_queries(3):
        participation(programme)
