"""Answers only to names of its own, so that no web page can read the inbox as if it were its own.

A page on evil.example may let that name point at 127.0.0.1 once it is loaded (DNS
rebinding); the browser then lets it read whatever answers there. What gives it away is the
name it asks for.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# Whatever name Alertmanager knows us by, its notification is taken. The webhook refuses
# browsers by what they cannot leave out instead (see webhook.py).
_ANY_NAME = "/webhook"


class KnownHosts:
    """ASGI middleware that answers 421 where the ``Host`` is not this inbox's.

    ``names`` are those of a proxy or a domain; addresses and names without a dot are known.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http" and scope["path"] != _ANY_NAME:
            name = _host(Headers(scope=scope).get("host", ""))
            if name not in self._names and not _is_local(name):
                says = f"host {name!r}: not a name of this inbox; start it with --host NAME\n"
                app = PlainTextResponse(says, 421)
        await app(scope, receive, send)


def _host(header: str) -> str:
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def _is_local(name: str) -> bool:
    """Tell whether no public page can have this name.

    Rebinding needs a name in the public DNS that its owner can point elsewhere. An address
    is no name, and names without a dot (``localhost``, a peer called ``inbox``) are given
    by one's own machine or network.

    >>> [_is_local(name) for name in ("localhost", "inbox", "127.0.0.1", "::1", "evil.example")]
    [True, True, True, True, False]
    """
    try:
        ip_address(name)
    except ValueError:
        return bool(name) and "." not in name
    return True
