"""Writes what the server noted down: slow commands, latency events."""

from __future__ import annotations

from typing import Any

from exporters.catalog import cache, redis_server
from exporters.exposition import Exposition

_MILLISECONDS = 1_000
_MICROSECONDS = 1_000_000


class SlowLog:
    """How many commands were slow, and how slow the last one was. What it was is not shown."""

    def __init__(self, page: Exposition) -> None:
        self._length = page.writer(cache.slow_commands)
        self._total = page.writer(cache.slow_commands_total)
        self._last = page.writer(redis_server.slow_command_last_seconds)
        self._count = 0

    def forget(self) -> None:
        """Begin anew: another server may be there."""
        self._count = 0

    def write(self, length: Any, latest: Any) -> None:
        """Add what SLOWLOG LEN and SLOWLOG GET 1 say. Numbers go on when the log is cleared."""
        if isinstance(length, int):
            self._length.add(length)
        match latest:
            case [[int(number), _, int(usec), *_], *_]:
                self._count = number + 1
                self._last.add(usec / _MICROSECONDS)
            case []:
                pass
            case _:
                return
        self._total.add(self._count)


class Latency:
    """The latest and the longest event of each kind: fork, command, fast-command and others."""

    def __init__(self, page: Exposition) -> None:
        self._last = page.writer(redis_server.latency_event_last_seconds, "event")
        self._max = page.writer(redis_server.latency_event_max_seconds, "event")
        self._at = page.writer(redis_server.latency_event_timestamp_seconds, "event")

    def write(self, latest: Any) -> None:
        """Add what LATENCY LATEST says."""
        for event in latest if isinstance(latest, list) else ():
            match event:
                case [str(name), int(at), int(last), int(longest), *_]:
                    self._at.add(at, name)
                    self._last.add(last / _MILLISECONDS, name)
                    self._max.add(longest / _MILLISECONDS, name)
