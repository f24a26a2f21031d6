"""One's own things: what waits, ideas, ballots, the profile, and what is kept about a person."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from communities.enums import CommunityRefusal, ResidencyState
from communities.models import Notification, Residency, User
from communities.refusal import Refused
from communities.services.people import log_out_everywhere, rename
from contests.models import Ballot
from contests.services.voting import turnout_of
from programmes.enums import StageKind
from projects import todo
from projects.my_data import data_of
from proposals.changes import packed
from proposals.models import Consolidation, PolishRound
from proposals.services.document import document_of
from proposals.services.joining import answer_naming
from proposals.services.rounds import answer_round, mark_of_document
from tests.browsing import english, shown, text
from tests.factories import ResidencyFactory

R = CommunityRefusal


@pytest.mark.parametrize("name", ["my", "profile", "my_data"])
def test_ones_own_pages_need_a_log_in(name, db):
    url = reverse(name)
    assert english().get(url).url == f"{reverse('account_request_login_code')}?next={url}"


def test_the_things_of_others_are_not_on_ones_page(contest_in, resident, neighbour, idea_in):
    idea_in("SUBMITTED", title="Lamps for the yard", by=neighbour)
    contest_in("OPEN", judged=True)
    page = text(english(neighbour).get(reverse("my")))
    assert "Lamps for the yard" in page
    assert "Places to rest 1" not in page
    assert "Places to rest 1" in text(english(resident).get(reverse("my")))


# What waits


def test_who_has_named_no_community_is_asked_to(outsider, now):
    [item] = todo.for_resident(outsider, now)
    assert item.url == reverse("name_community")
    assert item.since == outsider.date_joined
    assert item.action


def test_who_waits_for_verification_can_only_wait(outsider, communities, now):
    residency = ResidencyFactory(user=outsider, community=communities[0], state=ResidencyState.PENDING, decided_at=None)
    [item] = todo.for_resident(outsider, now)
    assert (item.since, item.action) == (residency.created_at, "")
    assert "Community A" in item.title


def test_a_refused_resident_is_told_to_name_another(resident, now):
    Residency.objects.update(state=ResidencyState.REFUSED)
    [item] = todo.for_resident(resident, now)
    assert item.url == reverse("name_community")
    assert item.since == Residency.objects.get().decided_at


def test_nothing_waits_for_a_verified_resident(resident, now):
    assert todo.for_resident(resident, now) == []
    assert shown("Nothing waits for you.") in text(english(resident).get(reverse("my")))


def test_an_account_of_the_office_is_asked_for_no_community(officer, now):
    assert todo.for_resident(officer, now) == []


def test_a_returned_idea_waits_until_revisions_end(idea_in, resident, programme, now):
    idea = idea_in("RETURNED")
    [item] = todo.for_resident(resident, now)
    assert item.url == reverse("idea_edit", args=[idea.pk])
    assert item.since == idea.events.get(to_state="RETURNED").at
    assert item.due == max(
        stage.closes_at for stage in programme.stages.filter(kind__in=["IDEA_COLLECTION", "SCREENING"])
    )


def test_a_time_that_ends_at_midnight_is_told_with_its_last_day(idea_in, resident, programme):
    idea_in("RETURNED")
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    programme.stages.update(closes_at=midnight)
    with override("en"):
        day = date_format(midnight - timedelta(days=1), "SHORT_DATE_FORMAT")
    assert f"Until {day}, 1 day left" in text(english(resident).get(reverse("my")))


@pytest.mark.parametrize("state", ["RETURNED", "DRAFT"])
def test_what_cannot_be_changed_any_more_does_not_wait(state, idea_in, resident, programme, now):
    idea_in(state)
    assert len(todo.for_resident(resident, now)) == 1
    programme.stages.filter(kind__in=["IDEA_COLLECTION", "SCREENING"]).delete()
    assert todo.for_resident(resident, now) == []


@pytest.mark.parametrize("state", ["SUBMITTED", "ACCEPTED", "REFERRED", "REJECTED", "WITHDRAWN"])
def test_other_ideas_are_the_offices_turn(state, idea_in, resident, now):
    idea_in(state)
    assert todo.for_resident(resident, now) == []


def test_being_named_is_asked_until_it_is_answered(idea_in, resident, now):
    idea = idea_in("CONSOLIDATED")
    joined = idea.consolidations.get()
    [item] = todo.for_resident(resident, now)
    assert (item.url, item.since) == (idea.get_absolute_url(), joined.created_at)
    assert shown(f"May the proposal “{joined.proposal}” name you?") in text(english(resident).get(reverse("my")))
    answer_naming(consolidation=joined, named=False, by=resident, now=now)
    assert todo.for_resident(resident, now) == []


def test_changes_to_ones_proposal_wait_for_an_answer(proposal_in, resident, neighbour, support_member, now):
    proposal = proposal_in("COACHING")
    before = packed(document_of(proposal))
    shown_round = PolishRound.objects.create(proposal=proposal, number=1, before=before, begun_at=now)
    asked = [item.url for item in todo.for_resident(resident, now)]
    PolishRound.objects.update(presented_at=now, presented_by=support_member)
    url = reverse("proposal_round", args=[proposal.pk, 1])
    [item] = [item for item in todo.for_resident(resident, now) if item.url not in asked]
    assert (item.url, item.since, item.due) == (
        url,
        now,
        proposal.programme.stages.get(kind=StageKind.PROPOSAL_INCUBATION).closes_at,
    )
    assert todo.for_resident(neighbour, now) == []
    assert url in text(english(resident).get("/"))
    assert url not in text(english(neighbour).get("/"))
    mark = mark_of_document(document_of(proposal))
    answer_round(
        polish_round=shown_round,
        accepted=[],
        declined=[],
        mark=mark,
        answer="Good.",
        by=resident,
        now=now,
    )
    assert [item.url for item in todo.for_resident(resident, now)] == asked


def test_a_ballot_waits_until_it_is_cast(contest_in, scene, neighbour, now):
    contest = contest_in("OPEN")
    [item] = todo.for_resident(neighbour, now)
    assert (item.url, item.due) == (reverse("ballot", args=[contest.pk]), contest.voting_closes_at)
    scene.vote(contest)
    assert todo.for_resident(neighbour, now) == []


def test_who_is_not_verified_is_asked_for_the_community_before_the_ballot_closes(contest_in, outsider, now):
    contest = contest_in("OPEN")
    [item] = todo.for_resident(outsider, now)
    assert (item.url, item.due) == (reverse("name_community"), contest.voting_closes_at)


def test_unread_messages_wait_until_they_are_read(resident, neighbour, now):
    for event, person in enumerate([resident, resident, neighbour]):
        Notification.objects.create(
            recipient=person,
            notice="IDEA_ACCEPTED",
            kind="IDEA_DECIDED",
            facts={"title": "Benches"},
            link="/ideas/1/",
            source="proposals.ideaevent",
            event=event,
            at=now,
        )
    [item] = todo.for_resident(resident, now)
    assert (item.count, item.since, item.url) == (2, now, reverse("notifications"))
    Notification.objects.filter(recipient=resident).update(read_on=now.date())
    assert todo.for_resident(resident, now) == []


def test_what_waited_longest_comes_first_whether_it_ends_by_a_day_or_not(contest_in, idea_in, resident, now):
    contest = contest_in("OPEN")
    idea_in("RETURNED")
    # Whether each of three proposals may name one has no end; it waits all the same.
    Consolidation.objects.filter(idea__author=resident).update(created_at=contest.voting_opens_at - timedelta(days=9))
    waits = todo.for_resident(resident, now)
    assert [item.due is None for item in waits] == [True, True, True, False, False]
    assert [item.since for item in waits] == sorted(item.since for item in waits)


# Ballots


def test_the_page_says_that_one_voted_and_when_but_not_how(contest_in, resident):
    contest = contest_in("OPEN", judged=True)
    page = text(english(resident).get(reverse("my")))
    assert "You voted on" in page
    assert "You can change your ballot until" in page
    assert reverse("ballot_receipt", args=[contest.pk]) in page
    for ballot in Ballot.objects.all():
        assert ballot.receipt not in page


def test_after_confirmation_nobody_can_tell_when(contest_in, resident):
    contest = contest_in("CONFIRMED")
    [cast] = turnout_of(by=resident)
    assert (cast.contest, cast.cast_at) == (contest, None)
    page = text(english(resident).get(reverse("my")))
    assert "since then nobody can tell" in page
    assert reverse("ballot_receipt", args=[contest.pk]) not in page


def test_turnout_is_ones_own(contest_in, resident, outsider, scene):
    contest = contest_in("OPEN")
    assert turnout_of(by=resident) == []
    scene.vote(contest)
    assert [cast.contest for cast in turnout_of(by=resident)] == [contest]
    assert turnout_of(by=outsider) == []


@pytest.mark.parametrize("count", [1, 3])
def test_my_things_cost_the_same_for_any_number(count, contest_in, idea_in, resident, django_assert_num_queries):
    for number in range(count):
        contest_in("OPEN", judged=True, name=f"Contest {number}", entries=1)
        idea_in("RETURNED", title=f"Idea number {number}")
    client = english(resident)
    client.get(reverse("my"))
    with django_assert_num_queries(19):
        client.get(reverse("my"))


# The profile


def test_the_name_shown_is_changed(resident):
    client = english(resident)
    page = text(client.post(reverse("profile"), {"display_name": "  Aunt\r\nWang "}, follow=True))
    resident.refresh_from_db()
    assert resident.display_name == "Aunt Wang"
    assert "Your name is saved." in page


@pytest.mark.parametrize(
    "name, reason",
    [
        ("x" * 10_000, R.NAME_LONG),
        ("13800001234", R.NAME_NUMBER),
        ("Wang\u202eLi", R.NAME_HIDDEN),
        ("...", R.NAME_EMPTY),
    ],
)
def test_names_that_are_refused_stand_in_the_form_with_the_reason(name, reason, resident):
    page = text(english(resident).post(reverse("profile"), {"display_name": name}))
    assert shown(reason.label) in page
    assert shown(name) in page
    resident.refresh_from_db()
    assert resident.display_name == "Resident"


def test_a_nul_is_refused(resident):
    response = english(resident).post(reverse("profile"), {"display_name": "a\0b"})
    assert response.status_code == 200
    assert "display_name" in response.context["form"].errors


def test_markup_in_a_name_is_shown_as_text(resident, idea_in):
    idea_in("SUBMITTED")
    english(resident).post(reverse("profile"), {"display_name": "<script>x</script>"})
    for url in (reverse("my"), reverse("profile"), reverse("idea_list")):
        page = text(english(resident).get(url))
        assert "<script>x" not in page
        assert shown("<script>x</script>") in page


def test_officers_and_experts_are_named_by_the_office(officer):
    assert 'name="display_name"' not in text(english(officer).get(reverse("profile")))
    english(officer).post(reverse("profile"), {"display_name": "Another"})
    officer.refresh_from_db()
    assert officer.display_name == "Officer"
    with pytest.raises(Refused) as refusal:
        rename(name="Another", by=officer)
    assert refusal.value.reason == R.NAMED_BY_OFFICE


def test_the_number_is_shown_masked(resident):
    page = text(english(resident).get(reverse("profile")))
    assert resident.masked_phone in page
    assert resident.phone.removeprefix("+86") not in page


def test_other_devices_are_logged_out_and_this_one_is_not(resident):
    here, there = english(resident), english(resident)
    assert "You are logged out on all other devices." in text(here.post(reverse("log_out_elsewhere"), follow=True))
    assert SESSION_KEY in here.session
    assert here.get(reverse("my")).status_code == 200
    assert there.get(reverse("my")).status_code == 302


def test_others_stay_logged_in(resident, neighbour):
    client = english(neighbour)
    log_out_everywhere(by=resident)
    assert client.get(reverse("my")).status_code == 200


def test_an_account_with_a_password_keeps_it(officer):
    client = english(officer)
    page = text(client.post(reverse("log_out_elsewhere"), follow=True))
    assert shown(R.PASSWORD_ACCOUNT.label) in page
    officer.refresh_from_db()
    assert officer.has_usable_password()


def test_posts_need_a_token_and_links_log_nobody_out(resident):
    client = english(resident)
    assert client.get(reverse("log_out_elsewhere")).status_code == 405
    client.handler.enforce_csrf_checks = True
    assert client.post(reverse("log_out_elsewhere")).status_code == 403
    assert client.post(reverse("profile"), {"display_name": "Aunt"}).status_code == 403


def test_elders_find_a_door_to_each_part_of_the_profile(resident):
    client = english(resident, elder=True)
    page = text(client.get(reverse("profile")))
    assert page.count('<details class="sheet door">') == page.count("</details>") == 5
    page = text(client.post(reverse("profile"), {"display_name": "x" * 200}))
    assert page.count('<details class="sheet door" open>') == 1
    assert text(english(resident).get(reverse("profile"))).count('<details class="sheet door" open>') == 5


@pytest.mark.parametrize("count", [1, 3])
def test_the_profile_costs_the_same_for_any_number(count, outsider, communities, django_assert_num_queries):
    for community in communities[:count]:
        ResidencyFactory(user=outsider, community=community, state=ResidencyState.PENDING)
    client = english(outsider)
    with django_assert_num_queries(4):
        client.get(reverse("profile"))


# Privacy


def test_everyone_reads_the_privacy_notice(programme, resident):
    page = text(english().get(reverse("privacy")))
    assert "The street office of Sub-district runs this site" in page
    assert reverse("my_data") not in page
    assert reverse("my_data") in text(english(resident).get(reverse("privacy")))


def test_the_privacy_notice_needs_no_programme(db):
    assert english().get(reverse("privacy")).status_code == 200


def test_ones_data_is_a_file_to_keep(resident, idea_in):
    idea_in("RETURNED", title="Mine came back")
    response = english(resident).get(reverse("my_data"))
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert "no-store" in response["Cache-Control"]
    data = json.loads(response.content)
    assert data["account"]["phone"] == resident.phone
    assert data["residencies"][0]["community_name"] == "Community A"
    [idea] = data["ideas"]
    assert idea["title"] == "Mine came back"
    assert [event["to_state"] for event in idea["events"]] == ["SUBMITTED", "RETURNED"]
    assert idea["events"][1]["note"] == "Please say where it should be."
    assert idea["versions"][0]["title"] == "Mine came back"


def test_ones_data_names_nobody_else_and_not_how_one_voted(contest_in, resident, neighbour, other_resident, officer):
    contest = contest_in("OPEN", judged=True)
    content = english(resident).get(reverse("my_data")).content.decode()
    data = json.loads(content)
    assert data["votes"] == [{"contest_id": contest.pk, "has_voted": True, "contest_name": contest.name}]
    for other in (neighbour, other_resident, officer):
        for secret in (other.display_name, other.username, other.phone or other.username):
            assert secret not in content
    for ballot in Ballot.objects.all():
        assert ballot.receipt not in content
        assert ballot.voter_key not in content
    assert '"choices"' not in content


def test_how_one_votes_changes_nothing_in_ones_data(contest_in, resident, neighbour, scene):
    """Two who voted differently hold the same line."""
    contest_in("OPEN", judged=True)
    assert data_of(resident)["votes"] == data_of(neighbour)["votes"]


def test_an_experts_data_holds_the_own_sheets_only(contest_in, expert, recused_expert):
    contest = contest_in("OPEN", judged=True)
    own = contest.panelists.get(user=expert)
    data = data_of(expert)
    assert [sheet["entry_id"] for sheet in data["score_sheets"]] == list(
        own.sheets.order_by("pk").values_list("entry_id", flat=True)
    )
    assert data["panels"][0]["code"] == own.code
    assert data["recusals"] == []
    assert len(data_of(recused_expert)["recusals"]) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_ones_data_cost_the_same_for_any_number(count, idea_in, resident, django_assert_num_queries):
    for number in range(count):
        idea_in("RETURNED", title=f"Idea number {number}")
    client = english(resident)
    with django_assert_num_queries(27):
        client.get(reverse("my_data"))


EXPORTED = {
    "communities.Appointment.user",
    "communities.Notification.recipient",
    "communities.NotificationChoice.user",
    "communities.Residency.user",
    "contests.Invitation.user",
    "contests.Panelist.user",
    "contests.Voter.user",
    "proposals.Idea.author",
    "proposals.IdeaClaim.user",
    "proposals.IdeaDraft.author",
    "proposals.PolishRound.answered_by",
    "proposals.Proposal.lead",
    "proposals.Proposal.pledged_by",
    "proposals.Remark.author",
    "proposals.RemarkReport.user",
    "proposals.Seconding.user",
}
ACTS_IN_OFFICE = {
    "communities.Residency.decided_by",
    "communities.ResidencyEvent.actor",
    "contests.BallotFlag.proposed_by",
    "contests.BallotFlag.settled_by",
    "contests.BallotVoid.voided_by",
    "contests.CodeBatch.issued_by",
    "contests.ContestEvent.actor",
    "contests.BlindCheck.looked_by",
    "contests.HelperSession.helper",
    "contests.OtherPerson.noted_by",
    "contests.HouseholdCode.voided_by",
    "contests.OfflineCount.entered_by",
    "contests.OfflineCount.verified_by",
    "contests.Invitation.invited_by",
    "contests.Overruling.proposed_by",
    "contests.Overruling.signed_by",
    "contests.PaperSheet.entered_by",
    "contests.PaperSheet.verified_by",
    "contests.RollEvent.by",
    "contests.Voter.struck_by",
    "contests.Voter.told_apart_by",
    "contests.Voter.unmarking_by",
    "contests.Departure.noted_by",
    "contests.Recusal.noted_by",
    "contests.Reopening.reopened_by",
    "contests.TallyRun.requested_by",
    "programmes.Accompaniment.ended_by",
    "projects.ProjectEvent.actor",
    "proposals.Attachment.added_by",
    "proposals.AttachmentEvent.added_by",
    "proposals.ClaimEvent.actor",
    "proposals.CoachingNote.author",
    "proposals.Consolidation.created_by",
    "proposals.Idea.entered_by",
    "proposals.IdeaClaim.decided_by",
    "proposals.IdeaClaim.offered_by",
    "proposals.IdeaEvent.actor",
    "proposals.IdeaPhoto.taken_down_by",
    "proposals.PolishRound.presented_by",
    "proposals.ProposalEvent.actor",
    "proposals.Referral.recorded_by",
    "proposals.RemarkEvent.actor",
    "proposals.RemarkReport.settled_by",
    "proposals.Screening.officer",
    "proposals.ToldInPerson.by",
    "proposals.WithheldVersion.by",
}
LIBRARY = {"account", "auth", "admin", "pghistory"}


def test_every_tie_to_a_person_is_exported_or_an_act_in_office():
    """Whoever adds a column that refers to people decides here whether it is about them."""
    ties = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.many_to_one and not field.auto_created and field.related_model is User
        if model._meta.app_label not in LIBRARY
    }
    assert ties == EXPORTED | ACTS_IN_OFFICE
