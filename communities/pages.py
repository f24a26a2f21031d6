"""Pages of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PAGE_SIZE = 20


def page_of(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], size: int = PAGE_SIZE) -> Page[Any]:
    """The page that `?page=` asks for; a number that is none, or too high, gives the nearest page there is."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
