"""Joining ideas and undoing it: nothing is lost, everything comes back, and authors are named if they want it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from communities.refusal import Refused
from contests.enums import ContestState
from contests.services.lifecycle import open_contest
from proposals.enums import ConsolidationKind, IdeaState, ProposalRefusal, ProposalState
from proposals.models import Consolidation, Idea, Proposal
from proposals.services.joining import answer_naming, consolidate, undo_consolidation, undo_joining
from proposals.services.seconding import second_idea, supporters_of
from tests.browsing import english, text

R = ProposalRefusal
MINUTE = timedelta(minutes=1)


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


@pytest.fixture
def join(scene, officer, now) -> Callable[..., Proposal]:
    def join(
        *ideas: Idea, into: Proposal | None = None, title: str = "Places to rest", at=now, note: str = ""
    ) -> Proposal:
        place = {"programme": scene.programme, "title": title, "proposal": into}
        return consolidate(ideas=ideas, by=officer, now=at, note=note, **place)

    return join


@pytest.fixture
def ideas(idea_in, neighbour, other_resident, now):
    """Three accepted ideas of three people; the first is seconded by the author of the second."""
    made = [
        idea_in(IdeaState.ACCEPTED, title="Benches at the gate"),
        idea_in(IdeaState.ACCEPTED, title="Seats by the road", by=neighbour),
        idea_in(IdeaState.ACCEPTED, title="A place to rest", by=other_resident),
    ]
    second_idea(idea=made[0], by=neighbour, now=now)
    return made


def everything() -> dict[str, list[str]]:
    """All rows of all tables of ideas and proposals as the database writes them, by table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'proposals\\_%'")
        tables = [name for (name,) in cursor.fetchall()]
        rows = {}
        for table in sorted(tables):
            cursor.execute(f'SELECT ctid_free::text FROM (SELECT * FROM "{table}") AS ctid_free')
            rows[table] = sorted(row for (row,) in cursor.fetchall())
        return rows


def lost(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, list[str]]:
    return {
        table: missing for table in before if (missing := [row for row in before[table] if row not in after[table]])
    }


def added(before: dict[str, list[str]], after: dict[str, list[str]]) -> set[str]:
    return {table for table in after if [row for row in after[table] if row not in before[table]]}


# Undoing


def test_undoing_a_new_proposal_leaves_everything_as_it_was_but_the_history(join, ideas, officer, now):
    before = everything()
    proposal = join(*ideas)
    assert lost(before, everything()).keys() == {"proposals_idea"}
    undo_joining(consolidation=proposal.consolidations.first(), by=officer, now=now)
    after = everything()
    assert lost(before, after) == {}
    assert added(before, after) == {
        "proposals_consolidation",
        "proposals_ideaevent",
        "proposals_proposal",
        "proposals_proposalevent",
        "proposals_proposalversion",
    }
    # What was made is history too: withdrawn, and seen by nobody outside the office.
    assert Proposal.objects.get().state == ProposalState.WITHDRAWN
    assert not Consolidation.objects.in_force().exists()


def test_undoing_what_joined_a_proposal_that_was_there_leaves_that_as_it_was(join, ideas, proposal_in, officer, now):
    proposal = proposal_in(ProposalState.COACHING)
    before = everything()
    join(*ideas, into=proposal, at=now + MINUTE)
    undo_joining(consolidation=proposal.consolidations.get(idea=ideas[1]), by=officer, now=now)
    after = everything()
    assert lost(before, after) == {}
    assert added(before, after) == {"proposals_consolidation", "proposals_ideaevent"}
    assert Proposal.objects.get(pk=proposal.pk).state == ProposalState.COACHING


def test_what_was_undone_can_be_joined_and_undone_again(join, ideas, officer, now):
    before = everything()
    for _ in range(3):
        proposal = join(*ideas)
        undo_joining(consolidation=proposal.consolidations.first(), by=officer, now=now)
    assert lost(before, everything()) == {}


