"""The desk of community officers and support members, the way there, and what is shown to whom."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from time_machine import travel

from communities.enums import OrganisationKind, ResidencyState, Role, VerificationMethod
from communities.models import Residency
from communities.services.people import decide_residency
from programmes.models import Programme
from projects import todo
from projects.templatetags import waiting
from proposals.enums import IdeaState, ProposalState
from tests.browsing import english, shown, text
from tests.factories import (
    AccompanimentFactory,
    AppointmentFactory,
    OrganisationFactory,
    ResidencyFactory,
    ResidentFactory,
)

DESK = "/desk/"


@pytest.fixture
def pending(communities):
    """Wants to be verified in community A."""
    return waiting_in(communities[0])


def waiting_in(community, **fields):
    return ResidencyFactory(community=community, state=ResidencyState.PENDING, method="", decided_at=None, **fields)


def decide(client, residency, **typed):
    return client.post(reverse("residency_decide", args=[residency.pk]), typed, follow=True)


# Who goes where


@pytest.mark.parametrize(
    "who, pages",
    [
        ("resident", {"my": 200, "panel": 200, "desk": 403, "admin:index": 403}),
        ("expert", {"my": 200, "panel": 200, "desk": 403, "admin:index": 403}),
        ("community_officer", {"my": 200, "panel": 200, "desk": 200, "admin:index": 403}),
        ("support_member", {"my": 200, "panel": 200, "desk": 200, "admin:index": 403}),
        ("officer", {"my": 200, "panel": 200, "desk": 403, "admin:index": 200}),
        ("approver", {"my": 200, "desk": 403, "admin:index": 200}),
        ("supervisor", {"my": 200, "desk": 403, "admin:index": 200}),
        ("superuser", {"my": 200, "desk": 403}),
    ],
)
def test_every_role_has_its_pages(who, pages, cast, contest_in):
    contest_in("OPEN")
    client = english(cast(who))
    assert {name: client.get(reverse(name)).status_code for name in pages} == pages


@pytest.mark.parametrize(
    "who, place",
    [
        ("resident", "my"),
        ("outsider", "my"),
        ("expert", "panel"),
        ("community_officer", "desk"),
        ("support_member", "desk"),
        ("officer", "admin:index"),
        ("approver", "admin:index"),
        ("supervisor", "admin:index"),
    ],
)
def test_the_log_in_leads_to_ones_work(who, place, cast, contest_in):
    contest_in("OPEN")
    assert english(cast(who)).get(reverse("after_login")).url == reverse(place)


def test_the_desk_needs_a_log_in_by_user_name(db):
    for name in ("desk", "desk_ideas", "desk_proposals"):
        url = reverse(name)
        assert english().get(url).url == f"{reverse('account_login')}?next={url}"


def test_an_appointment_that_has_ended_opens_no_desk(community_officer):
    community_officer.appointments.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert english(community_officer).get(DESK).status_code == 403


def test_an_officer_who_judges_is_sent_to_what_is_open_and_finds_the_desk(expert, subdistrict, communities, contest_in):
    AppointmentFactory(user=expert, role=Role.COMMUNITY_OFFICER, subdistrict=subdistrict, community=communities[0])
    client = english(expert)
    assert client.get(reverse("after_login")).url == DESK
    contest_in("OPEN")
    assert client.get(reverse("after_login")).url == reverse("panel")
    for name in ("panel", "desk", "my"):
        page = text(client.get(reverse(name)))
        places = page.partition('class="places"')[2].partition("</nav>")[0]
        assert [reverse(other) in places for other in ("my", "panel", "desk", "admin:index")] == [
            True,
            True,
            True,
            False,
        ]
        assert places.count('aria-current="page"') == 1


def test_who_has_one_place_sees_no_choice(resident):
    assert 'class="places"' not in text(english(resident).get(reverse("my")))


# Residencies


def test_residents_wait_oldest_first_of_ones_communities_only(community_officer, communities, pending):
    second = waiting_in(communities[0])
    waiting_in(communities[1], user=ResidentFactory(display_name="Lives elsewhere"))
    response = english(community_officer).get(DESK)
    assert list(response.context["page"]) == [pending, second]
    assert "Lives elsewhere" not in text(response)
    assert pending.user.masked_phone in text(response)
    assert pending.user.phone.removeprefix("+86") not in text(response)


def test_ones_own_residency_is_decided_by_a_colleague(community_officer, communities):
    own = waiting_in(communities[0], user=community_officer)
    client = english(community_officer)
    assert list(client.get(DESK).context["page"]) == []
    assert decide(client, own, decision="refuse").status_code == 404


@pytest.mark.parametrize("method", VerificationMethod.values)
def test_verifying_at_the_desk(method, community_officer, pending):
    page = text(decide(english(community_officer), pending, decision="verify", method=method))
    pending.refresh_from_db()
    assert (pending.state, pending.method) == (ResidencyState.VERIFIED, method)
    assert pending.decided_by == community_officer
    assert "is verified for Community A." in page


def test_refusing_at_the_desk_asks_for_no_method(community_officer, pending):
    page = text(decide(english(community_officer), pending, decision="refuse", method="ROSTER"))
    pending.refresh_from_db()
    assert (pending.state, pending.method) == (ResidencyState.REFUSED, "")
    assert "is refused for Community A." in page


@pytest.mark.parametrize(
    "typed",
    [
        {"decision": "verify"},
        {"decision": "verify", "method": ""},
        {"decision": "verify", "method": "GUESSED"},
        {"decision": "verify", "method": "x" * 10_000},
        {"decision": "perhaps", "method": "ROSTER"},
        {},
    ],
)
def test_what_is_no_decision_changes_nothing(typed, community_officer, pending):
    response = decide(english(community_officer), pending, **typed)
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    pending.refresh_from_db()
    assert pending.state == ResidencyState.PENDING


def test_the_second_officer_reads_who_was_first(community_officer, officer, pending, now):
    client = english(community_officer)
    client.get(DESK)
    decide_residency(residency=pending, verified=False, method=None, by=officer, now=now)
    page = text(decide(client, pending, decision="verify", method="ROSTER"))
    assert "Officer has decided this already (Refused," in page
    pending.refresh_from_db()
    assert pending.state == ResidencyState.REFUSED


def test_who_is_verified_elsewhere_is_refused_with_the_reason(community_officer, other_resident, communities):
    second = waiting_in(communities[0], user=other_resident)
    page = text(decide(english(community_officer), second, decision="verify", method="ROSTER"))
    assert shown("This person is already verified in another community of the sub-district.") in page
    second.refresh_from_db()
    assert second.state == ResidencyState.PENDING


@pytest.mark.parametrize("who, status", [("resident", 403), ("officer", 403), ("expert", 403), ("support_member", 404)])
def test_others_decide_nothing_at_the_desk(who, status, cast, pending):
    client = english(cast(who))
    assert decide(client, pending, decision="verify", method="ROSTER").status_code == status
    pending.refresh_from_db()
    assert pending.state == ResidencyState.PENDING


def test_residents_of_other_communities_are_not_there(community_officer, communities):
    elsewhere = waiting_in(communities[1])
    assert decide(english(community_officer), elsewhere, decision="refuse").status_code == 404


def test_a_decision_is_sent_with_a_token_and_not_by_a_link(community_officer, pending):
    client = english(community_officer)
    url = reverse("residency_decide", args=[pending.pk])
    assert client.get(url).status_code == 405
    client.handler.enforce_csrf_checks = True
    assert client.post(url, {"decision": "refuse"}).status_code == 403


# Ideas and proposals


def test_ideas_of_ones_communities_also_those_that_are_not_public(community_officer, communities, idea_in):
    idea_in("RETURNED", title="Came back to its author")
    idea_in("DRAFT", title="Not handed in")
    idea_in("SUBMITTED", title="Of another community", community=communities[1])
    client = english(community_officer)
    page = text(client.get(reverse("desk_ideas")))
    assert "Came back to its author" in page
    assert "Not handed in" not in page
    assert "Of another community" not in page
    assert client.get(DESK).context["idea_counts"] == [
        {"state": IdeaState.RETURNED, "label": IdeaState.RETURNED.label, "count": 1}
    ]


@pytest.mark.parametrize("state, found", [("RETURNED", 1), ("REJECTED", 0), ("DRAFT", 0), ("nonsense", 2), ("", 2)])
def test_ideas_are_narrowed_down_by_state(state, found, community_officer, idea_in):
    idea_in("RETURNED")
    idea_in("ACCEPTED")
    response = english(community_officer).get(reverse("desk_ideas"), {"state": state})
    assert response.context["page"].paginator.count == found


def test_proposals_being_polished_come_first_with_their_due_date(support_member, proposal_in, programme):
    proposal_in("QUALIFIED", title="Already qualified")
    proposal_in("COACHING", title="To be polished")
    proposal_in("DRAFT", title="Just begun")
    response = english(support_member).get(DESK)
    shown_rows = list(response.context["proposals"])
    assert [proposal.title for proposal in shown_rows] == ["To be polished", "Just begun", "Already qualified"]
    closes = programme.stages.get(kind="PROPOSAL_INCUBATION").closes_at
    assert [proposal.due for proposal in shown_rows] == [closes, closes, None]
    assert shown_rows[0].moved_at == shown_rows[0].events.last().at


def test_a_support_member_sees_what_the_organisation_accompanies(support_member, communities, proposal_in):
    own = proposal_in("COACHING", title="Accompanied")
    elsewhere = proposal_in("COACHING", title="Of another community", community=communities[1])
    client = english(support_member)
    page = text(client.get(reverse("desk_proposals")))
    assert "Accompanied" in page
    assert "Of another community" not in page
    assert client.get(own.get_absolute_url()).status_code == 200
    assert client.get(elsewhere.get_absolute_url()).status_code == 404


def test_a_community_without_a_proposal_is_seen(
    support_member, support_organisation, programme, communities, proposal_in, officer, now
):
    """This year's, nought included and the fewest first; what ended is none, what was handed over is not theirs."""
    handed_over = {"ended_at": now, "ended_by": officer}
    for community, ended in ((communities[1], {}), (communities[2], handed_over)):
        AccompanimentFactory(programme=programme, organisation=support_organisation, community=community, **ended)
    proposal_in("COACHING", title="First")
    proposal_in("QUALIFIED", title="Second")
    proposal_in("WITHDRAWN", title="Given up", community=communities[1])
    response = english(support_member).get(DESK)
    rows = [(row.community, row.proposals) for row in response.context["accompanied"]]
    assert rows == [(communities[1], 0), (communities[0], 2)]
    listed = text(response).partition('id="accompanied"')[2].partition("</section>")[0]
    assert "No proposal yet" in listed.partition(communities[0].name)[0]
    assert "2 proposals" in listed.partition(communities[0].name)[2]


