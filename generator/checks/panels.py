"""Does every alert link to the one panel that explains it?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generator.model import Model
from generator.problems import Problem


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for alerts with no panel or several, and for panels of one title."""
    for name, alert in model.alerts.items():
        drawn = [f"{uid}: {panel.title!r}" for uid, panel in model.panels_of(name)]
        if not drawn:
            what = f"{name}: no panel explains it; name it in a panel's alerts=[...]"
            yield Problem.at(alert.source, what, check="panels")
        elif len(drawn) > 1:
            what = f"{name}: {len(drawn)} panels explain it ({', '.join(drawn)}); leave it in one"
            yield Problem.at(alert.source, what, check="panels")
    for uid, dashboard in model.dashboards.items():
        titles = Counter(panel.title for panel in dashboard.panels)
        for title, times in titles.items():
            if times > 1:
                what = f"dashboard {uid!r}: {times} panels are called {title!r}; rename one"
                yield Problem.at(dashboard.source, what, check="panels")
