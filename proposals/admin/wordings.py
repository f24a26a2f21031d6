"""The office's page of the words in which it explains its reasons."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpResponseBase
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from communities.models import User
from communities.office import ListTable, only_used
from proposals.models import ReasonWording
from proposals.screening_querysets import ReasonWordingQuerySet
from proposals.views.idea_tables import wordings_table


@admin.register(ReasonWording)
class ReasonWordingAdmin(ListTable):
    writable = True
    list_display = ["reason", "beginning", "subdistrict"]
    list_filter = [only_used("subdistrict")]
    list_select_related = ["subdistrict"]
    fields = ["subdistrict", "reason", "text"]

    def scoped(self, queryset: ReasonWordingQuerySet, user: User) -> ReasonWordingQuerySet:
        return queryset.in_office_of(user)

    def table_of(self, rows: ReasonWordingQuerySet, kind: str) -> HttpResponseBase:
        return wordings_table(rows, kind)

    @admin.display(description=gettext_lazy("message to the resident"))
    def beginning(self, wording: ReasonWording) -> str:
        return Truncator(wording.text).chars(60)
