"""Takes events as PagerDuty's Events API v2 does, and refuses what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from compose.inbox.standins import body
from compose.inbox.standins.delivered import Message

ACTIONS = ("trigger", "acknowledge", "resolve")
SEVERITIES = ("critical", "error", "warning", "info")

_KEY_LENGTH = 32
_MOST_CHARACTERS = {"summary": 1024, "dedup_key": 255}


async def receive(request: Request) -> Response:
    """Answer an event: 202 and its key, or 400 and everything that is wrong with it."""
    try:
        said = await body.read(request)
        wrong = list(_wrong(said))
    except body.RefusedError as error:
        said, wrong = {}, [str(error)]
    if wrong:
        refusal = {"status": "invalid event", "message": "Event object is invalid", "errors": wrong}
        return JSONResponse(refusal, 400)
    key = said.get("dedup_key") or uuid4().hex
    request.app.state.delivered.add(_message(said, key))
    answer = {"status": "success", "message": "Event processed", "dedup_key": key}
    return JSONResponse(answer, 202)


def _wrong(said: dict[str, Any]) -> Iterator[str]:
    """Yield what PagerDuty's reference for an event rules out."""
    if len(str(said.get("routing_key", ""))) != _KEY_LENGTH:
        yield f"'routing_key' is not {_KEY_LENGTH} characters long"
    if said.get("event_action") not in ACTIONS:
        yield f"'event_action' is none of: {', '.join(ACTIONS)}"
    if len(str(said.get("dedup_key", ""))) > _MOST_CHARACTERS["dedup_key"]:
        yield f"'dedup_key' has more than {_MOST_CHARACTERS['dedup_key']} characters"
    if said.get("event_action") == "trigger":
        yield from _wrong_payload(said.get("payload"))
    elif said.get("event_action") in ACTIONS and not said.get("dedup_key"):
        yield "'dedup_key' is missing: nothing says which incident is meant"


def _wrong_payload(payload: Any) -> Iterator[str]:
    if not isinstance(payload, dict):
        yield "'payload' is missing"
        return
    for key in ("summary", "source"):
        if not payload.get(key):
            yield f"'payload.{key}' is missing or blank"
    if len(str(payload.get("summary", ""))) > _MOST_CHARACTERS["summary"]:
        yield f"'payload.summary' has more than {_MOST_CHARACTERS['summary']} characters"
    if payload.get("severity") not in SEVERITIES:
        yield f"'payload.severity' is none of: {', '.join(SEVERITIES)}"


def _message(said: dict[str, Any], key: str) -> Message:
    payload = said.get("payload") or {}
    details = payload.get("custom_details") or {}
    text = "\n".join(f"{name}: {value}" for name, value in details.items())
    about = payload.get("summary") or f"incident {key}"
    # The key is what opens the way into somebody's PagerDuty: nobody sees it here either.
    shown = {name: value for name, value in said.items() if name != "routing_key"}
    severity = payload.get("severity", "")
    to = f"{said['event_action']} {severity}".strip()
    return Message("pagerduty", to, about, text, shown | {"dedup_key": key})
