"""What happens behind the pages while people use them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from celery.contrib.testing.worker import start_worker

from config.celery import app


@pytest.fixture
def worker() -> Iterator[None]:
    """A Celery worker in a thread, on the broker of the tests."""
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
        yield
