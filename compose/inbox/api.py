"""The inbox for programs: incidents and notifications as JSON, health, metrics."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, cast

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from compose.inbox import export, reasons
from compose.inbox.durations import iso
from compose.inbox.history import (
    Received,
    State,
    find_incidents,
    read_known,
    read_notifications,
    read_open,
    read_totals,
)
from compose.inbox.incidents import Incident
from compose.inbox.links import links
from compose.inbox.metrics import Metrics
from compose.inbox.reasons import Asked, Reason
from compose.inbox.store import StorageError, Store
from exporters.hints import choose

STATES = ("open", "resolved", "all")
_DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000

# Incidents that are in memory for one answer.
_AT_ONCE = 100

# A disk that takes longer to write a byte is not ready.
_READY_SECONDS = 2.0


class QueryError(ValueError):
    """A parameter of the address that means nothing here."""


def alerts(request: Request) -> Response:
    """List incidents, the newest first."""
    try:
        state, limit = _state(request), _limit(request)
    except QueryError as error:
        return _bad_query(error)
    store: Store = request.app.state.store
    with store.reading() as database:
        found = find_incidents(database, state, limit=limit, **_sought(request))
    parts = _parts(store, state, found)
    if request.url.path.endswith(".csv"):
        headers = {"Content-Disposition": 'attachment; filename="incidents.csv"'}
        return StreamingResponse(_table(parts), media_type="text/csv", headers=headers)
    return StreamingResponse(_list(parts), media_type="application/json")


def _sought(request: Request) -> dict[str, str]:
    asked = request.query_params
    return {"alertname": asked.get("alertname", ""), "text": asked.get("q", "")}


def _parts(store: Store, state: State, found: list[int]) -> Iterator[list[Incident]]:
    """Yield incidents a little at a time; what has changed its state meanwhile is left out."""
    for first in range(0, len(found), _AT_ONCE):
        with store.reading() as database:
            part = read_known(database, found[first : first + _AT_ONCE])
        yield [one for one in part if state == "all" or one.firing == (state == "open")]


def _list(parts: Iterable[list[Incident]]) -> Iterator[str]:
    comma = ""
    yield "["
    for part in parts:
        if text := ",\n".join(json.dumps(_incident(one)) for one in part):
            yield comma + text
            comma = ",\n"
    yield "]"


def _table(parts: Iterable[list[Incident]]) -> Iterator[str]:
    yield export.header()
    for part in parts:
        yield "".join(export.lines(part))


def why(request: Request) -> Response:
    """List every alert that is on its way, and how far it has come."""
    asked, found = find_reasons(request)
    alerts = [{"labels": dict(r.labels), "stage": r.stage, "says": r.says} for r in found]
    return JSONResponse({"alerts": alerts, "problems": list(asked.problems)})


def find_reasons(request: Request) -> tuple[Asked, list[Reason]]:
    """Ask Prometheus and Alertmanager how far each alert has come."""
    surroundings = request.app.state.watch.surroundings
    asked = reasons.ask(surroundings)
    with request.app.state.store.reading() as database:
        told = read_open(database)
    text = request.query_params.get("q", "").casefold()
    found = reasons.reasons(asked, told, time.time(), surroundings.watchdog)
    return asked, [one for one in found if text in " ".join(one.labels.values()).casefold()]


def notifications(request: Request) -> Response:
    """List what was received, the newest first, each as it came."""
    try:
        limit = _limit(request)
    except QueryError as error:
        return _bad_query(error)
    return StreamingResponse(
        _history(request.app.state.store, limit), media_type="application/json"
    )


def _history(store: Store, limit: int) -> Iterator[str]:
    """Write the history a little at a time: all of it would not fit into memory.

    Nothing stays open in between, or a slow reader would keep the database from shrinking.
    """
    before, comma = None, ""
    yield "["
    while limit:
        with store.reading() as database:
            found = read_notifications(database, limit=limit, before=before)
        if not found:
            break
        yield comma + ",\n".join(_received(one) for one in found)
        limit -= len(found)
        before, comma = found[-1].id, ",\n"
    yield "]"


async def livez(_: Request) -> Response:
    """Answer: the process can."""
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """Answer whether a notification could be stored now."""
    store: Store = request.app.state.store
    try:
        await asyncio.wait_for(asyncio.wrap_future(store.touch()), _READY_SECONDS)
    except StorageError as error:
        return PlainTextResponse(f"storage cannot be written: {error}\n", 503)
    except TimeoutError:
        return PlainTextResponse(f"storage: no write within {_READY_SECONDS:.0f} s\n", 503)
    return PlainTextResponse("ok\n")


def metrics(request: Request) -> Response:
    """Answer a scrape."""
    counted: Metrics = request.app.state.metrics
    store: Store = request.app.state.store
    with store.reading() as database:
        counted.open.set(read_totals(database).open)
    counted.look(store.path, request.app.state.watch.seen, request.app.state.watchdog.last.at)
    return Response(generate_latest(counted.registry), media_type=CONTENT_TYPE_LATEST)


def _state(request: Request) -> State:
    state = request.query_params.get("state", "all")
    if state not in STATES:
        hint = choose(state, STATES, what="choose from")
        raise QueryError(f"state: {state!r} is no state; {hint}")
    return cast("State", state)


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(_DEFAULT_LIMIT))
    # Not every digit of Unicode, nor every length of number, is one to int().
    if not (text.isascii() and text.isdigit() and len(text) < 8 and 1 <= int(text) <= MAX_LIMIT):
        raise QueryError(f"limit: {text[:20]!r} is no number from 1 to {MAX_LIMIT}; correct it")
    return int(text)


def _bad_query(error: QueryError) -> Response:
    return JSONResponse({"error": "query", "what is wrong": [str(error)]}, status_code=400)


def _incident(one: Incident) -> dict[str, Any]:
    return {
        "id": one.id,
        "labels": one.labels,
        "annotations": one.annotations,
        "status": "firing" if one.firing else "resolved",
        "receiver": one.receiver,
        "group_key": one.group_key,
        "starts_at": iso(one.starts_at),
        "ends_at": iso(one.ends_at),
        "received_at": iso(one.received_at),
        "resolved_at": iso(one.resolved_at),
        "lost": one.lost,
        "acknowledged_at": iso(one.acknowledged_at),
        "acknowledged_by": one.acknowledged_by,
        "latency_seconds": round(one.latency, 3),
        "resolve_latency_seconds": _rounded(one.resolve_latency),
        "links": {name: url or None for name, url in asdict(links(one)).items()},
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _received(one: Received) -> str:
    """Return a notification as JSON, its body in the sender's own spelling."""
    about = {
        "id": one.id,
        "received_at": iso(one.received_at),
        "receiver": one.receiver,
        "group_key": one.group_key,
        "status": one.status,
    }
    return f'{json.dumps(about)[:-1]}, "notification": {one.body}}}'
