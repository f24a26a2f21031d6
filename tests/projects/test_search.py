"""The search page: what is found, in which order, how it is marked, and that nothing shows that is not for everyone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from communities.bigrams import SEARCH_LENGTH, Query
from communities.pages import PAGE_SIZE
from projects.models import Project
from projects.services import approve_projects
from projects.views.search import excerpt
from proposals.enums import IdeaState, ProposalState
from proposals.models import Idea
from tests.browsing import english, shown, text
from tests.factories import IdeaFactory, ProposalFactory

SCRIPT = "<script>alert('长椅')</script>"
IDEAS = {
    "三张长椅": ("老人买菜回来没有地方歇脚，想请社区在槐树下放几把。", "放三张带扶手的，树荫下最好。", "西门内"),
    "给电动车找个停放的地方": ("电动车停在楼道里充电，很危险。", "在空地上搭车棚，装充电桩。", "Ｂ座东侧"),
    "加装电梯的事听听大家的": ("六楼的老人下不来楼，装电梯又怕吵到一楼。", "请居委会开议事会，一户一票。", "5号楼"),
    "停车位错时共享": ("白天车位空着，晚上车停到路上。", "B座和C座的车位分时段用，扫码登记。", "B座 停车场"),
    "Ｗｉ－Ｆｉ和旧书角": ("活动室没有 WiFi，孩子们写作业不方便。", "装一个路由器，再摆 100 本旧书。", "3号院"),
    "臺灣老兵口述史": ("院里的老兵年紀大了，故事沒人記。", "請𠮷老師帶學生錄音。", ""),
}


def idea(programme, community, title, problem="问题是这样的。", solution="办法是这样的。", **fields):
    fields = {"state": IdeaState.SUBMITTED, "submitted_at": timezone.now(), **fields}
    return IdeaFactory(
        programme=programme,
        community=community,
        category=programme.categories.first(),
        title=title,
        problem=problem,
        solution=solution,
        **fields,
    )


@pytest.fixture
def ideas(programme, communities):
    return [
        idea(programme, communities[0], title, problem, solution, location_text=place)
        for title, (problem, solution, place) in IDEAS.items()
    ]


def search(q, user=None, **parameters):
    return english(user).get(reverse("search"), {"q": q, **parameters})


def titles(response):
    return [hit.row.title for hit in response.context.get("hits", [])]


def counts(response):
    return [tab.count for tab in response.context["tabs"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("长椅", {"三张长椅"}),
        ("三张长椅", {"三张长椅"}),
        ("椅", {"三张长椅"}),
        ("树", {"三张长椅"}),
        ("老人", {"三张长椅", "加装电梯的事听听大家的"}),
        ("电动车", {"给电动车找个停放的地方"}),
        ("电梯", {"加装电梯的事听听大家的"}),
        ("电", {"给电动车找个停放的地方", "加装电梯的事听听大家的"}),
        ("电动车 老人", set()),
        ("老人 树", {"三张长椅"}),
        ("老人　扶手", {"三张长椅"}),
        ("老人，扶手", {"三张长椅"}),
        ("B座", {"给电动车找个停放的地方", "停车位错时共享"}),
        ("b座 停车", {"停车位错时共享"}),
        ("Ｂ座", {"给电动车找个停放的地方", "停车位错时共享"}),
        ("C座停车", set()),
        ("停放的地方", {"给电动车找个停放的地方"}),
        ("放停", set()),
        ("wifi", {"Ｗｉ－Ｆｉ和旧书角"}),
        ("WIFI 孩子", {"Ｗｉ－Ｆｉ和旧书角"}),
        ("100", {"Ｗｉ－Ｆｉ和旧书角"}),
        ("10", set()),
        ("100本", {"Ｗｉ－Ｆｉ和旧书角"}),
        ("3号院", {"Ｗｉ－Ｆｉ和旧书角"}),
        ("5号", {"加装电梯的事听听大家的"}),
        ("臺灣", {"臺灣老兵口述史"}),
        ("台湾", set()),
        ("𠮷老師", {"臺灣老兵口述史"}),
        ("𠮷", {"臺灣老兵口述史"}),
    ],
)
def test_words_find_what_has_them(query, expected, ideas):
    assert set(titles(search(query))) == expected


def test_title_comes_before_text_then_more_before_less_then_newer_before_older(programme, communities):
    now = timezone.now()
    place = communities[0]
    idea(programme, place, "晚上太黑了", "路灯不亮。", submitted_at=now)
    idea(programme, place, "天黑以后", "路灯路灯路灯，路灯。", submitted_at=now - timedelta(days=1))
    idea(programme, place, "修好路灯", "又黑又滑。", submitted_at=now - timedelta(days=3))
    idea(programme, place, "多点路灯", "又黑又滑。", submitted_at=now - timedelta(days=2))
    assert titles(search("路灯")) == ["多点路灯", "修好路灯", "天黑以后", "晚上太黑了"]


def test_words_count_anywhere_but_a_phrase_stays_together(programme, communities):
    idea(programme, communities[0], "门口太暗", "东门没有灯，西门也没有。")
    assert titles(search("西门 灯")) == ["门口太暗"]
    assert titles(search("西门灯")) == []


@pytest.mark.parametrize("state", IdeaState)
def test_nobody_finds_an_idea_they_may_not_open(state, idea_in, cast, scene):
    hidden = idea_in(state, title="Rare cranes")
    for name in ("anonymous", "neighbour", "resident", "officer", "other_officer", "community_officer", "supervisor"):
        user = cast(name) if name != "anonymous" else None
        opened = english(user).get(hidden.get_absolute_url()).status_code == 200
        found = search("cranes", user, kind="ideas")
        assert titles(found) == (["Rare cranes"] if opened else []), name
        assert counts(found)[0] == int(opened), name
        assert search("cranes elsewhere", user, kind="ideas").context["similar"] == [] or opened, name


@pytest.mark.parametrize("state", ProposalState)
def test_nobody_finds_a_proposal_they_may_not_open(state, proposal_in, cast):
    hidden = proposal_in(state, title="Rare cranes")
    for name in ("anonymous", "neighbour", "resident", "officer", "other_officer", "support_member"):
        user = cast(name) if name != "anonymous" else None
        opened = english(user).get(hidden.get_absolute_url()).status_code == 200
        found = search("cranes", user, kind="proposals")
        assert titles(found) == (["Rare cranes"] if opened else []), name
        assert counts(found)[1] == int(opened), name


def test_kinds_are_counted_and_chosen(contest_in, approver, now):
    approve_projects(contest=contest_in("CONFIRMED", budget=None), by=approver, now=now)
    expected = [Idea.objects.public().count(), 3, Project.objects.count()]
    assert counts(search("rest")) == expected
    assert all(expected)
    projects = search("rest", kind="projects")
    assert {hit.row for hit in projects.context["hits"]} == set(Project.objects.all())
    assert projects.context["kind"].code == "projects"
    assert search("rest", kind="nonsense").context["kind"].code == "ideas"


def test_first_kind_that_has_something_is_shown(proposal_in):
    proposal_in("QUALIFIED", title="Places to rest")
    Idea.objects.update(state=IdeaState.WITHDRAWN)
    found = search("rest")
    assert counts(found) == [0, 1, 0]
    assert titles(found) == ["Places to rest"]


def test_budget_texts_of_proposals_are_found(programme, communities):
    ProposalFactory(
        programme=programme,
        community=communities[0],
        category=programme.categories.first(),
        title="歇脚点",
        plan="每月擦一次长椅。",
        state=ProposalState.QUALIFIED,
    )
    assert "每月擦一次<mark>长椅</mark>。" in text(search("长椅"))


def test_without_all_words_the_nearest_are_shown(ideas):
    found = search("电动车停车场充电桩安装")
    similar = [hit.row.title for hit in found.context["similar"]]
    assert similar[0] == "给电动车找个停放的地方"
    assert "停车位错时共享" in similar
    assert "臺灣老兵口述史" not in similar
    page = text(found)
    assert "nothing has all of “电动车停车场充电桩安装”" in page
    assert "<mark>电动车停</mark>在楼道里<mark>充电</mark>" in page


def test_nothing_found_helps_on(ideas):
    page = text(search("zzz"))
    assert "Nothing found for “zzz”" in page
    assert f'href="{reverse("idea_create")}"' in page
    assert f'href="{reverse("community_list")}"' in page


def test_empty_search_shows_the_box_and_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = text(search("  "))
    assert 'name="q"' in page
    assert "Where to look" not in page
    assert "Nothing found" not in page


def test_long_search_is_cut_and_says_so(ideas):
    found = search("长椅" + " " * 200 + "树" * 10_000)
    assert found.context["text"] == "长椅 " + "树" * (SEARCH_LENGTH - 3)
    assert "only its first 100 characters were looked for" in text(found)
    assert "only its first" not in text(search("长椅"))


ANY_TEXT = [
    "'",
    '"',
    "|",
    "& !",
    "<->",
    ":*",
    "!长椅",
    "长椅 & | ! ( ) <2>",
    "'长椅':*A",
    "\\",
    "长\0椅",
    "\0",
    "👍",
    "%_%",
    "{{ q }}",
    "a" * 10_000,
    "é" * 10_000,
    "' ) OR 1=1 --",
    "\u1680\u1680",
]


@pytest.mark.parametrize("page", ["search", "idea_list", "proposal_list", "project_list"])
def test_any_text_may_be_looked_for(page, ideas):
    for query in ANY_TEXT:
        assert english().get(reverse(page), {"q": query}).status_code == 200, query


def test_signs_are_not_operators(ideas):
    for query in ("!长椅", "长椅 &", "(长椅", "“长椅”？", "长椅:*"):
        assert titles(search(query)) == ["三张长椅"]


def test_what_people_write_stays_text(programme, communities):
    idea(programme, communities[0], "<b>长椅</b> & 'x'", SCRIPT)
    page = text(search("长椅"))
    assert SCRIPT not in page
    assert "&lt;b&gt;<mark>长椅</mark>&lt;/b&gt; &amp; &#x27;x&#x27;" in page
    assert "&lt;script&gt;alert(&#x27;<mark>长椅</mark>&#x27;)&lt;/script&gt;" in page
    typed = text(search(SCRIPT))
    assert SCRIPT not in typed
    assert shown(SCRIPT) in typed


def test_excerpt_is_of_the_text_that_shows_most():
    texts = ["第一段没有。" * 30, "第二段有长椅。", "前面很长。" * 30 + "第三段有长椅，也有树。" + "后面很长。" * 30]
    best = excerpt(texts, Query.of("长椅 树"), any_word=False)
    assert best.startswith("…第三段有<mark>长椅</mark>，也有<mark>树</mark>。")
    assert best.endswith("…")
    assert excerpt(["", "短。"], Query.of("长椅"), any_word=False) == "短。"
    assert excerpt(["", ""], Query.of("长椅"), any_word=False) == ""


def test_hits_are_paged_through(programme, communities):
    for number in range(PAGE_SIZE + 1):
        idea(programme, communities[0], f"长椅 {number}")
    first, second = search("长椅"), search("长椅", page="2", kind="ideas")
    assert len(titles(first)) == PAGE_SIZE
    assert len(titles(second)) == 1
    assert not set(titles(first)) & set(titles(second))
    assert "2 / 2" in text(second)
    assert titles(search("长椅", page="99")) == titles(second)


@pytest.mark.parametrize("count", [1, 3])
def test_search_costs_the_same_for_any_number(count, programme, communities, django_assert_num_queries):
    for number in range(count):
        idea(programme, communities[0], f"长椅 {number}")
    with django_assert_num_queries(4):
        assert len(titles(search("长椅"))) == count
    with django_assert_num_queries(4):
        assert len(search("长椅很多很多").context["similar"]) == count


def test_words_of_a_changed_idea_are_found_and_the_old_ones_not(ideas):
    Idea.objects.filter(pk=ideas[0].pk).update(title="四把木椅", problem="没有地方坐。", solution="放木椅。")
    assert titles(search("木椅")) == ["四把木椅"]
    assert titles(search("长椅")) == []
