"""The verbs of keeping out (回避): conflicts that an expert declares, that are found, and that the office knows of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import FilteredRelation, Q
from django.utils import timezone

from communities.models import Appointment, Residency, User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.conflicts import Stake, Ties, alike, namesake
from contests.conflicts import ground as ground_of
from contests.enums import ContestAct, ContestRefusal, ContestState, DeclaredTie, RecusalGround
from contests.models import Contest, ContestEvent, Entry, Expert, OtherPerson, Panelist, Recusal
from contests.rules import why_not_clear_namesake, why_not_keep_out, why_not_recuse
from programmes.models import Accompaniment
from proposals.models import Consolidation, TeamMember


@transaction.atomic
def recuse(*, panelist: Panelist, entry: Entry, tie: str, note: str = "", by: User) -> Recusal:
    """An expert declares what ties them to an entry, and keeps out of it; from then on they cannot open it.

    A sheet that they have handed in no longer counts, but is kept. Raises `Refused`.
    """
    if panelist.user_id != by.pk:
        raise Refused(ContestRefusal.NOT_ASSIGNED)
    entry.contest = locks.share(entry.contest)
    refuse_if(why_not_recuse(panelist, entry))
    note = note.strip()
    if tie not in DeclaredTie:
        raise Refused(ContestRefusal.TIE_MISSING)
    if tie == DeclaredTie.OTHER and not note:
        raise Refused(ContestRefusal.NOTE_MISSING)
    # Of two clicks at once both come here.
    declared = {"ground": RecusalGround.DECLARED, "tie": tie, "note": note}
    recusal, _new = Recusal.objects.get_or_create(panelist=panelist, entry=entry, defaults=declared)
    return recusal


@transaction.atomic
def keep_out(*, panelist: Panelist, entry: Entry, ground: RecusalGround, by: User) -> Recusal:
    """The office keeps an expert out for a tie that it knows of, as if the site had found it.

    Between closing and the final tally too: the sheet is kept and does not count, and nobody else is given the entry.
    Raises `Refused`: no officer, a tallied contest, another contest's expert, or a ground that only experts declare.
    """
    entry.contest = locks.share(entry.contest)
    refuse_if(why_not_keep_out(by, panelist, entry))
    if ground not in RecusalGround or ground == RecusalGround.DECLARED:
        raise Refused(ContestRefusal.TIE_MISSING)
    noted = {"ground": ground, "noted_by": by}
    recusal, _new = Recusal.objects.get_or_create(panelist=panelist, entry=entry, defaults=noted)
    return recusal


@transaction.atomic
def note_other_person(*, panelist: Panelist, entry: Entry, reason: str, by: User, now: datetime) -> OtherPerson:
    """The office has found that an expert only bears the name of somebody on the team: they judge, and nobody asks again.

    Raises `Refused`: no officer, a closed contest, no reason, or no such namesake (any more).
    """
    contest = entry.contest = locks.share(entry.contest)
    refuse_if(why_not_clear_namesake(by, panelist, entry))
    if not reason.strip():
        raise Refused(ContestRefusal.REASON_MISSING)
    if (panelist, entry) not in namesakes(contest):
        raise Refused(ContestRefusal.NO_NAMESAKE)
    try:
        with transaction.atomic():
            noted = OtherPerson.objects.create(
                panelist=panelist, entry=entry, reason=reason.strip(), noted_by=by, at=now
            )
    except IntegrityError as error:
        raise Refused(ContestRefusal.NO_NAMESAKE) from error
    ContestEvent.objects.create(
        contest=contest,
        actor=by,
        from_state=contest.state,
        to_state=contest.state,
        reason=ContestAct.NAMESAKE_CLEARED,
        note=f"{panelist.code} – {entry.number}: {noted.reason}",
        at=now,
    )
    return noted


def namesakes(contest: Contest) -> list[tuple[Panelist, Entry]]:
    """Experts who bear the name of somebody on an entry's team and do not keep out of it: perhaps the same person."""
    if contest.state not in {ContestState.DRAFT, ContestState.OPEN} or contest.is_imported:
        return []
    seats = {seat.pk: seat for seat in contest.panelists.seated().filter(user__isnull=False).select_related("user")}
    entries = contest.entries.taking_part().in_bulk()
    known = {
        pair
        for rows in (Recusal.objects, OtherPerson.objects)
        for pair in rows.filter(panelist__in=seats).values_list("panelist_id", "entry_id")
    }
    stakes = _stakes(contest)
    return [
        (seats[seat], entries[entry])
        for seat, person in _ties(seats.values()).items()
        for entry, stake in stakes.items()
        if (seat, entry) not in known and namesake(person, stake)
    ]


