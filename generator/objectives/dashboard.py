"""The page of error budgets: is each promise kept, how much may still fail, how fast it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from exporters.catalog import prometheus
from generator.objectives.decimals import decimal
from generator.objectives.names import Names
from generator.objectives.objective import NOW, Objective
from generator.panels import Dashboard, Panel, Query, Variable, stat, timeseries
from generator.rules import Alert

UID = "objectives"


def error_budgets(objectives: Mapping[str, Objective], alerts: Sequence[Alert]) -> Dashboard:
    """Return the dashboard of all objectives, a row for each.

    Of ``alerts`` those that follow from an objective are explained by its burn rates.
    """
    # Every target has them, whatever it is measured by.
    variables = [
        Variable(label, prometheus.up)
        for label in ("service", "instance")
        if all(label in objective.by for objective in objectives.values())
    ]
    first = next(iter(objectives.values()))
    return Dashboard(
        "Objectives",
        "Is what was promised kept, and how much of what may fail is left?",
        variables=variables,
        rows={
            _title(name, objective): _row(name, objective, alerts, variables)
            for name, objective in objectives.items()
        },
        source=first.source,
    )


def _title(name: str, objective: Objective) -> str:
    promise = f"{objective.promise}: {objective.target} % over {objective.over}"
    return f"{Names(name, objective).words}. {promise}"


def _row(
    name: str, objective: Objective, alerts: Sequence[Alert], variables: Sequence[Variable]
) -> list[Panel]:
    names, budget = Names(name, objective), decimal(objective.budget)

    def errors(window: str) -> str:
        return names.errors(window) + _braces(variables)

    now = stat(
        f"{names.words} now",
        f"1 - {errors(NOW)}",
        unit="percentunit",
        line=float(1 - objective.budget),
        bad="below",
        help=f"{objective.promise}: the share that was good over {NOW}. The line is the "
        f"promise, {objective.target} %.",
    )
    left = stat(
        f"{names.words}, budget left",
        f"1 - {errors(objective.over)} / {budget}",
        unit="percentunit",
        line=0,
        bad="below",
        help=f"Of the {decimal(objective.budget * 100)} % that may fail over {objective.over}, "
        "what is left. Below 0 the promise is broken.",
    )
    told = ", ".join(objective.said(rate) for rate in objective.burn_rates)
    judged = [window for window in objective.windows if window != objective.over]
    burning = timeseries(
        f"{names.words}, burn rate",
        *(Query(f"{errors(w)} / {budget}", legend=_legend(objective, w)) for w in judged),
        unit="none",
        line=sorted({float(rate.factor(objective.over)) for rate in objective.burn_rates}),
        help="How many times as fast as it may the budget burned. "
        f"The lines are where we are told: above {told}.",
        alerts=[alert for alert in alerts if alert.source == objective.source],
    )
    return [_at(panel, objective) for panel in (now, left, burning)]


def _at(panel: Panel, objective: Objective) -> Panel:
    """Return a panel as if it stood where its objective does."""
    queries = [replace(query, source=objective.source) for query in panel.queries]
    return replace(panel, queries=queries, source=objective.source, waived=objective.waived)


def _braces(variables: Sequence[Variable]) -> str:
    return f"{{{', '.join(map(str, variables))}}}" if variables else ""


def _legend(objective: Objective, window: str) -> str:
    labels = [f"{{{{{label}}}}}" for label in objective.by if label != "team"]
    return " ".join([window, *labels])
