"""The verbs on seconding: say that an idea is one's own too, and take it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from communities.models import User
from communities.refusal import refuse_if
from proposals.models import Consolidation, Idea, IdeaClaim, Proposal, Seconding
from proposals.rules import why_not_second, why_not_take_back_seconding


@transaction.atomic
def second_idea(*, idea: Idea, by: User, now: datetime) -> None:
    """A verified resident seconds an idea, once; a second click changes nothing. Raises `Refused`."""
    _hold(idea)
    refuse_if(why_not_second(by, idea, now))
    Seconding.objects.bulk_create([Seconding(idea=idea, user=by, at=now)], ignore_conflicts=True)


@transaction.atomic
def take_back_seconding(*, idea: Idea, by: User, now: datetime) -> None:
    """The resident takes it back, as long as the idea may be seconded; a second click changes nothing."""
    _hold(idea)
    refuse_if(why_not_take_back_seconding(by, idea, now))
    Seconding.objects.filter(idea=idea, user=by).delete()


def supporters_of(proposal: Proposal) -> int:
    """How many people stand behind a proposal: authors and seconders of the ideas in it, each person once.

    An idea without an author is that of the account to which it is offered; offered to nobody it stands for one more person.
    """
    ideas = Idea.objects.filter(pk__in=Consolidation.objects.behind(proposal).values("idea"))
    nobodys = ideas.filter(author__isnull=True)
    offers = IdeaClaim.objects.offers().waiting().filter(idea__in=nobodys)
    seconders = Seconding.objects.filter(idea__in=ideas)
    people = Q(pk__in=ideas.values("author")) | Q(pk__in=offers.values("user")) | Q(pk__in=seconders.values("user"))
    return User.objects.filter(people).count() + nobodys.exclude(pk__in=offers.values("idea")).count()


def backers_of(ideas: Iterable[Idea]) -> dict[int, set[str]]:
    """The people behind each of some ideas (by id): its author and who seconds it; three queries at most.

    An idea without an author is that of the account to which it is offered; offered to nobody, of somebody of their own.
    """
    authors = {idea.pk: idea.author_id for idea in ideas}
    nobodys = [pk for pk, author in authors.items() if author is None]
    offers = IdeaClaim.objects.offers().waiting().filter(idea__in=nobodys)
    authors |= dict(offers.values_list("idea", "user"))
    people = {pk: {str(author or f"author of {pk}")} for pk, author in authors.items()}
    for idea, user in Seconding.objects.filter(idea__in=people).values_list("idea", "user"):
        people[idea].add(str(user))
    return people


def _hold(idea: Idea) -> None:
    """Read the state anew and keep it until this transaction ends: nobody seconds what is decided at the same moment."""
    idea.refresh_from_db(fields=["state"], from_queryset=Idea.objects.select_for_update(no_key=True))
