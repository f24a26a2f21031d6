"""Pages of a long list hold what the list holds there, and ask no more than they show."""

import pytest
from django.db import connection
from django.db.models import Count
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from communities.models import Community
from communities.pages import page_of
from tests.factories import CommunityFactory, SubdistrictFactory


def request(page=None):
    return RequestFactory().get("/", {"page": page} if page else {})


@pytest.fixture
def rows(db):
    CommunityFactory.create_batch(7, subdistrict=SubdistrictFactory())
    return Community.objects.annotate(ideas_here=Count("ideas")).select_related("subdistrict").order_by("-name")


@pytest.mark.parametrize(
    ("asked", "number", "names"),
    [
        (None, 1, slice(0, 3)),
        ("2", 2, slice(3, 6)),
        ("3", 3, slice(6, 9)),
        ("99", 3, slice(6, 9)),
        ("x", 1, slice(0, 3)),
    ],
)
def test_page_holds_its_stretch_of_the_list(asked, number, names, rows):
    page = page_of(request(asked), rows, 3)
    assert (page.number, page.paginator.num_pages) == (number, 3)
    assert list(page) == list(rows)[names]
    assert [row.ideas_here for row in page] == [0] * len(page)
    assert page_of(request(asked), list(rows), 3).object_list == list(rows)[names]


def test_page_is_one_query_besides_the_count(rows):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert [row.subdistrict.name for row in page_of(request("2"), rows, 3)]
    assert len(queries) == 2
    with CaptureQueriesContext(connection) as queries:
        assert list(page_of(request("2"), rows, 3, count=7))
    assert len(queries) == 1


def test_list_without_rows_has_one_empty_page(db):
    page = page_of(request("2"), Community.objects.all())
    assert (list(page), page.number, page.paginator.count) == ([], 1, 0)
