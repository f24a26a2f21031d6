"""Addresses for logging in and out; none of allauth's other pages is open, since nobody has an e-mail address here."""

from allauth.account import views as allauth_views
from django.urls import URLPattern, path

from communities.views import entrance, people

urlpatterns: list[URLPattern] = [
    path("login/", allauth_views.login, name="account_login"),
    path("login/code/", entrance.ask_for_code, name="account_request_login_code"),
    path("login/code/confirm/", allauth_views.confirm_login_code, name="account_confirm_login_code"),
    path("login/code/anew/", entrance.ask_anew, name="ask_for_code_anew"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("<path:page>", people.closed),
]
