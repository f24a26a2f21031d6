"""Rounds of polishing: begun by the first change, shown to the lead, accepted or declined without any loss."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pghistory
import pytest
from django.urls import reverse
from django.utils import timezone

from communities.refusal import Refused
from programmes.enums import StageKind
from programmes.models import Stage
from proposals import trail
from proposals.changes import unpacked
from proposals.document import RiskRow
from proposals.document_enums import DocumentSection
from proposals.enums import ProposalRefusal, ProposalState, RoundStep
from proposals.models import PolishRound, Proposal
from proposals.rules import lead_of, leads
from proposals.services.document import document_of, mark_of, rows_of, save_section
from proposals.services.joining import consolidate
from proposals.services.notifications import send_due_notifications
from proposals.services.proposals import ProposalText, edit_proposal, move_proposal, name_lead
from proposals.services.rounds import answer_round, mark_of_document, present_round
from proposals.trail import NEWEST, trail_of, whole_trail_of
from proposals.writing_rules import why_not_answer_round, why_not_name_lead, why_not_present_round
from tests.browsing import asked_on_screens, english, shown, text
from tests.factories import StageFactory
from tests.proposals.test_idea_tables import rows_of as cells_of
from tests.racing import race
from tests.scenes import pledged

S, R, P = DocumentSection, ProposalRefusal, ProposalState


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


def fresh(proposal):
    return Proposal.objects.select_related("programme", "community").get(pk=proposal.pk)


@pytest.fixture
def change(support_member, now):
    """`change(proposal, summary=…)`: the organisation writes the summary, or `risks` rows of the risks."""

    def change(proposal, summary="Shade and benches.", by=support_member):
        proposal = fresh(proposal)
        save_section(
            proposal=proposal,
            section=S.SUMMARY,
            columns={"summary": summary},
            rows=(),
            mark=mark_of(proposal, S.SUMMARY),
            by=by,
            now=now,
        )

    return change


@pytest.fixture
def change_team(support_member, now):
    def change(proposal, rows):
        proposal = fresh(proposal)
        columns = {"team_name": proposal.team_name, "team_type": proposal.team_type}
        save_section(
            proposal=proposal,
            section=S.TEAM,
            columns=columns,
            rows=rows,
            mark=mark_of(proposal, S.TEAM),
            by=support_member,
            now=now,
        )

    return change


@pytest.fixture
def show(support_member, now):
    def show(proposal, note="Shorter."):
        return present_round(proposal=fresh(proposal), note=note, by=support_member, now=now)

    return show


@pytest.fixture
def answer(resident, now):
    """By the lead unless told otherwise."""

    def answer(shown_round, *declined, by=resident, mark=None, answer="Thank you."):
        mark = mark or mark_of_document(document_of(fresh(shown_round.proposal)))
        decided = {"accepted": set(S) - set(declined), "declined": declined}
        return answer_round(polish_round=shown_round, **decided, mark=mark, answer=answer, by=by, now=now)

    return answer


# Who speaks for a proposal


def test_the_author_of_the_leading_idea_leads(proposal_in, idea_in, resident, neighbour, officer, now):
    proposal = proposal_in(P.COACHING)
    joined = idea_in("ACCEPTED", by=neighbour)
    consolidate(programme=proposal.programme, ideas=[joined], title="", by=officer, now=now, proposal=proposal)
    assert lead_of(proposal) == resident
    assert [leads(user, proposal) for user in (resident, neighbour, officer)] == [True, False, False]
    assert list(Proposal.objects.led_by(resident)) == [proposal]
    assert not Proposal.objects.led_by(neighbour)


def test_the_office_names_another_author(proposal_in, idea_in, resident, neighbour, outsider, officer, now):
    proposal = proposal_in(P.COACHING)
    joined = idea_in("ACCEPTED", by=neighbour)
    consolidate(programme=proposal.programme, ideas=[joined], title="", by=officer, now=now, proposal=proposal)
    with refused(R.NO_AUTHOR):
        name_lead(proposal=proposal, lead=outsider, by=officer, now=now)
    name_lead(proposal=proposal, lead=neighbour, by=officer, now=now)
    proposal = fresh(proposal)
    assert lead_of(proposal) == neighbour
    assert [list(Proposal.objects.led_by(user)) for user in (resident, neighbour)] == [[], [proposal]]
    event = proposal.events.last()
    assert (event.reason, event.note, event.from_state, event.to_state) == (
        RoundStep.LEAD_NAMED,
        "Neighbour",
        P.COACHING,
        P.COACHING,
    )


# Rounds


def test_a_round_begins_with_the_first_change(proposal_in, change):
    proposal = proposal_in(P.COACHING)
    before = document_of(proposal)
    assert not proposal.rounds.exists()
    change(proposal, "First words.")
    change(proposal, "Last words.")
    [only] = proposal.rounds.all()
    assert only.number == 1
    assert unpacked(only.before).columns == dict(before.columns)


def test_opinions_are_no_part_of_a_round(proposal_in, community_officer, change, show, answer, now):
    """Nobody declines what the residents' committee or the organisation thinks."""
    proposal = proposal_in(P.COACHING)
    save_section(
        proposal=proposal,
        section=S.COMMUNITY_OPINION,
        columns={"community_opinion": "We stand behind it."},
        rows=(),
        mark=mark_of(proposal, S.COMMUNITY_OPINION),
        by=community_officer,
        now=now,
    )
    assert not proposal.rounds.exists()
    change(proposal)
    Proposal.objects.filter(pk=proposal.pk).update(support_opinion="Ready.")
    answered = answer(show(proposal), *S)
    assert answered.declined == [S.SUMMARY]
    assert (fresh(proposal).community_opinion, fresh(proposal).support_opinion) == ("We stand behind it.", "Ready.")


