"""Every list can be taken along as a spreadsheet: the rows of the page, of one's scope, safe to open."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from proposals.admin import joining
from proposals.enums import IdeaState, ProposalState
from proposals.models import CoachingNote, Idea, IdeaClaim, IdeaEvent, ReasonWording
from proposals.services.ideas import screen, undo_screening
from proposals.services.remarks import ask
from proposals.services.seconding import second_idea
from tests.browsing import english, shown, text
from tests.proposals.test_idea_tables import rows_of
from tests.scenes import ACCEPTANCE, turning_away

KINDS = ["csv", "xlsx"]
EVIL = "=HYPERLINK(1)"


def column(answer, place=1):
    return [row[place] for row in rows_of(answer)]


@pytest.mark.parametrize("kind", KINDS)
def test_everyone_takes_the_public_lists_along(kind, idea_in, proposal_in, communities):
    idea_in("SUBMITTED", title=EVIL)
    idea_in("SUBMITTED", title="Elsewhere", community=communities[1])
    idea_in("RETURNED", title="Nobody's business")
    proposal_in("QUALIFIED", title=EVIL)
    proposal_in("DRAFT", title="Not there yet")
    # Each proposal has an idea of its name, which everyone may read.
    for name, found in (
        ("idea_list", {"'" + EVIL, "Elsewhere", "Not there yet"}),
        ("proposal_list", {"'" + EVIL}),
    ):
        url = reverse(name)
        assert set(column(english().get(url, {"format": kind}))) == found
        assert f"format={kind}" in text(english().get(url, {"page": "1"}))
        assert english().get(url, {"format": "exe"}).status_code == 404
    proposal_in("QUALIFIED", title="In a zone", community=communities[2])
    zoned = {"format": kind, "community": communities[2].pk}
    assert column(english().get(reverse("proposal_list"), zoned), 4) == ["Old estates"]
    here = {"format": kind, "community": communities[1].pk}
    assert column(english().get(reverse("idea_list"), here)) == ["Elsewhere"]


def test_a_public_file_names_nobody_who_is_not_named_on_the_page(idea_in, resident):
    idea = idea_in("SUBMITTED")
    answer = english().get(reverse("idea_list"), {"format": "csv"})
    assert column(answer, 12) == [resident.display_name]
    type(idea).objects.filter(pk=idea.pk).update(name_consent_at=None)
    [row] = rows_of(english().get(reverse("idea_list"), {"format": "csv"}))
    assert row[12] == "Resident"
    assert resident.phone not in row


@pytest.mark.parametrize("kind", KINDS)
def test_the_office_takes_proposals_along(kind, officer, other_officer, supervisor, resident, proposal_in):
    proposal_in("DRAFT", title=EVIL)
    proposal_in("SUBMITTED", title="Handed in")
    url = reverse("admin:proposals_proposal_table", args=[kind])
    client = english(officer)
    assert set(column(client.get(url))) == {"'" + EVIL, "Handed in"}
    assert column(client.get(url, {"state__exact": "SUBMITTED"})) == ["Handed in"]
    [row] = rows_of(client.get(url, {"state__exact": "SUBMITTED"}))
    assert (row[4] or "", row[6], row[11]) == ("", "Support organisation", resident.display_name)
    assert len(rows_of(english(supervisor).get(url))) == 2
    assert rows_of(english(other_officer).get(url)) == []
    page = text(client.get(reverse("admin:proposals_proposal_changelist"), {"state__exact": "SUBMITTED"}))
    assert f"{url}?state__exact=SUBMITTED" in page


@pytest.mark.parametrize("kind", KINDS)
def test_the_office_takes_questions_along(kind, officer, other_officer, neighbour, idea_in, now):
    idea = idea_in("SUBMITTED")
    ask(idea=idea, text="=Who sees to it, 13900000000?", key=idea.submission_key, by=neighbour, now=now)
    url = reverse("admin:proposals_remark_table", args=[kind])
    [row] = rows_of(english(officer).get(url))
    assert row[3] == "'=Who sees to it, 13900000000?"
    assert row[6] == "holds a long number"
    assert neighbour.masked_phone in row[5]
    assert rows_of(english(officer).get(url, {"state": "RELEASED"})) == []
    assert rows_of(english(other_officer).get(url)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_joining_desk_takes_groups_and_balance_along(
    kind, officer, other_officer, supervisor, idea_in, proposal_in
):
    idea_in("ACCEPTED", title=EVIL)
    idea_in("ACCEPTED", title="Benches at the west gate")
    idea_in("SUBMITTED", title="Not accepted yet")
    for number in range(3):
        proposal_in("DRAFT", title=f"Proposal {number}")
    # Their three ideas are joined and wait no more.
    url = reverse("admin:proposals_idea_joining")
    client = english(officer)
    rows = rows_of(client.get(url, {"format": kind}))
    assert {row[2] for row in rows} == {"'" + EVIL, "Benches at the west gate"}
    assert {str(row[0]) for row in rows} == {"1"}
    spread = rows_of(client.get(url, {"format": kind, "balance": "1"}))
    # All three have one lead and one team.
    assert [str(row[2]) for row in spread] == ["3", "0", "0", "3"]
    assert "format=xlsx" in text(client.get(url))
    assert english(supervisor).get(url, {"format": kind}).status_code == 403
    assert client.get(url, {"format": "exe"}).status_code == 404


def test_the_joining_file_leaves_nobody_out_and_counts_people(officer, neighbour, outsider, idea_in, monkeypatch, now):
    monkeypatch.setattr(joining, "MOST_COMPARED", 2)
    # Their authors are one person; the first has another one behind it.
    for title in ("Benches at the west gate", "Benches at the east gate", "Lamps"):
        idea = idea_in("ACCEPTED", title=title)
        Idea.objects.filter(pk=idea.pk).update(submitted_at=now + timedelta(minutes=len(Idea.objects.all())))
    second_idea(idea=Idea.objects.get(title="Benches at the west gate"), by=neighbour, now=now)
    rows = rows_of(english(officer).get(reverse("admin:proposals_idea_joining"), {"format": "csv"}))
    assert {row[2]: (row[0], row[6], row[7]) for row in rows} == {
        "Benches at the west gate": ("1", "2", "2"),
        "Benches at the east gate": ("1", "1", "2"),
        "Lamps": ("", "1", ""),
    }
    assert rows[-1][5] == "not compared"


@pytest.mark.parametrize("kind", KINDS)
def test_the_accompanying_organisation_takes_its_proposals_along(
    kind, support_member, resident, communities, proposal_in
):
    proposal_in("COACHING", title=EVIL)
    proposal_in("SUBMITTED", title="Handed in")
    proposal_in("COACHING", title="Elsewhere", community=communities[1])
    client, url = english(support_member), reverse("desk_proposals")
    rows = {row[1]: row for row in rows_of(client.get(url, {"format": kind}))}
    assert set(rows) == {"'" + EVIL, "Handed in"}
    assert str(rows["Handed in"][9]).startswith("20000")
    assert all(rows["Handed in"][10:])
    assert column(client.get(url, {"format": kind, "state": "SUBMITTED"})) == ["Handed in"]
    assert "format=xlsx" in text(client.get(url))
    assert client.get(url, {"format": "exe"}).status_code == 404
    assert english(resident).get(url, {"format": kind}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_desks_file_costs_the_same_for_any_number(count, support_member, proposal_in, django_assert_num_queries):
    for number in range(count):
        proposal_in("COACHING", title=f"Proposal {number}")
    client = english(support_member)
    with django_assert_num_queries(5):
        rows_of(client.get(reverse("desk_proposals"), {"format": "csv"}))


@pytest.mark.parametrize("kind", KINDS)
def test_the_desk_takes_claims_along(kind, community_officer, neighbour, idea_in, now):
    idea = idea_in("SUBMITTED", title=EVIL)
    IdeaClaim.objects.create(idea=idea, user=neighbour, at=now)
    url = reverse("desk_claims")
    [row] = rows_of(english(community_officer).get(url, {"format": kind}))
    assert row[1] == "'" + EVIL
    assert row[4] == f"Neighbour {neighbour.masked_phone}"
    assert "format=csv" in text(english(community_officer).get(url))
    assert english(neighbour).get(url, {"format": kind}).status_code == 403


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_reads_a_proposal_takes_its_budget_along(
    kind, officer, support_member, neighbour, proposal_in, django_assert_num_queries
):
    proposal = proposal_in("COACHING")
    proposal.budget_lines.all().delete()
    for number, item in enumerate((EVIL, "Paint")):
        proposal.budget_lines.create(position=number, item=item, unit_price="12.50", quantity=4, note="+ carriage")
    url = proposal.get_absolute_url()
    for person in (officer, support_member):
        rows = rows_of(english(person).get(url, {"format": kind}))
        assert [row[0] for row in rows] == ["'" + EVIL, "Paint"]
        assert [float(cell) for cell in rows[0][2:5]] == [12.5, 4, 50]
        assert [rows[0][1], rows[0][5]] == ["'+ carriage", "Requested"]
    assert english(neighbour).get(url, {"format": kind}).status_code == 404
    assert english(officer).get(url, {"format": "exe"}).status_code == 404
    assert f"?format={kind}" in text(english(support_member).get(url))
    for client, page in (
        (english(support_member), reverse("proposal_writing", args=[proposal.pk])),
        (english(officer), reverse("admin:proposals_proposal_change", args=[proposal.pk])),
    ):
        assert f"{url}?format={kind}" in text(client.get(page))


@pytest.mark.parametrize("state", ["COACHING", "SUBMITTED"])
def test_the_office_finds_the_budget_whether_it_writes_or_reads(state, officer, proposal_in):
    proposal = proposal_in(state)
    page = english(officer).get(reverse("admin:proposals_proposal_change", args=[proposal.pk]))
    assert f"{proposal.get_absolute_url()}?format=xlsx" in text(page)


def test_the_log_is_in_the_file_of_those_who_write(officer, resident, neighbour, proposal_in, now):
    proposal = proposal_in("COACHING")
    note = {"author": officer, "held_on": localdate(now), "written_at": now}
    CoachingNote.objects.create(proposal=proposal, text="=We met in the yard.", **note)
    url = reverse("proposal_rounds", args=[proposal.pk])
    assert "'=We met in the yard." in column(english(officer).get(url, {"format": "csv"}), 4)
    assert "'=We met in the yard." not in column(english(resident).get(url, {"format": "csv"}), 4)
    assert "format=csv" in text(english(resident).get(url))
    assert english(neighbour).get(url, {"format": "csv"}).status_code == 404


@pytest.mark.parametrize(("name", "queries"), [("idea_list", 3), ("proposal_list", 2)])
@pytest.mark.parametrize("count", [1, 3])
def test_a_file_costs_the_same_for_any_number(name, queries, count, idea_in, proposal_in, django_assert_num_queries):
    for number in range(count):
        idea_in(IdeaState.SUBMITTED, title=f"Idea {number}")
        proposal_in(ProposalState.QUALIFIED, title=f"Proposal {number}")
    client = english()
    with django_assert_num_queries(queries):
        rows_of(client.get(reverse(name), {"format": "csv"}))


# Of one's own, and of one idea


@pytest.mark.parametrize("kind", KINDS)
def test_residents_take_their_ideas_along_as_they_know_them(kind, idea_in, resident, neighbour, officer, now):
    url = reverse("my_ideas")
    assert "format=" not in text(english(resident).get(url))
    idea_in("RETURNED", title=EVIL)
    idea_in("SUBMITTED", title="Of a neighbour", by=neighbour)
    decided = idea_in("SUBMITTED", title="Just decided")
    screen(idea=decided, judgement=turning_away("REJECT"), by=officer, now=now)
    client = english(resident)
    rows = {row[1]: row for row in rows_of(client.get(url, {"format": kind}))}
    assert set(rows) == {"'" + EVIL, "Just decided"}
    assert (rows["Just decided"][2], rows["Just decided"][-1] or "") == ("Waiting for screening", "")
    assert rows["'" + EVIL][-1] == turning_away("RETURN").note
    assert f"format={kind}" in text(client.get(url))
    assert client.get(url, {"format": "exe"}).status_code == 404
    assert english().get(url, {"format": kind}).status_code == 302


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("role", "status"), [("officer", 200), ("supervisor", 200), ("other_officer", 404), ("resident", 403)]
)
def test_the_office_takes_along_what_its_page_says_of_one_idea(kind, role, status, cast, idea_in, neighbour, now):
    idea = idea_in("SUBMITTED", title=EVIL)
    second_idea(idea=idea, by=neighbour, now=now)
    type(neighbour).objects.filter(pk=neighbour.pk).update(display_name="=cmd()")
    screen(idea=idea, judgement=replace(turning_away("REJECT"), note="=1+1"), by=cast("officer"), now=now)
    names = ("events", "screenings", "supporters")
    urls = [reverse(f"admin:proposals_idea_{name}", args=[idea.pk, kind]) for name in names]
    client = english(cast(role))
    answers = [client.get(url) for url in urls]
    assert [answer.status_code for answer in answers] == [status] * 3
    if status != 200:
        return
    events, [screening], [supporter] = map(rows_of, answers)
    assert [row[1] for row in events] == ["Waiting for screening", "Not accepted"]
    assert events[-1][4] == "'=1+1"
    assert (screening[8], screening[-1]) == ("Reject", "'=1+1")
    assert [*supporter[:2]] == ["'=cmd()", neighbour.masked_phone]
    page = text(client.get(reverse("admin:proposals_idea_change", args=[idea.pk])))
    assert all(url in page for url in urls)
    assert client.get(urls[0].replace(f".{kind}", ".exe")).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_the_office_takes_every_screening_along(kind, officer, approver, idea_in, now):
    idea = idea_in("SUBMITTED")
    doubt = replace(
        turning_away("REJECT"),
        sustainability="DOUBT",
        public_benefit_note="=SUM(A1)",
        sustainability_note="Who sweeps?",
    )
    opinion = screen(idea=idea, judgement=doubt, by=officer, now=now)
    decided = screen(idea=idea, judgement=doubt, by=approver, now=now, seen=opinion.pk)
    idea = undo_screening(screening=decided, by=approver, now=now)
    screen(idea=idea, judgement=ACCEPTANCE, by=approver, now=now, seen=opinion.pk)
    client = english(officer)
    url = reverse("admin:proposals_idea_screenings", args=[idea.pk, kind])
    rows = rows_of(client.get(url))
    assert [row[8] for row in rows] == ["Reject (first opinion)", "Reject (taken back)", "Accept"]
    assert [row[1] for row in rows] == [shown(officer), *[shown(approver)] * 2]
    assert [*rows[0][3:6]] == ["'=SUM(A1)", "Doubtful", "Who sweeps?"]
    for name in ("change", "screen"):
        page = client.get(reverse(f"admin:proposals_idea_{name}", args=[idea.pk]), follow=True)
        assert url in text(page)


@pytest.mark.parametrize("kind", KINDS)
def test_the_office_takes_its_wordings_along(kind, officer, other_officer, resident):
    place = officer.appointments.get().subdistrict
    words = "=1+1 " + "Call the property company. " * 10
    ReasonWording.objects.create(subdistrict=place, reason="OTHER_DUTY_HOLDER", text=words.strip())
    url = reverse("admin:proposals_reasonwording_table", args=[kind])
    client = english(officer)
    [row] = rows_of(client.get(url))
    assert row[2] == "'" + words.strip()
    assert url in text(client.get(reverse("admin:proposals_reasonwording_changelist")))
    assert rows_of(english(other_officer).get(url)) == []
    assert english(resident).get(url).status_code in {302, 403}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("events", 4), ("screenings", 4), ("supporters", 4)])
def test_the_file_of_an_idea_costs_the_same_for_any_number(
    name, queries, count, idea_in, scene, officer, now, django_assert_num_queries
):
    idea = idea_in("SUBMITTED")
    for user in scene.voters[1 : count + 1]:
        second_idea(idea=idea, by=user, now=now)
        event = IdeaEvent.objects.create(idea=idea, actor=officer, to_state="SUBMITTED", at=now)
        idea.screenings.create(officer=officer, decision="ACCEPT", event=event, at=now)
    client, url = english(officer), reverse(f"admin:proposals_idea_{name}", args=[idea.pk, "csv"])
    with django_assert_num_queries(queries):
        rows_of(client.get(url))
