"""Stories of an objective's alerts: what is on either side of each threshold, and the whole way.

Most begin with what is recorded, which has readings of its own: one of several conditions
changes, and the others hold. One goes the whole way, from what is measured to the alert.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from generator.durations import seconds
from generator.objectives.decimals import decimal
from generator.objectives.indicators import Events
from generator.objectives.names import Names
from generator.objectives.objective import BurnRate
from generator.objectives.series import selector
from generator.objectives.supply import Phase, group_of, supply
from generator.rules import Alert, Example, Vanished

# Of what is recorded: below the threshold, but above half of it, and above it, but below twice.
_BELOW, _ABOVE = Fraction(3, 4), Fraction(3, 2)

# Steps of a minute: below, above, below again; the alert is asked for at the last of each.
_STEPS = 5

# The whole way, in minutes: all is well, then everything is bad until well after it fires.
_WELL, _FIRES, _BAD = 2, 20, 22

# It is only told where the long window holds all of it, and little more.
_WHOLE = (1800, 3600)


def of_burning(
    names: Names, rates: Sequence[BurnRate], missing: Alert | None
) -> Iterator[Example | Vanished]:
    """Tell when an alert on burning fires: for each condition of each of its burn rates."""
    for rate in rates:
        for crossing in _conditions(names, rate).items():
            yield _crossing(names, rates, rate, crossing)
    if _WHOLE[0] <= seconds(rates[0].long) <= _WHOLE[1]:
        yield from _whole_way(names, rates)
    read = {selector(record, _group(names)) for record in _read(names, rates)}
    yield Vanished(
        "all that it reads has ended while it burned",
        given=dict.fromkeys([*sorted(read), _measured(names)], "1x10 stale"),
        at="30m",
        instead=missing,
        source=names.objective.source,
    )


def of_missing(names: Names) -> Iterator[Example | Vanished]:
    """Tell when the alert on missing values fires: a while after they ended, for a day."""
    given = _measured(names)
    says = f"{_subject(names)} is not measured any more"
    yield Example(
        "there is nothing for half an hour",
        given={given: "1x10 stale _x29 1x10"},
        silent_at="25m", fires_at="27m", gone_at="44m",
        says=says, labels=_group(names), source=names.objective.source,
    )  # fmt: skip
    yield Example(
        "there is nothing any more, and after a day nobody waits for it",
        given={given: "1x2 stale"},
        silent_at="2h", fires_at="25h", gone_at="28h", interval="1h",
        says=says, labels=_group(names), source=names.objective.source,
    )  # fmt: skip
    phases = [Phase(10, 600, 0), Phase(1, 0, 0)]
    yield Vanished(
        "its series have ended, and that is what this is about",
        given=supply(names.objective.indicator, _group(names), phases, 60),
        at="45m", instead="this", source=names.objective.source,
    )  # fmt: skip


def _conditions(names: Names, rate: BurnRate) -> dict[str, str]:
    """Return the story of each record that an alert compares, by the record's name."""
    long, short = rate.long, rate.short
    stories = {
        names.errors(long): f"it burns over {short}, and over {long} only for a while",
        names.errors(short): f"it burned over {long}, and over {short} only for a while",
    }
    if isinstance(names.objective.indicator, Events):
        few = f"it burns, and over {long} enough events are bad only for a while"
        stories[names.failures(long)] = few
    return stories


def _crossing(
    names: Names,
    rates: Sequence[BurnRate],
    rate: BurnRate,
    crossing: tuple[str, str],
) -> Example:
    """Tell of one condition that changes while the others of its burn rate hold."""
    changing, story = crossing
    group = _group(names)
    given = {selector(record, group): "0x20" for record in _read(names, rates)}
    limits = _thresholds(names, rate)
    for record, limit in limits.items():
        low, high = decimal(limit * _BELOW), decimal(limit * _ABOVE)
        given[selector(record, group)] = (
            f"{low}x{_STEPS} {high}x{_STEPS} {low}x{_STEPS}" if record == changing else f"{high}x20"
        )
    burning = decimal(limits[names.errors(rate.long)] * _ABOVE)
    return Example(
        story,
        given=given,
        silent_at=f"{_STEPS}m",
        fires_at=f"{_STEPS + 1}m",
        gone_at=f"{2 * _STEPS + 2}m",
        says=_says(names, float(burning)),
        labels=group,
        source=names.objective.source,
    )


def _whole_way(names: Names, rates: Sequence[BurnRate]) -> Iterator[Example]:
    """Tell of an outage from what is measured, if the first burn rate notices one so short."""
    of_events = isinstance(names.objective.indicator, Events)
    # A counter says what came between its values, a state what it is at each of them.
    seen = Fraction(_FIRES - _WELL, _FIRES if of_events else _FIRES + 1)
    longest = max(seconds(rate.short) for rate in rates)
    limit = rates[0].factor(names.objective.over) * Fraction(names.objective.budget)
    if limit < seen and longest <= _WHOLE[1]:
        gone = _BAD + int(longest // 60) + _STEPS + 1
        many = max(600, names.objective.least_failures)
        phases = [Phase(_WELL, many, 0), Phase(_BAD - _WELL, many, many), Phase(gone, many, 0)]
        yield Example(
            f"everything is bad for {_BAD - _WELL} minutes",
            given=supply(names.objective.indicator, _group(names), phases, 60),
            silent_at=f"{_WELL}m",
            fires_at=f"{_FIRES}m",
            gone_at=f"{gone // 60}h{gone % 60}m" if gone >= 60 else f"{gone}m",
            says=_says(names, float(seen)),
            labels=_group(names),
            source=names.objective.source,
        )


def _says(names: Names, share: float) -> str:
    """Return the summary when that share is bad: divided in floats, as Prometheus does."""
    burning = share / float(names.objective.budget)
    return f"{_subject(names)}: error budget burns {burning:.1f} times as fast as it may"


def _subject(names: Names) -> str:
    shown = [value for label, value in _group(names).items() if label != "team"]
    return f"{names.words} of {' '.join(shown)}" if shown else names.words


def _measured(names: Names) -> str:
    return selector(names.measured, _group(names))


def _group(names: Names) -> dict[str, str]:
    return group_of(names.objective.indicator, names.objective.by)


def _read(names: Names, rates: Sequence[BurnRate]) -> list[str]:
    return [record for rate in rates for record in _thresholds(names, rate)]


def _thresholds(names: Names, rate: BurnRate) -> dict[str, Fraction]:
    """Return what each record is compared with, as what is recorded."""
    share = rate.factor(names.objective.over) * Fraction(names.objective.budget)
    limits = {names.errors(rate.long): share, names.errors(rate.short): share}
    if isinstance(names.objective.indicator, Events):
        limits[names.failures(rate.long)] = Fraction(names.objective.least_failures)
    return limits
