"""What residents read with a reason: the office's own words, filled in, and shown before anything is sent."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import override

from communities.models import Notification
from communities.notices import remark_of, sentence
from proposals.enums import IdeaState, ProposalRefusal, ScreeningReason
from proposals.models import Idea, ReasonWording, Screening
from proposals.screening_rules import UNDO_TIME
from proposals.services.notifications import send_due_notifications
from proposals.wording import DEFAULTS, REFERRED, wordings_of
from tests.browsing import english
from tests.proposals.test_admin_ideas import REJECT, screen_url, state_of

OWN = "Please ask the department of parks."


@pytest.fixture
def wording(scene):
    return ReasonWording.objects.create(subdistrict=scene.programme.subdistrict, reason="GOV_DUTY", text=OWN)


@pytest.fixture
def idea(idea_in):
    return idea_in(IdeaState.SUBMITTED)


def test_every_reason_has_words_that_fit_into_the_message(scene, db):
    words = wordings_of(scene.programme.subdistrict_id)
    assert set(words) - {"REFER"} == set(DEFAULTS) == set(ScreeningReason)
    assert all(0 < len(text) <= 500 for text in words.values())


def test_the_office_has_words_of_its_own(scene, wording):
    assert wordings_of(scene.programme.subdistrict_id)["GOV_DUTY"] == OWN
    assert wordings_of(scene.programme.subdistrict_id + 1)["GOV_DUTY"] != OWN


def test_an_empty_message_is_the_wording_of_the_reason(client, officer, idea, wording):
    client.force_login(officer)
    client.post(screen_url(idea), {**REJECT, "note": ""})
    assert Screening.objects.get().note == OWN


def test_what_is_referred_sends_nobody_elsewhere(client, officer, idea, wording):
    client.force_login(officer)
    referral = {"decision": "REFER", "disposition": "RESIDENTS_MEETING", "receiver": "Water office, 100% public"}
    client.post(screen_url(idea), {**REJECT, **referral, "note": ""})
    with override("zh-hans"):
        assert Screening.objects.get().note == str(REFERRED) % {"receiver": "Water office, 100% public"}


def test_the_office_words_its_referrals_itself(client, officer, idea, scene):
    client.force_login(officer)
    said = {"subdistrict": scene.programme.subdistrict_id, "reason": "REFER", "text": "Now with {}, 100% surely."}
    assert client.post(reverse("admin:proposals_reasonwording_add"), said).status_code == 302
    referral = {"decision": "REFER", "disposition": "RESIDENTS_MEETING", "receiver": "Water {office}"}
    client.post(screen_url(idea), {**REJECT, **referral, "note": ""})
    assert Screening.objects.get().note == "Now with Water {office}, 100% surely."


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_resident_reads_their_own_language_whatever_the_officer_works_in(officer, resident, idea, language):
    type(resident).objects.filter(pk=resident.pk).update(language=language)
    english(officer).post(screen_url(idea), {**REJECT, "note": ""})
    with override(language):
        assert Screening.objects.get().note == str(DEFAULTS[ScreeningReason.GOV_DUTY])


def test_who_has_no_account_or_reads_differently_reads_the_language_of_the_site(scene, resident, idea):
    resident.language = "en"
    mine, on_paper = Idea(author=resident), Idea()
    subdistrict = scene.programme.subdistrict_id
    with override("zh-hans"):
        default = str(DEFAULTS[ScreeningReason.UNCLEAR])
    assert wordings_of(subdistrict, [mine])["UNCLEAR"] != default
    assert [wordings_of(subdistrict, ideas)["UNCLEAR"] for ideas in ([on_paper], [mine, on_paper])] == [default] * 2


def test_what_the_officer_wrote_stays(client, officer, idea, wording):
    client.force_login(officer)
    client.post(screen_url(idea), REJECT)
    assert Screening.objects.get().note == REJECT["note"]


def test_an_acceptance_is_sent_without_words_that_nobody_wrote(client, officer, idea, wording):
    client.force_login(officer)
    client.post(screen_url(idea), {**REJECT, "decision": "ACCEPT", "note": ""})
    assert Screening.objects.get().note == ""


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_preview_is_word_for_word_what_is_sent(client, officer, resident, idea, wording, now, language):
    type(resident).objects.filter(pk=resident.pk).update(language=language)
    client.force_login(officer)
    data = {**REJECT, "note": ""}
    response = client.post(screen_url(idea), {**data, "preview": "1"})
    [shown] = response.context["previews"]
    assert state_of(idea) == IdeaState.SUBMITTED
    assert not Screening.objects.exists()
    assert not Notification.objects.exists()
    client.post(screen_url(idea), data)
    send_due_notifications(now=idea.events.last().at + UNDO_TIME)
    told = Notification.objects.get()
    with override(language):
        assert (shown.sentence, shown.remarks) == (sentence(told), remark_of(told))
        assert shown.sentence in response.content.decode()
    assert shown.recipient == resident
    assert OWN in shown.remarks


def test_a_preview_of_what_would_be_refused_says_so(client, officer, idea):
    client.force_login(officer)
    page = client.post(screen_url(idea), {**REJECT, "reason": "", "note": "", "preview": "1"}).content.decode()
    assert escape(str(ProposalRefusal.REASON_NEEDED.label)) in page
    assert 'id="preview"' not in page


def test_the_office_changes_its_words(client, officer, scene, wording):
    client.force_login(officer)
    address = reverse("admin:proposals_reasonwording_change", args=[wording.pk])
    data = {"subdistrict": scene.programme.subdistrict_id, "reason": "GOV_DUTY", "text": "Please call 12345."}
    assert client.post(address, data).status_code == 302
    assert wordings_of(scene.programme.subdistrict_id)["GOV_DUTY"] == "Please call 12345."


@pytest.mark.parametrize("who, status", [("supervisor", 403), ("resident", 403), ("other_officer", 302)])
def test_who_does_not_change_them(client, request, wording, who, status):
    client.force_login(request.getfixturevalue(who))
    address = reverse("admin:proposals_reasonwording_change", args=[wording.pk])
    assert client.post(address, {"text": "Please call 12345."}).status_code == status
    assert ReasonWording.objects.get().text == OWN
