"""What tells good from bad: shares of events, and states that hold or do not; as PromQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import indent
from typing import Literal

from prometheus_client.utils import floatToGoString

from exporters.catalog.family import Family, Matcher, Series
from generator.rules import DefinitionError, Source

Function = Literal["rate", "increase"]


@dataclass(frozen=True)
class Events:
    """Some of all events are good, or bad: ``part`` and ``total`` select their counters."""

    part: str
    part_is: Literal["good", "bad"]
    total: str

    def errors(self, by: Sequence[str], window: str) -> str:
        """Return the share of bad events over a window, absent while there are no events."""
        total = _gained(by, "rate", self.total, window)
        share = f"""\
{_gained(by, "rate", self.part, window)}
  /
({total} > 0)
  or
({total} > 0) * 0"""
        return share if self.part_is == "bad" else f"1 - (\n{indent(share, '  ')}\n)"

    def bad(self, by: Sequence[str], function: Function, window: str) -> str:
        """Return how many events were bad: 0, and not nothing, while none ever was."""
        part, total = (_gained(by, function, text, window) for text in (self.part, self.total))
        if self.part_is == "bad":
            return f"{part}\n  or\n{total} * 0"
        return f"{total} - {part}\n  or\n{total}"

    def all(self, by: Sequence[str], window: str) -> str:
        """Return how many events there were a second."""
        return _gained(by, "rate", self.total, window)


@dataclass(frozen=True)
class State:
    """Something is well, or not, at any time: what is ``over`` the limit or ``down`` is bad.

    ``gauge`` selects what is compared, ``idle`` what is there while there is nothing to
    compare, which is well.
    """

    gauge: str
    bad_when: Literal["down", "over"]
    limit: float = 0
    idle: str = ""

    @property
    def is_timestamp(self) -> bool:
        """Whether the gauge says when something last happened, and not how long ago."""
        return self.gauge.partition("{")[0].endswith("_timestamp_seconds")

    def bad(self, by: Sequence[str]) -> str:
        """Return 1 while any of a group's series is bad, else 0."""
        value = f"time() - {self.gauge}" if self.is_timestamp else self.gauge
        bad = f"{value} == bool 0" if self.bad_when == "down" else f"{value} > bool {self.limit}"
        worst = f"{_grouped('max', by)} ({bad})"
        return f"{worst}\n  or\n{_grouped('max', by)} ({self.idle}) * 0" if self.idle else worst


Indicator = Events | State


def ratio(
    *, total: Series | str, good: Series | str | None = None, bad: Series | str | None = None
) -> Events:
    """Count events: of ``total`` either those that are ``good``, or those that are ``bad``.

    Each is a counter of the catalog, or some of its series: ``requests_total(code="500")``.
    """
    if (good is None) == (bad is None):
        what = "a ratio needs total= and either good= or bad=; the rest follows"
        raise DefinitionError(f"{Source.of_definition()}: {what}")
    if good is None:
        return Events(str(bad), "bad", str(total))
    return Events(str(good), "good", str(total))


def latency(histogram: Family, within: float, **matchers: str | Matcher) -> Events:
    """Count what took no longer than ``within`` seconds, a bound of the histogram.

    ``matchers`` choose some of its series: ``latency(h, 0.5, route="/pay")``.
    """
    if within not in histogram.buckets:
        bounds = ", ".join(f"{bound:g}" for bound in histogram.buckets)
        what = f"{histogram} has no bucket of {within:g}; use one of: {bounds}"
        raise DefinitionError(f"{Source.of_definition()}: {what}")
    bound = str(floatToGoString(within))  # type: ignore[no-untyped-call] # theirs has no types
    good = histogram.bucket(**matchers, le=bound)
    return Events(good, "good", _selected(histogram.count, matchers))


def availability(up: Series | str) -> State:
    """Count the time in which a gauge is not 0, such as ``cache.up``."""
    return State(str(up), "down")


def freshness(age: Series | str, within: float, *, idle: Series | str | None = None) -> State:
    """Count the time in which something is at most ``within`` seconds old.

    ``age`` is its age in seconds, or, where the name ends so, a ``_timestamp_seconds``.
    While it is absent nothing is known, unless ``idle`` is there: then all is well.
    """
    return State(str(age), "over", within, str(idle or ""))


def _gained(by: Sequence[str], function: Function, selector: str, window: str) -> str:
    """Return what a counter gained over a window, all of a group's series together."""
    return f"{_grouped('sum', by)} ({function}({selector}[{window}]))"


def _grouped(operation: str, by: Sequence[str]) -> str:
    return f"{operation} by ({', '.join(by)})" if by else operation


def _selected(series: Series, matchers: dict[str, str | Matcher]) -> str:
    return series(**matchers) if matchers else str(series)
