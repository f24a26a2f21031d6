"""Names in what is judged blind: found, mended or looked at before the contest opens, and papers that the office released."""

from __future__ import annotations

from dataclasses import fields
from io import BytesIO

import pgtrigger
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import CharField, TextField
from django.urls import reverse
from PIL import Image

from communities.refusal import Refused
from contests.enums import ContestAct, ContestRefusal
from contests.models import BlindCheck
from contests.naming import named_in
from contests.services.blinding import ROWS, UNREAD, _typed_into, look_at_names, names_in, unlooked
from contests.services.lifecycle import open_contest
from proposals.attachments import examine
from proposals.document import COLUMNS, ActivityRow, BudgetItem, MemberRow, ObjectiveRow, RiskRow
from proposals.models import Attachment, BudgetLine, Objective, PlannedActivity, Proposal, Risk, TeamMember
from tests.browsing import english, text

R = ContestRefusal
NAME = "Osmanthus Zhao"


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("我们请桂 花赵负责", ["桂花赵"]),
        ("\uff2f\uff53manthus  zhao will do it", ["Osmanthus Zhao"]),
        ("The zhaoist Osmanthus", []),
        ("Ann counts, Anna does not", ["Ann"]),
        ("Anna", []),
        ("X", []),
    ],
)
def test_a_name_is_found_however_it_is_written(words, found):
    assert named_in(words, ["桂花赵", "Osmanthus Zhao", "Ann", "X", "", "Ann"]) == found


@pytest.fixture
def named(contest_in):
    """`named(state, **rules)`: a contest, with one entry whose plan names one of its team."""

    def make(state="DRAFT", **rules):
        contest = contest_in(state, **{"entries": 1, "is_blind": True, **rules})
        entry = contest.entries.get()
        with pgtrigger.ignore():
            TeamMember.objects.create(proposal=entry.proposal, position=9, name=NAME, duty="Keeps the tools")
            said = {"team_name": "Tool group", "plan": f"{NAME} buys the tools."}
            Proposal.objects.filter(pk=entry.proposal_id).update(**said)
        return contest, entry

    return make


def look(entry, by, now, reason="Also the name of a street", releases_papers=False):
    return look_at_names(entry=entry, reason=reason, releases_papers=releases_papers, by=by, now=now)


def test_a_blind_contest_opens_once_somebody_looked_at_the_names(named, officer, now):
    contest, entry = named()
    with pytest.raises(Refused) as refusal:
        open_contest(contest=contest, by=officer, now=now)
    assert (refusal.value.reason, refusal.value.facts) == (R.NAMES_UNLOOKED, {"entries": "001"})
    assert [line.rpartition(" · ")[2] for line in unlooked(contest)[entry]] == [NAME]
    look(entry, officer, now)
    event = contest.events.get(reason=ContestAct.NAMES_LOOKED_AT)
    assert (event.actor, event.note) == (officer, "001: Also the name of a street")
    # What is named elsewhere afterwards has to be looked at too.
    with pgtrigger.ignore():
        Proposal.objects.filter(pk=entry.proposal_id).update(goal=f"{NAME} is happy.")
    with refused(R.NAMES_UNLOOKED):
        open_contest(contest=contest, by=officer, now=now)
    look(entry, officer, now)
    open_contest(contest=contest, by=officer, now=now)
    assert BlindCheck.objects.count() == 1


def test_what_a_draft_lacks_says_where_applicants_are_named_and_leads_to_the_form(named, officer):
    contest, entry = named()
    page = english(officer).get(reverse("admin:contests_contest_change", args=[contest.pk]))
    [lack] = page.context["next"].missing
    assert f"{entry}: " in lack.sentence
    assert NAME in lack.sentence
    form = english(officer).get(*lack.ways.values()).context["form"]
    assert form["entry"].value() == str(entry.pk)


WRITTEN = {
    Proposal: COLUMNS,
    TeamMember: [each.name for each in fields(MemberRow)],
    Objective: [each.name for each in fields(ObjectiveRow)],
    PlannedActivity: [each.name for each in fields(ActivityRow)],
    Risk: [each.name for each in fields(RiskRow)],
    BudgetLine: [each.name for each in fields(BudgetItem)],
    Attachment: ["name"],
}


