"""Addresses of the site; each app brings its own."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from projects.views.styleguide import styleguide

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("projects.urls")),
    path("", include("contests.urls")),
    path("", include("proposals.urls")),
    path("", include("communities.urls")),
    path("accounts/", include("communities.account_urls")),
    # For the names that allauth looks up; the line above has closed their pages.
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]

if settings.DEMO or settings.DEBUG:
    urlpatterns += [path("styleguide/", styleguide, name="styleguide")]
if settings.DEMO:
    urlpatterns += [path("demo/", include("communities.demo_urls"))]
