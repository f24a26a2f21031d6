"""What lists of ten thousand ideas need: an index that fits each query, and nothing read that is not shown."""

import pytest
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communities.bigrams import Query
from projects.models import Project
from proposals.models import Idea, Proposal
from tests.browsing import english, text
from tests.factories import CommunityFactory, ProgrammeFactory

LISTS = {
    "proposals_idea_public": lambda: Idea.objects.public().filter(programme=ProgrammeFactory())[:20],
    "proposals_idea_of_community": lambda: Idea.objects.public().filter(community=CommunityFactory())[:10],
    "proposals_idea_by_date": lambda: Idea.objects.order_by("submitted_at", "pk")[:50],
    "proposals_idea_words": lambda: Idea.objects.with_all_words(Query.of("benches")).order_by(),
    "proposals_proposal_public": lambda: Proposal.objects.public().filter(programme=ProgrammeFactory())[:20],
    "proposals_proposal_words": lambda: Proposal.objects.with_all_words(Query.of("benches")).order_by(),
    "projects_project_newest": lambda: Project.objects.order_by("-approved_at", "pk")[:20],
    "projects_project_words": lambda: Project.objects.with_all_words(Query.of("benches")).order_by(),
}


@pytest.mark.django_db
@pytest.mark.parametrize("index", LISTS)
def test_list_is_read_by_its_index(index):
    """Of an empty table any plan is as good as another, so only this index is left, and reading whole or sorting is last."""
    rows = LISTS[index]()
    with transaction.atomic(), connection.cursor() as cursor:
        for other in LISTS.keys() - {index}:
            cursor.execute(f"DROP INDEX {other}")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        plan = rows.explain()
    assert index in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("name", ["idea_list", "proposal_list", "project_list", "home"])
def test_search_columns_stay_in_the_database(name, proposal_in):
    proposal_in("QUALIFIED")
    with CaptureQueriesContext(connection) as queries:
        assert english().get(reverse(name)).status_code == 200
    assert queries
    assert not [query["sql"] for query in queries if '"words"' in query["sql"]]


@pytest.mark.parametrize("model", [Idea, Proposal, Project])
def test_words_are_kept_by_the_database(model):
    field = model._meta.get_field("words")
    assert field.generated
    assert isinstance(field.output_field, SearchVectorField)


def test_office_searches_ideas_by_words_and_by_author(idea_in, resident, officer):
    idea_in("SUBMITTED", title="三张长椅")
    url = reverse("admin:proposals_idea_changelist")
    client = english(officer)
    for query, found in (("长椅", True), ("张长椅 benches", True), ("椅三", False), (resident.display_name[:4], True)):
        assert ("三张长椅" in text(client.get(url, {"q": query}))) is found, query


def test_office_searches_proposals_by_words(proposal_in, officer):
    proposal_in("COACHING", title="歇脚的地方")
    url = reverse("admin:proposals_proposal_changelist")
    client = english(officer)
    assert "歇脚的地方" in text(client.get(url, {"q": "歇脚 neighbours"}))
    assert "歇脚的地方" not in text(client.get(url, {"q": "脚歇"}))


def test_office_finds_no_draft_by_its_words(idea_in, officer):
    idea_in("DRAFT", title="三张长椅")
    page = text(english(officer).get(reverse("admin:proposals_idea_changelist"), {"q": "长椅", "state": "all"}))
    assert "三张长椅" not in page


@pytest.mark.parametrize(
    ("name", "make"), [("idea_list", "idea_in"), ("proposal_list", "proposal_in")], ids=["ideas", "proposals"]
)
def test_lists_are_searched_by_words(name, make, request):
    made = request.getfixturevalue(make)
    made("ACCEPTED" if make == "idea_in" else "QUALIFIED", title="给电动车找个停放的地方")
    for query, found in (("电动车", True), ("停放 电动", True), ("电梯", False), ("动电", False), ("！", False)):
        page = english().get(reverse(name), {"q": query}).context["page"]
        assert bool(page.paginator.count) is found, query
