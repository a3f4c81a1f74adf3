"""Reads what Laravel pushes onto a queue: which job it is, and since when it could run."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NAMELESS = "unknown"

# A label value is not the place for a whole text.
_MAX_NAME = 200


@dataclass(frozen=True)
class Job:
    """A job on a queue. ``ready_at`` is Unix time, None where the payload does not prove it."""

    id: str
    name: str
    ready_at: float | None


def parse(payload: str) -> Job:
    """Return the job that a payload describes, whatever the payload is.

    >>> parse('{"uuid": "a", "displayName": "SendMail", "createdAt": 1767225600, "delay": 60}')
    Job(id='a', name='SendMail', ready_at=1767225660.0)
    >>> parse("no JSON")
    Job(id='', name='unknown', ready_at=None)
    """
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        found = None
    fields: Mapping[str, Any] = found if isinstance(found, dict) else {}
    name = _text(fields, "displayName") or _text(fields, "job") or NAMELESS
    return Job(_text(fields, "uuid") or _text(fields, "id"), name[:_MAX_NAME], _ready_at(fields))


def _ready_at(fields: Mapping[str, Any]) -> float | None:
    """Return when the job could first run: when it was pushed, and its delay later.

    A job that is tried again waits from a moment that its payload does not name.
    Horizon writes ``pushedAt``; Laravel from 12.11 on ``createdAt`` and ``delay``.
    """
    pushed = number(fields.get("pushedAt"))
    pushed = number(fields.get("createdAt")) if pushed is None else pushed
    if pushed is None or fields.get("attempts"):
        return None
    return pushed + (number(fields.get("delay")) or 0.0)


def number(value: object) -> float | None:
    """Return a finite number, which PHP may have written as text; None for anything else.

    >>> number("12.5"), number(3), number(False), number("1e999")
    (12.5, 3.0, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _text(fields: Mapping[str, Any], key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) else ""