def test_nothing_changed_is_not_shown(proposal_in, change, show):
    proposal = proposal_in(P.COACHING)
    with refused(R.NOTHING_CHANGED):
        show(proposal)
    change(proposal)
    change(proposal, proposal.summary)
    with refused(R.NOTHING_CHANGED):
        show(proposal)


def test_what_is_shown_once_waits(proposal_in, change, show):
    proposal = proposal_in(P.COACHING)
    change(proposal)
    assert show(proposal).presented_at
    with refused(R.ROUND_SHOWN):
        show(proposal)


def test_the_lead_is_told(proposal_in, change, show, resident, now):
    proposal = proposal_in(P.COACHING)
    change(proposal)
    show(proposal)
    send_due_notifications(now=now)
    told = resident.notifications.get(notice="PROPOSAL_CHANGES")
    assert told.facts == {"title": proposal.title, "note": "Shorter."}
    assert told.link == reverse("proposal_rounds", args=[proposal.pk])


def test_an_accepted_round_changes_nothing_and_the_next_begins_there(proposal_in, change, show, answer):
    proposal = proposal_in(P.COACHING)
    change(proposal)
    answered = answer(show(proposal))
    assert (answered.declined, answered.answer) == ([], "Thank you.")
    assert fresh(proposal).summary == "Shade and benches."
    assert fresh(proposal).revision == proposal.revision + 1
    change(proposal, "Shade, benches, water.")
    second = proposal.rounds.get(number=2)
    assert second.before["columns"]["summary"] == "Shade and benches."
    assert proposal.events.last().reason == RoundStep.ROUND_ACCEPTED


def test_a_declined_section_is_put_back_and_the_others_stay(proposal_in, change, change_team, show, answer):
    proposal = proposal_in(P.COACHING)
    team = document_of(proposal).rows.members
    change(proposal)
    change_team(proposal, [replace(team[0], duty="does everything")])
    answered = answer(show(proposal), S.TEAM, S.RISKS)
    document = document_of(fresh(proposal))
    assert document.columns["summary"] == "Shade and benches."
    assert [row.duty for row in document.rows.members] == [row.duty for row in team]
    # The number of who was there all the time is kept; what was not declined is not named.
    assert document.rows.members[0].phone == team[0].phone
    assert answered.declined == [S.TEAM.value]
    assert unpacked(answered.after).rows.members[0].duty == "does everything"
    assert proposal.events.last().reason == RoundStep.ROUND_DECLINED


@pytest.mark.parametrize("declines", [True, False])
def test_the_lead_decides_where_the_proposal_goes(
    declines, proposal_in, communities, categories, officer, resident, show, answer, now
):
    proposal = proposal_in(P.COACHING)
    columns = {field.name: getattr(proposal, field.name) for field in fields(ProposalText)}
    moved = ProposalText(**columns | {"community": communities[1], "category": categories[1]})
    budget = rows_of(proposal, "budget_lines")
    edit_proposal(proposal=proposal, text=moved, budget=budget, revision=proposal.revision, by=officer, now=now)
    assert (fresh(proposal).community, fresh(proposal).category) == (communities[1], categories[1])
    with refused(R.ROUND_UNANSWERED):
        move_proposal(proposal=fresh(proposal), to=P.SUBMITTED, by=officer, now=now)
    shown_round = present_round(proposal=fresh(proposal), note="It lies in B.", by=officer, now=now)
    page = text(english(resident).get(reverse("proposal_round", args=[proposal.pk, 1])))
    for name in ("Community A", "Community B", "Environment", "Care"):
        assert name in page
    answer(shown_round, *([S.BASICS] if declines else []))
    kept = 0 if declines else 1
    assert (fresh(proposal).community, fresh(proposal).category) == (communities[kept], categories[kept])
    assert fresh(proposal).title == proposal.title


