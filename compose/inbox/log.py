"""Logs as JSON, one event per line, on standard error."""

from __future__ import annotations

import json
import logging
from typing import Any

from compose.inbox.durations import iso

# What every record has; anything else was given by whoever logged.
_ALWAYS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


class JsonFormatter(logging.Formatter):
    """Writes a record as one JSON object: time, level, event, and the fields given."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "time": iso(record.created),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        event |= {key: value for key, value in vars(record).items() if key not in _ALWAYS}
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return json.dumps(event, default=str)


def configure() -> None:
    """Send everything logged in this process to standard error, as JSON."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # Its "started" and "finished" lines say nothing that ours do not.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
