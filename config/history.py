"""Who changed a row: pghistory sends the person and the address along with each statement that writes."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from pghistory.middleware import HistoryMiddleware

VOTE = "/ballot/"


def with_history(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Nothing that a vote writes has such a history, so its statements do not carry the voter to the database either."""
    kept: Callable[[HttpRequest], HttpResponseBase] = HistoryMiddleware(get_response)  # type: ignore[no-untyped-call]

    def answer(request: HttpRequest) -> HttpResponseBase:
        return get_response(request) if request.path_info.endswith(VOTE) else kept(request)

    return answer
