"""Who is logged in is the person of the session, as the database has them now."""

from __future__ import annotations

import pytest

from communities.models import User
from communities.recognition import Recognition
from tests.browsing import english


@pytest.mark.django_db
def test_the_person_is_read_as_django_would_read_them(resident, officer):
    for person in (resident, officer):
        found = Recognition().get_user(person.pk)
        assert found == person
        assert found is not None
        assert {**vars(found), "_state": None} == {**vars(User.objects.get(pk=person.pk)), "_state": None}
        assert (found._state.adding, found._state.db) == (False, "default")


@pytest.mark.django_db
def test_nobody_is_found_by_another_number_or_once_the_account_is_closed(resident):
    assert Recognition().get_user(resident.pk + 1) is None
    client = english(resident)
    assert client.get("/my/").status_code == 200
    User.objects.filter(pk=resident.pk).update(is_active=False)
    assert Recognition().get_user(resident.pk) is None
    assert client.get("/my/").status_code == 302
