"""The alerts of an objective: its budget burns fast, or slowly, or nobody knows.

As the SRE workbook has it: what burned in a long window says that it matters, a short one
that it still does. https://sre.google/workbook/alerting-on-slos
"""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import indent

from generator.objectives import examples
from generator.objectives.decimals import decimal
from generator.objectives.indicators import Events
from generator.objectives.names import Names
from generator.objectives.objective import BurnRate, Urgency
from generator.rules import Alert

_SEVERITIES: tuple[Urgency, ...] = ("critical", "warning")

# Who had values within a day and has none now is missed; a restart of Prometheus takes less.
_REMEMBERED, _MISSED_FOR = "1d", "15m"


def alerts(names: Names) -> Mapping[str, Alert]:
    """Return the alerts of an objective, by their names."""
    found: dict[str, Alert] = {}
    missing = _unmeasured(names) if names.objective.absent else None
    for severity in _SEVERITIES:
        if rates := names.objective.rates(severity):
            found[names.burns(severity)] = _burns(names, rates, missing)
    return found | ({names.unmeasured: missing} if missing else {})


def _burns(names: Names, rates: list[BurnRate], missing: Alert | None) -> Alert:
    objective = names.objective
    said = ", or ".join(objective.said(rate) for rate in rates)
    return Alert(
        expr="\n  or\n".join(_condition(names, rate) for rate in rates),
        for_="0s",
        severity=rates[0].severity,
        summary=f"{_subject(names)}: error budget burns "
        '{{ $value | printf "%.1f" }} times as fast as it may',
        description=f"{objective.impact} {objective.promise}: {objective.target} % over "
        f"{objective.over} is the promise. This fires at burn rates above {said}.",
        drill=objective.drill,
        tests=list(examples.of_burning(names, rates, missing)),
        runbook=names.name,
        waived=objective.waived,
        source=objective.source,
    )


def _condition(names: Names, rate: BurnRate) -> str:
    objective = names.objective
    budget, factor = decimal(objective.budget), decimal(rate.factor(objective.over))
    parts = [f"{names.errors(w)} / {budget} > {factor}" for w in (rate.long, rate.short)]
    if isinstance(objective.indicator, Events):
        parts.append(f"{names.failures(rate.long)} >= {objective.least_failures}")
    both = indent("\n  and\n".join(parts), "  ")
    return f"(\n{both}\n)"


def _unmeasured(names: Names) -> Alert:
    objective, now = names.objective, names.measured
    return Alert(
        expr=f"last_over_time({now}[{_REMEMBERED}])\n  unless\n{now}",
        for_=_MISSED_FOR,
        severity="warning",
        summary=f"{_subject(names)} is not measured any more",
        description=f"{objective.promise}: whether the promise is kept nobody knows, and no "
        "alert on its budget can fire.",
        drill=objective.absent_drill,
        tests=list(examples.of_missing(names)),
        runbook=names.name,
        waived=objective.waived,
        source=objective.source,
    )


def _subject(names: Names) -> str:
    shown = [f"{{{{ $labels.{label} }}}}" for label in names.objective.by if label != "team"]
    return f"{names.words} of {' '.join(shown)}" if shown else names.words
