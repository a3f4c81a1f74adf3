"""How an alert is drilled: which fault brings it, and whether time runs as it does elsewhere."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass


@dataclass(frozen=True)
class Real:
    """The rule as it is rendered fires, since a fault of the demo is really made.

    ``grows_to`` names the limit that an age must reach first, second by second. A fault that
    ``ends`` it is for an alert that fires as long as all is well.
    """

    fault: str
    _: KW_ONLY
    grows_to: str = ""
    ends: bool = False


@dataclass(frozen=True)
class Scaled:
    """As Real, but with every duration divided, since nobody waits for days.

    A limit that ``grows_to`` names is a duration as well.
    """

    fault: str
    _: KW_ONLY
    grows_to: str = ""


@dataclass(frozen=True)
class Simulated:
    """The series of the alert's first example are fed, since the fault cannot be made here.

    ``reason`` says why it cannot.
    """

    reason: str


Drill = Real | Scaled | Simulated
