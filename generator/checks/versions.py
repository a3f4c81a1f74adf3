"""Does the target version understand everything that is rendered for it?"""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Model
from generator.problems import Problem
from generator.versions import KEEP_FIRING_FOR, OPTIONS, TIME_INTERVALS, Feature


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each thing that is asked for and the target version lacks."""
    for name, alert in model.alerts.items():
        if alert.keep_firing_for and not KEEP_FIRING_FOR.known(model.versions):
            yield Problem.at(alert.source, f"{name}: {_lacks(KEEP_FIRING_FOR)}", check="versions")
    for interval in model.routing.intervals.values() if model.routing else ():
        if not TIME_INTERVALS.known(model.versions):
            what = f"time interval {interval.name!r}: {_lacks(TIME_INTERVALS)}"
            yield Problem.at(interval.source, what, check="versions")
    for receiver, integrations in model.settings.receivers.items():
        for n, integration in enumerate(integrations):
            for option in integration.options:
                feature = OPTIONS.get((integration.kind, option))
                if feature and not feature.known(model.versions):
                    keys = ("receivers", receiver, str(n), integration.kind, option)
                    what = f"key '{'.'.join(keys)}': {_lacks(feature)}"
                    yield Problem.at_key(model.settings, *keys, message=what, check="versions")


def _lacks(feature: Feature) -> str:
    needs = f"{feature.name} needs {feature.product} {feature.first}"
    return f"{needs}; leave it out or render for a newer version"
