"""Takes what Alertmanager sends: stored first, answered then.

Alertmanager sends again after a 5xx, and gives up until the group's next interval after
any 4xx. So a notification that can be read is answered with 200 or 503 and nothing else;
one that is too large to hold is stored as far as it fits (see body.py).
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from compose.inbox import body
from compose.inbox.metrics import Metrics
from compose.inbox.notification import MalformedError, Notification, parse
from compose.inbox.store import StorageError, Store
from exporters import log

# Whoever stops in the middle of a body must not keep its room for ever.
_READ_SECONDS = 60

# Up to here reading a body takes less time than handing it to another thread.
_LARGE_BYTES = 50_000


class ForeignError(Exception):
    """A request that Alertmanager does not make; ``status`` is how it is answered."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status


async def receive(request: Request) -> Response:
    """Store a notification."""
    metrics: Metrics = request.app.state.metrics
    metrics.received.inc()
    try:
        _check_sender(request)
        await _store(request)
    except ForeignError as error:
        return _refuse(metrics, error.status, "foreign", [str(error)])
    except MalformedError as error:
        return _refuse(metrics, 400, "malformed", error.problems)
    except body.TooLargeError:
        what = f"body: not one whole alert in {body.MAX_BODY_BYTES} bytes; send smaller alerts"
        return _refuse(metrics, 413, "too_large", [what])
    except (StorageError, body.FullError, TimeoutError) as error:
        why = str(error) or f"no whole body within {_READ_SECONDS} s"
        return _refuse(metrics, 503, "storage", [f"not stored, send it again: {why}"])
    except ClientDisconnect:
        return Response(status_code=499)
    metrics.stored.inc()
    return JSONResponse({"stored": True})


def _check_sender(request: Request) -> None:
    """Refuse what a web page can send: it could forge incidents, or resolve real ones.

    Browsers name the origin of every POST, and send JSON to others only after asking. No
    page of the inbox posts, so whatever a browser sends comes from elsewhere.
    """
    for header in ("Origin", "Sec-Fetch-Site"):
        if header in request.headers:
            raise ForeignError(403, f"{header}: sent by a browser; only Alertmanager may post")
    kind = request.headers.get("Content-Type", "")
    if kind.partition(";")[0].strip().lower() != "application/json":
        raise ForeignError(415, f"Content-Type: {kind[:80]!r}; send application/json")


async def _store(request: Request) -> None:
    room: body.Room = request.app.state.room
    with room.share() as share:
        async with asyncio.timeout(_READ_SECONDS):
            head, tail = await body.read(request.stream(), share)
        now = time.time()
        if len(head) < _LARGE_BYTES:
            sent = _parse(head, tail, now)
        else:
            # Megabytes of JSON would keep everybody else waiting.
            sent = await run_in_threadpool(_parse, head, tail, now)
        del head, tail
        await _keep(request, sent)


async def _keep(request: Request, sent: Notification) -> None:
    """Store a notification; the Watchdog, which only has to come, is remembered by its time."""
    store: Store = request.app.state.store
    name = request.app.state.watch.surroundings.watchdog
    names = {alert.labels.get("alertname") for alert in sent.alerts}
    if name and names == {name}:
        at = request.app.state.watchdog.beat(firing=sent.firing)
        await asyncio.wrap_future(store.beat(at))
        return
    if not sent.firing or not all(alert.firing for alert in sent.alerts):
        sent = replace(sent, blind=request.app.state.watch.blind)
    for latency in await asyncio.wrap_future(store.add(sent)):
        request.app.state.metrics.latency.observe(latency)


def _parse(head: bytearray, tail: bytearray, received_at: float) -> Notification:
    return parse(body.shorten(head, tail) if tail else bytes(head), received_at)


def _refuse(metrics: Metrics, status: int, reason: str, problems: list[str]) -> Response:
    metrics.refused.labels(reason).inc()
    log.warning("notification refused", reason=reason, problems=problems)
    return JSONResponse({"error": reason, "what is wrong": problems}, status_code=status)