def test_a_declined_text_stays_in_the_versions(proposal_in, change, show, answer):
    proposal = proposal_in(P.COACHING)
    change(proposal)
    answer(show(proposal), S.SUMMARY)
    assert fresh(proposal).summary == proposal.summary
    versions = list(proposal.versions.order_by("pgh_id").values_list("summary", flat=True))
    assert versions[-2:] == ["Shade and benches.", proposal.summary]


def test_who_looked_at_an_earlier_text_looks_again(proposal_in, change, show, answer):
    proposal = proposal_in(P.COACHING)
    change(proposal)
    shown_round = show(proposal)
    mark = mark_of_document(document_of(fresh(proposal)))
    change(proposal, "Written on.")
    with refused(R.STALE):
        answer(shown_round, mark=mark)
    assert fresh(proposal).summary == "Written on."


def test_an_answer_is_given_once(proposal_in, change, show, answer):
    proposal = proposal_in(P.COACHING)
    change(proposal)
    shown_round = show(proposal)
    answer(shown_round)
    with refused(R.ROUND_ANSWERED):
        answer(shown_round)


def test_the_office_answers_for_the_lead_and_writes_down_how(proposal_in, change, show, answer, officer):
    proposal = proposal_in(P.COACHING)
    change(proposal)
    shown_round = show(proposal)
    with refused(R.ANSWER_NEEDED):
        answer(shown_round, by=officer, answer=" ")
    assert answer(shown_round, by=officer, answer="By telephone, today.").answered_by == officer


def test_what_waits_for_the_lead_is_not_handed_in(proposal_in, change, show, answer, support_member, now):
    proposal = proposal_in(P.COACHING)
    change(proposal)
    with refused(R.ROUND_UNANSWERED):
        move_proposal(proposal=fresh(proposal), to=P.SUBMITTED, by=support_member, now=now, **pledged(P.SUBMITTED))
    shown_round = show(proposal)
    with refused(R.ROUND_UNANSWERED):
        move_proposal(proposal=fresh(proposal), to=P.SUBMITTED, by=support_member, now=now, **pledged(P.SUBMITTED))
    answer(shown_round)
    move_proposal(proposal=fresh(proposal), to=P.SUBMITTED, by=support_member, now=now, **pledged(P.SUBMITTED))
    assert fresh(proposal).state == P.SUBMITTED


def test_what_was_changed_and_changed_back_is_handed_in(proposal_in, change, support_member, now):
    proposal = proposal_in(P.COACHING)
    change(proposal)
    change(proposal, proposal.summary)
    move_proposal(proposal=fresh(proposal), to=P.SUBMITTED, by=support_member, now=now, **pledged(P.SUBMITTED))
    assert fresh(proposal).state == P.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_one_counts(proposal_in, change, show, answer, officer):
    proposal = proposal_in(P.COACHING)
    change(proposal)
    shown_round = show(proposal)
    mark = mark_of_document(document_of(fresh(proposal)))
    outcomes = race(
        lambda: answer(shown_round, mark=mark), lambda: answer(shown_round, S.SUMMARY, by=officer, mark=mark)
    )
    [refusal] = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert refusal.reason in {R.ROUND_ANSWERED, R.STALE}
    assert bool(PolishRound.objects.get().declined) is (outcomes.index(refusal) == 0)


@pytest.mark.django_db(transaction=True)
def test_two_first_changes_begin_one_round(proposal_in, change, officer, support_member, now):
    proposal = proposal_in(P.COACHING)
    marks = {section: mark_of(proposal, section) for section in (S.SUMMARY, S.RISKS)}

    def save(section, columns, rows, by):
        return lambda: save_section(
            proposal=proposal, section=section, columns=columns, rows=rows, mark=marks[section], by=by, now=now
        )

    race(
        save(S.SUMMARY, {"summary": "Shade."}, (), support_member),
        save(S.RISKS, {"risks": ""}, (RiskRow("Frost", "Wait."),), officer),
    )
    [only] = proposal.rounds.all()
    assert only.before["columns"]["summary"] == proposal.summary
    assert [row["risk"] for row in only.before["rows"]["risk_rows"]] == ["Rain while painting"]


