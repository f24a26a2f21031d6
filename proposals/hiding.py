"""What later apps know of proposals: who must not read them, whose names nobody is told, and which are in a contest.

Each names its question once, when it is ready.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import Q

if TYPE_CHECKING:
    from communities.models import User

_questions: list[Callable[[User], Any]] = []


def hide(question: Callable[[User], Any]) -> None:
    """`question(user)` is a query of the ids of the proposals that this person must not read."""
    _questions.append(question)


def kept_from(user: User) -> Q:
    """The proposals that any of the questions names."""
    return Q(*(Q(pk__in=question(user)) for question in _questions), _connector=Q.OR) if _questions else Q(pk__in=())


_nameless: list[Callable[[], Any]] = []


def hide_names(question: Callable[[], Any]) -> None:
    """`question()` is a query of the ids of the proposals whose applicants nobody is told, unless it is their work."""
    _nameless.append(question)


def nameless() -> Q:
    """The proposals that any of these questions names."""
    return Q(*(Q(pk__in=question()) for question in _nameless), _connector=Q.OR) if _nameless else Q(pk__in=())


_competing: list[Callable[[], Any]] = []


def hold_back(question: Callable[[], Any]) -> None:
    """`question()` is a query of the ids of the proposals that take part in a contest."""
    _competing.append(question)


def competing() -> Q:
    """The proposals that any of these questions names."""
    return Q(*(Q(pk__in=question()) for question in _competing), _connector=Q.OR) if _competing else Q(pk__in=())
