"""How the list of projects is narrowed down."""

import django_filters
from django.utils.translation import gettext_lazy as _

from communities.models import Community
from projects.enums import ProjectState
from projects.models import Project


class ProjectFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains", label=_("Search"))
    community = django_filters.ModelChoiceFilter(queryset=Community.objects.all(), empty_label=_("All communities"))
    state = django_filters.ChoiceFilter(choices=ProjectState.choices, empty_label=_("All states"))

    class Meta:
        model = Project
        fields = ["q", "community", "state"]
