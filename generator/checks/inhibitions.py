"""Can every inhibition ever apply, and does it do what is asserted?"""

from __future__ import annotations

from collections.abc import Iterator

from exporters.catalog.family import Matcher
from exporters.hints import choose
from generator.model import Model
from generator.problems import Problem
from generator.proofs.told import applied, inhibitions_open
from generator.routes import Inhibition, Matchers, Routing, matches

# What an alert carries whatever its query gives.
_ALWAYS = ("alertname", "severity")


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each inhibition that no two alerts can meet, or that nothing asserts."""
    if model.routing is None:
        return
    for inhibition in model.routing.inhibitions:
        for wrong in _wrong(model, inhibition):
            what = f"inhibition {inhibition.name!r}: {wrong}"
            yield Problem.at(inhibition.source, what, check="inhibitions")
    yield from _asserted(model, model.routing)


def _asserted(model: Model, routing: Routing) -> Iterator[Problem]:
    """Yield the assertions that fail, and the inhibitions that none is about."""
    for inhibits in routing.inhibits:
        unknown = [n for n in (inhibits.cause, inhibits.symptom) if n not in model.alerts]
        if unknown:
            what = f"there is no alert {unknown[0]!r}; {choose(unknown[0], model.alerts)}"
            yield Problem.at(inhibits.source, what, check="inhibitions")
        elif not applied(model, inhibits):
            what = (
                f"while {inhibits.cause} fires, {inhibits.symptom} is not to be sent, and no "
                "inhibition says so; mend the inhibition, or the assertion"
            )
            yield Problem.at(inhibits.source, what, check="inhibitions")
    for inhibition in inhibitions_open(model):
        what = (
            f"inhibition {inhibition.name!r}: nothing says what it is to come to; add "
            "Inhibits(cause, symptom) of two alerts to inhibits=[...]"
        )
        yield Problem.at(inhibition.source, what, check="inhibitions", severity="warning")


def _wrong(model: Model, inhibition: Inhibition) -> Iterator[str]:
    causes = _met(model, inhibition.cause)
    symptoms = _met(model, inhibition.symptom)
    if not causes:
        yield "no alert is its cause; mend the matchers of cause="
    if not symptoms:
        yield "no alert is its symptom; mend the matchers of symptom="
    if causes and symptoms and "alertname" in inhibition.equal and not {*causes} & {*symptoms}:
        yield (
            f"it compares 'alertname', and no alert is both cause ({', '.join(causes)}) and "
            f"symptom ({', '.join(symptoms)}); take 'alertname' out of equal=, or remove it"
        )
    for label in inhibition.equal:
        for side, alerts in (("cause", causes), ("symptom", symptoms)):
            if alerts and not any(_carries(model, name, label) for name in alerts):
                named = ", ".join(alerts)
                yield (
                    f"it compares {label!r}, which no {side} carries ({named}), so that it "
                    f"counts as empty; leave it out of equal=, or keep it in the query"
                )


def _met(model: Model, matchers: Matchers) -> list[str]:
    """Return the alerts that these matchers can meet, by the labels that we know in advance."""
    return [
        name
        for name, alert in model.alerts.items()
        if matches(
            {label: m for label, m in matchers.items() if label in _ALWAYS},
            {"alertname": name, "severity": alert.severity},
        )
        and all(_may_meet(model, name, label, m) for label, m in matchers.items())
    ]


def _may_meet(model: Model, name: str, label: str, matcher: str | Matcher) -> bool:
    """Whether an alert may carry a label that is matched on; one that it lacks is empty."""
    return _carries(model, name, label) or matches({label: matcher}, {})


def _carries(model: Model, name: str, label: str) -> bool:
    return label in _ALWAYS or model.provenance.of(model.alerts[name].expr).has(label)
