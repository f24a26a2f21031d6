"""The office's pages of people and places. Accounts and appointments are an installer's work, verification is daily."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminRadioSelectWidget

from communities.enums import DeliveryState, ResidencyState, VerificationMethod
from communities.models import (
    Appointment,
    Community,
    Delivery,
    Organisation,
    Residency,
    SetAsideEvent,
    Subdistrict,
    User,
)
from communities.office import OfficeAdmin, Verb, VerbForm, Waiting, only_used, works
from communities.people_filters import HomeFilter, RecipientHomeFilter, RoleFilter
from communities.querysets import DeliveryQuerySet, scope_of
from communities.refusal import Refused
from communities.services.delivery import send_again
from communities.services.outbox import put_back
from communities.services.people import decide_residency

# Of the libraries: rights come from appointments, and nobody has an e-mail address in their table.
admin.site.unregister([Group, EmailAddress])


def streets(user: User) -> list[int]:
    """Sub-districts whose people and places the person may see in the admin."""
    return scope_of(user).subdistricts


class InstallerOnly(OfficeAdmin):
    """Officers read; only superusers write, so that nobody appoints themselves."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


class AccountCreationForm(UserCreationForm):
    class Meta:
        model = User
        fields = ["username", "display_name"]


class AccountChangeForm(UserChangeForm):
    class Meta:
        model = User
        fields = ["username", "display_name", "password", "is_active", "is_superuser"]


