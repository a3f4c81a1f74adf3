"""Takes a person's word that somebody looks after an incident: who, and since when."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from compose.inbox.store import StorageError, Store

# A group of incidents and a name: whatever is longer is neither.
_MAX_BODY_BYTES = 100_000
_MAX_NAME = 80


class UnreadableError(ValueError):
    """What was sent is no acknowledgement; the message says why."""


@dataclass(frozen=True)
class _Asked:
    incidents: tuple[int, ...]
    by: str


async def acknowledge(request: Request) -> Response:
    """Note who looks after some incidents: a form from the page, or JSON from a program."""
    if not _is_ours(request):
        return _refuse(403, "sent by a page that is not the inbox's")
    is_form = not request.headers.get("Content-Type", "").startswith("application/json")
    try:
        asked = _read(await _body(request), form=is_form)
    except UnreadableError as error:
        return _refuse(400, str(error))
    store: Store = request.app.state.store
    try:
        count = await asyncio.wrap_future(store.acknowledge(asked.incidents, asked.by))
    except StorageError as error:
        return _refuse(503, f"not stored, try again: {error}")
    # See Other: a reload of the page that follows sends nothing again.
    return RedirectResponse("/", 303) if is_form else JSONResponse({"acknowledged": count})


def _is_ours(request: Request) -> bool:
    """Whether a browser sent this from a page of the inbox, or no browser did."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    host = request.headers.get("Host", "")
    return site in {"same-origin", "none"} and (origin is None or urlsplit(origin).netloc == host)


async def _body(request: Request) -> str:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY_BYTES:
            raise UnreadableError(f"more than {_MAX_BODY_BYTES} bytes; send fewer incidents")
    return body.decode(errors="replace")


def _read(body: str, *, form: bool) -> _Asked:
    try:
        fields = _fields(body) if form else json.loads(body)
        numbers = tuple(int(number) for number in fields["incident"])
        by = str(fields["by"]).strip()[:_MAX_NAME]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        fix = 'send {"incident": [1, 2], "by": "who"}'
        raise UnreadableError(f"not understood ({type(error).__name__}); {fix}") from error
    if not by:
        raise UnreadableError("by: nobody is named; say who looks after it")
    if not all(0 < number < 1 << 63 for number in numbers):
        raise UnreadableError("incident: no number of an incident")
    return _Asked(numbers, by)


def _fields(body: str) -> dict[str, Any]:
    found = parse_qs(body, keep_blank_values=True)
    return {"incident": found["incident"], "by": found["by"][0]}


def _refuse(status: int, problem: str) -> Response:
    return JSONResponse({"error": "acknowledgement", "what is wrong": [problem]}, status)
