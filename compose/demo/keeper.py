"""Keeps at some work while the server that it needs answers, and waits for it while it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from exporters import log

MIN_BACKOFF_SECONDS = 0.1
MAX_BACKOFF_SECONDS = 5.0
NOT_YET = "not connected yet"


@dataclass
class Keeper:
    """Some work that never ends by itself. It is given what to call once it has begun.

    ``why_not`` is empty while the work goes on.
    """

    what: str
    work: Callable[[Callable[[], None]], Awaitable[None]]
    failures: tuple[type[Exception], ...]
    why_not: str = field(default=NOT_YET, init=False)

    async def run(self) -> None:
        """Work until cancelled."""
        pause = MIN_BACKOFF_SECONDS
        while True:
            try:
                await self.work(lambda: self._say(""))
            except* self.failures as errors:
                # It worked until now: begin with short pauses.
                pause = pause if self.why_not else MIN_BACKOFF_SECONDS
                self._say(type(errors.exceptions[0]).__name__)
            await asyncio.sleep(pause)
            pause = min(2 * pause, MAX_BACKOFF_SECONDS)

    def _say(self, why_not: str) -> None:
        """Log a change: once when the server goes, once when it comes back."""
        if bool(why_not) != bool(self.why_not) or self.why_not == NOT_YET:
            log.info(f"{self.what} is {'away' if why_not else 'used'}", reason=why_not)
        self.why_not = why_not
