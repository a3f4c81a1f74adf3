"""Does every alert have a runbook that says something?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from generator.model import Model
from generator.problems import Problem

HEADINGS = ("Meaning", "Impact", "Diagnosis", "Mitigation")


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each alert without a runbook, and each runbook with a gap."""
    # Alerts may share one: what follows from one objective does.
    shared = {alert.runbook or name: alert for name, alert in model.alerts.items()}
    for name, alert in shared.items():
        file = model.root / "docs" / "runbooks" / f"{name}.md"
        if not file.is_file():
            what = f"{name}: no runbook; write docs/runbooks/{name}.md"
            yield Problem.at(alert.source, what, check="runbooks")
        else:
            yield from _gaps(file)


def _gaps(file: Path) -> Iterator[Problem]:
    text = file.read_text(encoding="utf-8", errors="replace")
    for heading in HEADINGS:
        found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        if not found or not found[1].strip():
            what = f"no words under '## {heading}'; say what the person on call needs to know"
            yield Problem(str(file), 1, what, "runbooks")
