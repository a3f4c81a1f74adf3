"""Do the limits in the settings file exist, and can what they limit reach them?"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from exporters.hints import nearest
from generator.model import Model
from generator.problems import Problem


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each limit that no definition declares, and each out of its range."""
    for limit in model.limits.values():
        if wrong := _out_of_range(limit.name, limit):
            what = f"limit {limit.name!r} {wrong}"
            yield Problem.at(limit.source, what, check="limits")
    for service in model.settings.services.values():
        for name, value in service.limits.items():
            keys = ("services", service.name, "limits", name)
            if name in model.limits:
                if wrong := _out_of_range(name, value):
                    what = f"key '{'.'.join(keys)}' {wrong}"
                    yield Problem.at_key(model.settings, *keys, message=what, check="limits")
                continue
            hint = nearest(name, model.limits, before=", ")
            offered = f"use one of: {', '.join(sorted(model.limits)) or '(none is declared)'}"
            what = f"key 'services.{service.name}.limits.{name}': no such limit{hint}; {offered}"
            yield Problem.at_key(model.settings, *keys, message=what, check="limits")


def _out_of_range(name: str, value: float) -> str:
    """Say why no value can be compared with a limit: by the unit that its name says."""
    if not isfinite(value) or value < 0:
        return f"is {value:g}, and nothing that is measured is; write a number from 0 on"
    if "ratio" in name.split("_") and value > 1:
        return f"is {value:g}, and a ratio is 1 at most; write {value / 100:g} for {value:g} %"
    return ""
