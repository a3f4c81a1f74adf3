"""Is everyone whom the settings file names told by a route?"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from generator.model import Model
from generator.problems import Problem


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each receiver of the settings file that no route names."""
    routed = [r.name for r in model.routing.receivers()] if model.routing else ["inbox"]
    for name in model.settings.receivers:
        if name not in routed:
            close = get_close_matches(name, routed, n=1)
            hint = f", did you mean {close[0]!r}?" if close else ""
            offered = f"use one of: {', '.join(routed)}"
            what = f"key 'receivers.{name}': no route leads there{hint}; {offered}"
            yield Problem.at_key(model.settings, "receivers", name, message=what, check="receivers")
