"""The office's admin site: who may enter it, and what each sees there."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from communities.enums import STREET_ROLES, Role
from communities.models import User
from communities.querysets import scope_of


class OfficeSite(UnfoldAdminSite):
    """Open to street officers, approvers and supervisors; logging in is the same as everywhere on the site."""

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_staff

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Log in on the site's own page, which has its rate limits."""
        if isinstance(request.user, User) and self.has_permission(request):
            return redirect("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': request.GET.get('next', request.path)})}")


class OfficeAdmin(ModelAdmin):
    """A page of the admin that shows rows of one's scope: officers work, supervisors read.

    A subclass says in `scoped` which rows a person may see. Nothing is deleted here, and nothing is added or changed
    unless a subclass says so in `writable`.
    """

    writable = False

    def scoped(self, queryset: models.QuerySet[Any], user: User) -> models.QuerySet[Any]:
        raise NotImplementedError

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        queryset = super().get_queryset(request)
        user = request.user
        if not isinstance(user, User):
            return queryset.none()
        return queryset if user.is_superuser else self.scoped(queryset, user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return reads(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return reads(request.user)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return self.writable and works(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.writable and works(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def reads(user: User | AnonymousUser) -> bool:
    """Whether the person may see the admin's rows of their scope."""
    return isinstance(user, User) and user.is_staff


def works(user: User | AnonymousUser) -> bool:
    """Whether the person may change rows of their scope: street roles, and superusers for installation."""
    return isinstance(user, User) and (user.is_superuser or bool(scope_of(user).in_roles(STREET_ROLES)))


def supervises_only(user: User) -> bool:
    return bool(scope_of(user).in_roles([Role.SUPERVISOR])) and not works(user)
