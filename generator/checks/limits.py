"""Do the limits in the settings file exist, and do they reach alerts alone?"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from generator.model import Model
from generator.problems import Problem


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each limit that a service sets and no definition declares."""
    for service in model.settings.services.values():
        for name in service.limits:
            if name in model.limits:
                continue
            close = get_close_matches(name, model.limits, n=1)
            hint = f", did you mean {close[0]!r}?" if close else ""
            offered = f"use one of: {', '.join(sorted(model.limits)) or '(none is declared)'}"
            what = f"key 'services.{service.name}.limits.{name}': no such limit{hint}; {offered}"
            keys = ("services", service.name, "limits", name)
            yield Problem.at_key(model.settings, *keys, message=what, check="limits")
