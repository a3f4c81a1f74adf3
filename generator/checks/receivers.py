"""Is everyone whom the settings file names told by a route, and in some way?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from exporters.hints import nearest
from generator.model import Model
from generator.problems import Problem


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each receiver that no route names, and each that nothing reaches."""
    routed = [r.name for r in model.routing.receivers()] if model.routing else ["inbox"]
    for name in model.settings.receivers:
        if name not in routed:
            hint = nearest(name, routed, before=", ")
            offered = f"use one of: {', '.join(routed)}"
            what = f"key 'receivers.{name}': no route leads there{hint}; {offered}"
            yield Problem.at_key(model.settings, "receivers", name, message=what, check="receivers")
    yield from _silent(model, routed)


def _silent(model: Model, routed: list[str]) -> Iterator[Problem]:
    """Yield the receivers that only the inbox stands for: meant at the root, and in the demo."""
    for name in routed:
        if name in model.settings.receivers and not model.settings.receivers[name]:
            what = f"key 'receivers.{name}': it is told in no way; name one, such as slack"
            yield Problem.at_key(model.settings, "receivers", name, message=what, check="receivers")
        elif (
            name not in model.settings.receivers and name != routed[0] and model.settings.receivers
        ):
            what = (
                f"key 'receivers': nothing says how {name!r} is told, so that only the inbox is; "
                f"add '{name}:' with a way"
            )
            found = Problem.at_key(model.settings, "receivers", message=what, check="receivers")
            yield replace(found, severity="warning")
