"""Which line of a file runs in a frame? Python counts from the file's start each time."""

from __future__ import annotations

from bisect import bisect
from operator import itemgetter
from types import CodeType, FrameType


class _Lines:
    """The lines of the file that was asked about last, by the instructions that they begin at."""

    def __init__(self) -> None:
        self._of: CodeType | None = None
        self._begins: list[tuple[int, int]] = []

    def at(self, frame: FrameType) -> int:
        if self._of is not frame.f_code:
            self._of = frame.f_code
            self._begins = [(begin, line) for begin, _, line in self._of.co_lines() if line]
        return self._begins[bisect(self._begins, frame.f_lasti, key=itemgetter(0)) - 1][1]


_lines = _Lines()


def line_of(frame: FrameType) -> int:
    """Return what ``frame.f_lineno`` does, many times faster for one definition after another."""
    return _lines.at(frame)