@admin.register(User)
class UserAdmin(InstallerOnly, DjangoUserAdmin):
    form = AccountChangeForm
    add_form = AccountCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["shown_name", "phone", "account_name", "is_active", "date_joined"]
    list_filter = [RoleFilter, HomeFilter, "is_active"]
    search_fields = ["username", "display_name"]
    ordering = ["username"]
    filter_horizontal = ()
    readonly_fields = ["phone", "date_joined", "last_login"]
    fieldsets = [
        (None, {"fields": ["username", "display_name", "phone", "is_active", "date_joined", "last_login"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "display_name", "password1", "password2"]})]

    def scoped(self, queryset: models.QuerySet[User], user: User) -> models.QuerySet[User]:
        """Residents and role holders of one's sub-districts, and accounts without a phone: staff and experts."""
        return queryset.filter(pk__in=User.objects.known_to(streets(user)).values("pk"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        if not request.user.is_superuser:
            return self.fieldsets
        (title, options), *more = self.fieldsets
        password = [] if obj.phone_hash else ["password"]
        return [(title, {"fields": [*options["fields"], "is_superuser", *password]}), *more]

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """For accounts with a user name only: nobody gives themselves a resident's account, and with it their ballot."""
        user = self.get_object(request, unquote(id))
        if user is not None and user.phone_hash:
            raise PermissionDenied
        response: HttpResponse = super().user_change_password(request, id, form_url)
        return response

    @admin.display(description=gettext_lazy("name shown"), ordering="display_name")
    def shown_name(self, user: User) -> str:
        return str(user)

    @admin.display(description=gettext_lazy("phone"))
    def phone(self, user: User) -> str:
        return user.masked_phone or "–"

    @admin.display(description=gettext_lazy("user name"), ordering="username")
    def account_name(self, user: User) -> str:
        """What somebody logs in with; who logs in by phone has a name that nobody types."""
        return "–" if user.phone_hash else user.username


@admin.register(Appointment)
class AppointmentAdmin(InstallerOnly):
    list_display = ["user", "role", "subdistrict", "community", "organisation", "starts_on", "ends_on"]
    list_filter = ["role", only_used("subdistrict"), only_used("community"), only_used("organisation")]
    list_select_related = ["user", "subdistrict", "community", "organisation"]
    search_fields = ["user__username", "user__display_name"]

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> models.QuerySet[Any] | None:
        """Office roles go to accounts with a user name; residents log in by telephone."""
        queryset = super().get_field_queryset(db, db_field, request)
        if db_field.name == "user" and queryset is not None:
            return queryset.filter(phone_hash__isnull=True)
        return queryset

    def scoped(self, queryset: models.QuerySet[Appointment], user: User) -> models.QuerySet[Appointment]:
        return queryset.filter(subdistrict__in=streets(user))


@admin.register(Subdistrict)
class SubdistrictAdmin(InstallerOnly):
    """Officers keep what people are told about how to reach the office; who is a sub-district is the installer's."""

    list_display = ["name", "code", "district", "office", "telephone"]
    search_fields = ["name", "code"]
    fieldsets = [
        (None, {"fields": ["name", "code", "district"]}),
        (
            gettext_lazy("How people reach the office"),
            {
                "fields": ["office", "address", "hours", "telephone", "supervision_telephone"],
                "description": gettext_lazy("Everyone reads this, on the front page and under each public notice."),
            },
        ),
    ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return works(request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if request.user.is_superuser else ["name", "code", "district"]

    def scoped(self, queryset: models.QuerySet[Subdistrict], user: User) -> models.QuerySet[Subdistrict]:
        return queryset.filter(pk__in=streets(user))


@admin.register(Community)
class CommunityAdmin(OfficeAdmin):
    writable = True
    list_display = ["name", "code", "housing_type", "registered_population", "households"]
    list_filter = ["housing_type", only_used("subdistrict")]
    search_fields = ["name", "code"]

    def scoped(self, queryset: models.QuerySet[Community], user: User) -> models.QuerySet[Community]:
        return queryset.filter(subdistrict__in=streets(user))


@admin.register(Organisation)
class OrganisationAdmin(OfficeAdmin):
    writable = True
    list_display = ["name", "kind", "community", "subdistrict"]
    list_filter = ["kind", only_used("community")]
    list_select_related = ["community", "subdistrict"]
    search_fields = ["name"]

    def scoped(self, queryset: models.QuerySet[Organisation], user: User) -> models.QuerySet[Organisation]:
        return queryset.filter(subdistrict__in=streets(user))


class MethodForm(VerbForm):
    """How a residency was verified."""

    method = forms.TypedChoiceField(
        label=gettext_lazy("verified how"),
        choices=VerificationMethod.choices,
        coerce=VerificationMethod,
        widget=UnfoldAdminRadioSelectWidget,
    )


def _verify(residency: Residency, user: User, *, method: VerificationMethod) -> str:
    decide_residency(residency=residency, verified=True, method=method, by=user, now=timezone.now())
    return _("%s is verified.") % residency


def _refuse(residency: Residency, user: User) -> str:
    decide_residency(residency=residency, verified=False, method=None, by=user, now=timezone.now())
    return _("%s is refused.") % residency


def _pending(residency: Residency) -> bool:
    return residency.state == ResidencyState.PENDING


@admin.register(Residency)
class ResidencyAdmin(OfficeAdmin):
    list_display = ["user", "phone", "community", "state_shown", "method", "created_at"]
    list_filter = ["state", only_used("community"), "method"]
    list_select_related = ["user", "community"]
    search_fields = ["user__username", "user__display_name"]
    ordering = ["created_at", "pk"]
    fields = ["user", "phone", "community", "state", "method", "decided_by", "decided_at", "created_at"]
    readonly_fields = ["phone", "created_at"]
    actions = ["on_roster", "in_person", "by_household_code", "refuse"]
    verbs = (
        Verb("verify", gettext_lazy("Verify"), _verify, _pending, form=MethodForm, variant="primary"),
        Verb("refuse", gettext_lazy("Refuse"), _refuse, _pending, warning=gettext_lazy("The person cannot vote then.")),
    )

    def scoped(self, queryset: models.QuerySet[Residency], user: User) -> models.QuerySet[Residency]:
        return queryset.filter(subdistrict__in=streets(user))

    def waiting(self, request: HttpRequest) -> list[Waiting]:
        pending = self.get_queryset(request).awaiting_verification().order_by()
        found = pending.aggregate(count=Count("pk"), oldest=Min("created_at"))
        url = self.list_url(state__exact=ResidencyState.PENDING)
        return [Waiting(_("Residencies to verify"), found["count"], url, found["oldest"])]

    @admin.display(description=gettext_lazy("phone"))
    def phone(self, residency: Residency) -> str:
        return residency.user.masked_phone or "–"

    @action(description=gettext_lazy("Verify: on the residents' roster"), permissions=["work"])
    def on_roster(self, request: HttpRequest, queryset: models.QuerySet[Residency]) -> None:
        self._decide_all(request, queryset, VerificationMethod.ROSTER)

    @action(description=gettext_lazy("Verify: in person at the residents' committee"), permissions=["work"])
    def in_person(self, request: HttpRequest, queryset: models.QuerySet[Residency]) -> None:
        self._decide_all(request, queryset, VerificationMethod.IN_PERSON)

    @action(description=gettext_lazy("Verify: by household code"), permissions=["work"])
    def by_household_code(self, request: HttpRequest, queryset: models.QuerySet[Residency]) -> None:
        self._decide_all(request, queryset, VerificationMethod.HOUSEHOLD_CODE)

    @action(description=gettext_lazy("Refuse"), permissions=["work"])
    def refuse(self, request: HttpRequest, queryset: models.QuerySet[Residency]) -> None:
        self._decide_all(request, queryset, None)

    def _decide_all(
        self, request: HttpRequest, queryset: models.QuerySet[Residency], method: VerificationMethod | None
    ) -> None:
        """Decide each chosen residency, verified if there is a method; every refusal is told with its reason."""
        decided = 0
        for residency in queryset.select_related("user", "community"):
            try:
                decide_residency(
                    residency=residency,
                    verified=method is not None,
                    method=method,
                    by=request.user,
                    now=timezone.now(),
                )
                decided += 1
            except Refused as refused:
                messages.error(request, f"{residency}: {refused}")
        if decided:
            messages.success(request, _("Decided: %s.") % decided)


@admin.register(Delivery)
class DeliveryAdmin(OfficeAdmin):
    """Text messages and e-mails that did not arrive: who was not reached, and why. What was sent is nobody's business."""

    list_display = ["kind", "recipient", "phone", "channel", "state_shown", "attempts", "last_error", "happened_at"]
    list_filter = ["state", "channel", RecipientHomeFilter]
    list_select_related = ["notification__recipient"]
    ordering = ["-pk"]
    fields = ["kind", "recipient", "phone", "channel", "state", "attempts", "due_at", "last_error", "happened_at"]
    readonly_fields = ["kind", "recipient", "phone", "happened_at"]
    actions = ["try_again"]

    def get_queryset(self, request: HttpRequest) -> DeliveryQuerySet:
        return super().get_queryset(request).exclude(state=DeliveryState.SENT).select_related("notification__recipient")

    def scoped(self, queryset: models.QuerySet[Delivery], user: User) -> models.QuerySet[Delivery]:
        return queryset.filter(notification__recipient__in=User.objects.known_to(streets(user)))

    def waiting(self, request: HttpRequest) -> list[Waiting]:
        found = self.get_queryset(request).failed().aggregate(count=Count("pk"), oldest=Min("notification__created_at"))
        url = self.list_url(state__exact=DeliveryState.FAILED)
        title = _("Text messages and e-mails that could not be delivered")
        return [Waiting(title, found["count"], url, found["oldest"])] if found["count"] else []

    @admin.display(description=gettext_lazy("kind"))
    def kind(self, delivery: Delivery) -> str:
        return delivery.notification.get_kind_display()

    @admin.display(description=gettext_lazy("recipient"))
    def recipient(self, delivery: Delivery) -> str:
        return str(delivery.notification.recipient)

    @admin.display(description=gettext_lazy("phone"))
    def phone(self, delivery: Delivery) -> str:
        return delivery.notification.recipient.masked_phone or "–"

    @admin.display(description=gettext_lazy("when"))
    def happened_at(self, delivery: Delivery) -> datetime:
        return delivery.notification.at

    @action(description=gettext_lazy("Send again"), permissions=["work"])
    def try_again(self, request: HttpRequest, queryset: models.QuerySet[Delivery]) -> None:
        """Each refusal is told with its reason."""
        begun = 0
        for delivery in queryset:
            try:
                send_again(delivery=delivery, by=request.user, now=timezone.now())
                begun += 1
            except Refused as refused:
                messages.error(request, f"{delivery}: {refused}")
        if begun:
            messages.success(request, _("Being sent again: %s.") % begun)


@admin.register(SetAsideEvent)
class SetAsideEventAdmin(OfficeAdmin):
    """Events that nobody could be told of; they name no person, so every street office sees them."""

    list_display = ["source", "event", "happened_at", "error", "at"]
    list_filter = ["source"]
    fields = ["source", "event", "happened_at", "error", "at"]
    actions = ["tell_again"]

    def scoped(self, queryset: models.QuerySet[SetAsideEvent], user: User) -> models.QuerySet[SetAsideEvent]:
        return queryset if streets(user) else queryset.none()

    def waiting(self, request: HttpRequest) -> list[Waiting]:
        found = self.get_queryset(request).aggregate(count=Count("pk"), oldest=Min("at"))
        title = _("Events that nobody could be told of")
        return [Waiting(title, found["count"], self.list_url(), found["oldest"])] if found["count"] else []

    @action(description=gettext_lazy("Try to tell again"), permissions=["work"])
    def tell_again(self, request: HttpRequest, queryset: models.QuerySet[SetAsideEvent]) -> None:
        for event in queryset:
            put_back(event=event, by=request.user)
        messages.success(
            request, _("What was in the way is asked again in a moment; if it fails again, it comes back here.")
        )
