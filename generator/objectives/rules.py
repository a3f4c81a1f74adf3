"""Everything that Prometheus evaluates for an objective."""

from __future__ import annotations

from collections.abc import Mapping

from generator.objectives.alerts import alerts
from generator.objectives.names import Names
from generator.objectives.objective import Objective
from generator.objectives.records import records
from generator.rules import Alert, Record


def rules(name: str, objective: Objective) -> Mapping[str, Alert | Record]:
    """Return the recording rules and alerts of an objective, by name, in their order."""
    names = Names(name, objective)
    recorded = {record.name: record for record in records(names)}
    return {**recorded, **alerts(names)}
