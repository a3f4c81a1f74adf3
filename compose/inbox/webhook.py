"""Takes what Alertmanager sends: stored first, answered then.

Alertmanager sends again after a 5xx, and gives up until the group's next interval after
any 4xx. So a notification that can be read is answered with 200 or 503 and nothing else.
"""

from __future__ import annotations

import asyncio
import time

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from compose.inbox.metrics import Metrics
from compose.inbox.notification import MalformedError, parse
from compose.inbox.store import StorageError, Store
from exporters import log

# A group of 1,000 alerts is a third of a megabyte.
MAX_BODY_BYTES = 10_000_000


class TooLargeError(Exception):
    """A body beyond MAX_BODY_BYTES."""


async def receive(request: Request) -> Response:
    """Store a notification."""
    metrics: Metrics = request.app.state.metrics
    metrics.received.inc()
    try:
        await _store(request)
    except MalformedError as error:
        return _refuse(metrics, 400, "malformed", error.problems)
    except TooLargeError:
        what = f"body: over {MAX_BODY_BYTES} bytes; set max_alerts on Alertmanager's webhook"
        return _refuse(metrics, 413, "too_large", [what])
    except StorageError as error:
        return _refuse(metrics, 503, "storage", [f"not stored, send it again: {error}"])
    except ClientDisconnect:
        return Response(status_code=499)
    metrics.stored.inc()
    return JSONResponse({"stored": True})


async def _store(request: Request) -> None:
    body = await _body(request)
    sent = parse(body, time.time())
    store: Store = request.app.state.store
    await asyncio.wrap_future(store.add(sent))


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise TooLargeError
    return bytes(body)


def _refuse(metrics: Metrics, status: int, reason: str, problems: list[str]) -> Response:
    metrics.refused.labels(reason).inc()
    log.warning("notification refused", reason=reason, problems=problems)
    return JSONResponse({"error": reason, "what is wrong": problems}, status_code=status)
