"""Addresses of what people say about themselves."""

from django.urls import URLPattern, path

from communities import views

urlpatterns: list[URLPattern] = [
    path("display/", views.set_display, name="set_display"),
    path("me/community/", views.name_community, name="name_community"),
]