def test_who_accompanies_nobody_has_no_such_list(community_officer, proposal_in):
    proposal_in("COACHING")
    assert 'id="accompanied"' not in text(english(community_officer).get(DESK))


def test_an_organisation_that_accompanies_nobody_sees_nothing(subdistrict, support_member, proposal_in):
    proposal_in("COACHING", title="Accompanied by others")
    other = OrganisationFactory(subdistrict=subdistrict, kind=OrganisationKind.SUPPORT)
    support_member.appointments.update(organisation=other)
    assert "Accompanied by others" not in text(english(support_member).get(reverse("desk_proposals")))


def test_the_desk_is_about_this_year(support_member, support_organisation, proposal_in, programme_in, communities):
    proposal_in("COACHING", title="Of the older year")
    newer = programme_in("PROPOSAL_INCUBATION")
    assert Programme.objects.newest_of([newer.subdistrict_id]) == [newer]
    response = english(support_member).get(reverse("desk_proposals"))
    assert response.context["page"].paginator.count == 0
    assert AccompanimentFactory._meta.model.objects.filter(programme=newer, community=communities[0]).exists()


@pytest.mark.parametrize("state", ProposalState.values)
def test_every_state_of_a_proposal_has_its_place(state, support_member, proposal_in):
    proposal_in(state)
    [line] = english(support_member).get(DESK).context["proposal_counts"]
    assert (line["state"], line["count"]) == (state, 1)


