"""WSGI middleware: measures requests of Flask, Django and the like, and shows /metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from exporters.application.requests import Request, Requests

Environ = dict[str, Any]
Start = Callable[..., Any]
App = Callable[[Environ, Start], Iterable[bytes]]
Endpoint = Callable[[Environ], str]


def route(environ: Environ) -> str:
    """Return the pattern of the route that answered, as Flask leaves it with the request."""
    rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
    return str(getattr(rule, "rule", ""))


def measured(app: App, requests: Requests, endpoint: Endpoint) -> App:
    """Return the application with its requests measured, to the last byte of the response."""

    def measure(environ: Environ, start: Start) -> Iterable[bytes]:
        request = requests.begin(environ["REQUEST_METHOD"])
        length = environ.get("CONTENT_LENGTH") or ""
        request.received = int(length) if length.isdecimal() else 0

        def started(status: str, *arguments: Any) -> Any:
            request.status = int(status.partition(" ")[0])
            # Asked now: Flask forgets its request when the response has ended.
            request.endpoint = endpoint(environ)
            return start(status, *arguments)

        try:
            body = app(environ, started)
        except BaseException:
            request.status = 500
            request.end()
            raise
        return _Body(body, request)

    return measure


class _Body:
    """A response's body that counts what passes, and says when it is closed."""

    def __init__(self, body: Iterable[bytes], request: Request) -> None:
        self._body = body
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        try:
            for part in self._body:
                self._request.sent += len(part)
                yield part
        except Exception:
            self._request.status = 500
            raise

    def close(self) -> None:
        """Let the application clean up, and count the request. Servers must call this."""
        try:
            if close := getattr(self._body, "close", None):
                close()
        finally:
            self._request.end()


def showing(app: App, path: str, metrics: App) -> App:
    """Return the application with ``metrics`` at a path of its own, which is not measured."""

    def show(environ: Environ, start: Start) -> Iterable[bytes]:
        asked = environ.get("PATH_INFO") == path
        return (metrics if asked else app)(environ, start)

    return show
