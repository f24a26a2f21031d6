"""The pages where a proposal is written: who gets there, saving a section, the log, handing in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from communities.enums import Role
from communities.refusal import Refused
from proposals.document import RiskRow
from proposals.document_enums import DocumentSection
from proposals.enums import ProposalRefusal
from proposals.models import CoachingNote, Proposal
from proposals.services.coaching import note_coaching
from proposals.services.document import mark_of, save_section
from proposals.services.proposals import move_proposal
from proposals.writing_forms import EMPTY_ROWS
from tests.browsing import english, shown, text
from tests.factories import AppointmentFactory, OrganisationFactory, UserFactory
from tests.racing import SECONDS, meanwhile, race, somebody_waits
from tests.scenes import Scene, pledged

S = DocumentSection


def workspace(proposal):
    return reverse("proposal_writing", args=[proposal.pk])


def section_url(proposal, section):
    return reverse("proposal_section", args=[proposal.pk, section.value])


def stored(proposal):
    return Proposal.objects.get(pk=proposal.pk)


def risks(*rows, **changes):
    """What the page of the risks posts: rows of (risk, response), and an untouched empty one."""
    data = {"risks": "", "rows-TOTAL_FORMS": len(rows) + 1, "rows-INITIAL_FORMS": 0}
    for number, (risk, response) in enumerate(rows):
        data |= {f"rows-{number}-risk": risk, f"rows-{number}-response": response}
    return data | changes


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("officer", 200),
        ("approver", 200),
        ("support_member", 200),
        ("other_officer", 404),
        ("supervisor", 404),
        ("community_officer", 404),
        ("resident", 404),
        ("expert", 404),
    ],
)
def test_who_writes(role, status, cast, proposal_in):
    proposal, client = proposal_in("COACHING"), english(cast(role))
    assert client.get(workspace(proposal)).status_code == status
    assert client.get(section_url(proposal, S.RISKS)).status_code == status


def test_whoever_is_not_logged_in_logs_in_first(proposal_in):
    assert "login" in english().get(workspace(proposal_in("COACHING"))).url


def test_another_organisation_finds_nothing(proposal_in, subdistrict):
    other = OrganisationFactory(subdistrict=subdistrict)
    member = UserFactory()
    AppointmentFactory(user=member, role=Role.SUPPORT_MEMBER, subdistrict=subdistrict, organisation=other)
    proposal, client = proposal_in("COACHING"), english(member)
    assert client.get(workspace(proposal)).status_code == 404
    assert client.post(section_url(proposal, S.RISKS), risks()).status_code == 404
    for name in ("coaching_note", "hand_in"):
        assert client.post(reverse(name, args=[proposal.pk])).status_code == 404
    assert stored(proposal).revision == proposal.revision


def test_a_community_that_is_not_accompanied_is_not_there(proposal_in, support_member, communities):
    proposal = proposal_in("COACHING", community=communities[1])
    assert english(support_member).get(workspace(proposal)).status_code == 404


def test_an_unknown_section_is_not_there(proposal_in, support_member):
    url = reverse("proposal_section", args=[proposal_in("COACHING").pk, "weather"])
    assert english(support_member).get(url).status_code == 404


@pytest.mark.parametrize("section", list(S))
def test_every_section_has_a_page(section, proposal_in, officer):
    page = english(officer).get(section_url(proposal_in("COACHING"), section))
    assert page.status_code == 200
    assert shown(section.label) in text(page)


@pytest.mark.parametrize("section", list(S))
def test_a_page_sent_as_it_is_changes_nothing(section, proposal_in, officer):
    proposal, client = proposal_in("COACHING"), english(officer)
    page = client.get(section_url(proposal, section))
    data = {"mark": page.context["mark"]}
    forms = [page.context["form"], *(page.context["rows"] or [])]
    if page.context["rows"] is not None:
        forms.append(page.context["rows"].management_form)
    for form in forms:
        data |= {form.add_prefix(f.name): f.value() for f in form if f.value() is not None}
    before = mark_of(proposal, section)
    assert client.post(section_url(proposal, section), data).url == workspace(proposal)
    assert mark_of(stored(proposal), section) == before


def test_the_page_counts_what_is_complete(proposal_in, support_member):
    proposal, client = proposal_in("COACHING"), english(support_member)
    assert "9 of 9 sections complete" in text(client.get(workspace(proposal)))
    proposal.risk_rows.all().delete()
    Proposal.objects.filter(pk=proposal.pk).update(site="")
    page = text(client.get(workspace(proposal)))
    assert "7 of 9 sections complete" in page
    assert "a risk with its answer" in page
    assert shown("It can be handed in once everything that is needed is done.") in page


def test_saving_a_section(proposal_in, support_member):
    proposal, client = proposal_in("COACHING"), english(support_member)
    rows = risks(("Frost", "The paint waits."), ("Noise", "Nobody drills at noon."), risks="Few.")
    assert client.post(section_url(proposal, S.RISKS), rows).url == workspace(proposal)
    saved = stored(proposal)
    assert (saved.risks, [row.risk for row in saved.risk_rows.all()]) == ("Few.", ["Frost", "Noise"])
    assert saved.summary == proposal.summary


def test_a_row_is_removed(proposal_in, support_member):
    proposal, client = proposal_in("COACHING"), english(support_member)
    rows = risks(("Frost", "The paint waits."), ("Noise", "Nobody drills at noon."))
    client.post(section_url(proposal, S.RISKS), rows | {"rows-0-DELETE": "on"})
    assert [row.risk for row in stored(proposal).risk_rows.all()] == ["Noise"]


def test_mistakes_keep_what_was_typed(proposal_in, support_member):
    proposal, client = proposal_in("COACHING"), english(support_member)
    page = client.post(section_url(proposal, S.RISKS), risks(("Typed with care", "")))
    assert page.context["rows"].forms[0].errors.keys() == {"response"}
    assert "Typed with care" in text(page)
    assert stored(proposal).revision == proposal.revision


def test_days_in_disorder_are_told(proposal_in, support_member):
    proposal, client = proposal_in("COACHING"), english(support_member)
    basics = {"title": "Rest", "site": "Gate", "starts_on": "2030-05-02", "ends_on": "2030-05-01"}
    assert shown("A project ends on the day it begins or later.") in text(
        client.post(section_url(proposal, S.BASICS), basics)
    )
    assert stored(proposal).title == proposal.title


def test_who_comes_second_reads_both_texts_and_may_save_then(proposal_in, support_member, scene: Scene):
    proposal, client = proposal_in("COACHING"), english(support_member)
    mark = client.get(section_url(proposal, S.RISKS)).context["mark"]
    save_section(
        proposal=proposal,
        section=S.RISKS,
        columns={"risks": ""},
        rows=(RiskRow("Saved by a colleague", "Wait."),),
        mark=mark,
        by=scene.officer,
        now=scene.now,
    )
    typed = risks(("Typed meanwhile", "Hurry."), mark=mark)
    page = client.post(section_url(proposal, S.RISKS), typed)
    assert shown(ProposalRefusal.STALE.label) in text(page) or "Someone changed this" in text(page)
    assert "Saved by a colleague" in text(page)
    assert "Typed meanwhile" in text(page)
    assert [row.risk for row in stored(proposal).risk_rows.all()] == ["Saved by a colleague"]
    client.post(section_url(proposal, S.RISKS), typed | {"mark": page.context["mark"]})
    assert [row.risk for row in stored(proposal).risk_rows.all()] == ["Typed meanwhile"]


@pytest.mark.parametrize("state", ["DRAFT", "SUBMITTED", "QUALIFIED"])
def test_what_is_not_being_polished_is_read_only(state, proposal_in, support_member):
    proposal, client = proposal_in(state), english(support_member)
    assert client.get(workspace(proposal)).status_code == 200
    assert client.get(section_url(proposal, S.RISKS)).url == workspace(proposal)
    assert client.post(section_url(proposal, S.RISKS), risks()).url == workspace(proposal)
    assert stored(proposal).revision == proposal.revision


def test_the_team_s_numbers_are_for_writers_only(proposal_in, support_member):
    proposal = proposal_in("QUALIFIED")
    public = text(english().get(proposal.get_absolute_url()))
    assert "leads the team" in public
    for hidden in ("Lead Neighbour", "13800000009", "138 0000 0009", "138****0009"):
        assert hidden not in public
    page = text(english(support_member).get(section_url(proposal_in("COACHING"), S.TEAM)))
    assert "138 0000 0009" in page or "13800000009" in page


# Handing in


def test_the_organisation_hands_in(proposal_in, support_member):
    proposal, client = proposal_in("COACHING"), english(support_member)
    assert client.post(reverse("hand_in", args=[proposal.pk]), pledged("SUBMITTED")).url == workspace(proposal)
    assert stored(proposal).state == "SUBMITTED"
    assert proposal.events.last().actor == support_member


def test_an_unfinished_proposal_is_not_handed_in(proposal_in, support_member):
    proposal, client = proposal_in("COACHING"), english(support_member)
    proposal.activities.all().delete()
    page = client.post(reverse("hand_in", args=[proposal.pk]), pledged("SUBMITTED"), follow=True)
    assert "three activities" in text(page)
    assert stored(proposal).state == "COACHING"


# The log


def test_the_log_tells_who_coached_when(proposal_in, support_member, support_organisation, now):
    proposal, client = proposal_in("COACHING"), english(support_member)
    day = now.date() - timedelta(days=1)
    url = reverse("coaching_note", args=[proposal.pk])
    assert client.post(url, {"held_on": day, "text": "Priced the benches."}).url == workspace(proposal)
    [note] = proposal.coaching_notes.all()
    assert (note.author, note.organisation, note.held_on) == (support_member, support_organisation, day)
    page = text(client.get(workspace(proposal)))
    assert "Priced the benches." in page
    assert "Priced the benches." not in text(english().get(proposal_in("QUALIFIED").get_absolute_url()))


def test_the_log_keeps_what_was_typed_with_a_mistake(proposal_in, support_member, now):
    proposal, client = proposal_in("COACHING"), english(support_member)
    url = reverse("coaching_note", args=[proposal.pk])
    page = client.post(url, {"held_on": now.date() + timedelta(days=3), "text": "Not done yet."})
    assert "Not done yet." in text(page)
    assert shown("This day has not come yet; the log tells what was done.") in text(page)
    assert not CoachingNote.objects.exists()


def test_nothing_is_noted_once_it_is_handed_in(proposal_in, support_member, now):
    with pytest.raises(Refused):
        note_coaching(
            proposal=proposal_in("SUBMITTED"), held_on=now.date(), text="Too late", by=support_member, now=now
        )


@pytest.mark.django_db(transaction=True)
def test_two_clicks_make_one_note(proposal_in, support_member, now):
    proposal = proposal_in("COACHING")
    said = {"proposal": proposal, "held_on": now.date(), "by": support_member, "now": now}
    race(*[lambda: note_coaching(text="Priced the benches.", **said)] * 3)
    assert CoachingNote.objects.count() == 1
    note_coaching(text="Asked the gardener.", **said)
    assert CoachingNote.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_nothing_is_noted_while_it_is_handed_in(proposal_in, officer, support_member, now):
    proposal = proposal_in("COACHING")
    with transaction.atomic():
        move_proposal(proposal=stored(proposal), to="SUBMITTED", by=officer, now=now, **pledged("SUBMITTED"))
        noted = meanwhile(
            lambda: note_coaching(proposal=proposal, held_on=now.date(), text="Late.", by=support_member, now=now)
        )
        somebody_waits()
    with pytest.raises(Refused):
        noted.result(SECONDS)
    assert not CoachingNote.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number(count, proposal_in, support_member, now, django_assert_num_queries):
    proposal, client = proposal_in("COACHING"), english(support_member)
    for number in range(count):
        note_coaching(proposal=proposal, held_on=now.date(), text=f"Polished {number}.", by=support_member, now=now)
    client.get(workspace(proposal))
    with django_assert_num_queries(26):
        assert f"{count} note" in text(client.get(workspace(proposal)))


# While somebody writes


def while_writing(client, proposal, section, data):
    return client.post(section_url(proposal, section), data, headers={"hx-request": "true"})


def test_a_section_is_saved_while_it_is_written(proposal_in, support_member):
    proposal, client = proposal_in("COACHING"), english(support_member)
    mark = client.get(section_url(proposal, S.SUMMARY)).context["mark"]
    for words in ("First words.", "First words. And more."):
        piece = while_writing(client, proposal, S.SUMMARY, {"summary": words, "mark": mark})
        assert "Saved at" in text(piece)
        assert "<html" not in text(piece)
        mark = piece.context["mark"]
        assert f'value="{mark}"' in text(piece)
    assert stored(proposal).summary == "First words. And more."


def test_the_same_text_twice_is_no_conflict(proposal_in, support_member):
    proposal, client = proposal_in("COACHING"), english(support_member)
    mark = client.get(section_url(proposal, S.SUMMARY)).context["mark"]
    typed = {"summary": "Typed once.", "mark": mark}
    while_writing(client, proposal, S.SUMMARY, typed)
    before = stored(proposal).revision
    assert client.post(section_url(proposal, S.SUMMARY), typed).url == workspace(proposal)
    assert stored(proposal).revision == before


def test_a_conflict_is_told_while_writing(proposal_in, support_member, officer):
    proposal = proposal_in("COACHING")
    mark = mark_of(proposal, S.SUMMARY)
    while_writing(english(officer), proposal, S.SUMMARY, {"summary": "By the office.", "mark": mark})
    piece = while_writing(english(support_member), proposal, S.SUMMARY, {"summary": "Mine.", "mark": mark})
    assert shown(ProposalRefusal.STALE.label) in text(piece)
    assert 'name="mark"' not in text(piece)
    assert stored(proposal).summary == "By the office."


def test_an_unfinished_row_waits(proposal_in, support_member):
    proposal = proposal_in("COACHING")
    piece = while_writing(english(support_member), proposal, S.RISKS, risks(("Half a row", "")))
    assert "Not saved yet" in text(piece)
    assert stored(proposal).revision == proposal.revision


def test_the_sums_go_along_with_the_budget(proposal_in, support_member, programme):
    type(programme).objects.update(project_cap=30000)
    proposal, client = proposal_in("COACHING"), english(support_member)
    line = {"rows-0-item": "Benches", "rows-0-unit_price": "1000", "rows-0-quantity": "3", "rows-0-source": "REQUESTED"}
    piece = while_writing(
        client,
        proposal,
        S.BUDGET,
        {"rows-TOTAL_FORMS": 1, "rows-INITIAL_FORMS": 0, "mark": mark_of(proposal, S.BUDGET), **line},
    )
    assert "27,000 <small>yuan left</small>" in text(piece)
    assert 'hx-swap-oob="true"' in text(piece)


def test_who_may_not_write_any_more_is_told_while_writing(proposal_in, support_member):
    proposal = proposal_in("SUBMITTED")
    piece = while_writing(english(support_member), proposal, S.SUMMARY, {"summary": "Too late.", "mark": "x"})
    assert shown(ProposalRefusal.WRONG_STATE.label) in text(piece)
    assert stored(proposal).summary != "Too late."


@pytest.mark.parametrize("section", [S.TEAM, S.GOALS, S.PLAN, S.BUDGET, S.RISKS])
def test_spare_rows_are_folded_and_nothing_in_them_looks_needed(section, proposal_in, support_member):
    proposal = proposal_in("COACHING")
    page = text(english(support_member).get(section_url(proposal, section)))
    spare = page.split('<details class="spare"')[1:]
    assert len(spare) == EMPTY_ROWS
    assert "-DELETE" not in "".join(part.partition("</details>")[0] for part in spare)


def test_the_first_row_of_an_empty_table_is_open(proposal_in, support_member):
    proposal = proposal_in("COACHING")
    proposal.risk_rows.all().delete()
    page = text(english(support_member).get(section_url(proposal, S.RISKS)))
    assert page.count('<details class="spare" open>') == 1


def test_a_row_that_somebody_began_is_shown_with_what_it_needs(proposal_in, support_member):
    proposal = proposal_in("COACHING")
    began = {"rows-TOTAL_FORMS": 2, "rows-INITIAL_FORMS": 0, "rows-0-risk": "Frost", "risks": ""}
    page = text(
        english(support_member).post(section_url(proposal, S.RISKS), began | {"mark": mark_of(proposal, S.RISKS)})
    )
    assert page.count('<details class="spare"') == 1
    assert "asteriskField" in page.partition('<details class="spare"')[0]