# Who may, when

ROLES = (
    "anonymous",
    "superuser",
    "resident",
    "neighbour",
    "officer",
    "approver",
    "other_officer",
    "supervisor",
    "community_officer",
    "support_member",
    "expert",
)


@pytest.mark.parametrize("role", ROLES)
def test_stage_role_act(role, cast, proposal_in, change, show, programme, resident, now):
    """`resident` wrote the leading idea."""
    proposal = proposal_in(P.COACHING)
    change(proposal)
    shown_round, user, proposal = show(proposal), cast(role), fresh(proposal)
    Stage.objects.filter(programme=programme).delete()
    stage = StageFactory(programme=programme)
    for kind in StageKind:
        Stage.objects.filter(pk=stage.pk).update(kind=kind)
        late = None if kind == StageKind.PROPOSAL_INCUBATION else R.STAGE_CLOSED
        writes = role in {"officer", "approver", "support_member"}
        answers = role in {"resident", "officer", "approver"}
        assert why_not_present_round(user, proposal, now) == (late if writes else R.NOT_AN_OFFICER)
        assert why_not_answer_round(user, proposal, shown_round, now) == (late if answers else R.NOT_THE_LEAD)
        names = None if role in {"officer", "approver"} else R.NOT_AN_OFFICER
        assert why_not_name_lead(user, proposal, resident) == names


@pytest.mark.parametrize("state", [state for state in P if state not in {P.DRAFT, P.COACHING}])
def test_rounds_belong_to_the_time_of_polishing(state, proposal_in, resident, officer, now):
    proposal = proposal_in(state)
    row = PolishRound(proposal=proposal, number=1, presented_at=now, presented_by=officer)
    assert why_not_present_round(officer, proposal, now) in {R.WRONG_STATE, R.JUDGED}
    assert why_not_answer_round(resident, proposal, row, now) == R.WRONG_STATE


# Who wrote when


@pytest.mark.django_db(transaction=True)
def test_the_trail_tells_who_wrote_which_sections(proposal_in, change, change_team, support_member, officer):
    proposal = proposal_in(P.COACHING)
    with pghistory.context(user=support_member.pk):
        change(proposal, "First.")
        change(proposal, "Second.")
        change_team(proposal, document_of(proposal).rows.members[:2])
    with pghistory.context(user=officer.pk):
        change(proposal, "Third.", by=officer)
    sittings = trail_of(proposal).sittings
    assert [(sitting.who, sitting.sections) for sitting in sittings[:2]] == [
        (officer, [S.SUMMARY]),
        (support_member, [S.TEAM, S.SUMMARY]),
    ]
    assert sittings[-1].who is None


