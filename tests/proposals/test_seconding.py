"""Residents second ideas: once each, undoable, counted as people."""

import pytest
from django.urls import reverse

from communities.refusal import Refused
from proposals.enums import IdeaState, ProposalRefusal, ProposalState
from proposals.models import Consolidation, Idea, Seconding
from proposals.services.claiming import answer_offer
from proposals.services.ideas import screen
from proposals.services.joining import consolidate
from proposals.services.seconding import backers_of, second_idea, supporters_of, take_back_seconding
from tests.browsing import english, shown, text
from tests.racing import race
from tests.scenes import ACCEPTANCE, turning_away


@pytest.fixture
def idea(idea_in):
    return idea_in(IdeaState.SUBMITTED)


@pytest.fixture
def entered(scene, community_officer):
    """`entered(phone=)`: an idea that came by telephone, offered to the account of the number if there is one."""

    def make(phone):
        return scene.entered(by=community_officer, phone=phone)

    return make


def test_second_and_take_back(idea, neighbour, other_resident, now):
    for person in (neighbour, neighbour, other_resident):
        second_idea(idea=idea, by=person, now=now)
    assert Idea.objects.with_seconding_count().get(pk=idea.pk).seconding_count == 2
    for _ in range(2):
        take_back_seconding(idea=idea, by=neighbour, now=now)
    assert [row.user for row in idea.secondings.all()] == [other_resident]


def test_who_lives_elsewhere_by_now_still_takes_it_back(idea, neighbour, now):
    second_idea(idea=idea, by=neighbour, now=now)
    neighbour.residencies.all().delete()
    reader = english(neighbour)
    page = reader.get(reverse("idea_detail", args=[idea.pk]))
    assert (page.context["seconding"]["mine"], page.context["seconding"]["open"]) == (True, True)
    reader.post(reverse("idea_second", args=[idea.pk]), {"undo": "1"})
    assert not Seconding.objects.exists()


@pytest.mark.parametrize("state", [s for s in IdeaState if s not in (IdeaState.SUBMITTED, IdeaState.ACCEPTED)])
def test_what_is_not_open_to_seconding(state, idea_in, neighbour, now):
    idea = idea_in(state)
    for act in (second_idea, take_back_seconding):
        with pytest.raises(Refused) as refused:
            act(idea=idea, by=neighbour, now=now)
        assert refused.value.reason == ProposalRefusal.WRONG_STATE
    assert not Seconding.objects.exists()


def test_supporters_are_people(scene, idea_in, resident, neighbour, other_resident, now):
    """Two ideas of one author, seconded by the author's neighbours twice: four people are three."""
    first, second = idea_in(IdeaState.ACCEPTED), idea_in(IdeaState.ACCEPTED, title="A lamp at the gate", by=neighbour)
    for idea, person in ((first, neighbour), (first, other_resident), (second, other_resident), (second, resident)):
        second_idea(idea=idea, by=person, now=now)
    proposal = consolidate(
        programme=scene.programme, ideas=[first, second], title="Light and rest", by=scene.officer, now=now
    )
    assert supporters_of(proposal) == 3
    Consolidation.objects.filter(idea=second).update(undone_at=now)
    assert supporters_of(proposal) == 3
    Seconding.objects.filter(idea=first, user=other_resident).delete()
    assert supporters_of(proposal) == 2
    assert "2 residents stand behind it" in text(english(resident).get(proposal.get_absolute_url()))
    Consolidation.objects.update(undone_at=now)
    assert "behind it" not in text(english(scene.officer).get(proposal.get_absolute_url()))


def test_an_offered_idea_is_of_the_account_of_its_number(entered, scene, officer, outsider, neighbour, idea_in, now):
    """By telephone somebody gives an idea with their number, and writes or seconds another one on the site."""
    offered, other = entered(phone=outsider.phone), entered(phone="")
    of_neighbour = idea_in(IdeaState.ACCEPTED, title="A lamp at the gate", by=neighbour)
    for idea in (offered, other):
        screen(idea=idea, judgement=ACCEPTANCE, by=officer, now=now)
    Seconding.objects.create(idea=of_neighbour, user=outsider, at=now)
    ideas = [offered, other, of_neighbour]
    people = backers_of(ideas)
    assert [len(people[idea.pk]) for idea in ideas] == [1, 1, 2]
    assert people[offered.pk] < people[of_neighbour.pk]
    proposal = consolidate(programme=scene.programme, ideas=ideas, title="Light and rest", by=officer, now=now)
    assert supporters_of(proposal) == len(set().union(*people.values())) == 3
    answer_offer(offer=offered.claims.get(), accepted=False, by=outsider, now=now)
    assert supporters_of(proposal) == len(set().union(*backers_of(ideas).values())) == 4


