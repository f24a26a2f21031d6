"""To whom codes are sent, and how many."""

import pytest
from django.urls import reverse

from communities import sms
from communities.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["010 8472 0000", "400 820 8820", "110", "1380000"])
def test_a_number_that_gets_no_text_messages_is_refused(client, typed):
    assert client.post(reverse("account_request_login_code"), {"phone": typed}).status_code == 200
    assert sms.shown_in_demo() == []
    assert not User.objects.exists()
