"""The site of `benchmarks.vote`: the same settings and pages, and one view more that inserts one row and answers "ok"."""

from __future__ import annotations

import os
import secrets

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.voting.settings")

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config.urls import urlpatterns as site


@csrf_exempt
def insert(_request: HttpRequest) -> HttpResponse:
    """The least that a view can do to keep something."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_row (words) VALUES (%s)", [secrets.token_hex(8)])
    return HttpResponse("ok")


urlpatterns = [*site, path("bench/insert/", insert)]
