"""The card of a project."""

import io

from django.urls import reverse
from PIL import Image

from communities.share_card import SIZE
from projects.services import approve_projects
from tests.browsing import english, text


def test_card_of_a_project(client, contest_in, approver, now):
    project = approve_projects(contest=contest_in("CONFIRMED", budget=None), by=approver, now=now)[0]
    answer = client.get(reverse("project_card", args=[project.pk]))
    assert Image.open(io.BytesIO(answer.content)).size == SIZE
    page = text(english().get(project.get_absolute_url()))
    assert f'content="http://testserver{reverse("project_card", args=[project.pk])}">' in page
