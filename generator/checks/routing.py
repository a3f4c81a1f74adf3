"""Does amtool, where it is installed, accept Alertmanager's configuration?"""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Model
from generator.problems import Problem
from generator.proofs import amtool, promtool


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem when Alertmanager would refuse the routing or the receivers."""
    if promtool.find("amtool") is None:
        return
    with amtool.rendered(model) as folder:
        words = amtool.refused(folder)
    if words:
        what = f"amtool: {words}; mend the routing, or the receivers in the settings"
        yield Problem(str(model.root / "alerts" / "routes.py"), 1, what, "routing")
