"""What people say about themselves, and the demo's own pages."""

from __future__ import annotations

from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST

from communities import demo, display, mail, sms
from communities.enums import ResidencyState
from communities.forms import NameCommunityForm
from communities.models import Residency, User
from communities.pressing import on_this_site
from communities.services import people


def closed(_request: HttpRequest, page: str) -> HttpResponse:
    """A page of the account library that this site has no use for."""
    raise Http404(page)


@never_cache
@login_required
def name_community(request: HttpRequest) -> HttpResponse:
    """Where a resident says in which community they live, and reads what happens next."""
    assert isinstance(request.user, User)
    form = NameCommunityForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        residency = people.name_community(community=form.cleaned_data["community"], by=request.user)
        messages.success(request, _("You have named %(community)s.") % {"community": residency.community})
        return redirect(request.get_full_path())
    residencies = list(Residency.objects.filter(user=request.user).select_related("community"))
    states = {residency.state for residency in residencies}
    context = {
        "form": form,
        "residencies": residencies,
        "verified": ResidencyState.VERIFIED in states,
        "pending": ResidencyState.PENDING in states,
        "next": next_page(request),
    }
    return render(request, "communities/name_community.html", context)


def next_page(request: HttpRequest) -> str:
    """The page of this site that `?next=` names, else the resident's ideas."""
    return on_this_site(request, request.GET.get("next", "")) or reverse("my_ideas")


@require_POST
def set_display(request: HttpRequest) -> HttpResponse:
    """Switch elder mode on or off, and back to the page one was on."""
    response = redirect(on_this_site(request, request.POST.get("next", "")) or reverse("home"))
    display.remember(response, elder=request.POST.get("display") == display.ELDER, secure=request.is_secure())
    return response


@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that lets a browser show `/offline/` without a connection; another text of that page makes it another script."""
    version = sha256(render_to_string("offline.html").encode()).hexdigest()[:16]
    return render(request, "service-worker.js", {"version": version}, content_type="text/javascript")


@never_cache
def demo_sms(request: HttpRequest) -> HttpResponse:
    """The text messages and e-mails that the demo shows instead of sending them."""
    context = {"sent": sms.shown_in_demo(), "mails": mail.shown_in_demo()}
    return render(request, "communities/demo_sms.html", context)


def demo_accounts(request: HttpRequest) -> HttpResponse:
    """The made-up people one can be."""
    context = {"password": settings.DEMO_PASSWORD, "staff": demo.staff(), "residents": demo.residents()}
    return render(request, "communities/demo_accounts.html", context)