def test_the_trail_costs_the_same_however_long_people_wrote(proposal_in, change, django_assert_num_queries):
    proposal = proposal_in(P.COACHING)
    for number in range(NEWEST // 40):
        change(proposal, f"Words {number}.")
    with django_assert_num_queries(6):
        trail_of(proposal)


@pytest.fixture
def long_trail(proposal_in, change, change_team, monkeypatch):
    """A proposal with more changes than a page shows, which are four for once, by two persons in turn."""
    monkeypatch.setattr(trail, "NEWEST", 4)

    def make(*people):
        proposal = proposal_in(P.COACHING)
        for number in range(6):
            with pghistory.context(user=people[number % 2].pk):
                change(proposal, f"Words {number}.", by=people[number % 2])
        change_team(proposal, document_of(proposal).rows.members[:2])
        return proposal

    return make


@pytest.mark.django_db(transaction=True)
def test_page_by_page_the_trail_tells_all_of_it_once(long_trail, support_member, officer):
    proposal = long_trail(support_member, officer)
    pages, before = [], None
    while before or not pages:
        pages.append(trail_of(proposal, before=before))
        assert before is None or pages[-1].earlier is None or pages[-1].earlier < before
        before = pages[-1].earlier
    found = [sitting for page in pages for sitting in page.sittings]
    assert len(pages) > 1
    assert [sitting.who for sitting in found if S.SUMMARY in sitting.sections][:6] == [officer, support_member] * 3
    assert [sitting.until for sitting in found] == sorted({sitting.until for sitting in found}, reverse=True)
    assert [(each.who, each.until) for each in whole_trail_of(proposal)] == [(each.who, each.until) for each in found]


@pytest.mark.django_db(transaction=True)
def test_the_page_leads_to_what_was_written_earlier_and_the_file_has_it(long_trail, support_member, officer):
    proposal = long_trail(support_member, officer)
    client = english(officer)
    newest = client.get(rounds_url(proposal))
    assert "What was written earlier" in text(newest)
    assert "Back to the latest" not in text(newest)
    address = re.search(r'href="([^"]*before=[^"]*)"', text(newest))[1].partition("#")[0]
    earlier = client.get(address)
    assert "Back to the latest" in text(earlier)
    assert earlier.context["trail"].sittings[0].until < newest.context["trail"].sittings[-1].since
    written = [row for row in cells_of(client.get(rounds_url(proposal), {"format": "csv"})) if row[1] == "Written"]
    assert len(written) == len([*whole_trail_of(proposal)]) > len(newest.context["trail"].sittings)


@pytest.mark.django_db(transaction=True)
def test_the_page_of_a_round_tells_who_wrote_it_and_nothing_of_the_one_before(
    proposal_in, change, resident, support_member, officer
):
    proposal = proposal_in(P.COACHING)
    with pghistory.context(user=officer.pk):
        change(proposal, "First.", by=officer)
    first, answered = proposal.rounds.get(), timezone.now()
    PolishRound.objects.filter(pk=first.pk).update(
        presented_at=answered, presented_by=officer, answered_at=answered, answered_by=resident, after=first.before
    )
    with pghistory.context(user=support_member.pk):
        change(proposal, "Second.")
    for number, who, not_who in ((1, officer, support_member), (2, support_member, officer)):
        page = english(resident).get(reverse("proposal_round", args=[proposal.pk, number]))
        people = [sitting.who for sitting in page.context["trail"].sittings]
        assert people[0] == who
        assert not_who not in people
        assert "Who wrote when" in text(page)


@pytest.mark.parametrize(
    "before", ["", "yesterday", "2026-11-28", "2026-11-28T10:00:00", "😀" * 1000, "<script>", "=cmd()"]
)
def test_an_address_that_was_typed_shows_the_latest(before, proposal_in, change, officer):
    proposal = proposal_in(P.COACHING)
    change(proposal, "First.")
    page = english(officer).get(rounds_url(proposal), {"before": before})
    assert page.status_code == 200
    assert page.context["before"] is None


# Pages


def rounds_url(proposal):
    return reverse("proposal_rounds", args=[proposal.pk])


def round_url(shown_round):
    return reverse("proposal_round", args=[shown_round.proposal_id, shown_round.number])


def test_from_showing_to_declining(proposal_in, change, resident, support_member):
    proposal, client = proposal_in(P.COACHING), english(support_member)
    change(proposal)
    page = text(client.get(rounds_url(proposal)))
    assert "In short" in page
    response = client.post(reverse("round_present", args=[proposal.pk]), {"note": "Shorter now."})
    assert response.url == rounds_url(proposal)
    shown_round = proposal.rounds.get()
    assert shown_round.note == "Shorter now."

    lead = english(resident)
    assert round_url(shown_round) in text(lead.get(proposal.get_absolute_url()))
    response = lead.get(round_url(shown_round))
    page = text(response)
    assert "Shorter now." in page
    assert "<ins>" in page
    assert "<del>" in page
    data = {"mark": response.context["mark"], "summary": "decline", "answer": "The old words, please."}
    assert lead.post(round_url(shown_round), data).url == proposal.get_absolute_url()
    assert fresh(proposal).summary == proposal.summary
    page = text(client.get(round_url(shown_round)))
    assert "declined" in page
    assert "The old words, please." in page
    assert round_url(shown_round) not in text(lead.get(proposal.get_absolute_url()))


def test_what_nobody_has_decided_is_not_accepted(proposal_in, change, change_team, show, resident, now):
    proposal, lead = proposal_in(P.COACHING), english(resident)
    change(proposal)
    change_team(proposal, ())
    shown_round = show(proposal)
    url = round_url(shown_round)
    data = {"mark": lead.get(url).context["mark"], "summary": "decline", "answer": "Half of it."}
    page = text(lead.post(url, data))
    assert "Say whether you accept this change." in page
    assert "Half of it." in page
    assert 'value="decline"' in page
    with refused(R.CHANGES_UNDECIDED):
        answer_round(
            polish_round=shown_round,
            accepted=(),
            declined=[S.SUMMARY],
            mark=data["mark"],
            answer="Half of it.",
            by=resident,
            now=now,
        )
    assert PolishRound.objects.get().answered_at is None
    # Unless that is what the button says.
    assert lead.post(url, {**data, "rest": "accept"}).url == proposal.get_absolute_url()
    assert PolishRound.objects.get().declined == [S.SUMMARY.value]
    assert fresh(proposal).summary == proposal.summary
    assert not fresh(proposal).members.exists()


def test_elders_answer_one_change_on_each_screen(proposal_in, change, change_team, show, resident, officer):
    proposal, lead = proposal_in(P.COACHING), english(resident, elder=True)
    change(proposal)
    change_team(proposal, ())
    url = round_url(show(proposal))
    response = lead.get(url)
    page = text(response)
    assert page.count(" step") >= 3
    assert max(map(len, asked_on_screens(page))) == 1
    assert [f"Step {step} of 3" in page for step in range(1, 5)] == [True, True, True, False]
    assert page.partition('id="step-3"')[2].count("Send the answer") == page.count("Send the answer") == 1
    # What is left open is named on the first screen, with the way to it.
    data = {"mark": response.context["mark"], "summary": "decline", "answer": "Half of it."}
    page = text(lead.post(url, data))
    mend = page.partition('id="mend"')[2].partition("</section>")[0]
    assert "Say whether you accept this change." in mend
    assert mend.count('href="#step-') == 1
    assert "Half of it." in page
    assert lead.post(url, {**data, "rest": "accept"}).url == proposal.get_absolute_url()
    # Whoever only reads goes on and back, and finds nothing to send.
    page = text(english(officer, elder=True).get(url))
    assert "Step 2 of 2" in page
    assert "declined" in page
    assert "Send the answer" not in page


def test_a_stale_answer_keeps_what_was_typed(proposal_in, change, show, resident):
    proposal, lead = proposal_in(P.COACHING), english(resident)
    change(proposal)
    shown_round = show(proposal)
    mark = lead.get(round_url(shown_round)).context["mark"]
    change(proposal, "Written on.")
    page = text(lead.post(round_url(shown_round), {"mark": mark, "answer": "Typed with care"}))
    assert "Somebody wrote on meanwhile" in page
    assert "Typed with care" in page
    assert "Written" in page


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("resident", 200),
        ("officer", 200),
        ("supervisor", 200),
        ("support_member", 200),
        ("neighbour", 404),
        ("other_officer", 404),
        ("community_officer", 404),
        ("expert", 404),
    ],
)
def test_who_reads_rounds(role, status, cast, proposal_in, change, show):
    proposal = proposal_in(P.COACHING)
    change(proposal)
    client, shown_round = english(cast(role)), show(proposal)
    assert client.get(rounds_url(proposal)).status_code == status
    page = client.get(round_url(shown_round))
    assert page.status_code == status
    if status == 200:
        assert ("Send the answer" in text(page)) is (role in {"resident", "officer"})


