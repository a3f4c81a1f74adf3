"""ASGI middleware: measures requests of FastAPI, Starlette and the like, and shows /metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from exporters.application.requests import CLIENT_GONE, Request, Requests

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Endpoint = Callable[[Scope], str]


def route(scope: Scope) -> str:
    """Return the pattern of the route that answered, as Starlette leaves it in the scope."""
    return str(getattr(scope.get("route"), "path", ""))


def measured(app: App, requests: Requests, endpoint: Endpoint) -> App:
    """Return the application with its requests measured; other protocols pass untouched."""

    async def measure(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        request = requests.begin(scope["method"])
        try:
            await app(scope, _receiving(receive, request), _sending(send, request))
        except asyncio.CancelledError:
            request.status = CLIENT_GONE
            raise
        except Exception:
            # Whatever was promised before, the response is not whole.
            request.status = 500
            raise
        finally:
            request.endpoint = endpoint(scope)
            request.end()

    return measure


def _receiving(receive: Receive, request: Request) -> Receive:
    async def counted() -> Message:
        message = await receive()
        request.received += len(message.get("body", b""))
        return message

    return counted


def _sending(send: Send, request: Request) -> Send:
    async def counted(message: Message) -> None:
        if message["type"] == "http.response.start":
            request.status = message["status"]
        request.sent += len(message.get("body", b""))
        await send(message)

    return counted


def showing(app: App, path: str, metrics: App) -> App:
    """Return the application with ``metrics`` at a path of its own, which is not measured."""

    async def show(scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["path"] == path
        await (metrics if asked else app)(scope, receive, send)

    return show
