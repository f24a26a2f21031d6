"""The year: its calendar, its rules in words, and its figures; and the same calendar for telephones to subscribe to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from communities.models import Organisation
from contests.enums import PUBLISHED_STATES
from contests.models import Contest
from contests.wording import rules_in_words
from programmes.calendar import calendar_of
from programmes.ics import calendar_file
from programmes.models import Accompaniment, Programme, ZoneCommunity
from projects.figures import categories_by_year, participation, programme_years, rates_are_known
from projects.pictures import categories_chart, funnel_chart, participation_chart

CALENDAR_TYPE = "text/calendar; charset=utf-8"


def programme_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    programme = get_object_or_404(Programme.objects.select_related("subdistrict"), pk=pk)
    years = programme_years(programme.subdistrict)
    funnel = next((year.funnel for year in years if year.programme == programme), None)
    contests = Contest.objects.visible_to(request.user).filter(programme=programme, source_sha256="")
    contests = contests.with_entry_count(request.user).order_by("-created_at", "-pk")
    rows = participation(programme)
    known = rates_are_known(rows)
    categories = categories_by_year(programme.subdistrict)
    context = {
        "programme": programme,
        "calendar": calendar_of(programme, timezone.now()),
        "subscription": _subscription(request, programme),
        "contests": contests,
        "rules": rules_in_words(contests[0].ruleset) if contests else [],
        "zones": programme.zones.prefetch_related(
            Prefetch("members", ZoneCommunity.objects.select_related("community"))
        ),
        "accompanied": _accompanied(programme),
        "years": years,
        "funnel": funnel,
        "funnel_chart": funnel_chart(programme, funnel) if funnel else None,
        "categories": categories,
        "categories_chart": categories_chart(categories, programme),
        "participation": rows,
        "participation_chart": participation_chart(rows, per_thousand=known),
        "rates_known": known,
        "ballots_url": _ballots_url(contests),
    }
    return render(request, "programmes/programme_detail.html", context)


def _ballots_url(contests: Iterable[Contest]) -> str:
    """Where the ballots of the year are told of: at its result, or on the page's own list where it has several."""
    decided = [contest for contest in contests if contest.state in PUBLISHED_STATES]
    return reverse("contest_result", args=[decided[0].pk]) if len(decided) == 1 else "#contests"


@require_safe
def programme_ics(request: HttpRequest, pk: int) -> HttpResponseBase:
    """In the language that `lang` names, else in the site's own: calendar programs do not say which one people read."""
    programme = get_object_or_404(Programme.objects.select_related("subdistrict"), pk=pk)
    stages = programme.stages.in_order()
    wanted = request.GET.get("lang", "")
    with translation.override(wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        content = calendar_file(programme, stages, url=_address(request, "programme_detail", programme))
    etag = quote_etag(hashlib.sha256(content).hexdigest())
    # No day of the last change: names change too, and only the content itself knows of it.
    return get_conditional_response(request, etag=etag, response=_calendar_response(programme, content, etag))


def _calendar_response(programme: Programme, content: bytes, etag: str) -> HttpResponseBase:
    name = f"{programme.subdistrict.code}-{programme.year}.ics"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "ETag": etag}
    return HttpResponse(content, content_type=CALENDAR_TYPE, headers=headers)


def _subscription(request: HttpRequest, programme: Programme) -> str:
    """A link that calendar programs take up: the address of the file under the scheme webcal."""
    address = _address(request, "programme_ics", programme)
    return f"webcal://{address.partition('://')[2]}"


def _address(request: HttpRequest, page: str, programme: Programme) -> str:
    return request.build_absolute_uri(reverse(page, args=[programme.pk]))


def _accompanied(programme: Programme) -> list[tuple[Organisation, list[Accompaniment]]]:
    """Organisations by name, each with the communities that it accompanies this year."""
    found = Accompaniment.objects.in_force().filter(programme=programme).select_related("organisation", "community")
    rows = found.order_by("organisation__name", "community__code")
    return [(organisation, list(group)) for organisation, group in groupby(rows, attrgetter("organisation"))]
