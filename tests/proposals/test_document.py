"""The document of a proposal: what it lacks, what is kept of it, and saving one section."""

from dataclasses import replace

import pytest
from django.db import InternalError, connection, transaction
from django.utils.translation import gettext, override

from communities.refusal import Refused
from proposals.document import COLUMNS, PARTS, TABLES, Document, RiskRow, Rows, completeness_of
from proposals.document_enums import DocumentSection
from proposals.enums import PROPOSAL_FROZEN_STATES, ProposalRefusal, ProposalState
from proposals.models import Idea, Proposal
from proposals.office_forms import JoinForm, ProposalForm
from proposals.services.document import document_of, mark_of, rows_of, save_section
from proposals.services.proposals import BudgetItem, move_proposal
from proposals.writing_forms import section_form
from tests.scenes import COMPLETE, ROWS

S, R, P = DocumentSection, ProposalRefusal, ProposalState
BUDGET = (BudgetItem(item="Benches", unit_price=400, quantity=12),)
FULL = Document(dict.fromkeys(COLUMNS, "") | COMPLETE, replace(ROWS, budget_lines=BUDGET))


def lacking(document):
    return {section.name: [str(words) for words in section.missing] for section in completeness_of(document)}


def test_every_column_and_table_belongs_to_one_section():
    tables = [part.table for part in PARTS.values() if part.table]
    assert sorted(tables) == sorted(TABLES)
    assert len(COLUMNS) == len(set(COLUMNS))
    assert set(PARTS) == set(S)


def test_a_full_document_lacks_nothing():
    assert [section for section in completeness_of(FULL) if not section.complete] == []
    assert len(completeness_of(FULL)) == 9


def test_an_empty_document_lacks_something_in_each_section():
    empty = Document(dict.fromkeys(COLUMNS, ""), Rows())
    assert [section.name for section in completeness_of(empty) if section.complete] == []


@pytest.mark.parametrize(
    ("column", "section"),
    [
        ("site", S.BASICS),
        ("starts_on", S.BASICS),
        ("ends_on", S.BASICS),
        ("team_name", S.TEAM),
        ("team_type", S.TEAM),
        ("summary", S.SUMMARY),
        ("needs_analysis", S.NEEDS),
        ("target_group", S.NEEDS),
        ("direct_beneficiaries", S.NEEDS),
        ("goal", S.GOALS),
        ("innovation", S.EFFECT),
        ("sustainability", S.EFFECT),
        ("capacity_building", S.EFFECT),
    ],
)
@pytest.mark.parametrize("empty", [None, "", "  \n"])
def test_an_empty_column_is_missed_in_its_section(column, section, empty):
    found = lacking(replace(FULL, columns={**FULL.columns, column: empty}))
    assert [name for name, missing in found.items() if missing] == [section]
    assert len(found[section]) == 1


@pytest.mark.parametrize(("length", "fits"), [(30, True), (31, False)])
def test_a_title_has_thirty_characters_at_most(length, fits):
    with override("en"):
        found = lacking(replace(FULL, columns={**FULL.columns, "title": "长" * length}))
        assert found.pop(S.BASICS) == ([] if fits else ["a title of 30 characters at most"])
    assert not any(found.values())


def test_longer_titles_of_earlier_years_stay_until_they_are_written_anew(proposal_in, officer, now):
    proposal = proposal_in(ProposalState.COACHING)
    Proposal.objects.filter(pk=proposal.pk).update(title="长" * 31)
    proposal.refresh_from_db()
    saved = save(proposal, officer, now, section=S.SUPPORT_OPINION, support_opinion="Well thought out.")
    assert saved.title == "长" * 31
    for form in (
        section_form(S.BASICS)({"title": "长" * 31}, instance=saved),
        ProposalForm({"title": "长" * 31}, instance=saved),
        JoinForm({"title": "长" * 31}, ideas=Idea.objects.none(), proposals=Proposal.objects.none()),
    ):
        assert "30" in str(form.errors["title"])
        form.data["title"] = "长" * 30
        form.full_clean()
        assert "title" not in form.errors


def test_nobody_is_a_number():
    assert not any(lacking(replace(FULL, columns={**FULL.columns, "direct_beneficiaries": 0})).values())


@pytest.mark.parametrize(
    ("table", "kept", "section"),
    [("members", 2, S.TEAM), ("objectives", 0, S.GOALS), ("activities", 2, S.PLAN), ("risk_rows", 0, S.RISKS)],
)
def test_too_few_rows_are_missed_in_their_section(table, kept, section):
    rows = replace(FULL.rows, **{table: getattr(FULL.rows, table)[:kept]})
    assert [name for name, missing in lacking(replace(FULL, rows=rows)).items() if missing] == [section]


def test_own_money_alone_asks_for_nothing():
    own = replace(FULL.rows, budget_lines=(replace(BUDGET[0], source="OWN"),))
    assert [name for name, missing in lacking(replace(FULL, rows=own)).items() if missing] == [S.BUDGET]


