"""Logs as lines of `key=value`: what happened, to which row, in which request; never what a person typed, nor who it was.

A line that tells one person's browser from another's would lead from a page that only this person opens to the second
in which a ballot was sent.
"""

from typing import Any

import structlog
from django.urls import Resolver404, resolve
from structlog.typing import EventDict, Processor, WrappedLogger


def impersonal(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Of a request only method and kind of page: without the browser, without what people typed, without whose it is.

    The page of one's own notification or idea names its row, and the row its person. Only the office's pages are
    logged with the row that was worked on.
    """
    event.pop("user_agent", None)
    if "request" in event:
        method, _space, address = str(event["request"]).partition(" ")
        event["request"] = f"{method} {_kind_of(address.partition('?')[0])}"
    return event


def _kind_of(path: str) -> str:
    """The path with the names of its parts instead of the parts."""
    if path.startswith("/admin/"):
        return path
    try:
        return f"/{resolve(path).route}"
    except Resolver404:
        return "(no such page)"


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    impersonal,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
]


def configure(level: str) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING, so that both kinds of records look alike."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    order = ["timestamp", "level", "logger", "event"]
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=order, bool_as_flag=False),
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"logfmt": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "logfmt"}},
        "root": {"handlers": ["console"], "level": level},
        # Refused and missing pages are in the line of their request already; without this each brings a traceback.
        "loggers": {"django.request": {"level": "ERROR"}},
    }
