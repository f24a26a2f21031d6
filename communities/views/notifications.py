"""What a person was told, and where they want to be told it."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from communities.enums import Channel, Language
from communities.forms import ChannelsForm, EmailForm
from communities.models import Notification, NotificationChoice, User
from communities.notice_kinds import (
    EXPERTS_KINDS,
    OFFICE_KINDS,
    RESIDENTS_KINDS,
    NoticeKind,
    default_channels,
)
from communities.notices import remark_of, sentence
from communities.pages import page_of
from communities.refusal import Refused
from communities.services import reading

log = structlog.get_logger(__name__)


@require_GET
@never_cache
@login_required
def notifications(request: HttpRequest) -> HttpResponse:
    """The person's own notifications by day, newest first; `?unread=1` leaves out what was read."""
    mine = Notification.objects.shown_to(request.user)
    only_unread = request.GET.get("unread") == "1"
    page = page_of(request, mine.unread() if only_unread else mine)
    for notification in page:
        notification.sentence = sentence(notification)
        notification.remarks = remark_of(notification)
        notification.day = timezone.localdate(notification.at)
    return render(request, "communities/notifications.html", {"page": page, "only_unread": only_unread})


@require_GET
@never_cache
@login_required
def notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one's own notification as read, and on to what it is about."""
    opened = get_object_or_404(Notification, pk=pk, recipient=request.user)
    reading.mark_read(notification=opened, by=request.user, now=timezone.now())
    return redirect(opened.link)


@require_POST
@login_required
def mark_all_read(request: HttpRequest) -> HttpResponse:
    reading.mark_all_read(by=request.user, now=timezone.now())
    return redirect("notifications")


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def notification_settings(request: HttpRequest) -> HttpResponse:
    """Which kinds of news a person gets where, and in which language."""
    assert isinstance(request.user, User)
    user = request.user
    kinds = _kinds_of(user)
    rows = {choice.kind: choice.channels for choice in NotificationChoice.objects.filter(user=user)}
    form = ChannelsForm(
        request.POST if request.method == "POST" else None,
        kinds=kinds,
        channels=_channels_of(user),
        chosen={kind: rows.get(kind, default_channels(kind)) for kind in kinds},
        initial={"language": user.language},
    )
    if request.method == "POST" and form.is_valid():
        reading.choose(channels=form.wanted(), language=Language(form.cleaned_data["language"]), by=user)
        messages.success(request, _("Your choice is saved."))
        return redirect("notification_settings")
    return _settings_page(request, form, EmailForm(initial={"email": user.email}))


@require_POST
@login_required
def set_email(request: HttpRequest) -> HttpResponse:
    """Take an e-mail address down and send it the request to confirm it."""
    assert isinstance(request.user, User)
    form = EmailForm(request.POST)
    if not (settings.EMAIL_OFFERED and form.is_valid()):
        messages.error(request, _("That is no e-mail address; nothing was changed."))
        return redirect("notification_settings")
    email = form.cleaned_data["email"]
    try:
        reading.set_email(email=email, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    except OSError as error:
        # SMTP errors are OSErrors; their words may hold the address.
        log.warning("confirmation_failed", error=type(error).__name__)
        messages.error(request, _("The e-mail could not be sent; nothing was changed. Try again later."))
    else:
        sent, gone = _("We have sent you an e-mail. Open the link in it to confirm."), _("Your address is deleted.")
        messages.success(request, sent if email else gone)
    return redirect("notification_settings")


@require_http_methods(["GET", "POST"])
@never_cache
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the e-mail. Programs that look at links in mails press no button, so a button confirms."""
    confirmed = request.method == "POST" and reading.confirm_email(token=token, now=timezone.now())
    good = confirmed or (request.method == "GET" and reading.address_in(token) is not None)
    context = {"confirmed": confirmed, "good": good}
    return render(request, "communities/confirm_email.html", context, status=200 if good else 410)


def _settings_page(request: HttpRequest, form: ChannelsForm, email: EmailForm) -> HttpResponse:
    context = {
        "form": form,
        "email_form": email,
        "email_offered": settings.EMAIL_OFFERED,
        "sms_offered": Channel.SMS in form.channels,
    }
    return render(request, "communities/notification_settings.html", context)


def _kinds_of(user: User) -> list[NoticeKind]:
    """The kinds that can concern the person: residents log in by phone, the office and most experts by user name.

    Whoever judges with a resident's account has been told of entries to score before there is anything to choose.
    """
    if user.phone_token:
        judges = Notification.objects.filter(recipient=user, kind=NoticeKind.SCORING).exists()
        return [*RESIDENTS_KINDS, *([NoticeKind.SCORING] if judges else [])]
    return [*(OFFICE_KINDS if user.is_staff else EXPERTS_KINDS)]


def _channels_of(user: User) -> list[Channel]:
    offered = {Channel.SITE: True, Channel.SMS: bool(user.phone_token), Channel.EMAIL: settings.EMAIL_OFFERED}
    return [channel for channel in Channel if offered[channel]]
