"""Addresses of what people say about themselves, and of the page for when there is no connection."""

from django.urls import URLPattern, path
from django.views.generic import TemplateView

from communities import views

urlpatterns: list[URLPattern] = [
    path("offline/", TemplateView.as_view(template_name="offline.html"), name="offline"),
    path("service-worker.js", views.service_worker, name="service_worker"),
    path("display/", views.set_display, name="set_display"),
    path("me/community/", views.name_community, name="name_community"),
]
