"""The office's pages of contests: rules of a draft, the panel, and every button from opening to confirmation."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from communities.refusal import Refused
from contests import ruleset
from contests.admin.next_step import missing, next_step
from contests.enums import ContestRefusal, ContestState, RuleProblem, RunKind, RunState
from contests.models import Assignment, Contest, Panelist, TallyRun
from contests.services.inviting import seat_expert
from contests.services.lifecycle import open_contest
from contests.services.tally import carry_out, request_tally
from contests.voting_enums import FlagKind
from programmes.enums import StageKind
from proposals.enums import ProposalState
from tests.browsing import text
from tests.factories import ContestFactory, UserFactory
from tests.scenes import end_notice

LIST = "/admin/contests/contest/"
ADD = "/admin/contests/contest/add/"
LEAVE = {"withdraw-entry", "disqualify-entry"}
TIES = ["EXPERT_SCORE", "VOTES", "DRAW", "", "", "", ""]


def change_url(contest):
    return reverse("admin:contests_contest_change", args=[contest.pk])


def do_url(contest, verb):
    return reverse("admin:contests_contest_do", args=[contest.pk, verb])


def stored(contest):
    return Contest.objects.get(pk=contest.pk)


def typed(contest=None, **changes):
    """What the rules form posts: the defaults of a ruleset, windows, and no rows added to the inlines."""
    values = {
        name: value
        for name, value in vars_of(ruleset.Ruleset(seed="agreed in public")).items()
        if name not in {"tie_order", "one_per_community"} and value is not None
    }
    data = {**values, "name": "Contest of the year", "choices_from": "ALL", "turnout_ceiling": "60"}
    if contest is None:
        data["programme"] = changes.pop("programme")
    for position, tie in enumerate(TIES):
        data[f"tie_order_{position}"] = tie
    opens = timezone.localtime() - timedelta(hours=1)
    for name in ("scoring", "voting"):
        for end, moment in (("opens", opens), ("closes", opens + timedelta(days=7))):
            data[f"{name}_{end}_at_0"] = moment.strftime("%Y-%m-%d")
            data[f"{name}_{end}_at_1"] = moment.strftime("%H:%M:%S")
    for prefix, related in (("criteria", "criteria"), ("panelists", "panelists")):
        rows = list(getattr(contest, related).all()) if contest else []
        data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": len(rows)}
        for number, row in enumerate(rows):
            data |= {f"{prefix}-{number}-id": row.pk, f"{prefix}-{number}-contest": contest.pk}
            data |= row_of(prefix, number, row)
    return data | changes


def vars_of(rules):
    return {name: getattr(rules, name) for name in rules.__dataclass_fields__}


def row_of(prefix, number, row):
    if prefix == "panelists":
        return {f"panelists-{number}-code": row.code, f"panelists-{number}-user": row.user_id or ""}
    return {
        f"criteria-{number}-{name}": getattr(row, name) or "" for name in ("code", "name", "guidance", "max_points")
    } | {f"criteria-{number}-position": row.position}


def test_adding_a_contest_with_a_criterion_and_an_expert(client, officer, programme, expert):
    client.force_login(officer)
    added = {
        "criteria-TOTAL_FORMS": 1,
        "criteria-0-code": "NEED",
        "criteria-0-name": "Need",
        "criteria-0-max_points": "40",
        "criteria-0-position": "0",
        "panelists-TOTAL_FORMS": 1,
        "panelists-0-code": "E01",
        "panelists-0-user": expert.pk,
    }
    response = client.post(ADD, typed(programme=programme.pk, budget="120000", **added))
    assert response.status_code == 302
    contest = Contest.objects.get()
    assert contest.tie_order == ["EXPERT_SCORE", "VOTES", "DRAW"]
    assert contest.budget == Decimal(120000)
    assert contest.criteria.get().max_points == 40
    assert contest.panelists.get().user == expert


def test_every_problem_of_the_rules_stands_at_its_field(client, officer, programme):
    client.force_login(officer)
    wrong = {
        "expert_weight": "0.80",
        "public_weight": "0.30",
        "floor": "120",
        "quorum": "0",
        "tie_order_1": "EXPERT_SCORE",
    }
    response = client.post(ADD, typed(programme=programme.pk, **wrong))
    errors = response.context["adminform"].form.errors
    assert errors["public_weight"] == [str(RuleProblem.WEIGHTS_SUM.label)]
    assert errors["floor"] == [str(RuleProblem.OUTSIDE_0_100.label)]
    assert errors["quorum"] == [str(RuleProblem.QUORUM_ZERO.label)]
    assert errors["tie_order"] == [str(RuleProblem.TIE_BREAK_TWICE.label)]
    assert not Contest.objects.exists()


def test_the_seed_may_come_later_but_is_asked_for(client, officer, programme):
    client.force_login(officer)
    client.post(ADD, typed(programme=programme.pk, seed=""))
    contest = Contest.objects.get()
    assert str(RuleProblem.SEED_MISSING.label) in [str(lack.sentence) for lack in missing(contest)]
    assert len(missing(contest)) == 4


NEXT = {
    ContestState.DRAFT: "",
    ContestState.OPEN: "remind",
    ContestState.CLOSED: "tally",
    ContestState.TALLIED: "publicise",
    ContestState.PUBLICISED: "confirm",
    ContestState.CONFIRMED: "",
}


@pytest.mark.parametrize("state", NEXT)
def test_what_comes_next_is_said_and_stands_out_alone(client, officer, contest_in, state):
    contest = contest_in(state, seed="" if state == ContestState.DRAFT else "agreed in public")
    client.force_login(officer)
    response = client.get(change_url(contest))
    step = response.context["next"]
    assert step.verb == NEXT[state]
    assert escape(step.sentence) in response.content.decode()
    assert bool(step.missing) == (state == ContestState.DRAFT)
    primary = response.content.decode().partition('id="content"')[2].partition("<fieldset")[0]
    assert primary.count('data-variant="primary"') == bool(step.verb or step.url)


def test_a_draft_that_lacks_nothing_is_opened_next(contest_in):
    contest = contest_in("DRAFT")
    assert next_step(contest, left=0, under_way=False, now=timezone.now()).verb == "open"


def test_a_contest_whose_windows_are_over_is_closed_next(contest_in):
    contest = contest_in("OPEN")
    after = max(contest.scoring_closes_at, contest.voting_closes_at)
    assert next_step(contest, left=3, under_way=False, now=after).verb == "close"


def test_nothing_is_confirmed_while_the_public_notice_runs(contest_in):
    contest, now = contest_in("PUBLICISED"), timezone.now()
    contest.programme.stages.filter(kind=StageKind.PUBLICITY).update(closes_at=now + timedelta(days=1))
    assert next_step(contest, left=0, under_way=False, now=now).verb == ""


def test_what_is_in_the_way_of_the_tally_is_settled_first(contest_in):
    contest = contest_in("CLOSED")
    contest.flags.create(kind=FlagKind.TURNOUT, subject="001", ballots=3, found_at=timezone.now())
    step = next_step(contest, left=0, under_way=False, now=timezone.now())
    assert (step.verb, step.url) == ("", reverse("guard", args=[contest.pk]))


def test_a_running_tally_is_waited_for(contest_in):
    step = next_step(contest_in("CLOSED"), left=0, under_way=True, now=timezone.now())
    assert (step.verb, step.url) == ("", "")


def test_changing_the_rules_of_a_draft(client, officer, contest_in):
    contest = contest_in("DRAFT")
    client.force_login(officer)
    assert client.post(change_url(contest), typed(contest, max_choices="5")).status_code == 302
    assert stored(contest).max_choices == 5


def test_rules_typed_before_the_contest_was_opened_are_refused(client, officer, contest_in):
    contest = contest_in("DRAFT")
    data = typed(contest, max_choices="5")
    open_contest(contest=contest, by=officer, now=timezone.now())
    client.force_login(officer)
    response = client.post(change_url(contest), data, follow=True)
    assert escape(str(ContestRefusal.WRONG_STATE.label)) in response.content.decode()
    assert stored(contest).max_choices == contest.max_choices


def test_an_open_contest_takes_experts_but_no_rules(client, officer, contest_in):
    contest = contest_in("OPEN")
    newcomer = UserFactory(username="expert-9")
    data = {name: value for name, value in typed(contest).items() if name.startswith("panelists-") or "_FORMS" in name}
    count = contest.panelists.count()
    data |= {
        "panelists-TOTAL_FORMS": count + 1,
        f"panelists-{count}-code": "E09",
        f"panelists-{count}-user": newcomer.pk,
        f"panelists-{count}-contest": contest.pk,
    }
    client.force_login(officer)
    assert client.post(change_url(contest), data).status_code == 302
    assert contest.panelists.filter(user=newcomer).exists()


def test_from_draft_to_confirmation(client, officer, approver, scene, now):
    contest = scene.draft_contest(3)
    client.force_login(officer)
    assert client.post(do_url(contest, "assign")).url == change_url(contest)
    assert Assignment.objects.filter(panelist__contest=contest).count() == 12
    client.post(do_url(contest, "open"))
    assert stored(contest).state == ContestState.OPEN
    scene.judge(stored(contest))
    scene.vote(stored(contest))
    scene.end_windows(contest)
    client.post(do_url(contest, "close"))
    assert stored(contest).state == ContestState.CLOSED
    client.post(do_url(contest, "tally"))
    run = TallyRun.objects.get(contest=contest, kind=RunKind.FINAL)
    page = client.get(change_url(contest)).content.decode()
    assert reverse("tally_progress", args=[run.pk]) in page
    carry_out(run=run, now=timezone.now())
    page = client.get(change_url(contest)).content.decode()
    assert TallyRun.objects.get(pk=run.pk).results_sha256 in page
    assert reverse("contest_result", args=[contest.pk]) in page
    client.post(do_url(contest, "publicise"))
    assert stored(contest).state == ContestState.PUBLICISED
    client.force_login(approver)
    response = client.post(do_url(contest, "confirm"), follow=True)
    assert escape(str(ContestRefusal.NOTICE_RUNS.label)) in response.content.decode()
    assert stored(contest).state == ContestState.PUBLICISED
    end_notice(contest.programme, now)
    client.post(do_url(contest, "confirm"))
    assert stored(contest).state == ContestState.CONFIRMED


def test_the_same_person_does_not_publicise_and_confirm(client, officer, contest_in):
    contest = contest_in("PUBLICISED")
    client.force_login(officer)
    response = client.post(do_url(contest, "confirm"), follow=True)
    assert escape(str(ContestRefusal.APPROVER_NEEDED.label)) in response.content.decode()
    assert stored(contest).state == ContestState.PUBLICISED


def test_what_cannot_be_undone_is_asked_about_first(client, officer, contest_in):
    contest = contest_in("OPEN")
    client.force_login(officer)
    page = client.get(do_url(contest, "close"))
    assert page.status_code == 200
    assert "<form" in page.content.decode()
    assert stored(contest).state == ContestState.OPEN


@pytest.mark.parametrize(
    "state, offered",
    [
        ("DRAFT", {"open", "enter", "invite", "spread", "assign", "give", "take", "keep-out", "other-person", *LEAVE}),
        (
            "OPEN",
            {
                "close",
                "invite",
                "spread",
                "assign",
                "give",
                "take",
                "keep-out",
                "other-person",
                "depart",
                "remind",
                "reopen",
                *LEAVE,
            },
        ),
        ("CLOSED", {"tally", "keep-out", *LEAVE}),
        ("TALLIED", {"tally", "overrule", "publicise", *LEAVE}),
        ("PUBLICISED", {"confirm"}),
        ("CONFIRMED", {"pool"}),
    ],
)
def test_the_buttons_fit_the_state(client, officer, supervisor, contest_in, state, offered):
    contest = contest_in(state)
    client.force_login(officer)
    assert {button["verb"].name for button in client.get(change_url(contest)).context["buttons"]} == offered
    client.force_login(supervisor)
    assert client.get(change_url(contest)).context["buttons"] == []


def test_a_contest_is_cut_short_with_a_reason_by_an_approver(client, officer, approver, contest_in):
    contest = contest_in("OPEN")
    for who, reason in ((officer, "Storm"), (approver, "")):
        client.force_login(who)
        client.post(do_url(contest, "close"), {"reason": reason})
        assert stored(contest).state == ContestState.OPEN
    client.post(do_url(contest, "close"), {"reason": "Storm"})
    assert contest.events.get(to_state=ContestState.CLOSED).note == "Storm"


@pytest.mark.parametrize("state, offered", [("DRAFT", 4), ("OPEN", 5)])
def test_the_page_leads_to_the_desks_of_the_contest(client, officer, supervisor, contest_in, state, offered):
    contest = contest_in(state)
    names = ["roll", "codes", "sheets", "pitch_desk", "guard"]
    desks = [reverse(name, args=[contest.pk]) for name in names]
    client.force_login(officer)
    page = text(client.get(change_url(contest)))
    linked = [desk for desk in desks if f'href="{desk}"' in page]
    assert linked == desks[:offered]
    assert {client.get(desk).status_code for desk in linked} == {200}
    client.force_login(supervisor)
    assert f'href="{desks[0]}"' not in text(client.get(change_url(contest)))


@pytest.mark.parametrize(
    "verb, state", [("close", "DRAFT"), ("tally", "OPEN"), ("publicise", "CLOSED"), ("open", "OPEN")]
)
def test_a_button_of_another_state_is_refused(client, officer, contest_in, verb, state):
    contest = contest_in(state)
    client.force_login(officer)
    response = client.post(do_url(contest, verb), follow=True)
    assert escape(str(ContestRefusal.WRONG_STATE.label)) in response.content.decode()
    assert stored(contest).state == state


@pytest.mark.parametrize("who, status", [("supervisor", 403), ("expert", 403), ("other_officer", 404)])
def test_who_may_not_press(client, request, contest_in, who, status):
    contest = contest_in("OPEN")
    client.force_login(request.getfixturevalue(who))
    assert client.post(do_url(contest, "close")).status_code == status
    assert stored(contest).state == ContestState.OPEN


def test_a_supervisor_reads_a_draft_and_cannot_write_it(client, supervisor, contest_in):
    contest = contest_in("DRAFT")
    client.force_login(supervisor)
    assert client.get(change_url(contest)).status_code == 200
    assert client.post(change_url(contest), typed(contest, max_choices="5")).status_code == 403
    assert client.get(ADD).status_code == 403
    assert stored(contest).max_choices == contest.max_choices


def test_two_final_tallies_at_once_are_refused(client, officer, contest_in):
    contest = contest_in("CLOSED")
    client.force_login(officer)
    client.post(do_url(contest, "tally"))
    response = client.post(do_url(contest, "tally"), follow=True)
    assert escape(str(ContestRefusal.RUN_UNDER_WAY.label)) in response.content.decode()
    assert contest.runs.count() == 1


def test_entering_several_proposals_from_the_contest(client, officer, scene, proposal_in):
    contest = ContestFactory(programme=scene.programme)
    proposals = [proposal_in("QUALIFIED", title=f"Places to rest {number}") for number in range(2)]
    unready = proposal_in("COACHING", title="Not ready yet")
    client.force_login(officer)
    choices = client.get(do_url(contest, "enter")).context["form"].fields["proposals"].queryset
    assert set(choices) == set(proposals)
    client.post(do_url(contest, "enter"), {"proposals": [unready.pk]})
    assert contest.entries.count() == 0
    client.post(do_url(contest, "enter"), {"proposals": [proposal.pk for proposal in proposals]})
    assert list(contest.entries.values_list("number", flat=True)) == ["001", "002"]


def test_entering_one_proposal_from_its_page(client, officer, scene, proposal_in):
    contest = ContestFactory(programme=scene.programme)
    proposal = proposal_in("QUALIFIED")
    url = reverse("admin:proposals_proposal_do", args=[proposal.pk, "enter"])
    client.force_login(officer)
    client.post(url, {"contest": contest.pk})
    assert contest.entries.get().proposal == proposal
    assert not client.get(url).context["form"].fields["contest"].queryset.exists()


def test_only_a_qualified_proposal_has_the_button(client, officer, proposal_in):
    client.force_login(officer)
    for state, offered in ((ProposalState.SUBMITTED, False), (ProposalState.QUALIFIED, True)):
        url = reverse("admin:proposals_proposal_change", args=[proposal_in(state).pk])
        names = {button["verb"].name for button in client.get(url).context["buttons"]}
        assert ("enter" in names) == offered


def test_the_list_makes_as_many_queries_for_many_contests_as_for_few(
    client, officer, programme, django_assert_num_queries
):
    client.force_login(officer)
    ContestFactory.create_batch(3, programme=programme)
    client.get(LIST)
    with django_assert_num_queries(6):
        client.get(LIST)
    ContestFactory.create_batch(27, programme=programme)
    with django_assert_num_queries(6):
        response = client.get(LIST)
    assert len(response.context["cl"].result_list) == 30


def test_the_page_makes_as_many_queries_for_many_entries_as_for_few(
    client, officer, contest_in, django_assert_num_queries
):
    client.force_login(officer)
    few, many = contest_in("CLOSED", entries=1), contest_in("CLOSED", entries=6)
    client.get(change_url(few))
    with django_assert_num_queries(18):
        client.get(change_url(few))
    with django_assert_num_queries(18):
        client.get(change_url(many))


def test_the_progress_of_a_run(client, officer, contest_in):
    run = request_tally(contest=contest_in("CLOSED"), kind=RunKind.FINAL, by=officer, now=timezone.now())
    url = reverse("tally_progress", args=[run.pk])
    client.force_login(officer)
    response = client.get(url, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in response
    assert url in response.content.decode()
    carry_out(run=run, now=timezone.now())
    response = client.get(url, headers={"HX-Request": "true"})
    assert response["HX-Refresh"] == "true"
    assert url not in response.content.decode()
    assert TallyRun.objects.get(pk=run.pk).state == RunState.DONE


def test_the_progress_without_a_script_is_the_contest_s_page(client, supervisor, officer, contest_in):
    contest = contest_in("CLOSED")
    run = request_tally(contest=contest, kind=RunKind.FINAL, by=officer, now=timezone.now())
    client.force_login(supervisor)
    assert client.get(reverse("tally_progress", args=[run.pk])).url == change_url(contest)
    assert "<noscript>" in client.get(change_url(contest)).content.decode()


@pytest.mark.parametrize("who", ["expert", "other_officer", "resident"])
def test_the_progress_is_the_office_s(client, request, officer, contest_in, who):
    run = request_tally(contest=contest_in("CLOSED"), kind=RunKind.FINAL, by=officer, now=timezone.now())
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("tally_progress", args=[run.pk])).status_code == 404


def panel_typed(contest):
    """What the page of an open contest posts: its rules cannot be written any more."""
    return {name: value for name, value in typed(contest).items() if name.startswith(("criteria-", "panelists-"))}


def test_a_seat_of_an_open_contest_is_not_given_to_somebody_else(client, contest_in, officer):
    contest = contest_in("OPEN")
    client.force_login(officer)
    seats = list(contest.panelists.values_list("code", "user"))
    assert client.post(change_url(contest), panel_typed(contest) | {"panelists-0-user": UserFactory().pk}).url == LIST
    assert list(contest.panelists.values_list("code", "user")) == seats


def test_an_expert_joins_an_open_contest(client, contest_in, officer):
    contest = contest_in("OPEN")
    client.force_login(officer)
    newcomer = UserFactory()
    row = contest.panelists.count()
    data = panel_typed(contest) | {
        "panelists-TOTAL_FORMS": row + 1,
        f"panelists-{row}-code": "E99",
        f"panelists-{row}-user": newcomer.pk,
        f"panelists-{row}-contest": contest.pk,
    }
    assert client.post(change_url(contest), data).url == LIST
    assert contest.panelists.get(code="E99").user == newcomer


@pytest.mark.parametrize("state", ["DRAFT", "OPEN"])
@pytest.mark.parametrize("who", ["officer", "approver", "supervisor"])
def test_the_office_gives_no_seat_to_its_own_people(client, contest_in, officer, cast, who, state):
    contest = contest_in(state)
    row = contest.panelists.count()
    data = (typed(contest) if state == "DRAFT" else panel_typed(contest)) | {
        "panelists-TOTAL_FORMS": row + 1,
        f"panelists-{row}-code": "E99",
        f"panelists-{row}-user": cast(who).pk,
        f"panelists-{row}-contest": contest.pk,
    }
    client.force_login(officer)
    response = client.post(change_url(contest), data)
    assert "user" in response.context["inline_admin_formsets"][1].formset.errors[row]
    assert contest.panelists.count() == row
    with pytest.raises(Refused, check=lambda refusal: refusal.reason == ContestRefusal.RUNS_CONTEST):
        seat_expert(seat=Panelist(contest=contest, user=cast(who), code="E99"))


@pytest.mark.parametrize("name", ["officer", "supervisor"])
def test_the_history_of_a_contest_only_shows(client, contest_in, request, name):
    contest = contest_in("DRAFT")
    client.force_login(request.getfixturevalue(name))
    assert client.post(reverse("admin:contests_contest_history", args=[contest.pk])).status_code == 200
