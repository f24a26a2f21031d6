"""Similar ideas: the definition, the same in the database, and how well it tells duplicates from near misses."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communities.bigrams import lexemes
from communities.models import Community
from programmes.models import Category, Programme
from projects.demo.source import read
from proposals.enums import IdeaState, Likeness
from proposals.models import Idea, WordCount
from proposals.services.words import count_words
from proposals.similar import Draft, counts_of, grouped, overlaps, similar_ideas, sought_by
from proposals.similarity import LEAST, Sought, closeness, likeness, overlap, rarity, sought
from tests.factories import CommunityFactory, IdeaFactory, ProgrammeFactory, ResidentFactory

PAIRS = tomllib.loads((Path(__file__).parent.parent / "data/similar_ideas.toml").read_text("utf-8"))


# The definition


def test_a_word_of_one_idea_is_as_rare_as_can_be_and_one_of_all_nearly_not():
    assert rarity(1, 1000) == rarity(0, 1000) == 1
    assert 0 < rarity(1000, 1000) < rarity(500, 1000) < rarity(2, 1000) < 1
    assert rarity(1, 0) == 1


def test_words_of_the_title_weigh_twice_as_much():
    wanted = sought(lexemes("长椅", "路灯"), {}, 100)
    assert wanted.weights["长椅"] == 2 * wanted.weights["路灯"] == 2


def test_common_words_weigh_little():
    wanted = sought(lexemes("", "居民长椅"), {"居民": 90, "长椅": 3}, 100)
    assert wanted.weights["居民"] < wanted.weights["长椅"] / 5


def test_rare_words_are_looked_for_first_until_too_much_would_be_read():
    text = lexemes("", "甲乙，丙丁，戊己")
    assert [
        word for word in sought(text, {"甲乙": 60, "丙丁": 2, "戊己": 30}, 100, most_found=50).weights if len(word) == 2
    ] == [
        "丙丁",
        "戊己",
    ]


def test_what_is_left_out_counts_as_not_found():
    text = lexemes("长椅" * 20, "路灯坏了没人修" * 20)
    everything, half = sought(text, {}, 100), sought(text, {}, 100, most_found=5)
    assert everything.whole == half.whole
    assert overlap(half, text) < overlap(everything, text)


def test_a_few_words_prove_little():
    assert sought(lexemes("长椅"), {}, 100).whole == LEAST
    assert overlap(sought(lexemes("长椅"), {}, 100), lexemes("长椅")) < closeness(
        1, same_community=False, same_category=False
    )


@given(st.text("长椅路灯修，好", max_size=40), st.text("长椅路灯修，好", max_size=40))
def test_an_overlap_is_a_share(one, other):
    wanted = sought(lexemes(one), {"长椅": 7}, 10)
    assert 0 <= overlap(wanted, lexemes(other)) <= overlap(wanted, lexemes(one)) <= 1 + 1e-9


def test_place_and_category_add_a_little():
    near = closeness(0.1, same_community=True, same_category=True)
    assert near > closeness(0.1, same_community=True, same_category=False) > 0.1
    assert near < 0.13


@pytest.mark.parametrize(("close", "word"), [(0.0599, None), (0.06, Likeness.ALIKE), (0.12, Likeness.VERY)])
def test_words_for_it(close, word):
    assert likeness(close) == word


# The same in the database


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text("三张长椅，电动车棚灯坏了修a1' \\", min_size=1, max_size=30), min_size=2, max_size=8),
    most_found=st.integers(0, 60),
    counted=st.booleans(),
)
def test_the_database_finds_what_the_definition_says(programme, texts, most_found, counted):
    Idea.objects.all().delete()
    author = ResidentFactory()
    ideas = [
        IdeaFactory(
            programme=programme,
            author=author,
            community=Community.objects.first(),
            category=programme.categories.first(),
            title=text[:30],
            problem=text[::-1],
            solution="",
            submitted_at=programme.stages.first().opens_at,
        )
        for text in texts
    ]
    WordCount.objects.all().delete()
    if counted:
        count_words()
    draft = Draft.of(ideas[0])
    wanted = sought_by(draft, most_found)
    assert wanted == sought(draft.lexemes, *counts_of(draft.lexemes), most_found)
    expected = {idea.pk: overlap(wanted, Draft.of(idea).lexemes) for idea in ideas}
    least = 0.0001
    assert overlaps(wanted, programme.pk, least) == pytest.approx(
        {pk: shared for pk, shared in expected.items() if shared >= least}
    )


@pytest.mark.django_db
def test_counting_counts_ideas_that_were_handed_in(programme, idea_in):
    for state in (IdeaState.SUBMITTED, IdeaState.RETURNED, IdeaState.DRAFT):
        idea_in(state, title="Lamps")
    count_words()
    counts, ideas = counts_of(["lamps", "benches", "nothing"])
    assert ideas == 2
    assert counts == {"lamps": 2, "benches": 2}
    Idea.objects.filter(state=IdeaState.RETURNED).update(title="Benches")
    count_words()
    assert not WordCount.objects.filter(lexeme="lamps").exists()


@pytest.mark.django_db
def test_nothing_is_alike_to_nothing(programme, idea_in):
    idea_in(IdeaState.SUBMITTED)
    assert similar_ideas(Draft(""), programme.pk, Idea.objects.public(), 5) == []
    assert overlaps(Sought({}, LEAST), programme.pk) == {}


@pytest.mark.django_db
def test_of_another_programme_nothing_is_found(programme, programme_in, idea_in):
    idea = idea_in(IdeaState.SUBMITTED)
    assert [found.idea for found in similar_ideas(Draft.of(idea), programme.pk, Idea.objects.all(), 5)] == [idea]
    assert similar_ideas(Draft.of(idea), programme_in().pk, Idea.objects.all(), 5) == []


@pytest.mark.django_db
def test_only_what_one_may_see_is_found_the_closest_first(programme, idea_in):
    exact = idea_in(IdeaState.ACCEPTED, title="Benches by the pond")
    other = idea_in(IdeaState.SUBMITTED, title="Lamps by the road")
    idea_in(IdeaState.REJECTED, title="Benches by the pond")
    found = similar_ideas(Draft.of(exact), programme.pk, Idea.objects.public(), 5)
    assert [similar.idea for similar in found] == [exact, other]
    assert found[0].likeness == Likeness.VERY


# How well it tells ideas apart


@pytest.fixture
def written(db) -> dict[str, Idea]:
    """The labelled ideas by name, in one programme with all ideas of the demo."""
    programme = ProgrammeFactory()
    author = ResidentFactory()
    rows = [*PAIRS["idea"].values(), *read("ideas")["idea"]]
    places = {row["community"]: CommunityFactory(subdistrict=programme.subdistrict) for row in rows}
    categories = {row["category"]: _category(programme, row["category"]) for row in rows}
    made = Idea.objects.bulk_create(
        Idea(
            programme=programme,
            author=author,
            community=places[row["community"]],
            category=categories[row["category"]],
            title=row["title"],
            problem=row["problem"],
            solution=row["solution"],
            location_text=row.get("location", ""),
            state=IdeaState.ACCEPTED,
            submitted_at="2026-05-01T00:00Z",
        )
        for row in rows
    )
    count_words()
    return dict(zip(PAIRS["idea"], made, strict=False))


def _category(programme: Programme, code: str) -> Category:
    return Category.objects.get_or_create(
        programme=programme, code=code, defaults={"name": code, "position": programme.categories.count()}
    )[0]


def is_found(written, first: str, second: str) -> bool:
    idea = written[first]
    found = similar_ideas(Draft.of(idea), idea.programme_id, Idea.objects.exclude(pk=idea.pk), 100)
    return written[second] in [similar.idea for similar in found]


def test_there_are_enough_pairs():
    assert sum(len(PAIRS[kind]) for kind in ("duplicates", "near", "unrelated")) >= 60


@pytest.mark.parametrize(("half", "name"), [(0, "tuned on"), (1, "held back")])
def test_duplicates_are_found_and_little_else(written, half, name):
    """Recall and precision, on the pairs that the weights and limits were set by and on those that were held back."""
    found = {
        kind: [is_found(written, *pair) for pair in PAIRS[kind][half::2]]
        for kind in ("duplicates", "near", "unrelated")
    }
    right = sum(found["duplicates"])
    wrong = sum(found["near"]) + sum(found["unrelated"])
    recall, precision = right / len(found["duplicates"]), right / (right + wrong)
    assert recall >= 0.9, name
    assert precision >= 0.9, name
    assert not any(found["unrelated"])


def test_what_is_called_very_similar_is_a_duplicate(written):
    for first, second in [*PAIRS["near"], *PAIRS["unrelated"]]:
        idea = written[first]
        found = similar_ideas(Draft.of(idea), idea.programme_id, Idea.objects.exclude(pk=idea.pk), 100)
        assert written[second] not in [similar.idea for similar in found if similar.likeness == Likeness.VERY]


def test_a_title_alone_finds_most_duplicates(written):
    """While somebody writes, before there is a text."""
    found = []
    for first, second in PAIRS["duplicates"]:
        idea = written[first]
        among = Idea.objects.exclude(pk=idea.pk)
        ideas = [similar.idea for similar in similar_ideas(Draft(idea.title), idea.programme_id, among, 5)]
        found.append(written[second] in ideas)
    assert sum(found) / len(found) >= 0.6


def test_accepted_ideas_are_grouped_by_what_they_want(written):
    """Where ideas are joined: of the duplicates nearly all stand together, and little else does."""
    ideas = list(written.values())
    found = grouped(ideas)
    group_of = {similar.idea.pk: number for number, group in enumerate(found) for similar in group}
    together = {
        kind: [group_of[written[one].pk] == group_of[written[other].pk] for one, other in PAIRS[kind]]
        for kind in ("duplicates", "near", "unrelated")
    }
    assert sum(together["duplicates"]) / len(together["duplicates"]) >= 0.85
    assert sum(together["near"]) <= 2
    assert not any(together["unrelated"])
    assert sorted(group_of) == sorted(idea.pk for idea in ideas)
