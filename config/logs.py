"""Logs as lines of `key=value`: what happened, to which row, in which request; never what a person typed."""

from typing import Any

import structlog
from structlog.typing import Processor

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
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
    }