def test_only_what_was_joined_together_is_undone_together(join, ideas, officer, now):
    proposal = join(ideas[0])
    join(*ideas[1:], into=proposal, at=now + MINUTE)
    undo_joining(consolidation=proposal.consolidations.get(idea=ideas[1]), by=officer, now=now)
    assert [row.idea for row in proposal.consolidations.in_force()] == [ideas[0]]


def test_who_leads_goes_last(join, ideas, officer, now):
    proposal = join(ideas[0])
    join(ideas[1], into=proposal, at=now + MINUTE)
    lead = proposal.consolidations.get(kind=ConsolidationKind.PRIMARY)
    for undo in (undo_joining, undo_consolidation):
        with refused(R.LEADS_OTHERS):
            undo(consolidation=lead, by=officer, now=now)
    undo_joining(consolidation=proposal.consolidations.get(idea=ideas[1]), by=officer, now=now)
    undo_joining(consolidation=lead, by=officer, now=now)
    assert Proposal.objects.get().state == ProposalState.WITHDRAWN


def test_a_proposal_in_which_somebody_wrote_stays(join, ideas, officer, now):
    proposal = join(ideas[0])
    Proposal.objects.filter(pk=proposal.pk).update(revision=2)
    undo_joining(consolidation=proposal.consolidations.get(), by=officer, now=now)
    assert Proposal.objects.get().state == ProposalState.DRAFT


def test_an_act_is_undone_once(join, ideas, officer, now):
    joined = join(*ideas).consolidations.first()
    undo_joining(consolidation=joined, by=officer, now=now)
    with refused(R.WRONG_STATE):
        undo_joining(consolidation=joined, by=officer, now=now)


def test_until_the_contest_opens_ideas_leave_also_what_is_qualified(join, ideas, contest_in, officer, now, programme):
    contest = contest_in(ContestState.DRAFT)
    proposal = contest.entries.get(number="001").proposal
    Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.COACHING)
    join(ideas[0], ideas[1], into=proposal)
    Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.QUALIFIED)
    undo_consolidation(consolidation=proposal.consolidations.get(idea=ideas[1]), by=officer, now=now)
    with refused(R.LEADS_OTHERS):
        undo_consolidation(
            consolidation=proposal.consolidations.get(kind=ConsolidationKind.PRIMARY), by=officer, now=now
        )
    open_contest(contest=contest, by=officer, now=now)
    with refused(R.JUDGED):
        undo_joining(consolidation=proposal.consolidations.get(idea=ideas[0]), by=officer, now=now)
    assert Idea.objects.get(pk=ideas[0].pk).state == IdeaState.CONSOLIDATED
    assert Idea.objects.get(pk=ideas[1].pk).state == IdeaState.ACCEPTED


@pytest.mark.parametrize("state", [ProposalState.SUBMITTED, ProposalState.QUALIFIED])
def test_what_is_handed_in_keeps_its_last_idea(proposal_in, officer, now, state):
    joined = proposal_in(state).consolidations.get()
    with refused(R.LAST_IDEA):
        undo_consolidation(consolidation=joined, by=officer, now=now)


@pytest.mark.parametrize("state", [ProposalState.POOLED, ProposalState.WITHDRAWN, ProposalState.DISQUALIFIED])
def test_what_left_the_year_keeps_its_ideas(proposal_in, officer, now, state):
    joined = proposal_in(state).consolidations.get()
    with refused(R.WRONG_STATE):
        undo_consolidation(consolidation=joined, by=officer, now=now)


def test_a_contest_that_opens_seals_its_proposals_and_no_others(contest_in, proposal_in):
    other = proposal_in(ProposalState.QUALIFIED)
    contest = contest_in(ContestState.OPEN)
    sealed = Proposal.objects.filter(sealed_at__isnull=False)
    assert set(sealed.values_list("pk", flat=True)) == set(contest.entries.values_list("proposal", flat=True))
    assert other not in sealed


# People


def test_supporters_are_people_each_once(join, ideas, neighbour, now):
    second_idea(idea=ideas[2], by=neighbour, now=now)
    # Three authors; the neighbour seconds two of the ideas besides.
    assert supporters_of(join(*ideas)) == 3


