"""Runbooks that are missing, or have a gap."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from generator.checks.runbooks import check
from generator.model import build

Told = Callable[..., list[str]]


def test_runbooks_missing(told: Told, tmp_path: Path) -> None:
    """An alert without a runbook is told with the file to write."""
    told("alerts/shop.py", "ShopDown", "ShopDown", only="runbooks")
    (tmp_path / "docs/runbooks/ShopDown.md").unlink()

    (wrong,) = check(build(tmp_path))

    assert wrong.message == "ShopDown: no runbook; write docs/runbooks/ShopDown.md"


def test_runbooks_with_a_gap(told: Told) -> None:
    """A runbook's heading without words under it is told."""
    (wrong,) = told("docs/runbooks/ShopDown.md", "Some.", "", only="runbooks")

    assert wrong.startswith("ShopDown.md:1: no words under '## Impact'; ")
