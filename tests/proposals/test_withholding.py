"""An earlier version that names somebody is taken out of sight by an officer, with a reason that everyone reads."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse

from communities.refusal import Refused
from programmes.enums import StageKind
from proposals.enums import IdeaState, ProposalRefusal
from proposals.models import Idea, WithheldVersion
from proposals.moderation import why_not_withhold
from proposals.services.ideas import revise_idea
from proposals.services.versions import withhold_version
from tests.browsing import english, shown, text
from tests.racing import race

R = ProposalRefusal
NAMED = "Mr Wu of house nine piles up rubbish on the stairs."
WHY = "It named a neighbour."


@pytest.fixture
def revised(scene):
    """Three versions: as handed in, then rewritten behind the form's back so that it names somebody, and as revised."""
    idea = scene.idea(IdeaState.SUBMITTED)
    Idea.objects.filter(pk=idea.pk).update(problem=NAMED, state=IdeaState.RETURNED)
    wanted = replace(scene.text(), problem="Rubbish is piled up on the stairs of one house.")
    idea.refresh_from_db()
    return revise_idea(idea=idea, text=wanted, revision=1, by=scene.author, now=scene.now)


def url_of(idea, number=None):
    if number is None:
        return reverse("idea_versions", args=[idea.pk])
    return reverse("idea_version_withhold", args=[idea.pk, number])


LAST = 2


@pytest.mark.parametrize("kind", StageKind)
def test_stage_role_and_withholding(kind, revised, cast):
    revised.programme.stages.exclude(kind=kind).delete()
    allowed = {"officer", "approver", "community_officer"}
    for role in ("resident", "neighbour", "officer", "approver", "community_officer", "supervisor", "other_officer"):
        expected = None if role in allowed else R.NOT_YOUR_COMMUNITY
        assert why_not_withhold(cast(role), revised, LAST, WHY) == expected, role


@pytest.mark.parametrize(
    ("number", "reason", "expected"),
    [(0, WHY, R.NO_SUCH_VERSION), (3, WHY, R.NO_SUCH_VERSION), (9, WHY, R.NO_SUCH_VERSION), (LAST, " ", R.NOTE_NEEDED)],
)
def test_only_a_replaced_version_and_only_with_a_reason(number, reason, expected, revised, officer, now):
    with pytest.raises(Refused, check=lambda refusal: refusal.reason == expected):
        withhold_version(idea=revised, number=number, reason=reason, by=officer, now=now)


def test_everyone_reads_the_reason_and_only_officers_the_text(revised, officer, resident, supervisor):
    assert "Wu" in text(english().get(url_of(revised)))
    assert english(officer).post(url_of(revised, LAST), {"reason": WHY}).url == url_of(revised)
    event = WithheldVersion.objects.get()
    assert (event.by, event.reason, event.version.problem) == (officer, WHY, NAMED)
    for reader in (None, resident):
        page = text(english(reader).get(url_of(revised)))
        assert page.count(shown(f"Version {LAST} is withheld by the street office. Reason: {WHY}")) == 2
        assert "Wu" not in page
        assert url_of(revised, LAST) not in page
    assert "Wu" in text(english(officer).get(url_of(revised)))
    assert url_of(revised, LAST) not in text(english(officer).get(url_of(revised)))


def test_the_page_shows_what_would_go_and_keeps_what_was_typed(revised, community_officer):
    desk = english(community_officer)
    assert NAMED in text(desk.get(url_of(revised, LAST)))
    assert desk.post(url_of(revised, LAST), {"reason": ""}).context["form"].errors
    long = "x" * 201
    assert long in text(desk.post(url_of(revised, LAST), {"reason": long}))
    assert not WithheldVersion.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("resident", 403), ("neighbour", 403), ("supervisor", 403)])
def test_nobody_else_gets_the_page(role, status, cast, revised):
    assert english(cast(role)).get(url_of(revised, LAST)).status_code == status


def test_what_is_valid_now_has_no_such_page(revised, officer):
    assert english(officer).get(url_of(revised, 3)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_clicks_withhold_it_once(scene, revised):
    def click():
        return withhold_version(idea=revised, number=LAST, reason=WHY, by=scene.officer, now=scene.now)

    refusals = [outcome for outcome in race(click, click) if isinstance(outcome, Refused)]
    assert [refusal.reason for refusal in refusals] == [R.WITHHELD_ALREADY]
    assert WithheldVersion.objects.count() == 1
