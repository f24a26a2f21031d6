"""Words around ideas and proposals that break programs: reasons, wordings, names, notes; each where it is read.

One string holds what breaks pages, formats, templates and the direction of writing; which strings forms take at all is
tried by `test_naughty_strings` and `test_naughty_proposals`.
"""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import reverse
from django.utils.html import escape
from django.utils.timezone import localdate
from PIL import Image

from communities.tables import harmless
from proposals.document_enums import DocumentSection
from proposals.enums import IdeaState, ProposalReason, ProposalState, ScreeningReason
from proposals.models import Attachment, Consolidation, Idea, Proposal, ReasonWording
from proposals.screening_rules import UNDO_TIME
from proposals.services.document import mark_of, save_section
from proposals.services.ideas import revise_idea
from proposals.services.notifications import send_due_notifications
from proposals.services.photos import add_photo
from proposals.services.proposals import move_proposal, name_lead
from proposals.services.referring import answer_referral
from proposals.services.remarks import ask, withhold
from tests.browsing import english, text
from tests.factories import OrganisationFactory
from tests.proposals import test_naughty_proposals, test_naughty_strings
from tests.proposals.test_admin_ideas import REJECT, change_url, screen_url
from tests.proposals.test_entering import typed

TOUGH = "=<script>alert('1')</script>\"&{{ 7*7 }}%s %(x)s你好\u202e"
# Names take no marks that turn the writing.
NAME = "<i>'&\"%s{{7*7}}</i>"


def reads(page, words=TOUGH):
    """The words stand there as they were written, and as words only."""
    content = text(page)
    assert escape(words) in content, page.request["PATH_INFO"]
    assert words not in content


@pytest.fixture
def idea(idea_in):
    return idea_in(IdeaState.SUBMITTED)


def test_reasons_for_taking_something_out_of_sight(idea, idea_in, scene, resident, neighbour, officer, now):
    office = english(officer)
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(picture, "JPEG")
    picture.seek(0)
    photo = add_photo(idea=idea, file=picture, by=resident, now=now)
    office.post(reverse("idea_photo_take_down", args=[idea.pk, photo.digest]), {"reason": TOUGH})
    reads(office.get(change_url(idea)))
    reads(english(resident).get(reverse("idea_photos", args=[idea.pk])))
    back = idea_in(IdeaState.RETURNED)
    revise_idea(idea=back, text=scene.text("Other words"), revision=back.revision, by=resident, now=now)
    office.post(reverse("idea_version_withhold", args=[back.pk, 1]), {"reason": TOUGH})
    reads(english().get(reverse("idea_versions", args=[back.pk])))
    question = ask(idea=idea, text="Who looks after them?", key=uuid.uuid4(), by=neighbour, now=now)
    withhold(remark=question, note=TOUGH, by=officer, now=now)
    reads(office.get(reverse("admin:proposals_remark_change", args=[question.pk])))
    send_due_notifications(now=now)
    reads(english(neighbour).get(reverse("notifications")))


def test_wordings_of_reasons_and_answers_of_receivers(idea, idea_in, resident, officer, programme, now):
    office = english(officer)
    add = reverse("admin:proposals_reasonwording_add")
    office.post(add, {"subdistrict": programme.subdistrict_id, "reason": "GOV_DUTY", "text": TOUGH})
    assert ReasonWording.objects.get().text == TOUGH
    reads(office.get(reverse("admin:proposals_reasonwording_changelist")))
    reads(office.get(screen_url(idea)))
    referral = idea_in(IdeaState.REFERRED).screenings.get().referral
    answer_referral(referral=referral, text=TOUGH, on=localdate(now), by=officer, now=now)
    reads(english().get(referral.screening.idea.get_absolute_url()))
    reads(office.get(change_url(referral.screening.idea)))
    send_due_notifications(now=now + UNDO_TIME)
    reads(english(resident).get(reverse("notifications")))


def test_names_of_people_groups_and_papers(idea, scene, proposal_in, resident, officer, now):
    office, author = english(officer), english(resident)
    author.post(reverse("profile"), {"display_name": NAME})
    Idea.objects.filter(pk=idea.pk).update(name_consent_at=now)
    for reader, page in (
        (english(), reverse("idea_list")),
        (english(), idea.get_absolute_url()),
        (author, reverse("profile")),
        (office, change_url(idea)),
    ):
        reads(reader.get(page), NAME)
    office.post(reverse("idea_enter"), typed(scene, contributor_name=NAME, shows_name="on"))
    entered = Idea.objects.get(entered_by=officer)
    assert entered.contributor_name == NAME
    reads(english().get(entered.get_absolute_url()), NAME)
    reads(office.get(reverse("idea_receipt", args=[entered.pk])), NAME)
    group = OrganisationFactory(name=TOUGH, subdistrict=scene.programme.subdistrict)
    reads(english().get(reverse("organisation_detail", args=[group.pk])))
    papers = reverse("proposal_attachments", args=[proposal_in(ProposalState.COACHING).pk])
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(picture, "PNG")
    office.post(papers, {"file": SimpleUploadedFile("<i>'&%s{{7}}.png", picture.getvalue())})
    reads(office.get(papers), Attachment.objects.get().name)
    file = b"".join(office.get(reverse("admin:proposals_idea_table", args=["csv"]), {"state": "all"})).decode(
        "utf-8-sig"
    )
    assert harmless(NAME) in {cell for row in csv.reader(io.StringIO(file, newline="")) for cell in row}
    reads(office.get(reverse("admin:communities_user_changelist"), {"q": "i"}), NAME)


