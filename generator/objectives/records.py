"""The recording rules of an objective: short windows from the source, long ones from records.

A window of days over counters is read anew at every evaluation, for every series there is.
So what happened in five minutes is recorded once a minute, and long windows add that up:
events, and not means of shares, so that a busy hour weighs more than a quiet one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from exporters.catalog.family import TARGET_LABELS
from generator.durations import seconds
from generator.objectives import readings
from generator.objectives.decimals import decimal
from generator.objectives.indicators import Events, State
from generator.objectives.names import Names
from generator.objectives.objective import NOW
from generator.rules import Reading, Record

# Up to here a window asks the source itself: what pages must be seen at once.
_LONGEST_DIRECT = 3600

# How often long windows are added up, from what was recorded over NOW.
_SLOW, _SLOW_SECONDS = "1m", 60


def records(names: Names) -> list[Record]:
    """Return the recording rules of an objective, in the order in which they are evaluated."""
    indicator = names.objective.indicator
    if isinstance(indicator, Events):
        return [*_of_events(names, indicator), *_of_added_events(names)]
    return [*_of_state(names, indicator), *_of_added_time(names)]


def _of_events(names: Names, events: Events) -> Iterator[Record]:
    objective, by = names.objective, names.objective.by
    for window in _direct(objective.windows):
        tests = readings.of_errors(objective, events, window)
        yield _errors(names, window, events.errors(by, window), tests)
    for window in _direct(_guarded(names)):
        tests = readings.of_failures(objective, events, window)
        yield _failures(names, window, events.bad(by, "increase", window), tests)
    yield _record(
        names,
        names.part("bad"),
        help="Bad events a second, over five minutes.",
        expr=events.bad(by, "rate", NOW),
        tests=readings.of_bad(objective, events, NOW),
        interval=_SLOW,
    )
    yield _record(
        names,
        names.part("total"),
        help="Events a second, over five minutes.",
        expr=events.all(by, NOW),
        tests=readings.of_total(objective, events, NOW),
        interval=_SLOW,
    )


def _of_added_events(names: Names) -> Iterator[Record]:
    objective, bad, total = names.objective, names.part("bad"), names.part("total")
    for window in _added_up(objective.windows):
        expr = f"sum_over_time({bad}[{window}])\n  /\n(sum_over_time({total}[{window}]) > 0)"
        tests = readings.of_parts(objective, (bad, total), window)
        yield _errors(names, window, expr, tests, interval=_SLOW)
    for window in _added_up(_guarded(names)):
        expr = f"sum_over_time({bad}[{window}]) * {_SLOW_SECONDS}"
        tests = readings.of_sum(objective, bad, window, _SLOW_SECONDS)
        yield _failures(names, window, expr, tests, interval=_SLOW)


def _of_state(names: Names, state: State) -> Iterator[Record]:
    objective, now = names.objective, names.state
    yield _record(
        names,
        now,
        help="Whether it is bad now (1) or not (0).",
        expr=state.bad(objective.by),
        tests=readings.of_state(objective, state),
    )
    for window in _direct(objective.windows):
        expr = f"avg_over_time({now}[{window}])"
        yield _errors(names, window, expr, readings.of_mean(objective, now, window))
    yield _record(
        names,
        names.part("bad"),
        help="Share of five minutes that was bad.",
        expr=f"avg_over_time({now}[{NOW}])",
        tests=readings.of_mean(objective, now, NOW),
        interval=_SLOW,
    )


def _of_added_time(names: Names) -> Iterator[Record]:
    part = names.part("bad")
    for window in _added_up(names.objective.windows):
        # Of the whole window, measured or not: or a minute of a stack's first ten were a tenth.
        whole = decimal(Fraction(seconds(window)))
        expr = f"sum_over_time({part}[{window}]) * {_SLOW_SECONDS} / {whole}"
        tests = readings.of_time(names.objective, part, window, _SLOW_SECONDS)
        yield _errors(names, window, expr, tests, interval=_SLOW)


def _errors(
    names: Names, window: str, expr: str, tests: Sequence[Reading], *, interval: str = ""
) -> Record:
    help = f"The share of {window} that was bad."
    name = names.errors(window)
    return _record(names, name, help=help, expr=expr, tests=tests, interval=interval)


def _failures(
    names: Names, window: str, expr: str, tests: Sequence[Reading], *, interval: str = ""
) -> Record:
    help = f"How many events of {window} were bad."
    name = names.failures(window)
    return _record(names, name, help=help, expr=expr, tests=tests, interval=interval)


def _record(
    names: Names,
    name: str,
    *,
    help: str,
    expr: str,
    tests: Sequence[Reading],
    interval: str = "",
) -> Record:
    objective = names.objective
    return Record(
        name=name,
        labels=tuple(label for label in objective.by if label not in TARGET_LABELS),
        help=help,
        expr=expr,
        tests=tests,
        waived=objective.waived,
        source=objective.source,
        interval=interval,
    )


def _direct(windows: Sequence[str]) -> list[str]:
    return [window for window in windows if seconds(window) <= _LONGEST_DIRECT]


def _added_up(windows: Sequence[str]) -> list[str]:
    return [window for window in windows if seconds(window) > _LONGEST_DIRECT]


def _guarded(names: Names) -> list[str]:
    """Return the windows in which failures are counted: too few of them wake nobody."""
    return sorted({rate.long for rate in names.objective.burn_rates}, key=seconds)
