"""What is in the definitions folder and is not read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.checks.ignored import check
from generator.model import build

Told = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("alerts/README.md", ""),
        ("alerts/_words.py", ""),
        ("dashboards/.keep", ""),
        ("alerts/shop.yaml", "only Python is read from alerts/; define it there, or move this"),
        ("dashboards/shop.json", "only Python is read from dashboards/"),
        ("alerts/team/more.py", "files are read from alerts/ itself only; move its files up"),
    ],
)
def test_files_that_are_not_read(told: Told, tmp_path: Path, path: str, wrong: str) -> None:
    """A file that somebody expects to be read, and that is not, is told."""
    told("alerts/shop.py", "", "", only="ignored")
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text("")

    said = [p.message for p in check(build(tmp_path))]

    assert any(wrong in w for w in said) if wrong else said == []


def test_a_second_dashboard_in_a_file(told: Told) -> None:
    """Of two dashboards in a file one is passed over, and that is said of it."""
    (wrong,) = told(
        "dashboards/shop.py",
        "dashboard = Dashboard(",
        'till = Dashboard("Till", "?", variables=[], rows={})\ndashboard = Dashboard(',
        only="ignored",
    )

    assert (
        "dashboard 'Till' is passed over: a file's dashboard is the one called 'dashboard'" in wrong
    )


@pytest.mark.parametrize(
    ("new", "wrong"),
    [
        ('Receiver("nobody")', "no route names the receiver 'nobody'; let one do so, or remove it"),
        ('TimeInterval(name="never")', "no route names the time interval 'never'"),
    ],
)
def test_receivers_and_intervals_that_no_route_names(told: Told, new: str, wrong: str) -> None:
    """A receiver or a time interval that nothing names is told."""
    (said,) = told(
        "alerts/routes.py", "routing = Routing(", f"x = {new}\nrouting = Routing(", only="ignored"
    )

    assert wrong in said
