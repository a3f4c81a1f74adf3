"""Writes what CONFIG GET says and INFO does not."""

from __future__ import annotations

from typing import Any

from exporters.catalog import redis_clients, redis_server
from exporters.exposition import Exposition

# What people and configuration files call the class that servers answer as "slave".
_CLASSES = {"slave": "replica"}


class Parameters:
    """Threads, and how much a client may leave unread."""

    def __init__(self, page: Exposition) -> None:
        self._threads = page.writer(redis_server.io_threads)
        of_buffers = redis_clients.client_output_buffer_limit_bytes
        self._limit = page.writer(of_buffers, "class", "limit")
        self._seconds = page.writer(redis_clients.client_output_buffer_limit_seconds, "class")

    def write(self, threads: Any, buffers: Any) -> None:
        """Add the values of io-threads and of client-output-buffer-limit."""
        match threads:
            case [_, str(number)] if number.isascii() and number.isdecimal():
                self._threads.add_text(number, ())
        match buffers:
            case [_, str(value)]:
                self._write_limits(value.split())

    def _write_limits(self, words: list[str]) -> None:
        """Add class by class: name, hard limit, soft limit, seconds above the soft one."""
        for name, *limits in zip(*(words[start::4] for start in range(4)), strict=False):
            if all(one.isascii() and one.isdecimal() for one in limits):
                known = _CLASSES.get(name, name)
                self._limit.add_text(limits[0], (known, "hard"))
                self._limit.add_text(limits[1], (known, "soft"))
                self._seconds.add_text(limits[2], (known,))
