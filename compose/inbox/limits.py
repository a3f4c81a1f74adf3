"""Bounds how often one address may ask for pages; Alertmanager and Prometheus are not bounded.

Alertmanager gives up on a notification that is answered with 429, so its path is exempt.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# A page asks every two seconds; a person opens several, and a reload asks for six files.
PER_SECOND = 50.0
BURST = 200.0

_EXEMPT = frozenset({"/webhook", "/livez", "/readyz", "/metrics"})

# Addresses that are remembered: beyond these, the one that was heard of longest ago is new again.
_MAX_CLIENTS = 1_000


@dataclass
class _Bucket:
    """What one address may still ask for; it fills up again with time."""

    left: float
    at: float


class RateLimit:
    """ASGI middleware that answers 429 to an address that asks too often."""

    def __init__(self, app: ASGIApp, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http" and scope["path"] not in _EXEMPT:
            client = scope.get("client")
            if not self._may(client[0] if client else ""):
                says = f"more than {PER_SECOND:.0f} requests a second; wait a moment\n"
                app = PlainTextResponse(says, 429, {"Retry-After": "1"})
        await app(scope, receive, send)

    def _may(self, client: str) -> bool:
        now = self._clock()
        bucket = self._buckets.setdefault(client, _Bucket(BURST, now))
        self._buckets.move_to_end(client)
        if len(self._buckets) > _MAX_CLIENTS:
            self._buckets.popitem(last=False)
        bucket.left = min(BURST, bucket.left + (now - bucket.at) * PER_SECOND)
        bucket.at = now
        if bucket.left < 1:
            return False
        bucket.left -= 1
        return True
