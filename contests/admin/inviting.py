"""Buttons by which the office asks experts to join a panel, and what has become of its invitations."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.db.models import Count, Min, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from communities.accounts import E164Field
from communities.enums import OFFICE_ROLES, Channel, DeliveryState
from communities.models import Appointment, User
from communities.office import Verb, VerbForm
from communities.querysets import scope_of
from communities.services.outbox import ways_to
from communities.waiting import Waiting, until
from communities.widgets import DayInput
from contests.enums import ContestRefusal, InvitationState
from contests.inviting_rules import SEEKS_EXPERTS
from contests.models import Contest, Expert, Invitation, InvitationMessage
from contests.services.inviting import Guest, invite, send_again, withdraw_invitation

USUAL = timedelta(days=7)


def _until() -> forms.DateField:
    return forms.DateField(
        label=gettext_lazy("answer until"),
        widget=DayInput,
        initial=lambda: timezone.localdate() + USUAL,
        help_text=gettext_lazy("The link in the message works until the end of this day."),
    )


class InviteForm(VerbForm):
    """Somebody of the pool, who is known, or somebody new."""

    expert = forms.ModelChoiceField(
        label=gettext_lazy("from the pool of experts"),
        queryset=Expert.objects.none(),
        required=False,
        empty_label=gettext_lazy("Somebody new"),
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("Name, employer and fields are known then; what you write below goes before."),
    )
    name = forms.CharField(
        label=gettext_lazy("name of the expert"), max_length=20, required=False, widget=UnfoldAdminTextInputWidget
    )
    employer = forms.CharField(
        label=gettext_lazy("employer"),
        max_length=80,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("As it is called in full: the expert keeps out of what comes from there."),
    )
    fields_of_work = forms.MultipleChoiceField(
        label=gettext_lazy("fields of work"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    phone = E164Field(
        region="CN",
        label=gettext_lazy("Mobile number"),
        required=False,
        widget=UnfoldAdminTextInputWidget({"inputmode": "tel"}),
        error_messages={"invalid": gettext_lazy("Please type the 11 digits of a mobile number.")},
        help_text=gettext_lazy("The link goes there. Blank for an expert of the pool who can be reached."),
    )
    email = forms.EmailField(
        label=gettext_lazy("e-mail address"),
        required=False,
        widget=UnfoldAdminEmailInputWidget,
        help_text=gettext_lazy("Instead of a mobile number."),
    )
    expires_on = _until()

    def __init__(self, *args: Any, obj: Contest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        pool = Expert.objects.filter(subdistrict=obj.programme.subdistrict_id).select_related("user")
        free = pool.exclude(user__panelists__contest=obj)
        office = _of_office(obj)
        self.fields["expert"].queryset = free.exclude(user__in=office)
        if kept_out := list(free.filter(user__in=office)):
            names = _(", ").join(str(expert) for expert in kept_out)
            reason = _("Not offered, because who holds an office here does not judge: %s.") % names
            self.fields["expert"].help_text = f"{self.fields['expert'].help_text} {reason}"
        self.fields["expert"].label_from_instance = _in_pool
        self.fields["fields_of_work"].choices = list(obj.programme.categories.values_list("code", "name"))
        if not settings.EMAIL_OFFERED:
            del self.fields["email"]

    def clean(self) -> dict[str, Any]:
        """What the pool knows fills what was left blank."""
        data: dict[str, Any] = super().clean() or {}
        expert: Expert | None = data.get("expert")
        if expert is None and not data.get("name") and "name" not in self.errors:
            self.add_error("name", _("Choose somebody from the pool, or write the name."))
        phone, email = data.get("phone") or "", data.get("email") or ""
        if expert is not None and not phone and not email:
            ways = ways_to(expert.user)
            phone = expert.user.phone if Channel.SMS in ways else ""
            email = expert.user.email if Channel.EMAIL in ways and not phone else ""
        if bool(phone) == bool(email) and not {"phone", "email"} & set(self.errors):
            self.add_error("phone", str(ContestRefusal.WAY_MISSING.label))
        if self.errors:
            return data
        guest = Guest(
            name=data["name"] or str(expert)[:20],
            phone=phone,
            email=email,
            employer=data["employer"] or (expert.employer if expert else ""),
            fields=data["fields_of_work"] or (expert.fields if expert else []),
            user=expert.user if expert else None,
        )
        return {"guest": guest, "expires_on": data["expires_on"]}


def _of_office(contest: Contest) -> models.QuerySet[Appointment]:
    """Ids of those who run or supervise the contest."""
    holding = Appointment.objects.in_force(timezone.localdate()).filter(role__in=OFFICE_ROLES)
    return holding.filter(subdistrict=contest.programme.subdistrict_id).order_by().values("user")


class InvitationForm(VerbForm):
    """One of the invitations that nobody has answered."""

    invitation = forms.ModelChoiceField(
        label=gettext_lazy("invitation"), queryset=Invitation.objects.none(), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, obj: Contest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        self.fields["invitation"].queryset = obj.invitations.filter(state=InvitationState.OPEN)
        self.fields["invitation"].label_from_instance = _line


class SendAgainForm(InvitationForm):
    expires_on = _until()


def _in_pool(expert: Expert) -> str:
    return (
        _("%(name)s (%(employer)s)") % {"name": expert, "employer": expert.employer} if expert.employer else str(expert)
    )


def _line(invitation: Invitation) -> str:
    return f"№ {invitation.pk} {invitation.name} {invitation.reached_at} – {until(invitation.expires_at)}"


def _end_of(day: date) -> datetime:
    """The midnight after the day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _invite(contest: Contest, user: User, *, guest: Guest, expires_on: date) -> str:
    invitation = invite(contest=contest, guest=guest, expires_at=_end_of(expires_on), by=user, now=timezone.now())
    return _("Invited: %(name)s. The link goes to %(place)s within moments; text messages wait for the morning.") % {
        "name": invitation.name,
        "place": invitation.reached_at,
    }