def test_nobody_seconds_what_is_offered_to_them(entered, neighbour, other_resident, now):
    idea = entered(phone=neighbour.phone)
    with pytest.raises(Refused, check=lambda refused: refused.reason == ProposalRefusal.OWN_SECONDED):
        second_idea(idea=idea, by=neighbour, now=now)
    second_idea(idea=idea, by=other_resident, now=now)
    answer_offer(offer=idea.claims.get(), accepted=False, by=neighbour, now=now)
    second_idea(idea=idea, by=neighbour, now=now)
    assert idea.secondings.count() == 2


def test_everyone_reads_how_many_stand_behind_a_proposal(proposal_in, neighbour, now):
    proposal = proposal_in(ProposalState.QUALIFIED)
    assert "1 resident stands behind it" in text(english().get(proposal.get_absolute_url()))
    Seconding.objects.create(idea=proposal.consolidations.get().idea, user=neighbour, at=now)
    assert "2 residents stand behind it" in text(english().get(proposal.get_absolute_url()))


@pytest.mark.django_db(transaction=True)
def test_clicks_of_many_count_once_each(idea, neighbour, other_resident, now):
    def click(person):
        return lambda: second_idea(idea=Idea.objects.get(pk=idea.pk), by=person, now=now)

    race(*[click(person) for person in (neighbour, other_resident) * 3])
    assert idea.secondings.count() == 2


@pytest.mark.django_db(transaction=True)
def test_nobody_seconds_what_is_being_decided(scene, idea, neighbour, now):
    """Whoever comes first, no seconding follows the decision."""
    judgement = turning_away("REJECT")
    outcomes = race(
        lambda: screen(idea=Idea.objects.get(pk=idea.pk), judgement=judgement, by=scene.officer, now=now),
        lambda: second_idea(idea=Idea.objects.get(pk=idea.pk), by=neighbour, now=now),
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert Idea.objects.get(pk=idea.pk).state == IdeaState.REJECTED
    assert idea.secondings.count() == 1 - len(refused)


# Pages


def test_one_tap_and_back(idea, neighbour):
    reader, page = english(neighbour), reverse("idea_detail", args=[idea.pk])
    assert shown("Nobody has seconded this idea yet") in text(reader.get(page))
    answer = reader.post(reverse("idea_second", args=[idea.pk]), follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "1 neighbour seconds this idea" in text(answer)
    answer = reader.post(reverse("idea_second", args=[idea.pk]), {"undo": "1"}, follow=True)
    assert shown("Nobody has seconded this idea yet") in text(answer)


@pytest.mark.parametrize(
    ("role", "offer"),
    [
        ("neighbour", "I second this"),
        ("anonymous", "Log in to second it"),
        ("outsider", "Name your community"),
        ("resident", None),
    ],
)
def test_what_the_page_offers(role, offer, cast, idea):
    user = cast(role)
    page = text(english(user if user.is_authenticated else None).get(reverse("idea_detail", args=[idea.pk])))
    offers = ["I second this", "Log in to second it", "Name your community"]
    assert [words for words in offers if words in page] == ([offer] if offer else [])


def test_a_refusal_is_told(idea, resident):
    answer = english(resident).post(reverse("idea_second", args=[idea.pk]), follow=True)
    assert shown(ProposalRefusal.OWN_SECONDED.label) in text(answer)
    assert not Seconding.objects.exists()


def test_ideas_that_are_not_public_cannot_be_found_out(idea_in, neighbour):
    assert english(neighbour).post(reverse("idea_second", args=[idea_in("DRAFT").pk])).status_code == 404


def test_reading_does_nothing(idea, neighbour):
    assert english(neighbour).get(reverse("idea_second", args=[idea.pk])).status_code == 405
