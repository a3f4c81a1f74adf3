"""What is marked across all panels of a dashboard: alerts that fire, and what was changed when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field

from exporters.catalog import alertmanager, prometheus
from exporters.catalog.family import Family, Variable, regex
from generator.rules import Source, Waiver, promql, require_query


@dataclass(frozen=True)
class Annotation:
    """Marks on a dashboard's graphs, wherever a query gives a value above zero.

    Values that follow each other are one mark, as long as they last. ``text`` is what
    it says, with the labels of the series as in a legend: ``{{instance}}``.
    """

    name: str
    expr: str
    text: str
    _: KW_ONLY
    color: str = "blue"
    waived: Sequence[Waiver] = ()
    source: Source = field(default_factory=Source.of_definition)

    def __post_init__(self) -> None:
        require_query(self.expr, self.source)
        object.__setattr__(self, "expr", promql(self.expr))


def firing(*variables: Variable) -> Annotation:
    """Mark while alerts fire that somebody is told of, for what the variables select."""
    severity = regex("critical|warning")
    expr = prometheus.alerts(*variables, alertstate="firing", severity=severity)
    return Annotation("Alerts", expr, "{{alertname}} {{instance}}", color="orange")


def restarts(uptime: Family, *variables: Variable) -> Annotation:
    """Mark when servers were started anew, by the family that says how long they run."""
    expr = f"delta({uptime(*variables)}[$__rate_interval]) < bool 0"
    return Annotation("Restarts", expr, "{{instance}} was started anew")


def reloads() -> Annotation:
    """Mark when Prometheus or Alertmanager took another configuration."""
    expr = f"""
    changes({prometheus.config_last_reload_success_timestamp_seconds}[$__rate_interval])
      or
    changes({alertmanager.config_last_reload_success_timestamp_seconds}[$__rate_interval])
    """
    return Annotation("Reloads", expr, "{{job}} took another configuration")
