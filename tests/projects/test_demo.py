"""The demo: loaded once, around today, with work on every page."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from communities.models import Community, User
from contests.enums import ContestState
from contests.models import Ballot, Contest, Entry, Panelist, ScoreSheet
from contests.rules import scores_now
from programmes.calendar import calendar_of
from programmes.enums import StageKind
from programmes.models import Programme
from projects.models import Project
from proposals.enums import IdeaState, ProposalState
from proposals.models import Idea, IdeaDraft, Proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def _demo(settings):
    settings.DEMO = True
    settings.DEMO_PASSWORD = "of-the-demo"


def demo(**options):
    output = StringIO()
    call_command("demo", stdout=output, **options)
    return output.getvalue()


@pytest.mark.usefixtures("_demo")
def test_it_tells_the_whole_line_around_today(client):
    printed = demo()
    assert "of-the-demo" in printed
    assert "13800000001" in printed
    now = timezone.now()
    programme = Programme.objects.newest_first().first()
    assert programme.year == timezone.localdate().year
    assert Community.objects.count() == 22
    assert programme.categories.count() == 5
    assert {line.stage.kind for line in calendar_of(programme, now) if line.open} >= {
        StageKind.IDEA_COLLECTION,
        StageKind.SCREENING,
        StageKind.PROPOSAL_INCUBATION,
        StageKind.CONTEST,
    }
    ideas = Idea.objects.filter(programme=programme)
    assert ideas.count() >= 60
    assert {*ideas.values_list("state", flat=True)} == {*IdeaState} - {IdeaState.DRAFT, IdeaState.WITHDRAWN}
    assert IdeaDraft.objects.filter(programme=programme).count() == 2
    assert Proposal.objects.filter(programme=programme).count() == 24
    running = Contest.objects.voting_now(now).get()
    assert scores_now(running, now)
    assert running.entries.count() == 20
    assert Ballot.objects.valid().filter(contest=running).count() >= 60
    for panelist in Panelist.objects.filter(contest=running):
        assert Entry.objects.unscored_by(panelist).exists()
        assert ScoreSheet.objects.submitted().filter(panelist=panelist).exists()
    finished = Contest.objects.get(state=ContestState.CONFIRMED)
    assert Project.objects.filter(award__entry__contest=finished).count() >= 5
    assert Proposal.objects.filter(programme=finished.programme).exclude(state=ProposalState.QUALIFIED).count() == 0
    assert client.login(username="officer", password="of-the-demo")
    assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.usefixtures("_demo")
def test_a_second_run_keeps_what_is_there():
    demo(empty=True)
    people = User.objects.count()
    demo(empty=True)
    assert User.objects.count() == people
    assert Programme.objects.count() == 1


@pytest.mark.usefixtures("_demo")
def test_empty_means_the_sub_district_without_contents():
    demo(empty=True)
    assert Community.objects.count() == 22
    assert User.objects.filter(username="officer").exists()
    assert not Idea.objects.exists()
    assert not Contest.objects.exists()


def test_accounts_with_a_known_password_exist_in_a_demo_only(settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        demo()
    assert not User.objects.exists()
