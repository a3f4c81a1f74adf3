"""Reads a request's body within bounds: what is too large for memory is shortened, not refused.

Alertmanager gives up on a notification that is refused, and a storm that is too large to
hold is the last one to lose. So the alerts that fit are kept, with the fields that stand
after them, and the rest is read past.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from exporters import log

# An alert is about a kilobyte: thousands of them.
MAX_BODY_BYTES = 4_000_000

# What follows the alerts: labels and annotations that all of them share, and the group's key.
_MAX_TAIL_BYTES = 500_000

# Unescaped quotes stand in no JSON string, and brackets in no alert outside of one.
_BEFORE_ALERTS = re.compile(r'"alerts"\s*:\s*\[')
_AFTER_ALERTS = re.compile(r'\}\s*\]\s*,\s*(?="\w+"\s*:)')
_BETWEEN = re.compile(r"[\s,]*")


class TooLargeError(Exception):
    """A body of which not even one alert fits."""


class FullError(Exception):
    """There is no room for more bodies now."""


class Room:
    """How many bytes of bodies are held at once, from their first byte to their answer."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._taken = 0

    @contextmanager
    def share(self) -> Iterator[Share]:
        """Give a share of the room, and take all of it back in the end."""
        share = Share(self)
        try:
            yield share
        finally:
            self._taken -= share.taken

    def take(self, size: int) -> None:
        """Take some bytes; raises FullError when they are not to be had."""
        if self._taken + size > self._size:
            raise FullError(f"{self._taken} bytes of notifications are waiting already")
        self._taken += size


class Share:
    """What one body takes of a Room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.taken = 0

    def take(self, size: int) -> None:
        self._room.take(size)
        self.taken += size


async def read(chunks: AsyncIterator[bytes], share: Share) -> tuple[bytearray, bytearray]:
    """Return a body's first MAX_BODY_BYTES, and its end if it goes on beyond them.

    Raises FullError.
    """
    head, tail = bytearray(), bytearray()
    async for chunk in chunks:
        fits = MAX_BODY_BYTES - len(head)
        share.take(len(chunk[:fits]) + (0 if tail or len(chunk) <= fits else _MAX_TAIL_BYTES))
        head += chunk[:fits]
        if len(chunk) > fits:
            tail = ((tail or head[-_MAX_TAIL_BYTES:]) + chunk[fits:])[-_MAX_TAIL_BYTES:]
    return head, tail


def shorten(head: bytes | bytearray, tail: bytes | bytearray) -> bytes:
    """Return the beginning of a notification, cut between two alerts, joined with its end.

    ``inboxShortened`` is true in it. Raises TooLargeError when it is not written as
    Alertmanager does, or no alert is whole.

    >>> shorten(b'{"status":"firing","alerts":[{"labels":{}},{"lab', b'{}}],"groupKey":"k"}')
    b'{"status":"firing","alerts":[{"labels":{}}],"inboxShortened":true,"groupKey":"k"}'
    """
    # A character that was cut is in an alert that was cut.
    start, end = (bytes(part).decode(errors="replace") for part in (head, tail))
    before, after = _BEFORE_ALERTS.search(start), _AFTER_ALERTS.search(end)
    if not before or not after:
        raise TooLargeError
    cut, kept = _whole(start, before.end())
    if not kept:
        raise TooLargeError
    log.warning("notification shortened", alerts_kept=kept)
    return f'{start[:cut]}],"inboxShortened":true,{end[after.end() :]}'.encode()


def _whole(text: str, position: int) -> tuple[int, int]:
    """Return where the last alert that is whole ends, and how many there are."""
    decoder = json.JSONDecoder()
    end, count = position, 0
    while between := _BETWEEN.match(text, end if count else position):
        try:
            _, end = decoder.raw_decode(text, between.end())
        except (ValueError, RecursionError):
            break
        count += 1
    return end, count
