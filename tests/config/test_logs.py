"""What a line of the log tells about a request."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_line_tells_neither_the_browser_nor_what_was_searched(client, caplog) -> None:
    caplog.set_level("INFO")
    client.get("/ideas/", {"q": "hedgehog"}, headers={"user-agent": "Browser of one person"})
    lines = [record.msg for record in caplog.records if record.name.startswith("django_structlog")]
    assert [line["request"] for line in lines] == ["GET /ideas/", "GET /ideas/"]
    assert not any("Browser" in str(line) or "hedgehog" in str(line) for line in lines)


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/my/notifications/4711/", "GET /my/notifications/<int:pk>/"),
        ("/my/email/secret-token/", "GET /my/email/<str:token>/"),
        ("/ideas/4711/edit/", "GET /ideas/<int:pk>/edit/"),
        ("/no/4711/", "GET (no such page)"),
        ("/admin/proposals/idea/4711/change/", "GET /admin/proposals/idea/4711/change/"),
    ],
)
def test_a_line_does_not_lead_to_a_person(path, logged, client, caplog) -> None:
    caplog.set_level("INFO")
    client.get(path)
    lines = [record.msg for record in caplog.records if record.name.startswith("django_structlog")]
    assert [line["request"] for line in lines] == [logged, logged]
