"""What the ideas of a year are screened by: written by the street office, read where it screens and nowhere else."""

from __future__ import annotations

import pytest
from django.urls import reverse

from programmes.models import GUIDE_LENGTH, Programme
from proposals.enums import IdeaState
from tests.browsing import english, text
from tests.proposals.test_admin_ideas import screen_url
from tests.proposals.test_naughty_words import TOUGH, reads

GUIDE = f"{TOUGH}\nWhat a group asks for counts as common."


@pytest.fixture
def idea(idea_in):
    return idea_in(IdeaState.SUBMITTED)


def decide_url(idea):
    return f"{reverse('admin:proposals_idea_decide')}?idea={idea.pk}"


def write(client, programme, words):
    """Save the page of the year with these words, and everything else as it is."""
    url = reverse("admin:programmes_programme_change", args=[programme.pk])
    page = client.get(url)
    data = {name: value or "" for name, value in page.context["adminform"].form.initial.items()}
    for inline in page.context["inline_admin_formsets"]:
        prefix = inline.formset.prefix
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return client.post(url, {**data, "screening_guide": words})


def test_officers_read_what_the_office_wrote(idea, programme, officer):
    client = english(officer)
    for url in (screen_url(idea), decide_url(idea)):
        assert "screen-guide" not in text(client.get(url))
    assert write(client, programme, GUIDE).status_code == 302
    for url in (screen_url(idea), decide_url(idea)):
        page = client.get(url)
        reads(page)
        assert "<br>What a group asks for counts as common." in text(page)


@pytest.mark.parametrize("words", ["x" * (GUIDE_LENGTH + 1), "nul \0 byte"])
def test_what_cannot_be_kept_is_refused_and_not_lost(words, programme, officer):
    page = write(english(officer), programme, words)
    assert page.context["adminform"].form.errors.keys() == {"screening_guide"}
    assert words in text(page)


def test_nobody_else_reads_it(idea, programme, cast):
    Programme.objects.filter(pk=programme.pk).update(screening_guide="For officers alone.")
    for role in ("resident", "community_officer", "support_member", "supervisor", "other_officer"):
        assert english(cast(role)).get(screen_url(idea)).status_code in (403, 404), role
    for reader in (english(), english(cast("resident")), english(cast("community_officer"))):
        for url in (
            reverse("home"),
            reverse("programme_detail", args=[programme.pk]),
            reverse("idea_create"),
            idea.get_absolute_url(),
        ):
            assert "For officers alone." not in text(reader.get(url))
