"""Takes messages as Slack's incoming webhooks do, and refuses what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from compose.inbox.standins import body
from compose.inbox.standins.delivered import Message

# Slack's words for a body that it cannot read, and for a message without words.
_UNREADABLE, _EMPTY = "invalid_payload", "no_text"

# More than these in one message are refused.
_MOST_ATTACHMENTS = 100


async def receive(request: Request) -> Response:
    """Answer a message: ``ok``, or what is wrong with it in a word."""
    try:
        said = await body.read(request)
        message = _message(said)
    except (body.RefusedError, TypeError, AttributeError):
        return PlainTextResponse(_UNREADABLE, 400)
    if not message.text.strip():
        return PlainTextResponse(_EMPTY, 400)
    if len(said.get("attachments") or ()) > _MOST_ATTACHMENTS:
        return PlainTextResponse("too_many_attachments", 400)
    request.app.state.delivered.add(message)
    return PlainTextResponse("ok")


def _message(said: dict[str, Any]) -> Message:
    parts = [said, *(said.get("attachments") or ()), *(said.get("blocks") or ())]
    title = next((part["title"] for part in parts if part.get("title")), "")
    text = "\n".join(words for part in parts for words in _words(part))
    return Message("slack", said.get("channel") or "(the webhook's own)", title, text, said)


def _words(part: dict[str, Any]) -> Iterator[str]:
    """Yield the words of an attachment or a block; a block's text is an object."""
    text = part.get("text")
    if isinstance(text, dict):
        text = text.get("text")
    if text:
        yield str(text)
    for field in part.get("fields") or ():
        yield f"{field.get('title', '')}: {field.get('value', field.get('text', ''))}"