def refuse_namesakes(contest: Contest) -> None:
    """A contest does not open while nobody has asked whether an expert is on a team or only has the name. Raises `Refused`."""
    if found := namesakes(contest):
        pairs = ", ".join(f"{seat.code} – {entry.number}" for seat, entry in found)
        raise Refused(ContestRefusal.NAMESAKES_UNSETTLED, pairs=pairs)


@transaction.atomic
def detect_recusals(*, contest: Contest, panelists: Iterable[Panelist] | None = None) -> int:
    """Note who on the panel (or of these experts) is tied to an entry by what is known now; returns how many are new.

    Nothing is noted any more once the contest is closed. In a draft, where seats still change hands, what was found
    before is found anew.
    """
    contest = locks.share(contest)
    if contest.state not in {ContestState.DRAFT, ContestState.OPEN} or contest.is_imported:
        return 0
    if contest.state == ContestState.DRAFT:
        found = Recusal.objects.filter(entry__contest=contest)
        found.exclude(ground=RecusalGround.DECLARED).filter(noted_by__isnull=True).delete()
    seats = Panelist.objects.filter(contest=contest, user__isnull=False).select_related("user")
    if panelists is not None:
        seats = seats.filter(pk__in=[panelist.pk for panelist in panelists])
    ties = _ties(seats)
    stakes = _stakes(contest)
    known = set(Recusal.objects.filter(panelist__in=ties).values_list("panelist_id", "entry_id"))
    rows = [
        Recusal(panelist_id=seat, entry_id=entry, ground=why)
        for seat, person in ties.items()
        for entry, stake in stakes.items()
        if (seat, entry) not in known and (why := ground_of(person, stake))
    ]
    Recusal.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _ties(seats: Iterable[Panelist]) -> dict[int, Ties]:
    """What the experts belong to, by the id of their seat."""
    people = {seat.pk: seat.user for seat in seats if seat.user}
    users = [user.pk for user in people.values()]
    pool = {expert.user_id: expert for expert in Expert.objects.filter(user__in=users)}
    communities: defaultdict[int, set[int]] = defaultdict(set)
    organisations: defaultdict[int, set[int]] = defaultdict(set)
    # Whoever says that they live there is tied to the place before the residents' committee has looked into it.
    for user, community in Residency.objects.standing().filter(user__in=users).values_list("user_id", "community_id"):
        communities[user].add(community)
    holding = Appointment.objects.in_force(timezone.localdate()).filter(user__in=users)
    for user, community, organisation in holding.values_list("user_id", "community_id", "organisation_id"):
        communities[user] |= {community} - {None}
        organisations[user] |= {organisation} - {None}
    for user, expert in pool.items():
        if expert.community_id is not None:
            communities[user].add(expert.community_id)
    return {
        seat: Ties(
            user=user.pk,
            name=alike(user.display_name),
            phone=user.phone,
            employer=alike(pool[user.pk].employer) if user.pk in pool else "",
            communities=frozenset(communities[user.pk]),
            organisations=frozenset(organisations[user.pk]),
        )
        for seat, user in people.items()
    }


def _stakes(contest: Contest) -> dict[int, Stake]:
    """Who stands behind the entries, by the id of the entry."""
    entries = list(contest.entries.taking_part().select_related("proposal"))
    proposals = [entry.proposal_id for entry in entries]
    authors: defaultdict[int, set[int]] = defaultdict(set)
    members = defaultdict(set)
    # Whose number came with an idea may be its author until they say that they are not.
    asked = Q(idea__claims__offered_by__isnull=False, idea__claims__accepted__isnull=True)
    joined = Consolidation.objects.in_force().filter(proposal__in=proposals)
    people = joined.annotate(offer=FilteredRelation("idea__claims", condition=asked))
    for proposal, author, asked_person in people.values_list("proposal_id", "idea__author_id", "offer__user_id"):
        authors[proposal] |= {author, asked_person} - {None}
    for entry in entries:
        if entry.proposal.lead_id is not None:
            authors[entry.proposal_id].add(entry.proposal.lead_id)
    for member in TeamMember.objects.filter(proposal__in=proposals):
        members[member.proposal_id].add(member)
    accompanying = {
        row.community_id: row.organisation
        for row in Accompaniment.objects.filter(programme=contest.programme).select_related("organisation")
    }
    return {
        entry.pk: Stake(
            community=entry.community_id,
            authors=frozenset(authors[entry.proposal_id]),
            members=frozenset((alike(member.name), member.phone) for member in members[entry.proposal_id]),
            organisations=frozenset({support.pk} if (support := accompanying.get(entry.community_id)) else ()),
            bodies=frozenset(
                alike(name) for name in (entry.proposal.team_name, support.name if support else "") if name
            ),
        )
        for entry in entries
    }