@pytest.mark.parametrize("model", WRITTEN)
def test_all_that_is_written_is_looked_through_unless_it_is_hidden(model):
    columns = {each.name: each for each in model._meta.concrete_fields}
    written = (columns[name] for name in WRITTEN[model] if name in columns)
    texts = {each.name for each in written if isinstance(each, CharField | TextField) and not each.choices}
    hidden = {name for name in columns if f"{model._meta.model_name}.{name}" in UNREAD}
    assert set(_typed_into(model)) == texts - hidden
    assert sum(key.startswith(f"{model._meta.model_name}.") for key in UNREAD) == len(hidden)


def test_every_table_of_a_proposal_is_looked_through():
    assert {Proposal._meta.get_field(rows).related_model for rows in ROWS} | {Proposal} == WRITTEN.keys()


def test_mended_texts_need_no_look(named, officer, now):
    contest, entry = named()
    with pgtrigger.ignore():
        Proposal.objects.filter(pk=entry.proposal_id).update(plan="Somebody buys the tools.")
    open_contest(contest=contest, by=officer, now=now)


def test_names_may_stand_where_the_contest_is_not_blind(named, officer, now):
    contest, entry = named(is_blind=False)
    with refused(R.NOT_BLIND):
        look(entry, officer, now)
    open_contest(contest=contest, by=officer, now=now)


@pytest.mark.parametrize("state, allowed", [("DRAFT", True), ("OPEN", True), ("CLOSED", False), ("PUBLICISED", False)])
@pytest.mark.parametrize("who", ["officer", "approver", "other_officer", "supervisor", "expert", "resident"])
def test_who_looks_when(who, state, allowed, named, cast, now):
    _contest, entry = named(state)
    if who in {"officer", "approver"} and allowed:
        assert look(entry, cast(who), now).looked_by == cast(who)
        with refused(R.REASON_MISSING):
            look(entry, cast(who), now, reason=" ")
    else:
        with refused(R.WRONG_STATE if who in {"officer", "approver"} else R.NOT_AN_OFFICER):
            look(entry, cast(who), now)


def test_the_office_reads_the_places_and_looks(named, officer):
    contest, entry = named()
    client, page = english(officer), reverse("admin:contests_contest_change", args=[contest.pk])
    shown = text(client.get(page))
    assert "Names in what is judged blind" in shown
    assert f"plan · {NAME}" in shown
    do = reverse("admin:contests_contest_do", args=[contest.pk, "names"])
    client.post(do, {"entry": entry.pk, "reason": "A street"})
    assert "Names in what is judged blind" not in text(client.get(page))


@pytest.mark.parametrize("number", [1, 3])
def test_the_search_costs_the_same_for_any_number(number, contest_in, django_assert_num_queries):
    contest = contest_in("DRAFT", entries=number, is_blind=True)
    entries = list(contest.entries.select_related("proposal"))
    with django_assert_num_queries(7):
        names_in(entries)


def test_experts_read_the_papers_that_the_office_released_and_no_other_ones(named, officer, expert, now):
    _contest, entry = named("OPEN")
    pictures = [attached(entry.proposal, officer, now, position) for position in range(2)]
    addresses = [reverse("entry_attachment", args=[entry.pk, each.digest]) for each in pictures]
    client, sheet = english(expert), reverse("sheet", args=[entry.pk])
    assert [status(client, address) for address in addresses] == [404, 404]
    Attachment.objects.filter(pk=pictures[1].pk).delete()
    look(entry, officer, now, releases_papers=True)
    again = attached(entry.proposal, officer, now, 1)
    assert [status(client, address) for address in addresses] == [200, 404]
    page = client.get(sheet).content.decode()
    assert pictures[0].name in page
    assert again.name not in page
    assert "Papers are attached" in page
    look(entry, officer, now)
    assert status(client, addresses[0]) == 404


def status(client, address):
    response = client.get(address)
    for _ in getattr(response, "streaming_content", ()):
        pass
    return response.status_code


def attached(proposal, by, now, position):
    picture = BytesIO()
    Image.new("RGB", (40 + position, 30), "white").save(picture, "PNG")
    file = SimpleUploadedFile(f"paper-{position}.png", picture.getvalue(), "image/png")
    paper = examine(file, file.name)
    row = Attachment(
        proposal=proposal,
        position=position,
        kind=paper.kind,
        name=paper.name,
        size=len(paper.data),
        digest=paper.digest,
        added_by=by,
        added_at=now,
    )
    row.file.save(paper.name, SimpleUploadedFile(paper.name, paper.data), save=False)
    row.save()
    return row
