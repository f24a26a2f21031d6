"""Who must keep out of what, from plain facts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.conflicts import Stake, Ties, alike, ground, namesake
from contests.enums import RecusalGround as G

NOBODY = Ties(user=1, name="lin", phone="+8613800000001", employer="university", communities=frozenset({1}))
ELSEWHERE = Stake(community=9, members=frozenset({("wang", "")}), bodies=frozenset({"neighbours"}))


@pytest.mark.parametrize(
    "ties, stake, expected",
    [
        ({}, {}, None),
        ({}, {"authors": frozenset({1, 2})}, G.ON_TEAM),
        ({}, {"authors": frozenset({2})}, None),
        ({}, {"members": frozenset({("lin", "")})}, None),
        ({}, {"members": frozenset({("anybody", "+8613800000001")})}, G.ON_TEAM),
        ({"phone": ""}, {"members": frozenset({("lin", "")})}, None),
        ({"organisations": frozenset({5, 6})}, {"organisations": frozenset({6})}, G.SAME_ORGANISATION),
        ({"organisations": frozenset({5})}, {"organisations": frozenset({6})}, None),
        ({}, {"bodies": frozenset({"university"})}, G.SAME_EMPLOYER),
        ({"employer": ""}, {"bodies": frozenset({""})}, None),
        ({}, {"community": 1}, G.SAME_COMMUNITY),
        # The nearest tie is the one that is named.
        ({}, {"community": 1, "bodies": frozenset({"university"})}, G.SAME_EMPLOYER),
        ({}, {"community": 1, "authors": frozenset({1})}, G.ON_TEAM),
    ],
)
def test_what_ties_an_expert_to_an_entry(ties, stake, expected):
    assert ground(replace(NOBODY, **ties), replace(ELSEWHERE, **stake)) == expected


@pytest.mark.parametrize(
    "ties, member, expected",
    [
        ({}, ("lin", ""), True),
        ({"phone": ""}, ("lin", "+8613800000002"), True),
        ({}, ("lin", "+8613800000002"), False),
        ({}, ("wang", ""), False),
        ({"name": ""}, ("", ""), False),
    ],
)
def test_a_name_is_a_suspicion_unless_two_numbers_tell_two_people(ties, member, expected):
    assert namesake(replace(NOBODY, **ties), replace(ELSEWHERE, members=frozenset({member}))) is expected


@pytest.mark.parametrize(
    "one, other", [("演示 大学", "演示大学"), ("ＡＢＣ大学", "abc大学"), (" Lin  Wei\u3000", "linwei"), ("", " \t")]
)
def test_names_are_compared_as_people_read_them(one, other):
    assert alike(one) == alike(other)


@given(st.sets(st.integers(0, 5)), st.integers(0, 5), st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5)))
def test_more_ties_never_let_an_expert_in(communities, community, own, accompanying):
    stake = Stake(community=community, organisations=frozenset(accompanying))
    fewer = Ties(user=1, communities=frozenset(communities))
    more = replace(fewer, organisations=frozenset(own))
    assert ground(more, stake) or not ground(fewer, stake)
