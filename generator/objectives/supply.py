"""Values for an indicator's series: so many events, of which so many are bad, or a state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from generator.objectives.decimals import decimal
from generator.objectives.indicators import Events, Indicator, State
from generator.objectives.series import Cell, cells

Given = dict[str, str]


@dataclass(frozen=True)
class Phase:
    """Some steps of a story: how many events each brings, and how many of them are bad.

    A state is bad where ``bad`` is not 0. Without a total the series have ended.
    """

    steps: int
    total: int
    bad: int


def supply(
    indicator: Indicator, group: Mapping[str, str], phases: Sequence[Phase], seconds: float
) -> Given:
    """Return the series of a group and their values, from before the first step on.

    ``seconds`` lie between two. Series that the indicator is to leave alone are among them.
    """
    if isinstance(indicator, Events):
        return _events(indicator, group, phases)
    found = {cell.given(group): cell for cell in cells([indicator.gauge])}
    given = {text: _state(indicator, cell, phases, seconds) for text, cell in found.items()}
    measured = sum(phase.steps for phase in phases if phase.total)
    return {**given, **idle(indicator, group, measured)}


def idle(state: State, group: Mapping[str, str], steps: int) -> Given:
    """Return what is there while there is nothing to compare, if a state knows such a thing."""
    return {cells([state.idle])[0].given(group): f"1x{steps} stale"} if state.idle else {}


def strangers(events: Events, group: Mapping[str, str], phases: Sequence[Phase]) -> Given:
    """Return only what events are not among, though the metric is the same; often nothing."""
    found = cells([events.part, events.total])
    rates = [Fraction(phase.total) for phase in phases]
    return {cell.given(group): _growing(phases, rates) for cell in found if not cell.of}


def group_of(indicator: Indicator, by: Sequence[str]) -> dict[str, str]:
    """Return the labels of a group: as the selectors demand them, any others where they do not."""
    texts = (
        [indicator.part, indicator.total] if isinstance(indicator, Events) else [indicator.gauge]
    )
    demanded = {k: v for cell in cells(texts) if cell.of for k, v in cell.labels.items()}
    return {label: demanded.get(label, f"some-{label}") for label in by}


def require(indicator: Indicator) -> None:
    """Raise ValueError where no series can be told apart that are good, and that are bad."""
    if isinstance(indicator, State):
        cells([text for text in (indicator.gauge, indicator.idle) if text])
        return
    part, total = indicator.part, indicator.total
    found = cells([part, total])
    if part == total or not any(cell.of == {total} for cell in found):
        raise ValueError(f"{part} selects all of {total}; narrow it to what is {indicator.part_is}")
    if len({cell.metric for cell in found}) == 1 and any(cell.of == {part} for cell in found):
        raise ValueError(f"{part} selects more than {total} does; give it all of its matchers")


def _overlap(events: Events, found: Sequence[Cell]) -> bool:
    """Whether the part is counted in the total by the same series, not by others beside them."""
    return any(cell.of == {events.part, events.total} for cell in found)


def _events(events: Events, group: Mapping[str, str], phases: Sequence[Phase]) -> Given:
    found = cells([events.part, events.total])
    overlap = _overlap(events, found)
    parts = [c for c in found if events.part in c.of]
    rest = [c for c in found if c.of == {events.total}]
    given = {}
    for cell in found:
        shares = [_share(events, phase, overlap=overlap) for phase in phases]
        if cell in parts:
            rates = [Fraction(part, len(parts)) for part, _ in shares]
        elif cell in rest:
            rates = [Fraction(other, len(rest)) for _, other in shares]
        else:
            rates = [Fraction(phase.total) for phase in phases]
        if any(rates):
            given[cell.given(group)] = _growing(phases, rates)
    return given


def _share(events: Events, phase: Phase, *, overlap: bool) -> tuple[int, int]:
    """Return what the counters of the part gain in a step, and what all other counters do."""
    part = phase.bad if events.part_is == "bad" else phase.total - phase.bad
    return part, phase.total - part if overlap else phase.total


def _growing(phases: Sequence[Phase], rates: Sequence[Fraction]) -> str:
    """Return the values of a counter."""
    value, words = Fraction(0), ["0"]
    for phase, rate in zip(phases, rates, strict=True):
        if phase.total:
            words.append(f"{decimal(value + rate)}+{decimal(rate)}x{phase.steps - 1}")
            value += rate * phase.steps
        else:
            words.append("stale")
    return " ".join(words)


def _state(state: State, cell: Cell, phases: Sequence[Phase], seconds: float) -> str:
    """Return the values of a gauge; one that is not selected is bad for ever."""
    words, at = [], 0
    for phase in phases:
        # What lies before the first step is like it.
        steps = phase.steps - (at > 0)
        if phase.total:
            bad = bool(phase.bad) or not cell.of
            words.append(_level(state, at * seconds, steps, seconds, bad=bad))
        else:
            words.append("stale")
        at += steps + 1
    return " ".join(words)


def _level(state: State, at: float, steps: int, seconds: float, *, bad: bool) -> str:
    if state.bad_when == "down":
        return f"{0 if bad else 1}x{steps}"
    age = Fraction(state.limit) * (Fraction(3, 2) if bad else Fraction(3, 4))
    if not state.is_timestamp:
        return f"{decimal(age)}x{steps}"
    return f"{decimal(Fraction(at) - age)}+{decimal(Fraction(seconds))}x{steps}"
