"""Addresses that exist in the demo only."""

from django.urls import URLPattern, path

from communities.views import people

urlpatterns: list[URLPattern] = [
    path("", people.demo_accounts, name="demo_accounts"),
    path("sms/", people.demo_sms, name="demo_sms"),
]
