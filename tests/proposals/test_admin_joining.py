"""The joining desk: ideas in groups, where they go, what is warned of, and undoing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.html import escape
from playwright.sync_api import expect

from programmes.enums import StageKind
from proposals.admin import joining
from proposals.enums import IdeaState, ProposalRefusal, ProposalState
from proposals.models import Consolidation, Idea, Proposal
from proposals.services.joining import consolidate
from proposals.services.seconding import second_idea
from tests.browser import DESK, PHONE
from tests.browsing import english, shown, text
from tests.factories import IdeaFactory, ProposalFactory

LIST = "/admin/proposals/idea/"
PAGE = f"{LIST}joining/"


def choosing(*ideas, **query):
    chosen = "&".join([f"idea={idea.pk}" for idea in ideas] + [f"{name}={value}" for name, value in query.items()])
    return f"{PAGE}?{chosen}"


def state_of(idea):
    return Idea.objects.get(pk=idea.pk).state


@pytest.fixture
def benches(idea_in, neighbour):
    """Two accepted ideas that say the same."""
    return [
        idea_in(IdeaState.ACCEPTED, title="Benches at the gate"),
        idea_in(IdeaState.ACCEPTED, title="Benches at the west gate", by=neighbour),
    ]


@pytest.fixture
def choir(programme, communities, categories, resident, now):
    """One that says something else."""
    return IdeaFactory(
        programme=programme,
        community=communities[0],
        category=categories[0],
        author=resident,
        title="A choir for everyone",
        problem="Nobody sings any more.",
        solution="We rehearse on Tuesdays.",
        state=IdeaState.ACCEPTED,
        submitted_at=now,
    )


# What is shown


def groups(response):
    return [[similar.idea.title for similar in group.ideas] for group in response.context["page"]]


def test_accepted_ideas_are_shown_in_groups_of_alike_ones(officer, benches, choir, idea_in):
    for state in IdeaState:
        if state != IdeaState.ACCEPTED:
            idea_in(state, title=f"Benches, {state}")
    assert groups(english(officer).get(PAGE)) == [
        ["Benches at the gate", "Benches at the west gate"],
        ["A choir for everyone"],
    ]


def test_of_very_many_the_longest_waiting_are_compared_and_the_page_says_so(officer, benches, choir, monkeypatch):
    monkeypatch.setattr(joining, "MOST_COMPARED", 2)
    client = english(officer)
    response = client.get(PAGE)
    assert (response.context["accepted"], response.context["left_out"]) == (3, 1)
    assert "The 2 that have waited longest are compared here." in text(response)
    assert [len(group) for group in groups(response)] == [2]
    # What is chosen is there all the same.
    assert {title for group in groups(client.get(choosing(choir))) for title in group} >= {choir.title}
    monkeypatch.setattr(joining, "MOST_COMPARED", 3)
    assert "have waited longest" not in text(client.get(PAGE))


def test_people_behind_a_group_are_counted_once(officer, benches, neighbour, other_resident, now):
    second_idea(idea=benches[0], by=neighbour, now=now)
    for idea in benches:
        second_idea(idea=idea, by=other_resident, now=now)
    [group] = english(officer).get(PAGE).context["page"]
    assert group.backers == 3


def test_the_page_is_narrowed_down(officer, benches, choir, communities, categories):
    other = IdeaFactory(
        programme=choir.programme,
        community=communities[1],
        category=categories[1],
        author=choir.author,
        title="Lamps for the path",
        state=IdeaState.ACCEPTED,
        submitted_at=choir.submitted_at,
    )
    client = english(officer)
    assert groups(client.get(choosing(community=communities[1].pk))) == [[other.title]]
    assert groups(client.get(choosing(category=categories[1].pk))) == [[other.title]]
    # What is chosen stays in sight, on top.
    shown_first = groups(client.get(choosing(choir, community=communities[1].pk)))
    assert {title for group in shown_first for title in group} == {choir.title, other.title}
    assert choir.title in shown_first[0]
    assert groups(client.get(choosing(community="x", page="y", idea="z")))


def test_the_list_action_leads_to_the_desk_with_the_ideas_chosen(officer, benches):
    client = english(officer)
    response = client.post(f"{LIST}?state=ACCEPTED", {"action": "join", "_selected_action": [i.pk for i in benches]})
    assert set(response.url.partition("?")[2].split("&")) == {f"idea={idea.pk}" for idea in benches}
    page = text(client.get(response.url))
    assert page.count('name="ideas"') == page.count("checked>\n        <span") == 2


def test_on_the_first_day_there_is_nothing_to_join(officer):
    assert shown("No ideas have been handed in yet.") in text(english(officer).get(PAGE))


def test_the_desk_makes_as_many_queries_for_many_ideas_as_for_few(
    officer, programme, benches, proposal_in, resident, django_assert_num_queries
):
    client = english(officer)
    proposal_in(ProposalState.DRAFT)
    client.get(PAGE)
    with django_assert_num_queries(22):
        client.get(PAGE)
    for number in range(2):
        proposal_in(ProposalState.DRAFT, title=f"Another {number}")
        IdeaFactory(
            programme=programme,
            community=resident.residencies.get().community,
            category=programme.categories.first(),
            author=resident,
            title=f"Lamps number {number}",
            state=IdeaState.ACCEPTED,
            submitted_at=programme.stages.first().opens_at,
        )
    with django_assert_num_queries(22):
        client.get(PAGE)


# Joining


def test_joining_into_a_new_proposal(officer, benches):
    client = english(officer)
    data = {"ideas": [idea.pk for idea in benches], "title": "Places to rest", "lead": benches[1].pk, "proposal": ""}
    response = client.post(PAGE, data, follow=True)
    proposal = Proposal.objects.get()
    assert proposal.title == "Places to rest"
    assert proposal.consolidations.get(kind="PRIMARY").idea == benches[1]
    assert state_of(benches[0]) == state_of(benches[1]) == IdeaState.CONSOLIDATED
    assert [act.ideas for act in response.context["acts"]] == [benches[::-1]]
    assert shown("Joined into “Places to rest”: 2.") in text(response)


def test_a_new_proposal_is_called_like_its_leading_idea_which_was_handed_in_first(officer, benches, now):
    Idea.objects.filter(pk=benches[1].pk).update(submitted_at=now - timedelta(days=3))
    english(officer).post(PAGE, {"ideas": [idea.pk for idea in benches]})
    proposal = Proposal.objects.get()
    assert proposal.title == "Benches at the west gate"
    assert proposal.consolidations.get(kind="PRIMARY").idea == benches[1]


def test_joining_into_a_proposal_that_is_there(officer, benches, proposal_in):
    proposal = proposal_in(ProposalState.COACHING)
    english(officer).post(PAGE, {"ideas": [benches[0].pk], "proposal": proposal.pk})
    assert proposal.consolidations.get(kind="MERGED").idea == benches[0]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose the ideas first."),
        ({"ideas": ["0"]}, "Choose ideas of this list."),
        ({"ideas": ["x"]}, "“x” is not a valid value."),
        ({"proposal": "0"}, "This proposal takes no more ideas. Choose another one."),
    ],
)
def test_what_is_missing_is_said(officer, benches, data, said):
    page = text(english(officer).post(PAGE, data))
    assert shown(said) in page
    assert not Proposal.objects.exists()


def test_the_leading_idea_is_one_of_the_chosen(officer, benches):
    response = english(officer).post(
        PAGE, {"ideas": [benches[0].pk], "lead": benches[1].pk, "title": "Typed with care"}
    )
    assert shown("The leading idea is one of those that are chosen.") in text(response)
    assert "Typed with care" in text(response)
    assert response.context["chosen"] == [benches[0].pk]
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("note", ["Both want seats.", "<script>alert(1)</script> {{ 7 }} =1+1\r\n\u202eturned"])
def test_a_note_for_colleagues_stands_beside_what_was_joined(note, officer, benches):
    page = text(english(officer).post(PAGE, {"ideas": [idea.pk for idea in benches], "note": note}, follow=True))
    kept = note.replace("\r\n", "\n")
    assert [row.note for row in Consolidation.objects.all()] == [kept] * len(benches)
    assert escape(f"Note: {kept}") in page


@pytest.mark.parametrize("note", ["x" * 301, "nul \0 byte"])
def test_a_note_that_cannot_be_kept_loses_nothing(note, officer, benches):
    page = text(english(officer).post(PAGE, {"ideas": [benches[0].pk], "title": "Typed with care", "note": note}))
    assert "Typed with care" in page
    assert note in page
    assert not Proposal.objects.exists()


def test_the_second_of_two_officers_is_told_who_was_first(officer, approver, benches, now, programme):
    consolidate(programme=programme, ideas=benches[:1], title="Rest", by=approver, now=now)
    page = text(english(officer).post(PAGE, {"ideas": [idea.pk for idea in benches]}))
    assert shown(f"{approver} has joined “Benches at the gate” into “Rest” already") in page
    assert state_of(benches[1]) == IdeaState.ACCEPTED


def test_an_idea_that_waits_for_screening_is_not_joined(officer, benches, idea_in):
    waiting = idea_in(IdeaState.SUBMITTED)
    page = text(english(officer).post(PAGE, {"ideas": [benches[0].pk, waiting.pk]}))
    assert shown(ProposalRefusal.WRONG_STATE.label) in page
    assert state_of(benches[0]) == IdeaState.ACCEPTED


def test_a_judged_proposal_takes_no_ideas(officer, benches, proposal_in):
    proposal = proposal_in(ProposalState.QUALIFIED)
    client = english(officer)
    assert proposal not in [target["proposal"] for target in client.get(PAGE).context["targets"]]
    page = text(client.post(PAGE, {"ideas": [benches[0].pk], "proposal": proposal.pk}))
    assert shown(ProposalRefusal.JUDGED.label) in page


def test_outside_the_stage_the_desk_says_so(officer, benches, programme):
    programme.stages.filter(kind__in=[StageKind.SCREENING, StageKind.PROPOSAL_INCUBATION]).delete()
    client = english(officer)
    assert shown(ProposalRefusal.STAGE_CLOSED.label) in text(client.get(PAGE))
    assert shown(ProposalRefusal.STAGE_CLOSED.label) in text(client.post(PAGE, {"ideas": [benches[0].pk]}))


# Undoing


@pytest.fixture
def joined(benches, officer, programme, now):
    return consolidate(programme=programme, ideas=benches, title="Rest", by=officer, now=now).consolidations.first()


def undo_url(joined):
    return reverse("admin:proposals_idea_undo_joining", args=[joined.pk])


def test_undoing_gives_all_of_the_act_back(officer, joined, benches):
    page = text(english(officer).post(undo_url(joined), follow=True))
    assert shown("“Rest”: 2 given back. They may be joined anew.") in page
    assert state_of(benches[0]) == state_of(benches[1]) == IdeaState.ACCEPTED
    page = text(english(officer).post(undo_url(joined), follow=True))
    assert shown(ProposalRefusal.WRONG_STATE.label) in page


def test_what_is_sealed_is_not_offered(officer, joined, now):
    Proposal.objects.filter(pk=joined.proposal_id).update(sealed_at=now)
    client = english(officer)
    assert client.get(PAGE).context["acts"] == []
    assert shown(ProposalRefusal.JUDGED.label) in text(client.post(undo_url(joined), follow=True))


@pytest.mark.parametrize(("who", "status"), [("supervisor", 403), ("resident", 403), ("other_officer", 404)])
def test_who_may_not_undo(request, joined, benches, who, status):
    client = english(request.getfixturevalue(who))
    assert client.post(undo_url(joined)).status_code == status
    assert state_of(benches[0]) == IdeaState.CONSOLIDATED


@pytest.mark.parametrize("who", ["supervisor", "resident"])
def test_who_may_not_join(request, benches, who):
    client = english(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"ideas": [benches[0].pk]}).status_code == 403
    assert state_of(benches[0]) == IdeaState.ACCEPTED


def test_an_officer_of_another_sub_district_sees_none_of_it(other_officer, benches):
    response = english(other_officer).post(PAGE, {"ideas": [benches[0].pk]})
    assert response.context["groups"] == []
    assert state_of(benches[0]) == IdeaState.ACCEPTED


# Warnings


def test_the_desk_warns_of_communities_without_a_proposal_and_of_many_of_one_kind(
    officer, benches, programme, communities, categories
):
    of = {"programme": programme, "community": communities[0]}
    for state in ("DRAFT", "COACHING", "QUALIFIED", "WITHDRAWN"):
        ProposalFactory(**of, category=categories[0], state=state)
    ProposalFactory(**of, category=categories[1])
    ProposalFactory(programme=programme, community=communities[1], category=categories[0], state="DISQUALIFIED")
    balance = english(officer).get(PAGE).context["balance"]
    assert balance.without == communities[1:]
    assert [(crowd.community, crowd.category, crowd.proposals) for crowd in balance.crowds] == [
        (communities[0], categories[0], 3)
    ]
    # They are hints: a fourth is joined all the same.
    english(officer).post(PAGE, {"ideas": [benches[0].pk]})
    assert Proposal.objects.filter(community=communities[0], category=categories[0], state="DRAFT").count() == 2


# In the browser


@pytest.fixture
def desk(visitor, officer):
    def come(viewport=DESK, **options):
        person = visitor(viewport, **options)
        person.log_in_by_password(officer)
        return person

    return come


def undo_the_last(person):
    person.press(person.page.locator(".joining-acts button").first)


@pytest.mark.django_db(transaction=True)
def test_by_mouse_ideas_are_dragged_together_and_given_back(desk, benches, choir):
    person = desk()
    page = person.open(PAGE)
    page.locator("a[data-all]").click()
    expect(page.locator(".joining-count")).to_contain_text("2")
    page.locator(f"[data-idea='{choir.pk}']").drag_to(page.locator("[data-target]").first)
    expect(page.locator(".joining-count")).to_contain_text("3")
    page.locator(f"input[name=lead][value='{choir.pk}']").check()
    page.fill("input[name=title]", "Rest and song")
    person.press("button[name=join]")
    proposal = Proposal.objects.get()
    assert proposal.title == "Rest and song"
    assert proposal.consolidations.get(kind="PRIMARY").idea == choir
    assert proposal.consolidations.count() == 3
    undo_the_last(person)
    assert {state_of(idea) for idea in (*benches, choir)} == {IdeaState.ACCEPTED}


@pytest.mark.django_db(transaction=True)
def test_by_mouse_an_idea_is_dragged_onto_a_proposal_that_is_there(desk, benches, proposal_in):
    proposal = proposal_in(ProposalState.DRAFT)
    person = desk()
    page = person.open(PAGE)
    target = page.locator("[data-target]", has_text=proposal.title)
    page.locator(f"[data-idea='{benches[0].pk}']").drag_to(target)
    expect(target.locator("input[name=proposal]")).to_be_checked()
    expect(page.locator("button[name=join]")).to_be_focused()
    person.press("button[name=join]")
    assert proposal.consolidations.get(kind="MERGED").idea == benches[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_by_keyboard_ideas_are_joined_and_given_back(desk, benches, scripts):
    person = desk(PHONE, java_script_enabled=scripts)
    page = person.open(PAGE)
    for idea in benches:
        page.locator(f"input[name=ideas][value='{idea.pk}']").focus()
        page.keyboard.press("Space")
    page.locator(f"input[name=lead][value='{benches[1].pk}']").focus()
    page.keyboard.press("Space")
    page.locator("input[name=title]").focus()
    page.keyboard.type("Places to rest")
    page.locator("button[name=join]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Proposal.objects.get().title == "Places to rest"
    assert Proposal.objects.get().consolidations.get(kind="PRIMARY").idea == benches[1]
    page.locator(".joining-acts button").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert state_of(benches[0]) == state_of(benches[1]) == IdeaState.ACCEPTED