def named_on(proposal, reader):
    response = english(reader).get(proposal.get_absolute_url())
    return response.context["contributors"]


def test_authors_are_named_if_they_say_so(join, ideas, resident, neighbour, officer, now):
    proposal = join(*ideas)
    rows = {row.idea: row for row in proposal.consolidations.all()}
    assert named_on(proposal, officer) == []
    answer_naming(consolidation=rows[ideas[0]], named=True, by=resident, now=now)
    answer_naming(consolidation=rows[ideas[1]], named=False, by=neighbour, now=now)
    assert named_on(proposal, officer) == ["Resident"]
    answer_naming(consolidation=rows[ideas[0]], named=False, by=resident, now=now)
    assert named_on(proposal, officer) == []


def test_who_wrote_two_of_the_ideas_is_named_once(join, idea_in, resident, officer, now):
    proposal = join(idea_in(IdeaState.ACCEPTED), idea_in(IdeaState.ACCEPTED, title="More benches"))
    for row in proposal.consolidations.all():
        answer_naming(consolidation=row, named=True, by=resident, now=now)
    assert named_on(proposal, officer) == ["Resident"]


def test_an_idea_that_left_names_nobody(join, ideas, resident, officer, now):
    proposal = join(*ideas[1:])
    join(ideas[0], into=proposal, at=now + MINUTE)
    row = proposal.consolidations.get(idea=ideas[0])
    answer_naming(consolidation=row, named=True, by=resident, now=now)
    undo_joining(consolidation=row, by=officer, now=now)
    assert named_on(proposal, officer) == []
    row.refresh_from_db()
    with refused(R.WRONG_STATE):
        answer_naming(consolidation=row, named=True, by=resident, now=now)


def test_an_author_answers_on_the_page_of_the_idea(join, ideas, resident, neighbour, now):
    proposal = join(ideas[0])
    client = english(resident)
    address = reverse("idea_naming", args=[ideas[0].pk])
    assert "Name me as “Resident”" in text(client.get(ideas[0].get_absolute_url()))
    page = text(client.post(address, {"named": "1"}, follow=True))
    assert "Do not name me any more" in page
    assert proposal.consolidations.get().named is True
    client.post(address, {"named": "0"})
    assert proposal.consolidations.get().named is False
    assert english(neighbour).post(address, {"named": "1"}).status_code == 404
    assert address not in text(english(neighbour).get(ideas[0].get_absolute_url()))


def test_who_has_no_name_is_asked_to_choose_one(join, ideas, resident):
    join(ideas[0])
    type(resident).objects.filter(pk=resident.pk).update(display_name="")
    page = text(english(resident).get(ideas[0].get_absolute_url()))
    assert "choose a name first" in page
    assert reverse("profile") in page


def test_of_an_idea_that_is_part_of_nothing_nobody_is_asked(ideas, resident):
    assert english(resident).post(reverse("idea_naming", args=[ideas[0].pk])).status_code == 404


# The office's note


def test_a_joining_keeps_its_note_when_it_is_undone(join, ideas, officer, now):
    proposal = join(*ideas[:2], note="Both want seats.")
    join(ideas[2], into=proposal, note="The same yard.", at=now + MINUTE)
    undo_consolidation(consolidation=ideas[2].consolidations.get(), by=officer, now=now + 2 * MINUTE)
    join(ideas[2], into=proposal, at=now + 3 * MINUTE)
    notes = Consolidation.objects.order_by("pk").values_list("note", "undone_at")
    assert list(notes) == [
        ("Both want seats.", None),
        ("Both want seats.", None),
        ("The same yard.", now + 2 * MINUTE),
        ("", None),
    ]


def test_residents_do_not_read_the_note(join, ideas, resident, officer):
    proposal = join(*ideas, note="Not to be read outside.")
    for url in (ideas[0].get_absolute_url(), proposal.get_absolute_url(), reverse("my"), reverse("my_data")):
        assert "Not to be read outside." not in text(english(resident).get(url))
    admin = reverse("admin:proposals_proposal_change", args=[proposal.pk])
    assert "Not to be read outside." in text(english(officer).get(admin))