def test_notes_of_rounds_and_of_ends(proposal_in, support_member, resident, officer, now):
    proposal, lead = proposal_in(ProposalState.COACHING), english(resident)
    name_lead(proposal=proposal, lead=resident, by=officer, now=now)
    proposal = Proposal.objects.get(pk=proposal.pk)
    mark = mark_of(proposal, DocumentSection.SUMMARY)
    act = {"section": DocumentSection.SUMMARY, "columns": {"summary": TOUGH}, "rows": (), "mark": mark}
    save_section(proposal=proposal, **act, by=support_member, now=now)
    english(support_member).post(reverse("round_present", args=[proposal.pk]), {"note": TOUGH})
    page = lead.get(reverse("proposal_round", args=[proposal.pk, 1]))
    reads(page)
    # Once more for the answer.
    lead.post(page.request["PATH_INFO"], {"mark": page.context["mark"], "summary": "accept", "answer": f"{TOUGH}!"})
    for reader in (english(support_member), lead):
        reads(reader.get(reverse("proposal_round", args=[proposal.pk, 1])), f"{TOUGH}!")
    reads(lead.get(reverse("proposal_rounds", args=[proposal.pk])), f"{TOUGH}!")
    lead.post(reverse("proposal_withdraw", args=[proposal.pk]), {"reason": "TEAM_GAVE_UP", "note": f"{TOUGH}?"})
    assert proposal.events.last().note == f"{TOUGH}?"
    reads(english(officer).get(reverse("admin:proposals_proposal_change", args=[proposal.pk])), f"{TOUGH}?")


def test_notes_of_joinings(idea_in, officer):
    office, joining = english(officer), reverse("admin:proposals_idea_joining")
    office.post(joining, {"ideas": [idea_in(IdeaState.ACCEPTED).pk], "note": TOUGH})
    proposal = Consolidation.objects.get(note=TOUGH).proposal
    for page in (joining, reverse("admin:proposals_proposal_change", args=[proposal.pk])):
        reads(office.get(page))


def test_titles_of_ideas_in_messages_about_the_same(idea, idea_in, resident, neighbour, officer, now):
    earlier = idea_in(IdeaState.ACCEPTED, title=NAME, by=neighbour)
    same = {**REJECT, "reason": ScreeningReason.DUPLICATE, "duplicate_of": earlier.pk}
    english(officer).post(screen_url(idea), same)
    send_due_notifications(now=now + 2 * UNDO_TIME)
    reads(english(resident).get(reverse("notifications")), NAME)
    reads(english(officer).get(change_url(idea)), NAME)


def test_titles_of_proposals_in_notifications(proposal_in, resident, officer, now):
    proposal = proposal_in(ProposalState.SUBMITTED)
    Proposal.objects.filter(pk=proposal.pk).update(title=f"{TOUGH}!")
    proposal = Proposal.objects.get(pk=proposal.pk)
    why = {"reason": ProposalReason.OTHER, "note": "The budget is missing."}
    move_proposal(proposal=proposal, to=ProposalState.COACHING, by=officer, now=now, **why)
    send_due_notifications(now=now)
    reads(english(resident).get(reverse("notifications")), f"{TOUGH}!")


# Completeness

# Machines write these, or they are one of a few codes; histories repeat what they are histories of.
BY_MACHINES = {
    "Attachment": {"digest"},
    "ClaimEvent": {"note"},
    "Idea": {"consent_version", "receipt"},
    "IdeaPhoto": {"digest"},
    "PolishRound": {"declined"},
    "Proposal": {"number", "pledge_version"},
    "ReceiptSeries": {"prefix"},
    "TeamMember": {"phone_token"},
    "WordCount": {"lexeme"},
}
CODES = {"pgh_label", "from_state", "to_state", "reason"}
HERE = {
    "Attachment": {"name"},
    "Consolidation": {"note"},
    "Idea": {"contributor_name"},
    "IdeaPhoto": {"taken_down_reason"},
    # The documents before and after hold what its note's test writes.
    "PolishRound": {"note", "answer", "before", "after"},
    "ProposalEvent": {"note"},
    "ReasonWording": {"text"},
    "Referral": {"reply"},
    "RemarkEvent": {"note"},
    "WithheldVersion": {"reason"},
}
ELSEWHERE = {
    "Attachment": {"name"},
    # `test_naughty_strings`.
    "Idea": {*test_naughty_strings.IDEA_TEXTS},
    "IdeaDraft": {"typed"},
    "IdeaEvent": {"note"},
    "Screening": {"note", "public_benefit_note", "sustainability_note", "capacity_building_note"},
    "Referral": {"receiver", "contact", "note"},
    "CoachingNote": {"text"},
    "Remark": {"text"},
    "RemarkReport": {"reason"},
    # `test_naughty_proposals`.
    "Proposal": {name for texts in test_naughty_proposals.TEXTS.values() for name in texts},
    **{
        Proposal._meta.get_field(table).related_model.__name__: {*texts}
        for table, texts, _rest in test_naughty_proposals.TABLES.values()
    },
}


def test_every_text_of_the_app_is_tried():
    """A new field of text, or of JSON that holds some, has to be named where it is tried."""
    untried = {}
    for model in apps.get_app_config("proposals").get_models():
        if hasattr(model, "pgh_tracked_model"):
            continue
        texts = {
            field.name
            for field in model._meta.local_concrete_fields
            if isinstance(field, (models.CharField, models.TextField, models.JSONField)) and not field.choices
        }
        name = model.__name__
        is_event = "from_state" in texts
        known = BY_MACHINES.get(name, set()) | HERE.get(name, set()) | ELSEWHERE.get(name, set())
        if left := texts - known - (CODES if is_event else set()):
            untried[name] = left
    assert untried == {}
