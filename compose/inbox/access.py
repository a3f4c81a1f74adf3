"""Who may read the inbox: everyone on this machine, or whoever knows its password."""

from __future__ import annotations

import hmac
from base64 import b64decode
from binascii import Error as Base64Error
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from exporters.secret import Secret

# Whoever watches processes has no password, and learns nothing here.
_EXEMPT = frozenset({"/livez", "/readyz"})

# A peer on this machine that speaks for the stack need not know it.
_OF_THE_STACK = frozenset({"/webhook", "/metrics"})


class Password:
    """ASGI middleware that lets in who sends the password.

    As ``Authorization: Bearer PASSWORD``, or as the password of any user name, which is how
    browsers send it and how ``http://any:PASSWORD@host/webhook`` does.
    """

    def __init__(self, app: ASGIApp, password: Secret) -> None:
        self._app = app
        self._password = password

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http" and not self._may(scope):
            says = "the inbox asks for its password; any user name will do\n"
            challenge = 'Basic realm="on-call inbox", charset="UTF-8"'
            app = PlainTextResponse(says, 401, {"WWW-Authenticate": challenge})
        await app(scope, receive, send)

    def _may(self, scope: Scope) -> bool:
        path = scope["path"]
        if path in _EXEMPT or (path in _OF_THE_STACK and _is_near(scope)):
            return True
        given = _given(Headers(scope=scope).get("authorization", ""))
        return hmac.compare_digest(given.encode(), self._password.reveal().encode())


def _given(header: str) -> str:
    """Return the password that a header carries; an empty text when there is none."""
    scheme, _, text = header.partition(" ")
    if scheme.lower() == "bearer":
        return text.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(text, validate=True).decode().partition(":")[2]
    except (Base64Error, UnicodeDecodeError):
        return ""


def _is_near(scope: Scope) -> bool:
    client: tuple[str, int] | None = scope.get("client")
    return client is not None and is_loopback(client[0])


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address, as far as its spelling tells.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "example.org")]
    [True, True, True, False, False]
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
