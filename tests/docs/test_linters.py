"""Does the page on other linters name all of their rules, and checks of ours that there are?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator import checks, grafana
from generator.model import build
from generator.output import files

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "other-linters.md").read_text(encoding="utf-8")

LINE = re.compile(r"^\| `([\w/-]+)` \| ([^|]*?) \| ([^|]*?) ?\|$", re.MULTILINE)


def lines(linter: str) -> list[tuple[str, list[str], str]]:
    """Return the table of one linter: its rule, ours, and why there is none or what differs."""
    section = PAGE.split(f"\n## {linter}\n")[1].split("\n## ")[0]
    return [(rule, re.findall(r"`(\w+)`", ours), why) for rule, ours, why in LINE.findall(section)]


@pytest.mark.parametrize(
    ("linter", "rules"), [("pint", 36), ("dashboard-linter", 17), ("mixtool", 10)]
)
def test_every_rule_is_told(linter: str, rules: int) -> None:
    """Each rule has one line, with checks that there are, or with a reason."""
    known = {*checks.names(), *checks.FOUND_ELSEWHERE}
    told = lines(linter)

    assert len({rule for rule, _, _ in told}) == len(told) == rules
    assert [rule for rule, ours, why in told if not ours and not why] == []
    assert {name for _, ours, _ in told for name in ours} <= known


def test_what_the_renderer_writes() -> None:
    """Dashboards cannot be edited, and variables reload; each panel names the data source."""
    model = build(ROOT)
    for uid in model.dashboards:
        made = grafana.made(model, uid)
        assert made["editable"] is False
        assert {v["refresh"] for v in made["templating"]["list"]} <= {2}
        panels = [panel for panel in made["panels"] if panel["type"] != "row"]
        assert all(panel["datasource"] == grafana.DATA_SOURCE for panel in panels)


def test_there_are_no_external_labels() -> None:
    """What is rendered for Prometheus gives no labels to everything that it sends."""
    assert "external_labels" not in files(build(ROOT))["prometheus/prometheus.yml"]
