"""Does every alert show when it is silent, when it fires and when it is gone?"""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Model
from generator.problems import Problem


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each alert without an example."""
    for name, alert in model.alerts.items():
        if not alert.tests:
            what = f"{name}: no example; show when it fires and when it stays silent"
            yield Problem.at(alert.source, what, check="examples")
