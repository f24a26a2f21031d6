"""The experts' pages: the panel, the list of entries, the score sheet, and keeping out."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.html import escape

from contests.enums import ContestRefusal, SheetState
from contests.models import Contest, Criterion, Mark, Panelist, Recusal, ScoreSheet
from contests.scale import place
from contests.services.assigning import assign
from contests.services.judging import rubric
from contests.services.lifecycle import close_contest, open_contest

PANEL = "/panel/"


def panel_url(contest):
    return reverse("panel_contest", args=[contest.pk])


def sheet_url(entry):
    return reverse("sheet", args=[entry.pk])


def recuse_url(entry):
    return reverse("recuse", args=[entry.pk])


def entry_of(contest, number="001"):
    return contest.entries.get(number=number)


def summary_url(entry):
    return reverse("sheet_summary", args=[entry.pk])


def typed(entry, *points, comment="", button="save", revision=0, remark="Why so."):
    criteria = rubric(entry)
    data = {f"points-{criterion.pk}": value for criterion, value in zip(criteria, points, strict=True)}
    remarks = {f"remark-{criterion.pk}": remark for criterion in criteria}
    return {**data, **remarks, "comment": comment, "revision": revision, button: "1"}


def hand_in(client, entry, *points, **options):
    """Type, look over, submit; returns the last answer."""
    page = client.post(sheet_url(entry), typed(entry, *points, button="submit", **options), follow=True)
    return client.post(summary_url(entry), {"revision": page.context["stored"].revision})


def points_of(entry, user):
    marks = Mark.objects.filter(sheet__entry=entry, sheet__panelist__user=user).order_by("criterion__position")
    return list(marks.values_list("points", flat=True))


def test_an_expert_is_sent_to_the_log_in_by_user_name(client, contest_in):
    entry = entry_of(contest_in("OPEN"))
    for url in (PANEL, sheet_url(entry), recuse_url(entry)):
        assert client.get(url).url == f"{reverse('account_login')}?next={url}"


def test_the_panel_shows_how_far_one_is(client, expert, contest_in, scene):
    contest = contest_in("OPEN")
    scene.submit_sheet(contest.panelists.get(user=expert), entry_of(contest), 0)
    client.force_login(expert)
    seat = client.get(PANEL).context["seats"][0]
    assert (seat.submitted_count, seat.assigned_count) == (1, 3)


def test_what_is_left_is_told_with_its_deadline(client, expert, contest_in, scene):
    contest = contest_in("OPEN")
    client.force_login(expert)
    context = client.get(PANEL).context
    assert [seat.contest for seat in context["waiting"]] == [contest]
    assert (context["waiting"][0].left, context["left"], context["past"]) == (3, 3, [])
    scene.judge(contest)
    response = client.get(PANEL)
    assert (response.context["waiting"], response.context["left"]) == ([], 0)
    assert "all-done" in response.content.decode()
    assert "all-done" in client.get(panel_url(contest)).content.decode()


def test_what_waited_longest_comes_first_and_what_is_over_last(client, expert, contest_in, now):
    over = contest_in("CONFIRMED", name="Over")
    newer, older = contest_in("OPEN", name="Newer"), contest_in("OPEN", name="Older")
    for contest, days, left in ((newer, 2, 3), (older, 5, 20)):
        window = {"scoring_opens_at": now - timedelta(days=days), "scoring_closes_at": now + timedelta(days=left)}
        Contest.objects.filter(pk=contest.pk).update(**window)
    client.force_login(expert)
    response = client.get(PANEL, headers={"accept-language": "en"})
    assert [seat.contest for seat in response.context["seats"]] == [older, newer, over]
    page = response.content.decode()
    assert page.index("Waiting for 5 days") < page.index("Waiting for 2 days")


def test_scoring_that_has_still_to_begin_is_announced_but_not_counted(client, expert, contest_in, now):
    contest = contest_in("OPEN")
    Contest.objects.filter(pk=contest.pk).update(
        scoring_opens_at=now + timedelta(days=1), scoring_closes_at=now + timedelta(days=9)
    )
    client.force_login(expert)
    context = client.get(PANEL).context
    assert ([seat.contest for seat in context["waiting"]], context["left"]) == ([contest], 0)
    assert client.get(panel_url(contest)).context["to_come"]


def test_a_sheet_that_was_begun_is_finished_first(client, expert, contest_in):
    contest = contest_in("OPEN")
    client.force_login(expert)
    context = client.get(panel_url(contest)).context
    first, _second, last = context["entries"]
    assert context["next"] == first
    client.post(sheet_url(last), typed(last, "1", "", ""))
    page = client.get(panel_url(contest))
    assert page.context["next"] == last
    assert (page.context["left"], page.context["submitted"]) == (3, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_the_panel_costs_the_same_for_any_number(count, client, expert, contest_in, django_assert_num_queries):
    for number in range(count):
        contest_in("OPEN", name=f"Contest {number}", entries=count)
    client.force_login(expert)
    with django_assert_num_queries(5):
        client.get(PANEL)


def test_an_expert_finds_the_way_back_from_every_page(client, expert, resident, contest_in):
    contest_in("OPEN")
    link = f'href="{reverse("after_login")}"'
    client.force_login(expert)
    assert link in client.get(reverse("contest_list")).content.decode()
    assert client.get(reverse("after_login")).url == PANEL
    client.force_login(resident)
    assert link not in client.get(reverse("contest_list")).content.decode()


def test_points_between_two_steps_are_refused_in_our_words(client, expert, contest_in):
    entry = entry_of(contest_in("OPEN"))
    client.force_login(expert)
    page = client.post(sheet_url(entry), typed(entry, *["1.3"] * len(rubric(entry))))
    assert escape(str(ContestRefusal.POINTS_OUTSIDE.label)) in page.content.decode()


def test_a_recusal_counts_for_its_expert_only(client, expert, recused_expert, contest_in, scene, now):
    contest = contest_in("OPEN")
    # Two experts keep out of the same entry; each of them has one entry less, the others none.
    client.force_login(expert)
    client.post(recuse_url(entry_of(contest)), {"tie": "MEMBER"})
    assert client.get(PANEL).context["seats"][0].assigned_count == 2
    client.force_login(recused_expert)
    assert client.get(PANEL).context["seats"][0].assigned_count == 2
    client.force_login(scene.experts[1])
    assert client.get(PANEL).context["seats"][0].assigned_count == 3


def test_a_draft_contest_is_not_on_the_panel(client, expert, contest_in):
    contest = contest_in("DRAFT")
    client.force_login(expert)
    assert not client.get(PANEL).context["seats"]
    assert client.get(panel_url(contest)).status_code == 404
    assert client.get(sheet_url(entry_of(contest))).status_code == 404


def test_who_is_on_no_panel_is_told_so(client, outsider, contest_in):
    contest = contest_in("OPEN")
    client.force_login(outsider)
    assert client.get(PANEL).status_code == 200
    assert client.get(panel_url(contest)).status_code == 404


def test_the_list_puts_what_is_left_first(client, expert, contest_in, scene):
    contest = contest_in("OPEN")
    scene.submit_sheet(contest.panelists.get(user=expert), entry_of(contest, "001"), 0)
    client.force_login(expert)
    client.post(sheet_url(entry_of(contest, "003")), typed(entry_of(contest, "003"), "1", "", ""))
    context = client.get(panel_url(contest)).context
    left = sorted([("002", ""), ("003", "DRAFT")], key=lambda row: place(contest.seed, "E01", row[0]))
    assert [(entry.number, entry.sheet_state) for entry in context["entries"]] == [*left, ("001", "SUBMITTED")]
    assert context["submitted"] == 1


def test_a_recused_entry_is_not_listed(client, recused_expert, contest_in):
    contest = contest_in("OPEN")
    client.force_login(recused_expert)
    assert {entry.number for entry in client.get(panel_url(contest)).context["entries"]} == {"002", "003"}


def test_each_expert_has_an_order_of_their_own_that_can_be_drawn_again(client, contest_in, scene):
    contest = contest_in("OPEN", entries=5)
    orders = []
    for expert in scene.experts:
        client.force_login(expert)
        numbers = [entry.number for entry in client.get(panel_url(contest)).context["entries"]]
        code = contest.panelists.get(user=expert).code
        assert numbers == sorted(numbers, key=lambda number: place(contest.seed, code, number))
        orders.append(tuple(numbers))
    assert len(set(orders)) > 1


def autosave(client, entry, *points, **options):
    return client.post(reverse("sheet_autosave", args=[entry.pk]), typed(entry, *points, **options))


def test_what_is_typed_is_saved_on_the_way(client, expert, contest_in):
    entry = entry_of(contest_in("OPEN"))
    client.force_login(expert)
    told = autosave(client, entry, "12.5", "", "")
    assert (told.status_code, told.json()["revision"]) == (200, 1)
    assert autosave(client, entry, "13", "", "", revision=1).json()["revision"] == 2
    assert points_of(entry, expert) == [13]


@pytest.mark.parametrize(
    "points, revision, status, reason",
    [
        (("12.5", "", ""), 7, 409, ContestRefusal.SHEET_CHANGED),
        (("12.3", "", ""), 1, 422, ContestRefusal.POINTS_OUTSIDE),
        (("many", "", ""), 1, 422, ContestRefusal.POINTS_OUTSIDE),
    ],
)
def test_what_cannot_be_saved_on_the_way_says_why(client, expert, contest_in, points, revision, status, reason):
    entry = entry_of(contest_in("OPEN"))
    client.force_login(expert)
    autosave(client, entry, "20", "", "")
    told = autosave(client, entry, *points, revision=revision)
    assert (told.status_code, told.json()["reason"]) == (status, str(reason.label))
    assert points_of(entry, expert) == [20]


def test_after_submission_or_closing_nothing_is_saved_on_the_way(client, expert, contest_in, officer, now):
    contest = contest_in("OPEN")
    entry, other = entry_of(contest), entry_of(contest, "002")
    client.force_login(expert)
    hand_in(client, entry, "30", "20", "10")
    assert autosave(client, entry, "1", "", "", revision=2).status_code == 409
    close_contest(contest=contest, by=officer, now=contest.voting_closes_at)
    assert autosave(client, other, "1", "", "").status_code == 403
    assert points_of(entry, expert) == [30, 20, 10]


def test_two_versions_are_shown_beside_each_other(client, expert, contest_in):
    entry = entry_of(contest_in("OPEN"))
    client.force_login(expert)
    client.post(sheet_url(entry), typed(entry, "20", "", "7"))
    response = client.post(sheet_url(entry), typed(entry, "21", "", "7", comment="Typed with care"))
    beside = [(here, there) for _label, here, there in response.context["conflict"]]
    assert sorted(beside) == [("21", "20"), ("Typed with care", "")]
    assert points_of(entry, expert) == [20, 7]
    # The form now stands on what is stored: saving it again is a decision.
    data = response.context["form"].data
    assert client.post(sheet_url(entry), data).url == sheet_url(entry)
    assert points_of(entry, expert) == [21, 7]


def test_a_sheet_is_looked_over_before_it_is_submitted(client, expert, contest_in):
    entry = entry_of(contest_in("OPEN"))
    client.force_login(expert)
    answer = client.post(sheet_url(entry), typed(entry, "30", "20", "10", comment="All in all", button="submit"))
    assert answer.url == summary_url(entry)
    page = client.get(summary_url(entry)).content.decode()
    for part in ("30 / 40", "60 / 90", "Why so.", "All in all"):
        assert part in page
    assert ScoreSheet.objects.get(entry=entry, panelist__user=expert).state == SheetState.DRAFT


@pytest.mark.parametrize("revision", ["0", "", "x", "9" * 30])
def test_a_sheet_that_was_changed_is_looked_over_again(client, expert, contest_in, revision):
    entry = entry_of(contest_in("OPEN"))
    client.force_login(expert)
    client.post(sheet_url(entry), typed(entry, "30", "20", "10"))
    response = client.post(summary_url(entry), {"revision": revision}, follow=True)
    assert escape(str(ContestRefusal.SHEET_CHANGED.label)) in response.content.decode()
    assert ScoreSheet.objects.get(entry=entry, panelist__user=expert).state == SheetState.DRAFT


def test_few_points_need_a_reason_at_their_field(client, expert, contest_in):
    entry = entry_of(contest_in("OPEN"))
    client.force_login(expert)
    response = client.post(sheet_url(entry), typed(entry, "30", "17.5", "12", remark="", button="submit"))
    assert response.context["form"].errors.keys() == {f"remark-{rubric(entry)[1].pk}"}


def test_a_blind_contest_names_no_team(client, expert, contest_in):
    entry = entry_of(contest_in("OPEN", is_blind=True))
    client.force_login(expert)
    for url in (sheet_url(entry), recuse_url(entry)):
        assert entry.proposal.team_name not in client.get(url).content.decode()


@pytest.mark.parametrize("shows", [True, False])
def test_others_scores_are_shown_after_the_own_sheet_where_the_contest_says_so(
    client, expert, contest_in, scene, shows
):
    contest = contest_in("OPEN", shows_scores=shows)
    entry = entry_of(contest)
    scene.submit_sheet(contest.panelists.get(user=scene.experts[1]), entry, 1)
    client.force_login(expert)
    assert "98.33" not in client.get(sheet_url(entry)).content.decode()
    hand_in(client, entry, "40", "30", "20")
    assert ("98.33" in client.get(sheet_url(entry)).content.decode()) is shows


def test_the_anchors_stand_at_their_criterion(client, expert, officer, contest_in, now):
    contest = contest_in("DRAFT")
    Criterion.objects.filter(contest=contest, code="NEED").update(anchors="15 asked in one house\n35 asked in all")
    open_contest(contest=contest, by=officer, now=now)
    assign(contest=contest, panelists=contest.panelists.all(), entries=contest.entries.all(), by=officer)
    client.force_login(expert)
    for url in (contest.get_absolute_url(), sheet_url(entry_of(contest))):
        page = client.get(url).content.decode()
        assert page.index("asked in all") < page.index("asked in one house")


@pytest.mark.parametrize("entries", [1, 5])
def test_the_list_makes_as_many_queries_for_many_entries_as_for_one(
    client, expert, contest_in, django_assert_num_queries, entries
):
    contest = contest_in("OPEN", entries=entries)
    client.force_login(expert)
    client.get(panel_url(contest))
    with django_assert_num_queries(20):
        client.get(panel_url(contest))


def test_the_sheet_shows_proposal_budget_and_ideas(client, expert, contest_in):
    entry = entry_of(contest_in("OPEN"))
    client.force_login(expert)
    response = client.get(sheet_url(entry))
    page = response.content.decode()
    assert entry.proposal.summary in page
    assert "Benches" in page
    assert entry.proposal.consolidations.get().idea.solution in page
    assert response.context["highest"] == Decimal(90)


def test_saving_keeps_what_is_there(client, expert, contest_in):
    entry = entry_of(contest_in("OPEN"))
    client.force_login(expert)
    response = client.post(sheet_url(entry), typed(entry, "12.5", "", "7", comment="To be looked at again"))
    assert response.url == sheet_url(entry)
    assert points_of(entry, expert) == [Decimal("12.5"), Decimal(7)]
    response = client.get(sheet_url(entry))
    assert [field.value() for _criterion, field, _remark in response.context["form"].rows()] == ["12.5", None, "7"]
    assert response.context["total"] == Decimal("19.5")
    assert "To be looked at again" in response.content.decode()


def test_submitting_needs_every_criterion_and_says_which_is_missing(client, expert, contest_in):
    entry = entry_of(contest_in("OPEN"))
    client.force_login(expert)
    data = typed(entry, "12.5", "", "7", comment="Typed with care", button="submit")
    response = client.post(sheet_url(entry), data)
    assert response.context["form"].errors.keys() == {f"points-{rubric(entry)[1].pk}"}
    page = response.content.decode()
    assert "Typed with care" in page
    assert 'value="12.5"' in page
    assert not ScoreSheet.objects.filter(entry=entry, panelist__user=expert).exists()


@pytest.mark.parametrize("value", ["40.5", "-1", "3.25", "many"])
def test_points_outside_the_scale_are_refused_at_their_field(client, expert, contest_in, value):
    entry = entry_of(contest_in("OPEN"))
    client.force_login(expert)
    response = client.post(sheet_url(entry), typed(entry, value, "10", "10", button="submit"))
    assert response.context["form"].errors.keys() == {f"points-{rubric(entry)[0].pk}"}
    assert f'value="{value}"' in response.content.decode()
    assert points_of(entry, expert) == []


def test_submitting_twice_changes_nothing(client, expert, contest_in):
    contest = contest_in("OPEN")
    entry = entry_of(contest)
    client.force_login(expert)
    first = hand_in(client, entry, "30", "20", "10")
    second = client.post(sheet_url(entry), typed(entry, "1", "1", "1", button="submit"))
    third = client.post(summary_url(entry), {"revision": 1})
    assert first.url == panel_url(contest)
    assert second.url == third.url == sheet_url(entry)
    assert points_of(entry, expert) == [30, 20, 10]
    response = client.get(sheet_url(entry))
    assert response.context["submitted"]
    assert 'name="submit"' not in response.content.decode()


def test_a_submitted_sheet_shows_no_points_of_others(client, expert, contest_in, scene):
    contest = contest_in("OPEN")
    entry = entry_of(contest)
    other = contest.panelists.get(user=scene.experts[1])
    client.force_login(scene.experts[1])
    hand_in(client, entry, "33.5", "27.5", "17.5", comment="Between us")
    assert ScoreSheet.objects.get(entry=entry, panelist=other).state == SheetState.SUBMITTED
    client.force_login(expert)
    hand_in(client, entry, "30", "20", "10")
    page = client.get(sheet_url(entry)).content.decode()
    for secret in ("33.5", "27.5", "17.5", "78.5", "Between us"):
        assert secret not in page


def test_a_closed_contest_keeps_what_was_typed_and_says_so(client, expert, contest_in, officer, now):
    contest = contest_in("OPEN")
    entry = entry_of(contest)
    client.force_login(expert)
    close_contest(contest=contest, by=officer, now=contest.voting_closes_at)
    response = client.post(sheet_url(entry), typed(entry, "30", "20", "10", comment="Too late", button="submit"))
    page = response.content.decode()
    assert escape(str(ContestRefusal.SCORING_CLOSED.label)) in page
    assert "Too late" in page
    assert points_of(entry, expert) == []


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "who, reason", [("recused_expert", ContestRefusal.RECUSED), ("neighbour", ContestRefusal.NOT_ASSIGNED)]
)
def test_an_entry_that_is_not_one_s_own_is_refused_with_the_reason(client, request, contest_in, who, reason, method):
    entry = entry_of(contest_in("OPEN"))
    user = request.getfixturevalue(who)
    client.force_login(user)
    response = getattr(client, method)(sheet_url(entry), typed(entry, "30", "20", "10", button="submit"))
    assert response.status_code == 403
    page = response.content.decode()
    assert escape(str(reason.label)) in page
    assert entry.proposal.consolidations.get().idea.solution not in page
    assert points_of(entry, user) == []


def test_an_unassigned_entry_is_refused(client, expert, contest_in):
    contest = contest_in("OPEN")
    entry = entry_of(contest)
    Panelist.objects.get(contest=contest, user=expert).assignments.filter(entry=entry).delete()
    client.force_login(expert)
    assert client.get(sheet_url(entry)).status_code == 403
    assert client.post(recuse_url(entry)).status_code == 403


def test_keeping_out_is_asked_about_and_then_done(client, expert, contest_in):
    contest = contest_in("OPEN")
    entry = entry_of(contest)
    recusals = Recusal.objects.filter(panelist__user=expert)
    client.force_login(expert)
    assert client.get(recuse_url(entry)).status_code == 200
    assert not recusals.exists()
    for _click in range(2):
        assert client.post(recuse_url(entry), {"tie": "MEMBER"}).url == panel_url(contest)
    assert recusals.get().entry == entry
    assert client.get(sheet_url(entry)).status_code == 403
    assert client.get(recuse_url(entry)).status_code == 403


def test_posts_need_a_token(client, expert, contest_in):
    entry = entry_of(contest_in("OPEN"))
    client.handler.enforce_csrf_checks = True
    client.force_login(expert)
    assert client.post(sheet_url(entry), typed(entry, "30", "20", "10", button="submit")).status_code == 403
    assert client.post(recuse_url(entry)).status_code == 403
    assert not Recusal.objects.filter(panelist__user=expert).exists()


def test_a_number_of_thousands_of_digits_is_no_number_of_points(client, contest_in, expert):
    contest = contest_in("OPEN")
    entry = contest.entries.get(number="002")
    typed = {f"points-{criterion.pk}": "1" * 5000 for criterion in contest.criteria.all()}
    client.force_login(expert)
    response = client.post(reverse("sheet", args=[entry.pk]), typed | {"comment": "", "submit": ""})
    assert response.status_code == 200
    assert set(typed) <= set(response.context["form"].errors)
