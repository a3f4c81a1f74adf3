"""Lets in who may ask, and adds the headers that the web configuration wants."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping

import bcrypt
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exporters.rate import Tokens
from exporters.web import Web

# They tell nothing but that we are there, and those who ask have no passwords.
OPEN = frozenset({"/livez", "/readyz"})

# What the password of an unknown user is compared with, so that it takes as long: a salt and
# a hash, to which the cost of a known user's is added.
_NOBODY = "abcdefghijklmnopqrstuuRQ0cXBVnkHSqNJiRTpzn1aPqqJlB6y2"
# What comes before them: the version, and the cost.
_PREFIX = len("$2b$10$")

# bcrypt looks at no more of a password.
_MAX_BYTES = 72


class Guard:
    """ASGI middleware that asks for a password where there are users, and for patience."""

    def __init__(self, app: ASGIApp, web: Callable[[], Web]) -> None:
        self._app = app
        self._web = web
        self._passwords = Passwords()
        self._tokens = Tokens()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        web, app = self._web(), self._app
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(web.headers)
            await send(message)

        if scope["path"] not in OPEN:
            app = await self._refusal(web, scope) or app
        await app(scope, receive, send_with_headers)

    async def _refusal(self, web: Web, scope: Scope) -> ASGIApp | None:
        """Return what is answered to whom nothing else is."""
        if web.rate and not self._tokens.take(web.rate, time.monotonic()):
            return PlainTextResponse("too many requests\n", 429)
        if web.users:
            name, password = _credentials(Headers(scope=scope).get("authorization", ""))
            if not await self._passwords.match(web.users, name, password):
                return PlainTextResponse("unauthorized\n", 401, {"WWW-Authenticate": "Basic"})
        return None


class Passwords:
    """Compares passwords with hashes. What has matched once is known at once from then on.

    bcrypt is slow on purpose: one comparison at a time, and not in the way of scrapes.
    """

    def __init__(self) -> None:
        # Not the passwords are remembered, but what only this process makes of them.
        self._key = secrets.token_bytes(32)
        self._matched: set[bytes] = set()
        self._one_at_a_time = asyncio.Lock()

    async def match(self, users: Mapping[str, str], name: str, password: bytes) -> bool:
        """Return whether there is such a user with this password."""
        known = users.get(name) or next(iter(users.values()))[:_PREFIX] + _NOBODY
        hashed = known.encode()
        mark = hmac.digest(self._key, hashed + hashlib.sha256(password).digest(), "sha256")
        if mark in self._matched:
            return True
        async with self._one_at_a_time:
            matches = mark in self._matched or await asyncio.to_thread(_matches, password, hashed)
        if matches and name in users:
            self._matched.add(mark)
            return True
        return False


def _matches(password: bytes, hashed: bytes) -> bool:
    try:
        return bcrypt.checkpw(password[:_MAX_BYTES], hashed)
    except ValueError:  # a hash that cannot be one, a password with a zero in it
        return False


def _credentials(header: str) -> tuple[str, bytes]:
    """Return the name and the password of a request; nothing where it has none.

    >>> _credentials("Basic bWU6c2VjcmV0")
    ('me', b'secret')
    """
    scheme, _, text = header.partition(" ")
    try:
        decoded = base64.b64decode(text, validate=True)
    except ValueError:
        return "", b""
    name, _, password = decoded.partition(b":")
    return (name.decode("utf-8", "replace"), password) if scheme.lower() == "basic" else ("", b"")