@pytest.mark.parametrize(("role", "reason"), [("support_member", R.NOT_THE_LEAD), ("supervisor", R.NOT_THE_LEAD)])
def test_who_may_not_answer_is_told(role, reason, cast, proposal_in, change, show):
    proposal = proposal_in(P.COACHING)
    change(proposal)
    client, shown_round = english(cast(role)), show(proposal)
    page = client.post(round_url(shown_round), {"mark": "x", "answer": "Yes."})
    assert shown(reason.label) in text(page)
    assert PolishRound.objects.get().answered_at is None


def test_the_office_names_the_lead(client, officer, proposal_in, idea_in, neighbour, now):
    proposal = proposal_in(P.COACHING)
    joined = idea_in("ACCEPTED", by=neighbour)
    consolidate(programme=proposal.programme, ideas=[joined], title="", by=officer, now=now, proposal=proposal)
    client.force_login(officer)
    url = reverse("admin:proposals_proposal_do", args=[proposal.pk, "lead"])
    assert "Neighbour" in text(client.get(url))
    client.post(url, {"lead": neighbour.pk})
    assert lead_of(fresh(proposal)) == neighbour


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number(
    count, proposal_in, change, show, answer, support_member, django_assert_num_queries
):
    proposal, client = proposal_in(P.COACHING), english(support_member)
    for number in range(count):
        change(proposal, f"Words {number}.")
        answer(show(proposal))
    client.get(rounds_url(proposal))
    with django_assert_num_queries(15):
        client.get(rounds_url(proposal))
