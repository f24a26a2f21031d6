"""The site's addresses, some that fail on purpose, for the pages that people see then, and the scripts of the audit.

The scripts come from the site itself, as its policy demands, and Chromium keeps them as it compiled them.
"""

from pathlib import Path

import axe_playwright_python
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.csrf import csrf_failure

from config.urls import urlpatterns as of_the_site

SCRIPTS = {
    "axe": (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8"),
    "audit": (Path(__file__).parent / "audit.js").read_text("utf-8"),
}


def fail(_request):
    raise RuntimeError("on purpose")


def refuse_damaged(_request):
    raise SuspiciousOperation("on purpose")


def refuse_many(request):
    return render(request, "429.html", status=429)


def audit(_request):
    return HttpResponse(
        SCRIPTS["axe"] + SCRIPTS["audit"],
        content_type="text/javascript",
        headers={"Cache-Control": "max-age=3600, immutable"},
    )


urlpatterns = [
    path("audit.js", audit, name="audit_script"),
    path("fails/", fail, name="fails"),
    path("damaged/", refuse_damaged, name="damaged"),
    path("forged/", csrf_failure, name="forged"),
    path("too-many/", refuse_many, name="too_many"),
    *of_the_site,
]
