"""Addresses of what people say about themselves, and of the page for when there is no connection."""

from django.urls import URLPattern, path
from django.views.generic import TemplateView

from communities import notification_views, views

urlpatterns: list[URLPattern] = [
    path("offline/", TemplateView.as_view(template_name="offline.html"), name="offline"),
    path("service-worker.js", views.service_worker, name="service_worker"),
    path("display/", views.set_display, name="set_display"),
    path("me/community/", views.name_community, name="name_community"),
    path("my/notifications/", notification_views.notifications, name="notifications"),
    path("my/notifications/<int:pk>/", notification_views.notification, name="notification"),
    path("my/notifications/read/", notification_views.mark_all_read, name="mark_all_read"),
    path("my/notifications/settings/", notification_views.notification_settings, name="notification_settings"),
    path("my/email/", notification_views.set_email, name="set_email"),
    path("my/email/<str:token>/", notification_views.confirm_email, name="confirm_email"),
]
