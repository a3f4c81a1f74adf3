"""Can every alert be drilled, where some are?"""

from __future__ import annotations

from collections.abc import Iterator

from exporters.hints import choose
from generator.drills import Drill, Simulated
from generator.model import Model
from generator.problems import Problem
from generator.rules import Alert, Example


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each alert without a drill, and for each drill that cannot be run."""
    if not any(alert.drill for alert in model.alerts.values()):
        return  # whoever drills nothing is not asked to
    promised = {objective.source: name for name, objective in model.objectives.items()}
    for name, alert in model.alerts.items():
        what = promised.get(alert.source, name)
        if alert.drill is None:
            wrong = f"{what}: no drill; say with drill=... how it is made to fire"
            yield Problem.at(alert.source, wrong, check="drills", severity="warning")
        elif wrong := _wrong(model, alert, alert.drill):
            yield Problem.at(alert.source, f"{what}: {wrong}", check="drills")


def _wrong(model: Model, alert: Alert, drill: Drill) -> str:
    if isinstance(drill, Simulated):
        if not drill.reason.strip():
            return "its drill is simulated without a reason; say why the fault cannot be made"
        if not any(isinstance(story, Example) for story in alert.tests):
            return "its drill is simulated, and there is no example to feed; add one"
        return ""
    if not drill.fault:
        return "its drill names no fault; name one of those that lightship demo fault lists"
    if drill.grows_to and drill.grows_to not in model.limits:
        hint = choose(drill.grows_to, model.limits)
        return f"its drill grows to a limit {drill.grows_to!r} that there is not; {hint}"
    return ""
