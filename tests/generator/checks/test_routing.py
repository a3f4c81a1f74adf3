"""What amtool refuses."""

from __future__ import annotations

from collections.abc import Callable

Told = Callable[..., list[str]]


def test_routing(told: Told) -> None:
    """What we let pass and amtool refuses is told with amtool's words."""
    (wrong,) = told("alerts/routes.py", 'group_by=("alertname",)', 'group_by=("alertname",) * 2')

    assert wrong.startswith("routes.py:1: amtool: ")
    assert "duplicated label" in wrong
