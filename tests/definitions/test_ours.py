"""Our own definitions: clean, proven, and readable in outline."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from exporters.settings import load
from generator import checks
from generator.model import Model, build
from generator.output import differences, files
from generator.panels import Dashboard
from generator.proofs.examples import prove

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"


@cache
def _model() -> Model:
    return build(ROOT, load(ROOT / "compose" / "demo" / "lightship.yaml"))


def _outline(dashboard: Dashboard) -> str:
    """Return what a reviewer reads: row, panel, kind, unit, line and queries."""
    lines = [f"{dashboard.title}: {dashboard.help}"]
    lines += [f"  {a.name} (marked): {' '.join(a.expr.split())}" for a in dashboard.annotations]
    for row, panels in dashboard.rows.items():
        lines.append(f"\n{row}")
        for panel in panels:
            drawn = " and ".join(f"{line:g}" for line in panel.lines)
            line = f", line {drawn} ({panel.bad} is bad)" if drawn else ""
            alerts = "".join(f", explains {_name(a)}" for a in panel.alerts)
            lines.append(f"  {panel.title} ({panel.kind}, {panel.unit}{line}{alerts})")
            lines += [f"    {' '.join(q.expr.split())}" for q in panel.queries]
    return "\n".join(lines) + "\n"


def _name(alert: object) -> str:
    return next(n for n, a in _model().alerts.items() if a is alert)


def test_there_are_no_problems() -> None:
    """What we ship passes every check of ours."""
    assert [str(p) for p in checks.run(_model()).at_least("error")] == []


def test_every_alert_is_proven() -> None:
    """Every alert of ours has examples, and they hold."""
    assert prove(_model()).text().count("FAILED") == 0


def test_what_is_committed_is_what_is_rendered() -> None:
    """compose/generated is the rendering of the definitions and the demo's settings."""
    diffs = list(differences(files(_model()), ROOT / "compose" / "generated"))

    assert not diffs, "".join(diffs) + "\nrun: lightship render"


@pytest.mark.parametrize("uid", sorted(p.stem for p in (ROOT / "dashboards").glob("[a-z]*.py")))
def test_dashboards_read_as_committed(uid: str, golden: Callable[[Path, str], None]) -> None:
    """A dashboard's outline is what a reviewer agreed to."""
    golden(GOLDEN / f"{uid}.dashboard.txt", _outline(_model().dashboards[uid]))
