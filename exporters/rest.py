"""A rest after failures: a target that refuses is not asked again and again."""

from __future__ import annotations

import time

# The rest after a failed attempt doubles from the first to the longest, in seconds.
_FIRST = 0.1
_LONGEST = 2.0


class Rest:
    """Remembers the last failure to connect, and for how long it stands for the next attempts."""

    def __init__(self) -> None:
        self._failure: Exception | None = None
        self._seconds = 0.0
        self._until = 0.0

    def check(self) -> None:
        """While resting, fail as the last attempt did."""
        if self._failure is not None and time.monotonic() < self._until:
            raise self._failure.with_traceback(None)

    def failed(self, failure: Exception) -> None:
        """Begin a rest, twice as long as the one before."""
        self._seconds = min(max(self._seconds * 2, _FIRST), _LONGEST)
        self._until = time.monotonic() + self._seconds
        self._failure = failure

    def worked(self) -> None:
        """Forget the failures: the next rest is a short one."""
        self._failure, self._seconds = None, 0.0