def _again(_contest: Contest, user: User, *, invitation: Invitation, expires_on: date) -> str:
    send_again(invitation=invitation, expires_at=_end_of(expires_on), by=user, now=timezone.now())
    return _("A new link goes to %s.") % invitation.reached_at


def _withdraw(_contest: Contest, user: User, *, invitation: Invitation) -> str:
    withdraw_invitation(invitation=invitation, by=user, now=timezone.now())
    return _("The invitation is taken back; its link leads nowhere any more.")


def _seeks(contest: Contest) -> bool:
    return contest.state in SEEKS_EXPERTS and not contest.is_imported


def _waits(contest: Contest) -> bool:
    return _seeks(contest) and contest.invitations.filter(state=InvitationState.OPEN).exists()


GROUP = gettext_lazy("Experts")
VERBS = (
    Verb("invite", gettext_lazy("Invite an expert"), _invite, _seeks, form=InviteForm, group=GROUP),
    Verb("invite-again", gettext_lazy("Send an invitation again"), _again, _waits, form=SendAgainForm, group=GROUP),
    Verb("uninvite", gettext_lazy("Take an invitation back"), _withdraw, _waits, form=InvitationForm, group=GROUP),
)


def invitations(contest: Contest) -> list[Invitation]:
    """With `delivery`, how its latest message fared, and `step`, what the office can do next."""
    latest = InvitationMessage.objects.filter(invitation=OuterRef("pk")).order_by("-pk").values("state")[:1]
    now = timezone.now()
    rows = list(contest.invitations.select_related("user", "invited_by").annotate(delivery=Subquery(latest)))
    for row in rows:
        row.expired = row.state == InvitationState.OPEN and not row.is_awaited(now)
        row.delivery_label = DeliveryState(row.delivery).label if row.delivery else ""
        row.step = _step(row)
    return rows


def _step(row: Any) -> str:
    if row.expired:
        return _("Send it again with another day, or take it back and invite somebody else.")
    if row.state == InvitationState.OPEN and row.delivery == DeliveryState.FAILED:
        return _("The message could not be delivered. Take it back and invite anew with the right number or address.")
    if row.state in {InvitationState.DECLINED, InvitationState.LAPSED}:
        return _("Invite somebody else from the pool.")
    if row.state == InvitationState.ACCEPTED:
        return _("On the panel: share entries out.")
    return ""


def waiting(contests: models.QuerySet[Contest]) -> list[Waiting]:
    """Invitations that expired without an answer; the link leads to the contest of the oldest."""
    expired = Invitation.objects.expired(timezone.now()).filter(contest__in=contests.order_by().values("pk"))
    found = expired.aggregate(count=Count("pk"), since=Min("expires_at"), contest=Min("contest"))
    if not found["count"]:
        return []
    url = reverse("admin:contests_contest_change", args=[found["contest"]])
    return [Waiting(_("Invitations to panels that expired without an answer"), found["count"], url, found["since"])]


def judges(users: models.QuerySet[User], user: User) -> models.QuerySet[User]:
    """Accounts that can sit on a panel: with a user name, or in the office's pool; all residents would be endless.

    Nobody of the office itself.
    """
    pool = Expert.objects.in_office_of(user)
    office = Appointment.objects.in_force(timezone.localdate()).filter(role__in=OFFICE_ROLES)
    if not user.is_superuser:
        office = office.filter(subdistrict__in=scope_of(user).subdistricts)
    return users.model.objects.filter(
        models.Q(pk__in=users.filter(phone_hash__isnull=True).order_by().values("pk"))
        | models.Q(pk__in=pool.order_by().values("user"))
    ).exclude(pk__in=office.order_by().values("user"))
