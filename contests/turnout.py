"""How many people of each community voted, and on which way, beside those who are registered there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from contests.guard import too_many
from contests.models import Ballot, Contest, ContestCommunity, HouseholdCode
from contests.secrecy import voter_key
from contests.voting_enums import VoteWay


@dataclass(frozen=True, slots=True)
class CommunityTurnout:
    """Voters of one community; `too_many`: more than the contest's ceiling."""

    name: str
    population: int | None
    online: int
    helped: int
    paper: int
    too_many: bool

    @property
    def voted(self) -> int:
        return self.online + self.helped + self.paper

    @property
    def percent(self) -> float | None:
        return 100 * self.voted / self.population if self.population else None


def turnout_by_community(contest: Contest) -> list[CommunityTurnout]:
    """In the order of the communities' codes; two queries."""
    voted: dict[int, dict[str, int]] = {}
    counted = contest.voters.voted().order_by().values_list("community", "way").annotate(Count("pk"))
    for community, way, count in counted:
        voted.setdefault(community, {})[way] = count
    places = contest.communities.select_related("community")
    return [_of(place, voted.get(place.community_id, {}), contest.turnout_ceiling) for place in places]


def replaced_after_reissue(contest: Contest) -> int:
    """How many ballots were replaced after their household's code was given anew: a figure, never which.

    Whoever gives codes could vote by them in a household's place. Nothing is known once the secret is destroyed.
    """
    if not hasattr(contest, "secret"):
        return 0
    lines = contest.voters.voted().filter(code__replaces__isnull=False).select_related("code__replaces")
    anew = {voter_key(contest, line): _given_anew(line.code) for line in lines}
    before: set[str] = set()
    after: set[str] = set()
    ballots = Ballot.objects.filter(contest=contest, voter_key__in=anew)
    for key, cast_at in ballots.values_list("voter_key", "cast_at"):
        (before if cast_at < anew[key] else after).add(key)
    return len(before & after)


def _given_anew(code: HouseholdCode) -> datetime:
    """The minute in which the household's first code became void."""
    first, earlier = None, code.replaces
    while earlier is not None:
        first, earlier = earlier.voided_at, earlier.replaces
    assert first is not None
    return first.replace(second=0, microsecond=0)


def _of(place: ContestCommunity, ways: dict[str, int], ceiling: int) -> CommunityTurnout:
    return CommunityTurnout(
        name=place.name,
        population=place.registered_population,
        online=ways.get(VoteWay.ONLINE, 0),
        helped=ways.get(VoteWay.HELPED, 0),
        paper=ways.get(VoteWay.PAPER, 0),
        too_many=too_many(sum(ways.values()), place.registered_population, ceiling),
    )
