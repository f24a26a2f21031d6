"""How common the words of ideas are."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.bigrams import WORD_LENGTH


class WordCount(models.Model):
    """How many of the site's ideas have a word; words of a single idea are left out. The empty word counts all ideas.

    A snapshot, written by `services.words.count_words`; it says which words tell ideas apart, and nothing else.
    """

    lexeme = models.CharField(_("word"), max_length=WORD_LENGTH, primary_key=True)
    ideas = models.PositiveIntegerField(_("ideas"))

    class Meta:
        verbose_name = _("count of a word")
        verbose_name_plural = _("counts of words")
        constraints = [
            models.CheckConstraint(
                condition=Q(lexeme="") | Q(ideas__gt=1),
                name="proposals_wordcount_shared",
                violation_error_message=_("Only words of several ideas are counted."),
            )
        ]

    def __str__(self) -> str:
        return self.lexeme