# What waits


def test_what_waits_at_a_community_officers_desk(community_officer, programme, pending, idea_in, contest_in, now):
    idea_in("RETURNED")
    contest = contest_in("OPEN")
    years = todo.this_year(community_officer)
    waiting_by_url = {item.url: item for item in todo.for_desk(community_officer, years, now)}
    to_verify, returned = waiting_by_url["#residencies"], waiting_by_url["/desk/ideas/?state=RETURNED"]
    assert len(waiting_by_url) == 2
    assert (to_verify.count, to_verify.since, to_verify.due) == (1, pending.created_at, contest.voting_closes_at)
    assert returned.count == 1
    assert returned.due == max(
        stage.closes_at for stage in programme.stages.filter(kind__in=["IDEA_COLLECTION", "SCREENING"])
    )


def test_what_waits_at_a_support_members_desk(support_member, programme, proposal_in, now):
    proposal = proposal_in("COACHING")
    proposal_in("QUALIFIED")
    [item] = todo.for_desk(support_member, [programme], now)
    assert (item.count, item.since) == (1, proposal.events.last().at)
    assert item.due == programme.stages.get(kind="PROPOSAL_INCUBATION").closes_at


def test_an_empty_desk_says_so(community_officer, programme):
    page = text(english(community_officer).get(DESK))
    assert "Nothing waits for you." in page
    assert "Nobody waits for verification." in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_costs_the_same_for_any_number(
    count,
    community_officer,
    subdistrict,
    support_organisation,
    communities,
    idea_in,
    proposal_in,
    django_assert_num_queries,
):
    AppointmentFactory(
        user=community_officer, role=Role.SUPPORT_MEMBER, subdistrict=subdistrict, organisation=support_organisation
    )
    for number in range(count):
        waiting_in(communities[0])
        idea_in("RETURNED", title=f"Idea number {number}")
        proposal_in("COACHING", title=f"Proposal {number}")
    client = english(community_officer)
    with django_assert_num_queries(17):
        client.get(DESK)
    with django_assert_num_queries(7):
        client.get(reverse("desk_ideas"))
    with django_assert_num_queries(7):
        client.get(reverse("desk_proposals"))


