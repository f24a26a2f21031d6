"""Waiting for something that another process or thread does, for a bounded time."""

import threading
from collections.abc import Callable

STEP_SECONDS = 0.02


def eventually(condition: Callable[[], object], *, timeout: float = 30.0) -> None:
    """Return as soon as `condition()` is true; fail when it is not within `timeout` seconds."""
    pause = threading.Event()
    for _ in range(round(timeout / STEP_SECONDS)):
        if condition():
            return
        pause.wait(STEP_SECONDS)
    raise AssertionError(f"not within {timeout} s")
