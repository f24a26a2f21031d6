"""The site's addresses, and some that fail on purpose: for the pages that people see then."""

from django.core.exceptions import SuspiciousOperation
from django.shortcuts import render
from django.urls import path
from django.views.csrf import csrf_failure

from config.urls import urlpatterns as of_the_site


def fail(_request):
    raise RuntimeError("on purpose")


def refuse_damaged(_request):
    raise SuspiciousOperation("on purpose")


def refuse_many(request):
    return render(request, "429.html", status=429)


urlpatterns = [
    path("fails/", fail, name="fails"),
    path("damaged/", refuse_damaged, name="damaged"),
    path("forged/", csrf_failure, name="forged"),
    path("too-many/", refuse_many, name="too_many"),
    *of_the_site,
]
