"""Addresses that exist in the demo only."""

from django.urls import URLPattern, path

from communities import views

urlpatterns: list[URLPattern] = [
    path("", views.demo_accounts, name="demo_accounts"),
    path("sms/", views.demo_sms, name="demo_sms"),
]
