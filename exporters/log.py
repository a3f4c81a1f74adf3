"""Logs: one event per line, as JSON, on standard error."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

_LOGGER = logging.getLogger("lightship")
# Where nobody sets logs up, nothing is logged: commands say what they find in their own words.
_LOGGER.addHandler(logging.NullHandler())


def set_up() -> None:
    """Write every logger's events as JSON, those of libraries too."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Json())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    _LOGGER.setLevel(logging.INFO)


def info(event: str, **facts: Any) -> None:
    """Log what happened, and the facts about it."""
    _LOGGER.info(event, extra={"facts": facts})


def warning(event: str, error: BaseException | None = None, **facts: Any) -> None:
    """Log what went wrong; with ``error``, also where in the code."""
    _LOGGER.warning(event, extra={"facts": facts}, exc_info=error)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)
