"""What a button's page says afterwards: that it was done, or why not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest

from communities.refusal import Refused


@contextmanager
def telling(request: HttpRequest, done: str = "") -> Iterator[None]:
    """Carry out a verb within it: the next page says `done`, if there is something to say, or why the verb refused."""
    try:
        yield
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if done:
            messages.success(request, done)
