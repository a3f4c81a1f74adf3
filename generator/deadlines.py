"""An end for work that is not ours: a definitions file may never come to its end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType


class EndlessError(BaseException):
    """Something took too long; no ``except Exception`` in it stops this. Its text says how."""


@contextmanager
def at_most(*, work: float, patience: float) -> Iterator[None]:
    """Raise EndlessError in what runs meanwhile when it takes more seconds than it may.

    ``work`` counts those of the processor: a busy machine takes nothing from them.
    ``patience`` counts those of the clock: who waits for ever does no work. What
    Python itself does in one step is not ended. Without signals, as on Windows and in
    threads, nothing is.
    """
    if not hasattr(signal, "setitimer") or current_thread() is not main_thread():
        yield
        return
    works = f"it works for more than {work:g} s; mend the loop that runs here"
    waits = f"it waits for more than {patience:g} s; let what it waits for end, or leave it out"
    with (
        _timer(signal.ITIMER_VIRTUAL, signal.SIGVTALRM, work, works),
        _timer(signal.ITIMER_REAL, signal.SIGALRM, patience, waits),
    ):
        yield


@contextmanager
def _timer(timer: int, rings: signal.Signals, seconds: float, what: str) -> Iterator[None]:
    def end(_signal: int, _frame: FrameType | None) -> None:
        raise EndlessError(what)

    before = signal.signal(rings, end)
    left = signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(rings, before)
        # Whoever had set it, as tests do, still wants to be woken.
        signal.setitimer(timer, *left)
