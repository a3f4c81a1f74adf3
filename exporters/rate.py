"""How often the exporters may be asked: a bucket of tokens, one for each request."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """One request each ``interval`` (seconds, above 0), and ``burst`` of them at once."""

    interval: float
    burst: int


class Tokens:
    """The tokens that are left; full at first, and again whenever the rate is another one."""

    def __init__(self) -> None:
        self._rate: Rate | None = None
        self._left = 0.0
        self._at = 0.0

    def take(self, rate: Rate, now: float) -> bool:
        """Take a token at a time in seconds, and return whether there was one.

        >>> tokens, rate = Tokens(), Rate(interval=10, burst=2)
        >>> [tokens.take(rate, now) for now in (0, 0, 0, 9, 10, 100, 100, 100)]
        [True, True, False, False, True, True, True, False]
        """
        if rate != self._rate:
            self._rate, self._left, self._at = rate, rate.burst, now
        self._left = min(rate.burst, self._left + (now - self._at) / rate.interval)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
