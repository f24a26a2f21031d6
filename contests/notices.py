"""Who is told what by which event of a contest: voters, experts, authors, and whoever has to sign."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from django.urls import reverse
from django.utils import timezone

from communities.enums import Role
from communities.models import Appointment, Residency
from communities.notice_kinds import Notice
from communities.notices import Message, ending, moment
from contests.agenda import whole_agenda
from contests.enums import AwardState, ContestAct, ContestState
from contests.models import Assignment, Award, Contest, ContestEvent, Entry, PitchSession, Recusal, ScoreSheet
from programmes.models import Accompaniment
from proposals.money import yuan
from proposals.notices import authors_of, leads_of

AWARD_NOTICES = {
    AwardState.SELECTED: Notice.AWARD_SELECTED,
    AwardState.RESERVE: Notice.AWARD_RESERVE,
    AwardState.NOT_SELECTED: Notice.AWARD_NOT_SELECTED,
}
# A contest has few events and each concerns many people, so every one of them may ask the database for itself.
Told = Callable[[ContestEvent, Contest], Iterator[Message]]


def contest_notices(events: Sequence[ContestEvent]) -> Iterator[Message]:
    """An imported contest is a record of the past: nobody is told of it."""
    contests = Contest.objects.select_related("programme").in_bulk({event.contest_id for event in events})
    for event in events:
        contest = contests[event.contest_id]
        told = TOLD.get(event.reason or event.to_state)
        if told is not None and not contest.is_imported:
            yield from told(event, contest)


def _opened(event: ContestEvent, contest: Contest) -> Iterator[Message]:
    """Experts hear what they are to score, and authors that they take part."""
    windows = {
        "contest": contest.name,
        "opens": moment(contest.scoring_opens_at),
        "closes": ending(contest.scoring_closes_at),
    }
    experts = Assignment.objects.standing().filter(panelist__contest=contest, panelist__user__isnull=False)
    users = list(experts.order_by().values_list("panelist__user_id", flat=True).distinct())
    yield Message(event, users, Notice.SCORING_OPENED, reverse("panel_contest", args=[contest.pk]), windows)
    entries = list(Entry.objects.taking_part().filter(contest=contest))
    authors = authors_of([entry.proposal_id for entry in entries])
    recusals = Recusal.objects.filter(entry__contest=contest, panelist__user__isnull=False)
    kept_from = set(recusals.values_list("entry_id", "panelist__user_id"))
    for entry in entries:
        facts = {"title": entry.title, "contest": contest.name, "number": entry.number}
        told = [author for author in authors[entry.proposal_id] if (entry.pk, author) not in kept_from]
        yield Message(event, told, Notice.PROPOSAL_ENTERED, entry.get_absolute_url(), facts)


def _voting_opened(event: ContestEvent, contest: Contest) -> Iterator[Message]:
    """Residents hear that they can vote, unless it is over before anybody could be told."""
    if contest.state == ContestState.OPEN:
        facts = {"contest": contest.name, "closes": ending(contest.voting_closes_at)}
        yield Message(event, _voters(contest), Notice.VOTING_OPENED, contest.get_absolute_url(), facts)


def _assigned(event: ContestEvent, contest: Contest) -> Iterator[Message]:
    """Experts whose codes stand in the note, one a line, have got more entries."""
    users = contest.panelists.filter(code__in=event.note.split("\n"), user__isnull=False)
    facts = {"contest": contest.name, "closes": ending(contest.scoring_closes_at)}
    link = reverse("panel_contest", args=[contest.pk])
    yield Message(event, list(users.values_list("user_id", flat=True)), Notice.ENTRIES_ASSIGNED, link, facts)


def _reminded(event: ContestEvent, contest: Contest) -> Iterator[Message]:
    """Each of the experts whose codes stand in the note, one a line, hears how many sheets they still lack."""
    link = reverse("panel_contest", args=[contest.pk])
    seats = contest.panelists.filter(code__in=event.note.split("\n"), user__isnull=False)
    left = seats.left()
    for pk, user in seats.filter(pk__in=left).order_by("code").values_list("pk", "user_id"):
        facts = {"contest": contest.name, "left": left[pk], "closes": ending(contest.scoring_closes_at)}
        yield Message(event, [user], Notice.SHEETS_MISSING, link, facts)


def _reopened(event: ContestEvent, contest: Contest) -> Iterator[Message]:
    """The expert whose code stands first in the note, before the number of the entry and the reason."""
    place, _colon, reason = event.note.partition(": ")
    sheets = ScoreSheet.objects.filter(entry__contest=contest, panelist__user__isnull=False)
    sheet = next(
        (sheet for sheet in sheets.select_related("panelist", "entry") if reopened_place(sheet) == place), None
    )
    if sheet is not None and sheet.panelist.user_id is not None:
        facts = {"title": sheet.entry.title, "reason": reason, "closes": ending(contest.scoring_closes_at)}
        yield Message(
            event, [sheet.panelist.user_id], Notice.SHEET_REOPENED, reverse("sheet", args=[sheet.entry_id]), facts
        )


def _pitches_timed(event: ContestEvent, contest: Contest) -> Iterator[Message]:
    """Whoever speaks for an entry and the organisation beside it hear when it is on, once there is an order."""
    if event.reason == ContestAct.PITCH_PLANNED and not _drawn_before(event):
        return
    session = PitchSession.objects.filter(contest=contest).first()
    turns = whole_agenda(session) if session is not None else []
    if event.reason == ContestAct.PITCH_MOVED:
        numbers = event.note.partition(": ")[0].split()
        turns = [turn for turn in turns if turn.slot.entry.number in numbers]
    leads = leads_of([turn.slot.entry.proposal_id for turn in turns])
    supporters = _supporters(contest, event)
    recusals = Recusal.objects.filter(entry__contest=contest, panelist__user__isnull=False)
    kept_from = set(recusals.values_list("entry_id", "panelist__user_id"))
    link = reverse("pitch", args=[contest.pk])
    for turn in turns:
        entry = turn.slot.entry
        people = [*filter(None, [leads.get(entry.proposal_id)]), *supporters[entry.community_id]]
        told = [person for person in dict.fromkeys(people) if (entry.pk, person) not in kept_from]
        facts = {"title": entry.title, "at": moment(turn.begins), "place": turn.slot.session.place, "turn": turn.place}
        yield Message(event, told, Notice.PROPOSAL_PITCHED, f"{link}#entry-{entry.number}", facts)


def _drawn_before(event: ContestEvent) -> bool:
    """Whether there was an order then; the draw that comes after a first plan tells the time itself."""
    return ContestEvent.objects.filter(
        contest=event.contest_id, reason=ContestAct.PITCH_DRAWN, pk__lt=event.pk
    ).exists()


def _supporters(contest: Contest, event: ContestEvent) -> dict[int, list[int]]:
    """Members of the organisations that accompany the communities (ids), on the day of the event."""
    found: dict[int, list[int]] = defaultdict(list)
    accompanied = Accompaniment.objects.in_force().filter(programme=contest.programme_id)
    members: dict[int, list[int]] = defaultdict(list)
    holding = Appointment.objects.in_force(timezone.localdate(event.at)).filter(role=Role.SUPPORT_MEMBER)
    for organisation, user in holding.order_by("user").values_list("organisation_id", "user_id"):
        if organisation is not None:
            members[organisation].append(user)
    for community, organisation in accompanied.values_list("community_id", "organisation_id"):
        found[community] += members[organisation]
    return found


def moved_numbers(moved: str, changed: Sequence[str], reason: str) -> str:
    """How an event tells which pitches have another time: the entry that was moved first, then the reason."""
    others = [number for number in changed if number != moved]
    return f"{' '.join([moved, *others])}: {reason.strip()}"


def departed_entry(entry: Entry, reason: str) -> str:
    """How an event names an entry that was taken out, and why."""
    return f"{entry.number}: {reason.strip()}"


def _taken_out(event: ContestEvent, contest: Contest) -> Iterator[Message]:
    """Authors of the entry whose number stands first in the note hear that it takes part no more, and why."""
    number, _colon, reason = event.note.partition(": ")
    notice = Notice.ENTRY_WITHDRAWN if event.reason == ContestAct.ENTRY_WITHDRAWN else Notice.ENTRY_DISQUALIFIED
    for entry in Entry.objects.filter(contest=contest, number=number):
        kept_from = set(entry.recusals.filter(panelist__user__isnull=False).values_list("panelist__user_id", flat=True))
        authors = [author for author in authors_of([entry.proposal_id])[entry.proposal_id] if author not in kept_from]
        facts = {"title": entry.title, "contest": contest.name, "reason": reason}
        yield Message(event, authors, notice, entry.get_absolute_url(), facts)


def reopened_place(sheet: ScoreSheet) -> str:
    """How an event names a sheet: the expert's code and the entry's number."""
    return f"{sheet.panelist.code} {sheet.entry.number}"


def _publicised(event: ContestEvent, contest: Contest) -> Iterator[Message]:
    """Authors hear of their proposal; other residents and the experts, that there is a result; approvers, to confirm."""
    told: set[int] = set()
    for award, authors in _awards(contest):
        notice = AWARD_NOTICES.get(AwardState(award.state))
        if notice is not None:
            told.update(authors)
            facts = {"title": award.entry.title, "amount": yuan(award.amount)}
            yield Message(event, authors, notice, award.entry.get_absolute_url(), facts)
    experts = contest.panelists.filter(user__isnull=False).values_list("user_id", flat=True)
    others = [user for user in dict.fromkeys([*experts, *_voters(contest)]) if user not in told]
    link = reverse("contest_result", args=[contest.pk])
    yield Message(event, others, Notice.RESULT_PUBLISHED, link, {"contest": contest.name})
    yield _to_approvers(event, contest, Notice.RESULT_TO_CONFIRM)


def _confirmed(event: ContestEvent, contest: Contest) -> Iterator[Message]:
    for award, authors in _awards(contest):
        facts = {"title": award.entry.title, "contest": contest.name}
        yield Message(event, authors, Notice.RESULT_CONFIRMED, award.entry.get_absolute_url(), facts)


def _overruling_proposed(event: ContestEvent, contest: Contest) -> Iterator[Message]:
    yield _to_approvers(event, contest, Notice.OVERRULING_TO_SIGN)


TOLD: dict[str, Told] = {
    ContestState.OPEN: _opened,
    ContestState.PUBLICISED: _publicised,
    ContestState.CONFIRMED: _confirmed,
    ContestAct.ENTRIES_ASSIGNED: _assigned,
    ContestAct.SHEET_REOPENED: _reopened,
    ContestAct.EXPERTS_REMINDED: _reminded,
    ContestAct.VOTING_OPENED: _voting_opened,
    ContestAct.PITCH_PLANNED: _pitches_timed,
    ContestAct.PITCH_DRAWN: _pitches_timed,
    ContestAct.PITCH_MOVED: _pitches_timed,
    ContestAct.OVERRULING_PROPOSED: _overruling_proposed,
    ContestAct.ENTRY_WITHDRAWN: _taken_out,
    ContestAct.ENTRY_DISQUALIFIED: _taken_out,
}


def _voters(contest: Contest) -> list[int]:
    """Verified residents of the communities that take part, in no order that says anything about them."""
    places = contest.communities.values("community")
    residents = Residency.objects.verified().filter(community__in=places)
    return list(residents.order_by("user").values_list("user_id", flat=True).distinct())


def _awards(contest: Contest) -> Iterator[tuple[Award, list[int]]]:
    awards = list(Award.objects.filter(entry__contest=contest).select_related("entry"))
    authors = authors_of([award.entry.proposal_id for award in awards])
    for award in awards:
        yield award, authors[award.entry.proposal_id]


def _to_approvers(event: ContestEvent, contest: Contest, notice: Notice) -> Message:
    """To everyone who may be the second person; who took the step before is left out as its actor."""
    approvers = Appointment.objects.in_force(timezone.localdate(event.at)).filter(
        role=Role.STREET_APPROVER, subdistrict=contest.programme.subdistrict_id
    )
    users = list(approvers.order_by("user").values_list("user_id", flat=True).distinct())
    link = reverse("admin:contests_contest_change", args=[contest.pk])
    return Message(event, users, notice, link, {"contest": contest.name})
