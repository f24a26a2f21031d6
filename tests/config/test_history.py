"""Whoever changes something goes with the statements that do it; a voter does not."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from config.history import with_history


def told_of_the_person(_request):
    """Write nothing, and answer with what the database was told of who did so."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM communities_user WHERE false")
        cursor.execute("SELECT current_setting('pghistory.context_metadata', true)")
        return HttpResponse(cursor.fetchone()[0] or "")


# In this order, since what was told lasts until the transaction ends.
@pytest.mark.django_db
def test_a_vote_does_not_tell_the_database_who_votes():
    for route, told in (("ballot", False), ("sheet", True)):
        request = RequestFactory().post(reverse(route, args=[1]))
        request.user = AnonymousUser()
        assert (request.path in with_history(told_of_the_person)(request).content.decode()) is told, route
