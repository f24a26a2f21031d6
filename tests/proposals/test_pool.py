"""The project pool: entered again in a later year, with the whole line behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from communities.refusal import Refused
from contests.enums import ContestRefusal
from contests.services.lifecycle import enter_proposal
from programmes.enums import StageKind
from programmes.models import Stage
from proposals.enums import ProposalRefusal, ProposalState, RoundStep
from proposals.models import Consolidation, Proposal
from proposals.rules import lead_of
from proposals.services.document import document_of
from proposals.services.joining import consolidate
from proposals.services.notifications import send_due_notifications
from proposals.services.pool import _moved, keep_in_pool, reenter
from proposals.services.proposals import move_proposal
from proposals.services.seconding import supporters_of
from proposals.writing_rules import why_not_reenter
from tests.browsing import english, shown, text
from tests.factories import CategoryFactory, ContestFactory, ProgrammeFactory, StageFactory
from tests.racing import race
from tests.scenes import pledged

P, R = ProposalState, ProposalRefusal


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


@pytest.fixture
def next_year(programme):
    """The category CARE of the next year, whose eight stages are open."""
    later = ProgrammeFactory(subdistrict=programme.subdistrict, year=programme.year + 1, title="Next year")
    for kind in StageKind:
        StageFactory(programme=later, kind=kind)
    return CategoryFactory(programme=later, code="CARE", name="Care")


@pytest.fixture
def again(officer, now, next_year):
    def again(proposal, category=next_year, by=officer):
        return reenter(proposal=proposal, category=category, by=by, now=now)

    return again


@pytest.mark.parametrize(
    ("day", "years", "moved"),
    [
        (date(2030, 4, 1), 1, date(2031, 4, 1)),
        (date(2028, 2, 29), 1, date(2029, 2, 28)),
        (date(2028, 2, 29), 4, date(2032, 2, 29)),
    ],
)
def test_days_move_on_by_years(day, years, moved):
    assert _moved(day, years) == moved


def test_the_document_goes_on_and_the_pooled_one_stays(proposal_in, again, next_year, officer, now):
    pooled = proposal_in(P.SUBMITTED)
    Proposal.objects.filter(pk=pooled.pk).update(community_opinion="Said last year.")
    for step in (P.QUALIFIED, P.POOLED):
        move_proposal(proposal=pooled, to=step, by=officer, now=now, **pledged(step))
    later = again(pooled)
    assert (later.programme, later.category, later.state, later.number) == (next_year.programme, next_year, P.DRAFT, "")
    assert (later.earlier, later.origin) == (pooled, pooled)
    before, after = document_of(Proposal.objects.get(pk=pooled.pk)), document_of(later)
    moved = {"starts_on": date(2031, 4, 1), "ends_on": date(2031, 11, 30), "community_opinion": ""}
    assert dict(after.columns) == {**before.columns, **moved}
    assert replace(after.rows, activities=()) == replace(before.rows, activities=())
    assert [row.date_from.year for row in after.rows.activities] == [2031] * 3
    kept = Proposal.objects.get(pk=pooled.pk)
    assert (kept.state, kept.number) == (P.POOLED, pooled.number)


def test_ideas_authors_and_supporters_are_found_from_the_new_one(proposal_in, again, resident, neighbour):
    pooled = proposal_in(P.POOLED)
    later = again(pooled)
    [idea] = [joined.idea for joined in Consolidation.objects.behind(later)]
    assert idea == pooled.consolidations.get().idea
    assert lead_of(later) == resident
    assert supporters_of(later) == supporters_of(pooled) == 1
    assert set(Proposal.objects.of(resident)) == {pooled, later}
    assert not Proposal.objects.of(neighbour)


def test_ideas_that_join_later_are_not_those_of_the_earlier_year(
    proposal_in, idea_in, again, neighbour, officer, now, next_year
):
    pooled = proposal_in(P.POOLED)
    later = again(pooled)
    idea = idea_in("ACCEPTED", by=neighbour)
    type(idea).objects.update(programme=next_year.programme)
    idea.refresh_from_db()
    consolidate(programme=next_year.programme, ideas=[idea], title="", by=officer, now=now, proposal=later)
    assert Consolidation.objects.behind(later).count() == 2
    assert Consolidation.objects.behind(pooled).count() == 1
    # A third year stands on both.
    Proposal.objects.filter(pk=later.pk).update(state=P.POOLED)
    third = ProgrammeFactory(subdistrict=next_year.programme.subdistrict, year=next_year.programme.year + 1)
    StageFactory(programme=third, kind=StageKind.SCREENING)
    last = again(Proposal.objects.get(pk=later.pk), CategoryFactory(programme=third))
    assert (last.earlier, last.origin) == (later, pooled)
    assert Consolidation.objects.behind(last).count() == 2
    assert last in Proposal.objects.of(neighbour)


def test_authors_are_told_once_and_of_every_later_step(proposal_in, again, resident, neighbour, officer, now):
    later = again(proposal_in(P.POOLED))
    move_proposal(proposal=later, to=P.COACHING, by=officer, now=now)
    send_due_notifications(now=now)
    told = resident.notifications.get(notice="PROPOSAL_REENTERED")
    assert told.facts["programme"] == str(later.programme)
    assert resident.notifications.filter(
        notice="PROPOSAL_COACHING", link=reverse("proposal_detail", args=[later.pk])
    ).exists()
    assert not neighbour.notifications.exists()


def test_both_have_an_event(proposal_in, again, officer):
    pooled = proposal_in(P.POOLED)
    later = again(pooled)
    first, last = later.events.get(), pooled.events.last()
    assert (first.to_state, first.reason, first.actor) == (P.DRAFT, RoundStep.REENTERED, officer)
    assert (last.from_state, last.to_state, last.note) == (P.POOLED, P.POOLED, str(later.programme))


def test_once_a_year(proposal_in, again):
    pooled = proposal_in(P.POOLED)
    again(pooled)
    with refused(R.REENTERED):
        again(pooled)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_enter_it_once(proposal_in, again):
    pooled = proposal_in(P.POOLED)
    outcomes = race(lambda: again(pooled), lambda: again(pooled))
    [refusal] = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert refusal.reason == R.REENTERED
    assert pooled.later.count() == 1


def test_a_reentered_proposal_goes_all_the_way(proposal_in, again, officer, now):
    later = again(proposal_in(P.POOLED))
    for step in (P.COACHING, P.SUBMITTED, P.QUALIFIED):
        move_proposal(proposal=later, to=step, by=officer, now=now, **pledged(step))
    assert later.number.endswith(f"{later.programme.year}-01")


ROLES = ("anonymous", "superuser", "resident", "officer", "approver", "other_officer", "supervisor", "support_member")


@pytest.mark.parametrize("role", ROLES)
def test_stage_role_act(role, cast, proposal_in, next_year, now):
    pooled, user = proposal_in(P.POOLED), cast(role)
    Stage.objects.filter(programme=next_year.programme).delete()
    stage = StageFactory(programme=next_year.programme)
    for kind in StageKind:
        Stage.objects.filter(pk=stage.pk).update(kind=kind)
        late = None if kind in {StageKind.SCREENING, StageKind.PROPOSAL_INCUBATION} else R.STAGE_CLOSED
        expected = late if role in {"officer", "approver"} else R.NOT_AN_OFFICER
        assert why_not_reenter(user, pooled, next_year, now) == expected


@pytest.mark.parametrize("state", [state for state in P if state != P.POOLED])
def test_only_from_the_pool(state, proposal_in, again):
    with refused(R.NOT_POOLED):
        again(proposal_in(state))


def test_only_into_a_later_year_of_the_same_office(proposal_in, again, categories, programme):
    pooled = proposal_in(P.POOLED)
    elsewhere = ProgrammeFactory(year=programme.year + 1)
    for category in (categories[0], CategoryFactory(programme=elsewhere)):
        with refused(R.NO_LATER_YEAR):
            again(pooled, category)


# Pages


def test_both_pages_lead_to_each_other(proposal_in, again):
    pooled = proposal_in(P.POOLED)
    later = again(pooled)
    Proposal.objects.filter(pk=later.pk).update(state=P.QUALIFIED)
    page = text(english().get(pooled.get_absolute_url()))
    assert f'href="{later.get_absolute_url()}"' in page
    page = text(english().get(later.get_absolute_url()))
    assert f'href="{pooled.get_absolute_url()}"' in page
    assert pooled.consolidations.get().idea.title in page


def test_a_draft_of_the_later_year_is_not_shown_to_everyone(proposal_in, again):
    pooled = proposal_in(P.POOLED)
    later = again(pooled)
    assert later.get_absolute_url() not in text(english().get(pooled.get_absolute_url()))


def test_the_office_enters_it_by_a_button(client, officer, proposal_in, next_year):
    pooled = proposal_in(P.POOLED)
    client.force_login(officer)
    url = reverse("admin:proposals_proposal_do", args=[pooled.pk, "reenter"])
    assert str(next_year.programme) in text(client.get(url))
    client.post(url, {"category": next_year.pk})
    assert pooled.later.get().programme == next_year.programme


def test_the_page_names_an_earlier_proposal_only_to_those_who_may_read_it(proposal_in, again, officer):
    pooled = proposal_in(P.POOLED)
    later = again(pooled)
    link = f'href="{pooled.get_absolute_url()}"'
    Proposal.objects.filter(pk=later.pk).update(state=P.QUALIFIED)
    assert link in text(english().get(later.get_absolute_url()))
    Proposal.objects.filter(pk=pooled.pk).update(state=P.WITHDRAWN)
    assert link not in text(english().get(later.get_absolute_url()))
    assert link in text(english(officer).get(later.get_absolute_url()))


# A good proposal that was entered into no contest


def keep_url(proposal):
    return reverse("admin:proposals_proposal_do", args=[proposal.pk, "keep"])


def names_of_buttons(office, proposal):
    page = office.get(reverse("admin:proposals_proposal_change", args=[proposal.pk]))
    return {button["verb"].name for button in page.context["buttons"]}


def test_what_was_never_entered_is_kept_by_a_button_and_entered_again(proposal_in, officer, again, now):
    proposal, office = proposal_in(P.QUALIFIED), english(officer)
    assert "keep" in names_of_buttons(office, proposal)
    assert "can be entered anew in a later year" in text(office.get(keep_url(proposal)))
    office.post(keep_url(proposal))
    kept = Proposal.objects.get(pk=proposal.pk)
    assert (kept.state, kept.events.last().actor) == (P.POOLED, officer)
    assert "keep" not in names_of_buttons(office, proposal)
    send_due_notifications(now=now)
    [author] = {joined.idea.author for joined in kept.consolidations.all()}
    assert author.notifications.filter(notice="PROPOSAL_POOLED").exists()
    assert again(kept).earlier == kept


@pytest.mark.parametrize("state", [state for state in P if state != P.QUALIFIED])
def test_only_what_is_qualified_has_the_button(state, proposal_in, officer, now):
    proposal = proposal_in(state)
    assert "keep" not in names_of_buttons(english(officer), proposal)
    with refused(R.WRONG_STATE):
        keep_in_pool(proposal=proposal, by=officer, now=now)


def test_what_is_in_a_contest_waits_for_its_result(proposal_in, officer, programme, now):
    proposal, office = proposal_in(P.QUALIFIED), english(officer)
    enter_proposal(contest=ContestFactory(programme=programme), proposal=proposal, by=officer, now=now)
    assert "keep" not in names_of_buttons(office, proposal)
    assert shown(R.IN_A_CONTEST.label) in text(office.post(keep_url(proposal), follow=True))
    assert Proposal.objects.get(pk=proposal.pk).state == P.QUALIFIED


@pytest.mark.parametrize(("who", "status"), [("supervisor", 403), ("resident", 403), ("other_officer", 404)])
def test_who_may_not_keep(who, status, proposal_in, cast):
    proposal = proposal_in(P.QUALIFIED)
    assert english(cast(who)).post(keep_url(proposal)).status_code == status
    assert Proposal.objects.get(pk=proposal.pk).state == P.QUALIFIED


@pytest.mark.django_db(transaction=True)
def test_a_proposal_enters_a_contest_or_is_kept(scene, proposal_in):
    proposal, contest = proposal_in(P.QUALIFIED), ContestFactory(programme=scene.programme)
    by = {"by": scene.officer, "now": scene.now}
    outcomes = race(
        lambda: enter_proposal(contest=contest, proposal=Proposal.objects.get(pk=proposal.pk), **by),
        lambda: keep_in_pool(proposal=Proposal.objects.get(pk=proposal.pk), **by),
    )
    [refusal] = [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]
    entered = contest.entries.exists()
    assert refusal == (R.IN_A_CONTEST if entered else ContestRefusal.NOT_QUALIFIED)
    assert Proposal.objects.get(pk=proposal.pk).state == (P.QUALIFIED if entered else P.POOLED)