def test_what_is_stored_comes_back(proposal_in):
    proposal = proposal_in(ProposalState.DRAFT)
    document = document_of(proposal)
    assert {name: document.columns[name] for name in COMPLETE} == COMPLETE
    assert replace(document.rows, budget_lines=()) == ROWS


def test_numbers_of_the_team_are_stored_encrypted(proposal_in):
    proposal = proposal_in(ProposalState.DRAFT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM proposals_teammember t")
        kept = " ".join(row for (row,) in cursor.fetchall())
        cursor.execute("SELECT row_to_json(t)::text FROM proposals_teammemberevent t")
        versions = " ".join(row for (row,) in cursor.fetchall())
    assert "13800000009" not in kept + versions
    assert "phone" not in versions
    assert proposal.members.first().phone == "+8613800000009"


def test_an_unfinished_document_is_not_handed_in(proposal_in, officer, now):
    proposal = proposal_in(ProposalState.COACHING)
    proposal.risk_rows.all().delete()
    Proposal.objects.filter(pk=proposal.pk).update(site="")
    proposal.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        move_proposal(proposal=proposal, to=ProposalState.SUBMITTED, by=officer, now=now)
    assert refusal.value.reason == R.INCOMPLETE
    assert len(refusal.value.facts["missing"].split(gettext(", "))) == 2
    assert Proposal.objects.get(pk=proposal.pk).state == ProposalState.COACHING


def save(proposal, by, now, *, rows=(), mark=None, section=S.RISKS, **columns):
    stored = {name: getattr(proposal, name) for name in PARTS[section].columns}
    return save_section(
        proposal=proposal,
        section=section,
        columns=stored | columns,
        rows=rows,
        mark=mark or mark_of(proposal, section),
        by=by,
        now=now,
    )


def test_one_section_is_saved_and_the_others_stay(proposal_in, support_member, now):
    proposal = proposal_in(ProposalState.COACHING)
    before = document_of(proposal)
    rows = (RiskRow("Frost", "The paint waits."),)
    saved = save(proposal, support_member, now, rows=rows, risks="Few.")
    after = document_of(saved)
    assert after.rows == replace(before.rows, risk_rows=rows)
    assert after.columns == {**before.columns, "risks": "Few."}
    assert saved.revision == proposal.revision + 1


def test_a_section_somebody_saved_meanwhile_is_not_overwritten(proposal_in, support_member, officer, now):
    proposal = proposal_in(ProposalState.COACHING)
    mark = mark_of(proposal, S.RISKS)
    save(proposal, officer, now, rows=(RiskRow("Frost", "The paint waits."),))
    again = Proposal.objects.get(pk=proposal.pk)
    with pytest.raises(Refused) as refusal:
        save(again, support_member, now, rows=(), mark=mark)
    assert refusal.value.reason == R.STALE
    assert [row.risk for row in again.risk_rows.all()] == ["Frost"]


def test_two_people_write_two_sections_at_a_time(proposal_in, support_member, officer, now):
    proposal = proposal_in(ProposalState.COACHING)
    mark = mark_of(proposal, S.SUMMARY)
    save(proposal, officer, now, rows=(RiskRow("Frost", "The paint waits."),))
    saved = save(proposal, support_member, now, mark=mark, section=S.SUMMARY, summary="Benches.")
    assert (saved.summary, saved.risk_rows.get().risk) == ("Benches.", "Frost")


def test_rows_that_came_and_went_are_kept(proposal_in, officer, now):
    proposal = proposal_in(ProposalState.COACHING)
    save(proposal, officer, now, rows=(RiskRow("Frost", "The paint waits."),))
    kept = proposal.risk_rows.model._meta.get_field("events").related_model.objects.filter(proposal=proposal)
    assert list(kept.order_by("pgh_id").values_list("pgh_label", "risk")) == [
        ("insert", "Rain while painting"),
        ("delete", "Rain while painting"),
        ("insert", "Frost"),
    ]


def test_an_unchanged_table_is_left_alone(proposal_in, officer, now):
    proposal = proposal_in(ProposalState.COACHING)
    before = list(proposal.risk_rows.values_list("pk", flat=True))
    save(proposal, officer, now, rows=rows_of(proposal, "risk_rows"), risks="Few.")
    assert list(proposal.risk_rows.values_list("pk", flat=True)) == before


@pytest.mark.parametrize("state", P)
def test_the_database_keeps_what_contests_judge(state, proposal_in):
    """Text and tables are frozen in the same states."""
    proposal = proposal_in(state)
    acts = [
        lambda: Proposal.objects.filter(pk=proposal.pk).update(summary="Rewritten"),
        lambda: proposal.budget_lines.update(quantity=99),
    ]
    for act in acts:
        if state in PROPOSAL_FROZEN_STATES:
            with pytest.raises(InternalError, match="frozen"), transaction.atomic():
                act()
        else:
            assert act()