# Days


@pytest.fixture
def in_english():
    with translation.override("en"):
        yield


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize("hours, said", [(0, "since today"), (24, "for 1 day"), (72, "for 3 days")])
def test_waiting_is_told_in_days(hours, said):
    assert waiting.waited(timezone.now() - timedelta(hours=hours)) == said


@pytest.mark.usefixtures("in_english")
def test_what_is_left_is_told_in_days():
    assert waiting.left(timezone.now() + timedelta(days=3)) == "3 days left"
    assert waiting.left(timezone.now() + timedelta(days=1)) == "1 day left"
    assert waiting.left(timezone.now() - timedelta(seconds=1)) == "over"
    assert waiting.is_soon(timezone.now() + timedelta(days=3))
    assert not waiting.is_soon(timezone.now() + timedelta(days=4))


@pytest.mark.usefixtures("in_english")
def test_what_closes_at_midnight_is_left_until_the_day_before():
    midnight = datetime(2026, 7, 1, tzinfo=timezone.get_default_timezone())
    with travel(midnight - timedelta(hours=14), tick=False):
        assert waiting.left(midnight) == "ends today"
    with travel(midnight - timedelta(hours=38), tick=False):
        assert waiting.left(midnight) == "1 day left"
        assert waiting.is_soon(midnight + timedelta(days=2))
        assert not waiting.is_soon(midnight + timedelta(days=3))


def test_all_residencies_are_gone_from_the_desk_once_decided(community_officer, pending):
    client = english(community_officer)
    decide(client, pending, decision="verify", method="ROSTER")
    assert list(client.get(DESK).context["page"]) == []
    assert Residency.objects.get(pk=pending.pk).decided_at
