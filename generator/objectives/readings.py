"""What the recording rules of an objective read, in stories made for them.

What came before the window is unlike what is in it, so that a window that is too wide reads
something else; and what has ended before the window is read no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from fractions import Fraction

import promql_parser as promql

from generator.durations import seconds
from generator.objectives.decimals import decimal
from generator.objectives.indicators import Events, State
from generator.objectives.objective import Objective
from generator.objectives.series import selector
from generator.objectives.supply import Given, Phase, group_of, idle, strangers, supply
from generator.rules import Reading

# A window has five steps. Three windows and a step come before, then one and a step.
_STEPS = 5
_BEFORE, _SINCE = 3 * _STEPS + 1, _STEPS + 1
_AT = _BEFORE + _SINCE

_EVENTS: Mapping[str, tuple[Phase, Phase]] = {
    "two in five are bad, and none was before": (
        Phase(_BEFORE, 300, 0),
        Phase(_SINCE, 600, 240),
    ),
    "none is bad, and none ever was": (Phase(_BEFORE, 300, 0), Phase(_SINCE, 600, 0)),
    "all are bad, and all ever were": (Phase(_BEFORE, 300, 300), Phase(_SINCE, 600, 600)),
    "there were some, and there are none any more": (Phase(_BEFORE, 600, 0), Phase(_SINCE, 0, 0)),
}


def of_errors(objective: Objective, events: Events, window: str) -> list[Reading]:
    """Tell of the share of bad events, from counters."""
    return _of_events(objective, events, window, lambda now: Fraction(now.bad, now.total))


def of_failures(objective: Objective, events: Events, window: str) -> list[Reading]:
    """Tell how many events were bad, from counters."""
    return _of_events(objective, events, window, lambda now: Fraction(now.bad * _STEPS))


def of_bad(objective: Objective, events: Events, window: str) -> list[Reading]:
    """Tell of bad events a second, from counters."""
    step = Fraction(_step(window))
    return _of_events(objective, events, window, lambda now: now.bad / step)


def of_total(objective: Objective, events: Events, window: str) -> list[Reading]:
    """Tell of events a second, from counters."""
    step = Fraction(_step(window))
    return _of_events(objective, events, window, lambda now: now.total / step)


def of_parts(objective: Objective, parts: tuple[str, str], window: str) -> list[Reading]:
    """Tell of the share of bad events, from what was recorded of them and of all."""
    group = group_of(objective.indicator, objective.by)
    bad, total = (selector(part, group) for part in parts)
    return [
        _reading(objective, "one in five is bad, and none was before", window, Fraction(1, 5), {
            bad: _levels(0, 2), total: _levels(5, 10),
        }),
        _reading(objective, "there is nothing to share", window, None, {
            bad: _levels(0, 0), total: _levels(0, 0),
        }),
    ]  # fmt: skip


def of_sum(objective: Objective, part: str, window: str, every: int) -> list[Reading]:
    """Tell how many events were bad, from how many a second were, recorded ``every`` s."""
    given = {selector(part, group_of(objective.indicator, objective.by)): _levels(1, 4)}
    total = Fraction(4 * _STEPS * every)
    return [_reading(objective, "four a second, and one before", window, total, given)]


def of_mean(objective: Objective, part: str, window: str) -> list[Reading]:
    """Tell of the share of time that was bad, from whether it was at each moment."""
    given = {selector(part, group_of(objective.indicator, objective.by)): _levels(0, 1)}
    return [_reading(objective, "bad now, and good before", window, Fraction(1), given)]


def of_time(objective: Objective, part: str, window: str, every: int) -> list[Reading]:
    """Tell of the share of a window that was bad, from the share of each ``every`` s that was."""
    # A story has fewer moments than there are: each of them stands for as many.
    whole = decimal(Fraction(_step(window)) / every)
    given = {selector(part, group_of(objective.indicator, objective.by)): _levels("0", whole)}
    return [_reading(objective, "bad now, and good before", window, Fraction(1), given)]


def of_state(objective: Objective, state: State) -> list[Reading]:
    """Tell whether a state is bad, good, or, where it can be, idle."""
    group = group_of(state, objective.by)
    stories = {
        "it is bad": (supply(state, group, [Phase(_STEPS, 1, 1)], 60), Fraction(1)),
        "it is good": (supply(state, group, [Phase(_STEPS, 1, 0)], 60), Fraction(0)),
    }
    if state.idle:
        stories["nothing is there to be bad"] = idle(state, group, _STEPS), Fraction(0)
    return [
        Reading(
            story,
            given=given,
            at=f"{_STEPS}m",
            reads={selector("", group): float(reads)},
            source=objective.source,
        )
        for story, (given, reads) in stories.items()
    ]


def _of_events(
    objective: Objective, events: Events, window: str, reads: Callable[[Phase], Fraction]
) -> list[Reading]:
    group = group_of(events, objective.by)
    found = [
        _reading(
            objective, story, window, reads(phases[-1]) if phases[-1].total else None,
            supply(events, group, phases, _step(window)),
        )
        for story, phases in _EVENTS.items()
    ]  # fmt: skip
    if others := strangers(events, group, [Phase(_AT, 600, 0)]):
        found.append(_reading(objective, "there is only what is not meant", window, None, others))
    return found


def _reading(
    objective: Objective, story: str, window: str, reads: Fraction | None, given: Given
) -> Reading:
    group = selector("", group_of(objective.indicator, objective.by))
    return Reading(
        story,
        given=given,
        at=_duration(_AT * _step(window)),
        reads={} if reads is None else {group: float(reads)},
        interval=_duration(_step(window)),
        source=objective.source,
    )


def _levels(before: int | str, since: int | str) -> str:
    """Return the values of what was recorded."""
    return f"{before}x{_BEFORE} {since}x{_SINCE - 1}"


def _step(window: str) -> float:
    return seconds(window) / _STEPS


def _duration(number: float) -> str:
    """Return a duration as promtool writes it."""
    return str(promql.display_duration(timedelta(seconds=number)))
