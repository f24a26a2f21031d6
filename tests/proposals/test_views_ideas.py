"""Pages of ideas: what is shown to whom, and that nothing typed is lost."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from communities import privacy
from communities.written import MOST_OF_A_FIELD, WRITTEN
from programmes.models import Stage
from proposals.enums import IdeaState, ProposalRefusal
from proposals.models import Idea
from proposals.services.ideas import revise_idea
from tests.browsing import english, shown, text
from tests.factories import IdeaFactory, ResidentFactory
from tests.scenes import PROBLEM, SOLUTION

SCRIPT = "<script>alert(1)</script>"


def typed(programme, community, **changes):
    category = programme.categories.first()
    return {
        "key": str(uuid.uuid4()),
        "title": "Benches at the gate",
        "community": community.pk,
        "category": category.pk,
        "problem": PROBLEM,
        "solution": SOLUTION,
        "location_text": "",
        "own_contribution": "",
        "consent": privacy.VERSION,
    } | changes


def submitted(programme, community, count, **changes):
    IdeaFactory.create_batch(
        count,
        programme=programme,
        community=community,
        category=programme.categories.first(),
        state=IdeaState.SUBMITTED,
        submitted_at=timezone.now(),
        **changes,
    )


@pytest.fixture
def closed(programme):
    """Nothing is open any more."""
    Stage.objects.filter(programme=programme).update(closes_at=timezone.now() - timedelta(days=1))


@pytest.mark.parametrize("count", [3, 30])
def test_list_costs_the_same_for_any_number(count, programme, communities, django_assert_num_queries):
    submitted(programme, communities[0], count)
    with django_assert_num_queries(8):
        page = english().get(reverse("idea_list"))
    assert f"{count} ideas" in text(page)


def test_list_leaves_out_what_is_not_public(idea_in):
    idea_in("DRAFT", title="Only a draft")
    idea_in("REJECTED", title="Turned away")
    idea_in("ACCEPTED", title="Taken up")
    page = text(english().get(reverse("idea_list")))
    assert "Taken up" in page
    assert "Only a draft" not in page
    assert "Turned away" not in page


def test_list_is_narrowed_down(programme, communities, categories):
    submitted(programme, communities[0], 1, title="Lamps in the yard")
    submitted(programme, communities[1], 1, title="Trees in the yard")
    found = text(
        english().get(reverse("idea_list"), {"q": "yard", "community": communities[1].pk, "state": "SUBMITTED"})
    )
    assert "Trees in the yard" in found
    assert "Lamps in the yard" not in found


def test_list_offers_the_categories_of_its_own_programme(programme_in, categories):
    programme_in()
    offered = english().get(reverse("idea_list")).context["filter"].form.fields["category"].queryset
    assert len({category.programme_id for category in offered}) == 1


def test_empty_list_says_what_to_do(programme):
    page = text(english().get(reverse("idea_list"), {"q": "nothing like it"}))
    assert "0 ideas" in page
    assert page.count(reverse("idea_create")) >= 2


def test_list_pages_through(programme, communities):
    submitted(programme, communities[0], 21)
    client = english()
    assert "1 / 2" in text(client.get(reverse("idea_list")))
    assert "2 / 2" in text(client.get(reverse("idea_list"), {"page": "2", "q": "Benches"}))
    assert "2 / 2" in text(client.get(reverse("idea_list"), {"page": "999"}))


@pytest.mark.parametrize("state", ["DRAFT", "RETURNED", "REJECTED", "WITHDRAWN"])
def test_unpublic_idea_exists_for_its_author_only(state, idea_in, resident, neighbour):
    url = idea_in(state).get_absolute_url()
    assert english(resident).get(url).status_code == 200
    assert english(neighbour).get(url).status_code == 404
    assert english().get(url).status_code == 404


def test_history_keeps_the_offices_words_for_the_author(idea_in, resident, neighbour, scene, now):
    idea = idea_in("RETURNED")
    revise_idea(idea=idea, text=scene.text("Benches at the east gate"), revision=1, by=resident, now=now)
    url = idea.get_absolute_url()
    own, others = text(english(resident).get(url)), text(english(neighbour).get(url))
    assert "Please say where it should be." in own
    assert "Incomplete or unclear" in own
    assert "Returned for revision" in others
    assert "Message of the office" not in own
    assert "Incomplete or unclear" in others
    assert "Please say where it should be." not in others


def test_what_the_office_says_stands_above_the_idea_for_its_author(idea_in, resident, neighbour):
    url = idea_in("RETURNED").get_absolute_url()
    above = text(english(resident).get(url)).partition("What is the problem?")[0]
    assert "Message of the office" in above
    assert "Please say where it should be." in above
    assert above.index("Please say where") < above.index("Revise and hand in again")


def test_author_without_a_name_is_a_resident(programme, communities):
    author = ResidentFactory(display_name="")
    submitted(programme, communities[0], 1, author=author)
    idea = Idea.objects.get(author=author)
    page = text(english().get(idea.get_absolute_url()))
    assert "<span>Resident</span>" in page
    assert author.username not in page
    assert author.masked_phone not in page
    assert author.phone not in page


def test_what_people_write_is_text(programme, communities):
    submitted(programme, communities[0], 1, title=SCRIPT, problem=SCRIPT, solution=f"</textarea>{SCRIPT}")
    for page in (english().get(reverse("idea_list")), english().get(Idea.objects.get().get_absolute_url())):
        assert SCRIPT not in text(page)
        assert shown(SCRIPT) in text(page)


def test_form_is_for_people_who_logged_in(programme):
    response = english().get(reverse("idea_create"))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_request_login_code"))


def test_form_knows_the_residents_community(programme, communities, resident):
    page = text(english(resident).get(reverse("idea_create")))
    assert f'<option value="{communities[0].pk}" selected>' in page


def test_submitting_leads_to_the_idea(programme, communities, resident):
    response = english(resident).post(reverse("idea_create"), typed(programme, communities[0]))
    idea = Idea.objects.get(author=resident)
    assert response.url == idea.get_absolute_url()
    assert idea.state == IdeaState.SUBMITTED


def test_double_click_is_one_idea(programme, communities, resident):
    client, data = english(resident), typed(programme, communities[0])
    first, second = client.post(reverse("idea_create"), data), client.post(reverse("idea_create"), data)
    assert first.url == second.url
    assert Idea.objects.count() == 1


def test_text_that_is_too_long_is_refused_and_kept(programme, communities, resident):
    long = "A long story. " * 715
    page = text(english(resident).post(reverse("idea_create"), typed(programme, communities[0], problem=long)))
    assert long.strip() in page
    assert "at most 500 characters" in page
    assert not Idea.objects.exists()


def test_line_ends_count_as_one_character(programme, communities, resident):
    lines = "\r\n".join(["123456789"] * 50)
    english(resident).post(reverse("idea_create"), typed(programme, communities[0], problem=lines))
    assert len(Idea.objects.get().problem) == 499


def test_closed_stage_refuses_and_keeps_the_text(programme, communities, resident, closed):
    page = text(english(resident).post(reverse("idea_create"), typed(programme, communities[0])))
    assert shown(ProposalRefusal.STAGE_CLOSED.label) in page
    assert PROBLEM in page
    assert not Idea.objects.exists()


def test_closed_stage_shows_no_form(programme, resident, closed):
    page = text(english(resident).get(reverse("idea_create")))
    assert shown(ProposalRefusal.STAGE_CLOSED.label) in page
    assert 'name="problem"' not in page


def test_text_survives_a_session_that_had_ended(programme, communities, resident):
    client = english()
    response = client.post(reverse("idea_create"), typed(programme, communities[1], title="Typed before log-in"))
    assert response.url.startswith(reverse("account_request_login_code"))
    client.force_login(resident)
    page = text(client.get(reverse("idea_create")))
    assert "Typed before log-in" in page
    assert PROBLEM in page
    assert f'<option value="{communities[1].pk}" selected>' in page


def test_revising_hands_the_idea_in_again(idea_in, resident, programme, communities):
    idea = idea_in("RETURNED")
    url = reverse("idea_edit", args=[idea.pk])
    assert "Please say where it should be." in text(english(resident).get(url))
    data = typed(programme, communities[0], title="Benches at the south gate", revision=idea.revision)
    english(resident).post(url, data)
    idea.refresh_from_db()
    assert (idea.title, idea.state) == ("Benches at the south gate", IdeaState.SUBMITTED)


def test_stale_form_is_refused_with_both_texts_and_can_be_sent_again(idea_in, resident, programme, communities):
    idea = idea_in("RETURNED")
    Idea.objects.filter(pk=idea.pk).update(title="Saved elsewhere", revision=2)
    client, url = english(resident), reverse("idea_edit", args=[idea.pk])
    data = typed(programme, communities[0], title="Written here", revision=1)
    page = text(client.post(url, data))
    assert shown(ProposalRefusal.STALE.label) in page
    assert 'value="Written here"' in page
    assert "Saved elsewhere" in page
    assert '<input type="hidden" name="revision" value="2"' in page
    client.post(url, data | {"revision": 2})
    idea.refresh_from_db()
    assert idea.title == "Written here"


def test_idea_that_moved_on_is_refused_and_the_text_kept(idea_in, resident, programme, communities):
    idea = idea_in("ACCEPTED")
    data = typed(programme, communities[0], title="Too late", revision=idea.revision)
    page = text(english(resident).post(reverse("idea_edit", args=[idea.pk]), data))
    assert shown(ProposalRefusal.WRONG_STATE.label) in page
    assert 'value="Too late"' in page


@pytest.mark.parametrize("name", ["idea_edit", "idea_withdraw"])
def test_only_the_author_changes_an_idea(name, idea_in, neighbour, officer):
    url = reverse(name, args=[idea_in("RETURNED").pk])
    for person in (neighbour, officer):
        assert english(person).get(url).status_code == 404
        assert english(person).post(url).status_code == 404


def test_withdrawing_asks_first(idea_in, resident):
    idea = idea_in("SUBMITTED")
    client, url = english(resident), reverse("idea_withdraw", args=[idea.pk])
    assert "Yes, withdraw it" in text(client.get(url))
    idea.refresh_from_db()
    assert idea.state == IdeaState.SUBMITTED
    client.post(url)
    idea.refresh_from_db()
    assert idea.state == IdeaState.WITHDRAWN


def test_idea_of_a_proposal_is_not_withdrawn(idea_in, resident):
    idea = idea_in("CONSOLIDATED")
    client, url = english(resident), reverse("idea_withdraw", args=[idea.pk])
    assert shown(ProposalRefusal.WRONG_STATE.label) in text(client.get(url))
    assert shown(ProposalRefusal.WRONG_STATE.label) in text(client.post(url, follow=True))
    idea.refresh_from_db()
    assert idea.state == IdeaState.CONSOLIDATED


def test_my_ideas_are_mine_with_the_latest_message(idea_in, resident, neighbour):
    idea_in("RETURNED", title="Mine came back")
    idea_in("SUBMITTED", title="Of the neighbour", by=neighbour)
    page = text(english(resident).get(reverse("my_ideas")))
    assert "Mine came back" in page
    assert "Please say where it should be." in page
    assert "Of the neighbour" not in page


@pytest.mark.parametrize("count", [3, 30])
def test_my_ideas_cost_the_same_for_any_number(count, programme, communities, resident, django_assert_num_queries):
    submitted(programme, communities[0], count, author=resident)
    client = english(resident)
    with django_assert_num_queries(7):
        client.get(reverse("my_ideas"))


def test_a_visitors_session_keeps_a_text_but_no_flood(client, programme):
    client.post(reverse("idea_create"), {"title": "x" * 100_000, "problem": "y" * 600})
    kept = client.session[WRITTEN][reverse("idea_create")]["typed"]
    assert kept["problem"] == "y" * 600
    assert len(kept["title"]) == MOST_OF_A_FIELD
