"""What a line of the log tells about a request."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_line_tells_neither_the_browser_nor_what_was_searched(client, caplog) -> None:
    caplog.set_level("INFO")
    client.get("/ideas/", {"q": "hedgehog"}, headers={"user-agent": "Browser of one person"})
    lines = [record.msg for record in caplog.records if record.name.startswith("django_structlog")]
    assert [line["request"] for line in lines] == ["GET /ideas/", "GET /ideas/"]
    assert not any("Browser" in str(line) or "hedgehog" in str(line) for line in lines)
