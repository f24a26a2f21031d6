"""How the lists of contests and of their entries are narrowed down."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communities.models import Community
from contests.models import Contest, Entry
from programmes.models import Category, Programme


class ContestFilter(django_filters.FilterSet):
    programme = django_filters.ModelChoiceFilter(
        queryset=Programme.objects.none(), label=_("Year"), empty_label=pgettext_lazy("filter", "All years")
    )

    class Meta:
        model = Contest
        fields = ["programme"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = self.queryset.order_by().values("programme")
        self.filters["programme"].queryset = Programme.objects.filter(pk__in=seen)


class EntryFilter(django_filters.FilterSet):
    """Offers what the entries that the person may see have, and so tells of no other."""

    community = django_filters.ModelChoiceFilter(queryset=Community.objects.none(), empty_label=_("All communities"))
    category = django_filters.ModelChoiceFilter(queryset=Category.objects.none(), empty_label=_("All categories"))

    class Meta:
        model = Entry
        fields = ["community", "category"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = self.queryset.order_by()
        self.filters["community"].queryset = Community.objects.filter(pk__in=seen.values("community"))
        self.filters["category"].queryset = Category.objects.filter(pk__in=seen.values("category"))
