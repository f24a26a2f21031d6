"""One idea all the way: from a resident's phone to a funded project, each step by the person whose step it is."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from communities.enums import ResidencyState
from communities.models import Residency
from contests.enums import ContestState, RunKind, RunState
from contests.models import Ballot, Contest, Criterion, Panelist, ScoreSheet, TallyRun
from projects.models import Project
from proposals.enums import IdeaState, ProposalState
from proposals.models import Idea, Proposal
from proposals.screening_rules import UNDO_TIME
from proposals.services.document import write
from proposals.services.notifications import send_due_notifications
from tests.browser import PHONE
from tests.factories import UserFactory
from tests.scenes import COMPLETE, ROWS, end_notice

TITLE = "北门放两条带扶手的长椅"
PROBLEM = "北门外等车的老人很多,没有地方坐,冬天站着很冷,有人只好坐在花坛边上。"
SOLUTION = "在门内靠墙的空地放两条带靠背和扶手的长椅,由楼门组长轮流照看和擦洗。"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def contest(programme, now):
    """A draft with two criteria and one expert; one sheet is enough."""
    day = timedelta(days=1)
    contest = Contest.objects.create(
        programme=programme,
        name="Contest of the year",
        quorum=1,
        max_choices=1,
        budget=Decimal(50_000),
        seed="published before",
        scoring_opens_at=now - day,
        scoring_closes_at=now + day,
        voting_opens_at=now - day,
        voting_closes_at=now + day,
    )
    for position, (code, maximum) in enumerate([("NEED", 60), ("PLAN", 40)], 1):
        Criterion.objects.create(contest=contest, code=code, name=code.title(), max_points=maximum, position=position)
    return contest


def admin_page(instance):
    return reverse(f"admin:{instance._meta.app_label}_{instance._meta.model_name}_change", args=[instance.pk])


def test_one_idea_becomes_a_project(contest, communities, categories, officer, approver, visitor, worker):
    author = visitor(PHONE)
    idea = submit(author, communities[0], categories[0])
    screen(visitor, officer, idea, author)
    proposal = join_and_qualify(visitor, officer, idea)
    open_with_one_expert(visitor, officer, contest, proposal)
    score(visitor, contest)
    vote_and_change(visitor, officer, contest)
    tally(visitor, officer, contest)
    check_the_result(visitor, contest)
    fund(visitor, approver, contest)
    follow(visitor, idea)


def submit(resident, community, category):
    """A resident writes an idea on a phone, and finds it among their own."""
    resident.log_in_by_phone("13900000001")
    page = resident.open(reverse("idea_create"))
    page.fill("input[name=title]", TITLE)
    page.select_option("select[name=community]", str(community.pk))
    page.locator(
        f"[name=category][value='{category.pk}'], [name=category] option[value='{category.pk}']"
    ).first.evaluate("e => { if (e.tagName === 'OPTION') { e.selected = true } else { e.checked = true } }")
    page.fill("textarea[name=problem]", PROBLEM)
    page.fill("textarea[name=solution]", SOLUTION)
    page.check("input[name=consent]")
    page.locator("main form.sheet .button.gold").dblclick()
    expect(page).not_to_have_url(re.compile(reverse("idea_create")))
    idea = Idea.objects.get()
    assert idea.state == IdeaState.SUBMITTED
    expect(resident.open(reverse("my_ideas")).locator("main")).to_contain_text(TITLE)
    return idea


def screen(visitor, officer, idea, author):
    """An officer judges it by the three criteria; the resident reads the message."""
    desk = visitor()
    desk.log_in_by_password(officer)
    page = desk.open(admin_page(idea))
    desk.press(page.locator("a[href*='/screen/']").first)
    for criterion in ("public_benefit", "sustainability", "capacity_building"):
        page.locator(f"input[name={criterion}][value=PASS]").check()
    page.locator("input[name=decision][value=ACCEPT]").check()
    page.fill("textarea[name=note]", "欢迎和邻居一起把它写成提案。")
    desk.press(page.locator("button[name=save]"))
    idea.refresh_from_db()
    assert idea.state == IdeaState.ACCEPTED
    # Ten minutes later; until then the officer may take it back.
    send_due_notifications(now=timezone.now() + UNDO_TIME)
    expect(author.open(idea.get_absolute_url()).locator("main")).to_contain_text("欢迎和邻居一起把它写成提案。")


def complete(proposal):
    """The rest of the document, as the sections of the desk store it."""
    written = {"team_name": proposal.team_name, "summary": proposal.summary}
    tables = {name: getattr(ROWS, name) for name in ("members", "objectives", "activities", "risk_rows")}
    with transaction.atomic():
        write(proposal, COMPLETE | written, tables)


def join_and_qualify(visitor, officer, idea):
    """The officer joins the idea into a proposal, gives it a budget and takes it to qualification."""
    desk = visitor()
    desk.log_in_by_password(officer)
    page = desk.open(reverse("admin:proposals_idea_changelist") + f"?state={IdeaState.ACCEPTED}")
    page.locator(f"input[name=_selected_action][value='{idea.pk}']").check()
    page.select_option("select[name=action]", value="join")
    desk.press(page.locator("button[name=index], button[title]:has-text('Run'), .actions button").first)
    desk.press(page.locator("#content form[method=post] button[type=submit]").first)
    proposal = Proposal.objects.get()
    page = desk.open(admin_page(proposal))
    page.fill("input[name=team_name]", "长椅小组")
    page.fill("textarea[name=summary]", SOLUTION)
    page.fill("input[name=budget-0-item]", "带扶手长椅")
    page.fill("input[name=budget-0-unit_price]", "1280.50")
    page.fill("input[name=budget-0-quantity]", "2")
    # While a proposal is being written its steps save first.
    desk.press("button[name=then][value=coach]")
    proposal.refresh_from_db()
    complete(proposal)
    desk.open(admin_page(proposal))
    desk.press("button[name=then][value=submitted]")
    desk.page.check("input[name=pledge]")
    desk.press("#content form[method=post] button[type=submit]")
    desk.press_verb(admin_page(proposal), "qualified")
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.QUALIFIED
    return proposal


def open_with_one_expert(visitor, officer, contest, proposal):
    """The proposal is entered, the expert assigned, the contest opened: its rules are hashed."""
    Panelist.objects.create(contest=contest, user=UserFactory(username="the-expert"), code="E01")
    desk = visitor()
    desk.log_in_by_password(officer)
    desk.press_verb(
        admin_page(proposal), "enter", lambda page: page.locator(f"input[value='{contest.pk}']").first.check()
    )
    desk.press_verb(admin_page(contest), "assign")
    desk.press_verb(admin_page(contest), "open")
    contest.refresh_from_db()
    assert contest.state == ContestState.OPEN
    assert contest.entries.get().requested_amount == Decimal("2561.00")
    expect(visitor().open(contest.get_absolute_url()).locator("main")).to_contain_text(contest.rules_sha256)


def score(visitor, contest):
    """The expert fills one field for each criterion and submits."""
    expert = visitor()
    expert.log_in_by_password(Panelist.objects.get(contest=contest).user)
    entry = contest.entries.get()
    page = expert.open(reverse("panel_contest", args=[contest.pk]))
    expert.press(page.locator(f"a[href='{reverse('sheet', args=[entry.pk])}']").first)
    for field, points in zip(page.locator("form[data-marks] input[type=number]").all(), ("51", "33.5"), strict=True):
        field.fill(points)
    expert.press(page.locator("button[name=submit]"))
    expert.press(page.locator("main form button.main"))
    sheet = ScoreSheet.objects.get()
    assert sorted(sheet.marks.values_list("points", flat=True)) == [Decimal("33.50"), Decimal("51.00")]
    assert ScoreSheet.objects.submitted().count() == 1


def vote_and_change(visitor, officer, contest):
    """A resident names their community, is verified, votes, gets a receipt, and sends the ballot again."""
    resident = visitor(PHONE)
    resident.log_in_by_phone("13900000002")
    page = resident.open(reverse("name_community"))
    page.select_option("select[name=community]", index=1)
    resident.press(page.locator("main form.sheet button[type=submit]"))
    residency = Residency.objects.get(state=ResidencyState.PENDING)
    desk = visitor()
    desk.log_in_by_password(officer)
    desk.press_verb(admin_page(residency), "verify", lambda page: page.locator("[value=IN_PERSON]").first.check())
    page = resident.open(reverse("ballot", args=[contest.pk]))
    page.locator("input[name=entry]").first.check()
    resident.press(page.locator("form[data-ballot] button[type=submit]"))
    receipt = Ballot.objects.get().receipt
    expect(page.locator("main")).to_contain_text(receipt)
    page = resident.open(reverse("ballot", args=[contest.pk]))
    expect(page.locator("input[name=entry]").first).to_be_checked()
    resident.press(page.locator("form[data-ballot] button[type=submit]"))
    assert Ballot.objects.last_of_voters().count() == 1


def tally(visitor, officer, contest):
    """After its windows the officer closes the contest; a worker computes the result; the officer puts it on notice."""
    over = timezone.now()
    Contest.objects.filter(pk=contest.pk).update(scoring_closes_at=over, voting_closes_at=over)
    desk = visitor()
    desk.log_in_by_password(officer)
    desk.press_verb(admin_page(contest), "close")
    desk.press_verb(admin_page(contest), "tally")
    # The page follows the run by itself and offers the next step when it is done.
    expect(desk.page.locator("a[href$='/do/publicise/']")).to_be_visible(timeout=30_000)
    assert TallyRun.objects.get(kind=RunKind.FINAL).state == RunState.DONE
    desk.press_verb(admin_page(contest), "publicise")
    contest.refresh_from_db()
    assert contest.state == ContestState.PUBLICISED


def check_the_result(visitor, contest):
    """Anyone reads every figure: 84.5 × 0.8 + 100 × 0.2 = 87.60."""
    main = visitor(PHONE).open(reverse("contest_result", args=[contest.pk])).locator("main")
    for figure in ("84.50", "100.00", "87.60", "2,561"):
        expect(main).to_contain_text(figure)


def fund(visitor, approver, contest):
    """A second person confirms the result and turns its awards into projects."""
    desk = visitor()
    desk.log_in_by_password(approver)
    end_notice(contest.programme, timezone.now())
    desk.press_verb(admin_page(contest), "confirm")
    page = desk.open(reverse("admin:projects_project_awards"))
    desk.press(page.locator(f"form[action$='/{contest.pk}/approve/'] button"))
    assert Project.objects.get().amount == Decimal("2561.00")


def follow(visitor, idea):
    """The project has a public page, and the idea's page leads to it."""
    project = Project.objects.get()
    anyone = visitor(PHONE)
    main = anyone.open(project.get_absolute_url()).locator("main")
    for text in (TITLE, "长椅小组", "2,561"):
        expect(main).to_contain_text(text)
    expect(
        anyone.open(idea.get_absolute_url()).locator(f"main a[href='{project.get_absolute_url()}']").first
    ).to_be_visible()
