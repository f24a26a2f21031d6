"""Pages of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PAGE_SIZE = 20


def page_of(
    request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], size: int = PAGE_SIZE, *, count: int | None = None
) -> Page[Any]:
    """The page that `?page=` asks for; a number that is none, or too high, gives the nearest page there is.

    With `count` the rows are not counted again. Of a queryset the keys of the page are found first, by an index alone:
    otherwise a page in the middle of a long list would join and annotate every row before it.
    """
    paginator = Paginator(rows, size)
    if count is not None:
        paginator.count = count
    page = paginator.get_page(request.GET.get("page"))
    if isinstance(rows, QuerySet):
        start = size * (page.number - 1)
        page.object_list = rows.filter(pk__in=rows.values("pk")[start : start + size])
    return page
