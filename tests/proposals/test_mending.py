"""Authors put right what waits for screening, until an officer has said what they think of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse

from communities.refusal import Refused
from proposals.enums import IdeaState, ProposalRefusal
from proposals.models import Idea, Screening
from proposals.rules import why_not_mend_idea
from proposals.services.ideas import mend_idea, screen
from proposals.services.seconding import second_idea
from tests.browsing import english, shown, text
from tests.proposals.test_second_officer import DOUBTFUL
from tests.proposals.test_views_ideas import typed
from tests.racing import race
from tests.scenes import ACCEPTANCE

R, S = ProposalRefusal, IdeaState


@pytest.fixture
def idea(idea_in):
    return idea_in(S.SUBMITTED)


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


@pytest.mark.parametrize("state", S)
def test_state(state, idea_in, resident, now):
    expected = None if state == S.SUBMITTED else R.WRONG_STATE
    assert why_not_mend_idea(resident, idea_in(state), now) == expected


def test_the_text_is_new_and_everything_else_as_before(idea, scene, resident, neighbour, officer, now):
    second_idea(idea=idea, by=neighbour, now=now)
    mended = mend_idea(idea=idea, text=scene.text("Benches at the east gate"), revision=1, by=resident, now=now)
    assert (mended.title, mended.revision, mended.state) == ("Benches at the east gate", 2, S.SUBMITTED)
    assert (mended.submitted_at, mended.secondings.count(), mended.events.count()) == (idea.submitted_at, 1, 1)
    assert [version.title for version in mended.handed_in_versions()] == [idea.title, "Benches at the east gate"]
    # Who read the earlier text does not decide about the new one.
    with refused(R.STALE):
        screen(idea=idea, judgement=ACCEPTANCE, by=officer, now=now, revision=1)
    with refused(R.STALE):
        mend_idea(idea=mended, text=scene.text("Typed in an old form"), revision=1, by=resident, now=now)


def test_from_the_first_opinion_on_the_text_stays(idea, scene, resident, officer, now):
    screen(idea=idea, judgement=DOUBTFUL, by=officer, now=now)
    with refused(R.BEING_SCREENED):
        mend_idea(idea=idea, text=scene.text("Something else"), revision=1, by=resident, now=now)
    reader = english(resident)
    edit = reverse("idea_edit", args=[idea.pk])
    assert edit not in text(reader.get(idea.get_absolute_url()))
    assert shown(R.BEING_SCREENED.label) in text(reader.get(edit))


def test_a_place_of_another_office_is_refused(idea, scene, resident, now):
    elsewhere = replace(scene.text(), community=type(idea.community)(pk=0, subdistrict_id=0))
    with refused(R.OTHER_PLACE):
        mend_idea(idea=idea, text=elsewhere, revision=1, by=resident, now=now)


def test_the_author_changes_the_text_on_the_page(idea, resident, programme, communities):
    reader, edit = english(resident), reverse("idea_edit", args=[idea.pk])
    assert edit in text(reader.get(idea.get_absolute_url()))
    form = text(reader.get(edit))
    assert "Save the change" in form
    # What waits is no draft.
    assert 'name="save"' not in form
    data = typed(programme, communities[0], title="Benches at the north gate", revision=1)
    answer = reader.post(edit, data, follow=True)
    assert "Your change is saved" in text(answer)
    assert "Benches at the north gate" in text(answer)
    # From a form opened before: the other text is shown, and what is typed here is kept.
    stale = text(reader.post(edit, {**data, "title": "Typed in another tab"}))
    assert shown(R.STALE.label) in stale
    assert "Benches at the north gate" in stale
    assert "Typed in another tab" in stale


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("judgement", [ACCEPTANCE, DOUBTFUL], ids=["decided", "opinion"])
def test_nobody_judges_what_is_being_changed(judgement, scene, idea):
    """Whoever comes first: what was judged is what stands there."""
    outcomes = race(
        lambda: screen(
            idea=Idea.objects.get(pk=idea.pk), judgement=judgement, by=scene.officer, now=scene.now, revision=1
        ),
        lambda: mend_idea(idea=idea, text=scene.text("Other words"), revision=1, by=scene.author, now=scene.now),
    )
    lost = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert len(lost) == 1
    assert lost[0].reason in {R.STALE, R.BEING_SCREENED, R.WRONG_STATE}
    for screening in Screening.objects.all():
        assert screening.revision == Idea.objects.get(pk=idea.pk).revision
