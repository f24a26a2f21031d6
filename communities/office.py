"""The office's admin site: who may enter it, what each sees there, what waits, and the buttons that call verbs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import FieldListFilter, RelatedOnlyFieldListFilter, ShowFacets
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.sites import UnfoldAdminSite
from unfold.widgets import UnfoldAdminTextareaWidget

from communities.enums import STREET_ROLES
from communities.models import User
from communities.querysets import scope_of
from communities.refusal import Refused
from communities.waiting import Waiting, latest_due_last, oldest_first
from communities.widgets import DayAndTimeInput, DayInput
from communities.written import kept, log_in_to_write


@dataclass(frozen=True, slots=True)
class Verb:
    """A button on the page of one row.

    `act(obj, user, **what the form asked)` calls one service and returns the sentence that tells what was done; a
    `Refused` is shown.
    `offered(obj)` says whether the button fits the row's state; who may press it is the service's business. A verb
    with a `form` or a `warning` asks on a page of its own first. Where a row has many, `group` is the heading that a
    button stands under.
    """

    name: str
    label: str | Promise
    act: Callable[..., str]
    offered: Callable[[Any], bool]
    form: type[VerbForm] | None = None
    warning: str | Promise = ""
    variant: str = "default"
    group: str | Promise = ""

    @property
    def answer_variant(self) -> str:
        """How the button looks by which the page that asks is answered: only danger is told apart there."""
        return "danger" if self.variant == "danger" else "primary"

    @property
    def asks(self) -> bool:
        return self.form is not None or bool(self.warning)


class VerbForm(forms.Form):
    """What a verb needs to know; choices may depend on the row and the acting user."""

    def __init__(self, *args: Any, obj: models.Model, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.required and field.empty_label is not None:
                field.empty_label = _("Please choose")


class NoteForm(VerbForm):
    note = forms.CharField(
        label=_("note"),
        max_length=500,
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
        help_text=_("What is to be done, and why."),
    )


class OfficeSite(UnfoldAdminSite):
    """Open to street officers, approvers and supervisors; logging in is the same as everywhere on the site."""

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_staff

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """Who is logged in without an office role is refused, not sent to log in again."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        return guarded

    def writing_view(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """As `admin_view`, for pages on which officers write; their forms begin with `written.kept`."""
        return log_in_to_write(self.admin_view(view), login_url=reverse_lazy("account_login"))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Log in on the site's own page, which has its rate limits."""
        if isinstance(request.user, User):
            if not self.has_permission(request):
                raise PermissionDenied
            return redirect("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': request.GET.get('next', request.path)})}")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The first page: everything that waits, who waited longest first, and last what nothing waits under."""
        admins = [admin for admin in self._registry.values() if isinstance(admin, OfficeAdmin)]
        waiting = [item for admin in admins for item in admin.waiting(request)]
        context = {
            "waiting": [
                *oldest_first(item for item in waiting if not item.overdue),
                *(item for item in waiting if not item.overdue and not item.count),
            ],
            "overdue": latest_due_last(item for item in waiting if item.overdue),
            "title": _("What waits"),
            "may_work": works(request.user),
        }
        return super().index(request, {**context, **(extra_context or {})})

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Of two lines that lead to this page or above it the nearer one is marked: awards lie below projects."""
        groups: list[dict[str, Any]] = super().get_sidebar_list(request)
        here = [item for group in groups for item in group["items"] if item["active"]]
        for item in here:
            item["active"] = item is max(here, key=lambda each: len(str(each["link"])))
        return groups

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> HttpResponse:
        """The first page names everything; a page for each app would only repeat its menu."""
        return redirect("admin:index")


class Scoped:
    """What pages and their inlines have in common: choices end where one's scope ends, and fields need no script."""

    admin_site: OfficeSite
    empty_value_display = "–"

    def formfield_for_dbfield(self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Days and times as the browser offers them; what may be chosen without windows for adding to it."""
        if isinstance(db_field, models.DateTimeField):
            widget = DayAndTimeInput(db_field.verbose_name)
            return db_field.formfield(**{**kwargs, "form_class": forms.SplitDateTimeField, "widget": widget})
        if isinstance(db_field, models.DateField):
            kwargs["widget"] = DayInput
        nothing = "–" if db_field.blank else _("Please choose")
        if db_field.choices:
            kwargs["choices"] = db_field.get_choices(
                include_blank=not db_field.has_default(), blank_choice=[("", nothing)]
            )
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        if isinstance(field, forms.ModelChoiceField) and field.empty_label is not None:
            field.empty_label = nothing
        return field

    def get_field_queryset(
        self, db: str | None, db_field: models.ForeignKey[Any, Any], request: HttpRequest
    ) -> models.QuerySet[Any] | None:
        model = db_field.remote_field.model
        related = self.admin_site.get_model_admin(model) if self.admin_site.is_registered(model) else None
        if isinstance(related, OfficeAdmin):
            return related.get_queryset(request)
        return super().get_field_queryset(db, db_field, request)


class OfficeInline(Scoped, TabularInline):
    """Rows of a page's row; read only unless a subclass says in `writable_for` when they may be written."""

    extra = 0
    can_delete = False
    show_change_link = False
    hide_title = True

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """One empty row where rows may be added: without scripts there is no other way to add one."""
        return 1 if self.has_add_permission(request, obj) else 0

    def writable_for(self, obj: Any) -> bool:
        return False

    def removable_for(self, obj: Any) -> bool:
        return False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """The headings of the columns are the labels, so each field carries its own for those who do not see them."""
        formset = super().get_formset(request, obj, **kwargs)
        for field in formset.form.base_fields.values():
            field.widget.attrs["aria-label"] = field.label
        return formset

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return reads(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return works(request.user) and self.writable_for(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return works(request.user) and self.writable_for(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return works(request.user) and self.removable_for(obj)


class OfficeAdmin(Scoped, ModelAdmin):
    """A page of the admin that shows rows of one's scope: officers work, supervisors read.

    A subclass says in `scoped` which rows a person may see. Nothing is deleted here, and nothing is added or changed
    unless a subclass says so in `writable`. `verbs` are the buttons on the page of a row.
    """

    writable = False
    verbs: Sequence[Verb] = ()
    change_form_outer_before_template = "admin/verbs.html"
    show_facets = ShowFacets.NEVER
    list_per_page = 50

    def scoped(self, queryset: models.QuerySet[Any], user: User) -> models.QuerySet[Any]:
        raise NotImplementedError

    def waiting(self, request: HttpRequest) -> list[Waiting]:
        """What of these rows waits for the office."""
        return []

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, row: Any) -> str:
        """Which state looks how is said once, in the site's styles."""
        return state_mark(row)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        queryset = super().get_queryset(request)
        user = request.user
        if not isinstance(user, User):
            return queryset.none()
        return queryset if user.is_superuser else self.scoped(queryset, user)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Lists are narrowed down by the page's own filters, not by whatever column or relation an address names."""
        names = [
            getattr(item, "parameter_name", "") or (item[0] if isinstance(item, tuple) else item)
            for item in self.get_list_filter(request)
        ]
        own = any(lookup == name or lookup.startswith(f"{name}__") for name in names)
        return own and "\0" not in value and super().lookup_allowed(lookup, value, request)

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

    def has_work_permission(self, request: HttpRequest) -> bool:
        """For list actions: `permissions=["work"]`."""
        return works(request.user)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.writing_view(self.verb_view)
        return [path("<int:pk>/do/<slug:name>/", view, name=self.url_name("do")), *super().get_urls()]

    def url_name(self, page: str) -> str:
        """The name of one of this model's admin pages, without the site's namespace."""
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def list_url(self, **parameters: str) -> str:
        url = reverse(f"admin:{self.url_name('changelist')}")
        return f"{url}?{urlencode(parameters)}" if parameters else url

    def row_url(self, obj: models.Model) -> str:
        return reverse(f"admin:{self.url_name('change')}", args=[obj.pk])

    def fetch(self, request: HttpRequest, pk: int) -> Any:
        """The row, if it is in one's scope; else 404."""
        row = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    def page(self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> TemplateResponse:
        """A page of our own in the frame of the admin."""
        frame = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, template, frame, status=status)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"may_work": works(request.user), **(extra_context or {})})

    def buttons(self, obj: models.Model, user: User) -> list[dict[str, Any]]:
        """The verbs that fit the row's state, for `admin/verbs.html`."""
        if not works(user):
            return []
        return [
            {"verb": verb, "url": reverse(f"admin:{self.url_name('do')}", args=[obj.pk, verb.name])}
            for verb in self.verbs
            if verb.offered(obj)
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> TemplateResponse:
        context["show_save_and_add_another"] = False
        if obj is not None and isinstance(request.user, User):
            context["buttons"] = self.buttons(obj, request.user)
            context.update(self.around(obj, request.user))
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def around(self, obj: Any, user: User) -> dict[str, Any]:
        """What a row's page shows besides its fields, for the template of the model."""
        return {}

    def verb_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Carry out one verb on one row, or ask first; a refusal is shown and what was typed is kept.

        What stands in the address is filled in.
        """
        if not works(request.user):
            raise PermissionDenied
        obj = self.fetch(request, pk)
        verb = next((verb for verb in self.verbs if verb.name == name), None)
        if verb is None:
            raise Http404
        if request.method != "POST" and not verb.asks:
            return HttpResponseNotAllowed(["POST"])
        form_class = verb.form or VerbForm
        posted = request.POST if request.method == "POST" else None
        form = form_class(posted, obj=obj, user=request.user, initial=request.GET.dict() | kept(request))
        if form.is_valid():
            try:
                messages.success(request, verb.act(obj, request.user, **form.cleaned_data))
                return redirect(self.row_url(obj))
            except Refused as refused:
                if verb.form is None:
                    messages.error(request, str(refused))
                    return redirect(self.row_url(obj))
                form.add_error(None, str(refused))
        context = {"verb": verb, "form": form, "original": obj, "title": str(obj), "back": self.row_url(obj)}
        return self.page(request, "admin/verb.html", context)


class ListTable(OfficeAdmin):
    """A page whose list can be taken along as a spreadsheet: the rows that it shows with the same conditions."""

    list_before_template = "admin/_table.html"

    def table_of(self, rows: Any, kind: str) -> HttpResponseBase:
        """The file; `rows` as the list has them."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.table_view)
        return [path("table.<str:kind>", view, name=self.url_name("table")), *super().get_urls()]

    def table_view(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        return self.table_of(self.get_changelist_instance(request).get_queryset(request), kind)


def state_mark(row: Any) -> str:
    """The row's state as everywhere on the site."""
    return format_html('<span class="state" data-state="{}">{}</span>', row.state, row.get_state_display())


def only_used(field: str) -> tuple[str, type[FieldListFilter]]:
    """A list filter by a foreign key that offers only what occurs in the rows one may see."""
    return field, RelatedOnlyFieldListFilter


def reads(user: User | AnonymousUser) -> bool:
    """Whether the person may see the admin's rows of their scope."""
    return isinstance(user, User) and user.is_staff


def works(user: User | AnonymousUser) -> bool:
    """Whether the person may change rows of their scope: street roles, and superusers for installation."""
    return isinstance(user, User) and (user.is_superuser or bool(scope_of(user).in_roles(STREET_ROLES)))


def office_member(request: HttpRequest) -> bool:
    """For the navigation: whether the person reads the admin's rows at all."""
    return reads(request.user)
