"""Warnings that one team or one lead has several proposals in a year, where the office joins, qualifies and enters."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from proposals.enums import ProposalState
from proposals.models import Proposal
from proposals.repeats import LEAD, TEAM, repeats_of
from tests.browsing import english, text
from tests.factories import ProposalFactory
from tests.proposals.test_naughty_words import TOUGH, reads

P = ProposalState
SEVERAL = "Several proposals of one team or lead"


def found(programme):
    repeats = repeats_of(Proposal.objects.filter(programme=programme))
    return [({proposal.title for proposal in one.proposals}, one.common) for one in repeats]


def teams(programme, *names, **columns):
    return [
        ProposalFactory(programme=programme, title=f"Rest {place}", team_name=name, **columns)
        for place, name in enumerate(names)
    ]


@pytest.mark.parametrize("other", ["Old Street Band", "OLD　STREET　BAND", " old streetband "])
def test_names_of_teams_are_compared_as_they_are_read(other, programme):
    teams(programme, "Old Street Band", other, "Young Street Band")
    assert found(programme) == [({"Rest 0", "Rest 1"}, (TEAM,))]


def test_a_team_without_a_name_is_nobodys(programme):
    teams(programme, "", "", "  ")
    assert found(programme) == []


def test_the_lead_is_who_speaks_for_it(programme, neighbour, proposal_in):
    one, two = (proposal_in(P.COACHING, title=title) for title in ("Rest", "Shade"))
    Proposal.objects.filter(pk=two.pk).update(team_name="Others")
    assert found(programme) == [({"Rest", "Shade"}, (LEAD,))]
    Proposal.objects.filter(pk=one.pk).update(lead=neighbour)
    assert found(programme) == []


def test_what_team_and_lead_have_in_common_is_said_once(programme, proposal_in):
    for title in ("Rest", "Shade"):
        proposal_in(P.COACHING, title=title)
    assert found(programme) == [({"Rest", "Shade"}, (LEAD, TEAM))]


@pytest.mark.parametrize("end", [P.WITHDRAWN, P.DISQUALIFIED])
def test_what_has_ended_does_not_count(end, programme):
    teams(programme, "Band")
    teams(programme, "Band", state=end)
    assert found(programme) == []


def test_other_years_do_not_count(programme):
    teams(programme, "Band")
    ProposalFactory(team_name="Band")
    assert found(programme) == []


@pytest.mark.parametrize("count", [2, 6])
def test_many_cost_the_same(count, programme, resident, django_assert_num_queries):
    teams(programme, *["Band"] * count, lead=resident)
    with django_assert_num_queries(3):
        [repeat] = repeats_of(Proposal.objects.filter(programme=programme))
    assert len(repeat.proposals) == count


def test_the_joining_desk_warns_and_its_file_lists_them(programme, officer, proposal_in):
    client, url = english(officer), reverse("admin:proposals_idea_joining")
    first = proposal_in(P.COACHING, title="Rest")
    assert client.get(url).context["balance"].repeats == []
    second = proposal_in(P.COACHING, title="Shade")
    page = client.get(url)
    assert [one.proposals for one in page.context["balance"].repeats] == [(first, second)]
    assert SEVERAL in text(page)
    file = b"".join(client.get(url, {"programme": programme.pk, "balance": "1", "format": "csv"})).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file, newline="")))
    assert ["", "", "2", "the same lead, the same team", "Rest, Shade"] in rows


def test_whoever_qualifies_reads_the_warning_and_goes_on(officer, proposal_in):
    client = english(officer)
    proposal = proposal_in(P.SUBMITTED, title="Rest")
    url = reverse("admin:proposals_proposal_change", args=[proposal.pk])
    assert SEVERAL not in text(client.get(url))
    writing = proposal_in(P.COACHING, title=TOUGH[:30])
    for page in (client.get(url), client.get(reverse("admin:proposals_proposal_change", args=[writing.pk]))):
        assert SEVERAL in text(page)
        reads(page, TOUGH[:30])
    client.post(reverse("admin:proposals_proposal_do", args=[proposal.pk, "qualified"]))
    assert Proposal.objects.get(pk=proposal.pk).state == P.QUALIFIED


def test_whoever_enters_reads_the_warning_without_a_name(officer, contest_in, proposal_in):
    contest = contest_in("DRAFT", entries=1, is_blind=True)
    client, url = english(officer), reverse("admin:contests_contest_change", args=[contest.pk])
    enter = reverse("admin:contests_contest_do", args=[contest.pk, "enter"])
    assert SEVERAL not in text(client.get(url))
    further = proposal_in(P.QUALIFIED, title="Shade")
    page = text(client.get(enter))
    assert SEVERAL in page
    assert "Neighbours" not in page
    client.post(enter, {"proposals": [further.pk]})
    assert contest.entries.count() == 2
    assert SEVERAL in text(client.get(url))
