"""The search columns in queries: which rows hold the words somebody looks for, and which of them come first."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorExact, SearchVectorField
from django.db import models
from django.db.models import F, Func, Value

from communities.bigrams import Query

WEIGHTS = [0.05, 0.1, 0.3, 1.0]
"""Of D, C, B and A, as `ts_rank_cd` takes them: a word in a title says most."""

Row = TypeVar("Row", bound=models.Model)


class Bigrams(Func):
    """The lexemes of some texts, the weightiest first; the function is made by migration 0002 of this app."""

    function = "communities_bigrams"
    output_field = SearchVectorField()


def words_of(*fields: str) -> models.GeneratedField:
    """The column `words`, which the database keeps to what these fields hold, the weightiest first.

    Its index finds the rows. Being stored, it also tells positions and weights without the texts being split again,
    which phrases and ranks need of every row found; an index on the expression alone would not.
    """
    return models.GeneratedField(expression=Bigrams(*fields), output_field=SearchVectorField(), db_persist=True)


class TsQuery(SearchQuery):
    """A tsquery as `communities.bigrams` writes it: taken as it is, not split by PostgreSQL's own parser."""

    template = "%(expressions)s::tsquery"


class SearchableQuerySet(models.QuerySet[Row]):
    NEWEST_FIRST: tuple[str, ...] = ("-pk",)

    def with_all_words(self, query: Query) -> Self:
        """Rows that hold every word; none where there is no word to look for."""
        return self.filter(words=TsQuery(query.all_words())) if query else self.none()

    def best_first(self, query: Query) -> Self:
        """Rows with all words in the title, then by how many there are and how near to one another; ties newest first."""
        in_title = SearchVectorExact(F("words"), TsQuery(query.all_words("A")))
        rank = SearchRank(F("words"), TsQuery(query.all_words()), weights=Value(WEIGHTS), cover_density=True)
        return self.order_by(in_title.desc(), rank.desc(), *self.NEWEST_FIRST)

    def similar_to(self, query: Query) -> Self:
        """Rows that hold any pair of the query's characters, those with most of them first; ties newest first."""
        if not query:
            return self.none()
        lexemes = Value([term.lexeme for term in query.terms], ArrayField(models.TextField()))
        left = Func(F("words"), lexemes, function="ts_delete", output_field=SearchVectorField())
        shared = _length(F("words")) - _length(left)
        return self.filter(words=TsQuery(query.any_word())).order_by(shared.desc(), *self.NEWEST_FIRST)


def _length(vector: Any) -> Func:
    """How many different lexemes a vector has."""
    return Func(vector, function="length", output_field=models.IntegerField())


class WithoutWords(models.Manager[Row]):
    """Leaves `words` in the database, where alone it is of use: it is as large as the texts it is made of."""

    def get_queryset(self) -> models.QuerySet[Row]:
        return super().get_queryset().defer("words")
