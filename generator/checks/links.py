"""Do links to dashboards lead to ones that exist?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from exporters.hints import choose
from generator.model import Model
from generator.problems import Problem
from generator.rules import Source

# The address of a dashboard, as it stands in texts.
_ADDRESS = re.compile(r"(?<![\w.])/d/([\w-]+)")


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each link to a dashboard that there is not, or to the page itself."""
    for uid, dashboard in model.dashboards.items():
        for link in dashboard.links:
            if link not in model.dashboards:
                what = f"dashboard {uid!r}: it links to {link!r}, which there is not; "
                fix = choose(link, [other for other in model.dashboards if other != uid])
                yield Problem.at(dashboard.source, what + fix, check="links")
            elif link == uid:
                what = f"dashboard {uid!r}: it links to itself; leave that out"
                yield Problem.at(dashboard.source, what, check="links", severity="warning")
    for source, what, text in _texts(model):
        for link in _ADDRESS.findall(text):
            if link not in model.dashboards:
                wrong = f"{what} links to the dashboard {link!r}, which there is not; "
                yield Problem.at(source, wrong + choose(link, model.dashboards), check="links")


def _texts(model: Model) -> Iterator[tuple[Source, str, str]]:
    for name, alert in model.alerts.items():
        for what in (alert.summary, alert.description):
            yield alert.source, name, what
    for uid, dashboard in model.dashboards.items():
        yield dashboard.source, f"dashboard {uid!r}", dashboard.help
        for panel in dashboard.panels:
            yield panel.source, f"panel {panel.title!r}", panel.help
