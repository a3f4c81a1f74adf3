"""An end for work that is not ours: a definitions file may hold a loop that never ends."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType


class EndlessError(BaseException):
    """Work took too much of the processor's time; no ``except Exception`` in it stops this."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise EndlessError in what runs meanwhile when it needs more seconds of the processor.

    What waits, and what Python itself does in one step, is not ended. Without signals, as
    on Windows and in threads, nothing is.
    """
    if not hasattr(signal, "setitimer") or current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise EndlessError
