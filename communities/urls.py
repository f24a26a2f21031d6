"""Addresses of what people say about themselves, and of the page for when there is no connection."""

from django.urls import URLPattern, path
from django.views.generic import TemplateView

from communities.views import notifications, people

urlpatterns: list[URLPattern] = [
    path("offline/", TemplateView.as_view(template_name="offline.html"), name="offline"),
    path("service-worker.js", people.service_worker, name="service_worker"),
    path("display/", people.set_display, name="set_display"),
    path("me/community/", people.name_community, name="name_community"),
    path("my/notifications/", notifications.notifications, name="notifications"),
    path("my/notifications/<int:pk>/", notifications.notification, name="notification"),
    path("my/notifications/read/", notifications.mark_all_read, name="mark_all_read"),
    path("my/notifications/settings/", notifications.notification_settings, name="notification_settings"),
    path("my/email/", notifications.set_email, name="set_email"),
    path("my/email/<str:token>/", notifications.confirm_email, name="confirm_email"),
]
