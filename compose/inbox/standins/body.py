"""Reads what is posted to a stand-in: an object of JSON, and no more of it than is allowed."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request

# PagerDuty's limit for an event; Slack's lies near it.
MAX_BYTES = 512_000


class RefusedError(Exception):
    """A body that the service itself would refuse."""


async def read(request: Request) -> dict[str, Any]:
    """Return the object that was posted. Raises RefusedError."""
    text = bytearray()
    async for chunk in request.stream():
        text += chunk
        if len(text) > MAX_BYTES:
            raise RefusedError(f"the body is larger than {MAX_BYTES} bytes")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"the body is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise RefusedError("the body is no object")
    return found
