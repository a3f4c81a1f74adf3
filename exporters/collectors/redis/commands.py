"""Writes what commands did: how often, how long, with which errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from exporters.catalog import cache
from exporters.exposition import Exposition

# Scripts and modules make up errors of their own: so many are told apart.
MAX_ERRORS = 30
OTHER = "other"

_MICROSECONDS = 1_000_000
_BOUNDS_USEC = [round(bound * _MICROSECONDS) for bound in cache.command_duration_seconds.buckets]

# The last two since Redis 6.2.
_COMMAND = re.compile(
    r"\ncmdstat_([^:\r\n]*):calls=([0-9]+),usec=([0-9]+),usec_per_call=[^,\r\n]*"
    r"(?:,rejected_calls=([0-9]+),failed_calls=([0-9]+))?"
)
_ERROR = re.compile(r"\nerrorstat_([^:\r\n]*):count=([0-9]+)")


class Commands:
    """The families that have the label ``command``."""

    def __init__(self, page: Exposition) -> None:
        self._calls = page.writer(cache.commands_total, "command")
        self._seconds = page.writer(cache.commands_seconds_total, "command")
        self._rejected = page.writer(cache.commands_rejected_total, "command")
        self._failed = page.writer(cache.commands_failed_total, "command")
        self._durations = page.histogram(cache.command_duration_seconds, "command")

    def write(self, info: str, latency: Any) -> None:
        """Add what INFO and LATENCY HISTOGRAM say; only INFO has the sums of durations."""
        seconds: dict[str, float] = {}
        for command, calls, usec, rejected, failed in _COMMAND.findall(info):
            labels = (command,)
            seconds[command] = int(usec) / _MICROSECONDS
            self._calls.add_text(calls, labels)
            self._seconds.add(seconds[command], command)
            if rejected:
                self._rejected.add_text(rejected, labels)
                self._failed.add_text(failed, labels)
        try:
            for command, counts in distributions(latency):
                self._durations.add(counts, seconds.get(command, 0.0), command)
        except (TypeError, ValueError, IndexError):
            return  # a server that answers in another shape is measured without them


class Errors:
    """How many commands ended in which error. Who came first keeps a series of its own."""

    def __init__(self, page: Exposition) -> None:
        self._errors = page.writer(cache.errors_total, "error")
        self._known: set[str] = set()

    def write(self, info: str) -> None:
        """Add the errors that are told apart, and the sum of all others."""
        others = 0
        for error, count in _ERROR.findall(info):
            if error not in self._known and len(self._known) >= MAX_ERRORS:
                others += int(count)
                continue
            self._known.add(error)
            self._errors.add_text(count, (error,))
        if others:
            self._errors.add(others, OTHER)


def distributions(reply: Any) -> Iterator[tuple[str, list[int]]]:
    """Yield commands, and how many of their runs were within each bound of the family.

    The server gives pairs of a bound and a cumulative count, and leaves empty ones out:
    ``["get", ["calls", 3, "histogram_usec", [1, 2, 8, 3]], ...]``.
    """
    if not isinstance(reply, list):
        return
    for command, (_, calls, _, pairs) in zip(reply[::2], reply[1::2], strict=False):
        counts, seen, position = [], 0, 0
        for bound in _BOUNDS_USEC:
            while position < len(pairs) and pairs[position] <= bound:
                seen = pairs[position + 1]
                position += 2
            counts.append(int(seen))
        yield str(command), [*counts, int(calls)]
