"""Which alerts are drilled, by which faults, and which faults may be on at the same time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compose.demo.switches import FAULTS, STACK
from compose.drills.prediction import resolved_within, told
from exporters.errors import UserError
from exporters.hints import choose, nearest
from generator.drills import Drill, Real, Scaled, Simulated
from generator.model import Model
from generator.rules import one_of

ALL = "all"
KINDS: Mapping[type[Drill] | None, str] = {
    Real: "real",
    Scaled: "scaled",
    Simulated: "simulated",
    None: "none",
}


@dataclass(frozen=True)
class Planned:
    """An alert and its drill; ``receivers`` are those of whom one has to be told."""

    alert: str
    drill: Drill | None
    receivers: Sequence[str]

    @property
    def kind(self) -> str:
        """How real it is: ``real``, ``scaled``, ``simulated``, or ``none``."""
        return KINDS[type(self.drill) if self.drill else None]

    @property
    def fault(self) -> str:
        """What is done to the demo; empty where nothing is."""
        return "" if self.drill is None or isinstance(self.drill, Simulated) else self.drill.fault

    @property
    def ends(self) -> bool:
        """Whether the fault ends the alert, and does not begin it."""
        return isinstance(self.drill, Real) and self.drill.ends


@dataclass(frozen=True)
class Round:
    """One fault, and the alerts that it is to bring; no fault where a story is told instead."""

    fault: str
    drills: Sequence[Planned]

    @property
    def name(self) -> str:
        """What it is called while it is waited for."""
        return self.fault or f"the story of {self.drills[0].alert}"


def planned(model: Model, alert: str, through: str = "") -> list[Planned]:
    """Return the drill of an alert, or of all; with ``through``, of those that tell a receiver.

    Raises UserError for an alert, a fault or a receiver that there is not.
    """
    if alert != ALL and alert not in model.alerts:
        raise UserError(f"alert {alert!r}: unknown; {choose(alert, [ALL, *model.alerts])}")
    names = list(model.alerts) if alert == ALL else [alert]
    found = [_planned(model, name) for name in names]
    _require_faults(found)
    return _through(model, found, through) if through else found


def _planned(model: Model, name: str) -> Planned:
    receivers = [route.to.name for route in told(model, name)]
    return Planned(name, model.alerts[name].drill, list(dict.fromkeys(receivers)))


def _require_faults(found: Sequence[Planned]) -> None:
    unknown = {one.fault: one.alert for one in found if one.fault and one.fault not in FAULTS}
    if unknown:
        listed = "lightship demo fault lists those that there are"
        wrong = [
            f"{alert}: its drill's fault {fault!r} is unknown; {nearest(fault, FAULTS) or listed}"
            for fault, alert in unknown.items()
        ]
        raise UserError("\n".join(wrong))


def _through(model: Model, found: Sequence[Planned], receiver: str) -> list[Planned]:
    known = {one.name for one in model.routing.receivers()} if model.routing else {"inbox"}
    if receiver not in known:
        raise UserError(one_of(receiver, sorted(known), what="receiver"))
    reached = [
        Planned(one.alert, one.drill, [receiver]) for one in found if receiver in one.receivers
    ]
    if not reached:
        told_instead = ", ".join(found[0].receivers)
        raise UserError(f"{found[0].alert}: tells {told_instead}, and not {receiver}")
    return reached


def lanes(model: Model, found: Sequence[Planned]) -> list[list[list[Round]]]:
    """Return what is done one after the other: lanes that may be run at once, of rounds.

    Faults of one part of the demo take turns, those first whose alerts take longest to end;
    what is felt everywhere is alone, at the end.
    """
    by_fault: dict[str, list[Planned]] = defaultdict(list)
    for one in found:
        by_fault[one.fault].append(one)
    stories = [[Round("", [one])] for one in by_fault.pop("", [])]
    by_part: dict[str, list[Round]] = defaultdict(list)
    for fault, drills in by_fault.items():
        by_part[FAULTS[fault].part].append(Round(fault, drills))
    everywhere = by_part.pop(STACK, [])
    for rounds in by_part.values():
        rounds.sort(key=lambda one: -max(resolved_within(model, d.alert) for d in one.drills))
    together = [*by_part.values(), *stories]
    return [*([together] if together else []), *([[one]] for one in everywhere)]
