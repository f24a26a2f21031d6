"""The office's pages of ideas: the queue, screening, joining, and who gets there."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.html import escape

from proposals.enums import IdeaState, ProposalRefusal
from proposals.models import Idea
from proposals.services.ideas import screen
from tests.browsing import text
from tests.factories import IdeaFactory
from tests.scenes import ACCEPTANCE

LIST = "/admin/proposals/idea/"
ACCEPT = {
    "revision": "1",
    "public_benefit": "PASS",
    "sustainability": "PASS",
    "capacity_building": "PASS",
    "decision": "ACCEPT",
    "reason": "",
    "note": "",
}
REJECT = {**ACCEPT, "decision": "REJECT", "reason": "GOV_DUTY", "note": "Please call 12345."}


def screen_url(idea):
    return reverse("admin:proposals_idea_screen", args=[idea.pk])


def change_url(idea):
    return reverse("admin:proposals_idea_change", args=[idea.pk])


def state_of(idea):
    return Idea.objects.get(pk=idea.pk).state


def waiting_ideas(programme, author, count):
    made = Idea.objects.count()
    return [
        IdeaFactory(
            programme=programme,
            community=author.residencies.get().community,
            category=programme.categories.first(),
            author=author,
            title=f"Benches number {made + number}",
            state=IdeaState.SUBMITTED,
            submitted_at=programme.stages.first().opens_at,
        )
        for number in range(count)
    ]


def test_the_list_is_the_queue_oldest_first(client, officer, idea_in, now):
    ideas = [idea_in("SUBMITTED", title=f"Benches {number}") for number in range(3)]
    Idea.objects.filter(pk=ideas[1].pk).update(submitted_at=now.replace(year=now.year - 1))
    idea_in("ACCEPTED", title="Accepted before")
    client.force_login(officer)
    rows = client.get(LIST).context["cl"].result_list
    assert [row.title for row in rows] == ["Benches 1", "Benches 0", "Benches 2"]


def test_the_list_filters_by_state(client, officer, idea_in):
    idea_in("SUBMITTED", title="Waiting here")
    idea_in("REJECTED", title="Turned away")
    client.force_login(officer)
    assert [row.title for row in client.get(LIST, {"state": "REJECTED"}).context["cl"].result_list] == ["Turned away"]
    assert len(client.get(LIST, {"state": "all"}).context["cl"].result_list) == 2


def test_the_list_makes_as_many_queries_for_many_ideas_as_for_few(
    client, officer, programme, resident, django_assert_num_queries
):
    client.force_login(officer)
    waiting_ideas(programme, resident, 3)
    client.get(LIST)
    with django_assert_num_queries(9):
        client.get(LIST)
    waiting_ideas(programme, resident, 27)
    with django_assert_num_queries(9):
        response = client.get(LIST)
    assert len(response.context["cl"].result_list) == 30


def test_the_page_of_an_idea_shows_the_masked_phone_only(client, officer, idea_in, resident):
    idea = idea_in("SUBMITTED")
    client.force_login(officer)
    page = client.get(change_url(idea)).content.decode()
    assert resident.masked_phone in page
    assert resident.phone.removeprefix("+86") not in page


def test_accepting_an_idea(client, officer, idea_in):
    idea = idea_in("SUBMITTED")
    client.force_login(officer)
    response = client.post(screen_url(idea), ACCEPT)
    assert response.status_code == 302
    assert response.url == change_url(idea)
    assert state_of(idea) == IdeaState.ACCEPTED
    assert idea.screenings.get().officer == officer


def test_save_and_next_opens_the_idea_that_waits_longest(client, officer, idea_in, now):
    first, second, third = (idea_in("SUBMITTED", title=f"Benches {number}") for number in range(3))
    Idea.objects.filter(pk=first.pk).update(submitted_at=now.replace(year=now.year - 1))
    client.force_login(officer)
    assert client.get(reverse("admin:proposals_idea_queue")).url == screen_url(first)
    assert client.post(screen_url(first), {**ACCEPT, "next": "1"}).url == screen_url(second)
    assert client.post(screen_url(second), {**REJECT, "next": "1"}).url == screen_url(third)
    assert client.post(screen_url(third), {**ACCEPT, "next": "1"}).url == LIST
    assert client.get(reverse("admin:proposals_idea_queue")).url == LIST


def test_a_decision_without_a_reason_is_refused_and_keeps_what_was_typed(client, officer, idea_in):
    idea = idea_in("SUBMITTED")
    client.force_login(officer)
    response = client.post(screen_url(idea), {**REJECT, "reason": "", "note": "Typed with care"})
    page = response.content.decode()
    assert escape(str(ProposalRefusal.REASON_NEEDED.label)) in page
    assert "Typed with care" in page
    assert state_of(idea) == IdeaState.SUBMITTED


def test_the_second_officer_is_told_who_was_first(client, officer, approver, idea_in, now):
    idea = idea_in("SUBMITTED")
    screen(idea=idea, judgement=ACCEPTANCE, by=approver, now=now)
    client.force_login(officer)
    response = client.post(screen_url(idea), REJECT)
    page = response.content.decode()
    assert str(approver) in page
    assert "Please call 12345." in page
    assert state_of(idea) == IdeaState.ACCEPTED
    assert idea.screenings.count() == 1


def test_a_text_that_was_revised_since_is_read_again_first(client, officer, idea_in):
    idea = idea_in("SUBMITTED")
    Idea.objects.filter(pk=idea.pk).update(revision=2, problem="Only the ramp is missing.")
    client.force_login(officer)
    for button in ("preview", "save"):
        page = client.post(screen_url(idea), {**REJECT, button: "1"})
        assert str(ProposalRefusal.STALE.label) in page.content.decode()
        for there in ("Only the ramp is missing.", "Please call 12345.", 'name="revision" value="2"'):
            assert there in page.content.decode()
    assert state_of(idea) == IdeaState.SUBMITTED
    unfinished = client.post(screen_url(idea), {**REJECT, "reason": ""})
    assert unfinished.context["revision"] == 1
    client.post(screen_url(idea), {**REJECT, "revision": "2"})
    assert state_of(idea) == IdeaState.REJECTED


def test_nothing_is_asked_about_an_idea_that_is_decided(client, officer, idea_in):
    idea = idea_in("ACCEPTED")
    client.force_login(officer)
    assert client.get(screen_url(idea)).url == change_url(idea)


@pytest.mark.parametrize("who, status", [("supervisor", 403), ("resident", 403), ("other_officer", 404)])
def test_who_may_not_screen(client, request, idea_in, who, status):
    idea = idea_in("SUBMITTED")
    client.force_login(request.getfixturevalue(who))
    assert client.get(screen_url(idea)).status_code == status
    assert client.post(screen_url(idea), ACCEPT).status_code == status
    assert state_of(idea) == IdeaState.SUBMITTED


def test_who_is_not_logged_in_is_asked_to(client, idea_in):
    assert client.get(LIST).status_code == 302
    assert client.get(LIST).url.startswith(reverse("admin:login"))
    assert client.get(reverse("admin:login")).url.startswith(reverse("account_login"))


def test_a_supervisor_reads_but_is_offered_nothing(client, supervisor, idea_in):
    idea = idea_in("SUBMITTED")
    client.force_login(supervisor)
    page = client.get(change_url(idea))
    assert page.status_code == 200
    assert screen_url(idea) not in page.content.decode()


def test_an_officer_of_another_sub_district_sees_none(client, other_officer, idea_in):
    idea = idea_in("SUBMITTED")
    client.force_login(other_officer)
    assert client.get(LIST, {"state": "all"}).context["cl"].result_count == 0
    # The admin answers "not found" with a way back to its first page.
    assert client.get(change_url(idea)).url == reverse("admin:index")


def test_drafts_belong_to_their_authors(client, officer, idea_in):
    idea_in("DRAFT")
    client.force_login(officer)
    assert client.get(LIST, {"state": "all"}).context["cl"].result_count == 0


def test_posts_need_a_token(officer, idea_in, client):
    client.handler.enforce_csrf_checks = True
    idea = idea_in("SUBMITTED")
    client.force_login(officer)
    assert client.post(screen_url(idea), ACCEPT).status_code == 403
    assert state_of(idea) == IdeaState.SUBMITTED


def test_the_list_leads_to_entering_and_claims_and_back(client, officer, supervisor, scene):
    client.force_login(officer)
    page = text(client.get(LIST))
    for name in ("idea_enter", "ideas_import", "desk_claims"):
        assert f'href="{reverse(name)}"' in page
    assert f'href="{LIST}"' in text(client.get(reverse("ideas_import")))
    assert f'href="{reverse("desk_ideas")}"' not in text(client.get(reverse("ideas_import")))
    assert f'href="{reverse("desk")}"' not in text(client.get(reverse("rolls")))
    client.force_login(supervisor)
    assert f'href="{reverse("idea_enter")}"' not in text(client.get(LIST))


def test_the_first_page_counts_what_waits(client, officer, idea_in):
    idea_in("SUBMITTED", title="Benches 1")
    idea_in("SUBMITTED", title="Benches 2")
    idea_in("ACCEPTED", title="Benches 3")
    client.force_login(officer)
    waiting = {item.url: item for item in client.get("/admin/").context["waiting"]}
    assert waiting[LIST].count == 2
    assert waiting[LIST].since is not None
    assert waiting[reverse("admin:proposals_idea_joining")].count == 1
