"""What is asked: variables and Grafana's own words, filled in as Grafana does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compose.preview.view import View
from compose.preview.window import Window
from generator.queries import parse

VARIABLE = {"name": "instance", "allValue": ".*"}
BOARD = {"templating": {"list": [VARIABLE]}}


def view(*chosen: str, step: int = 5) -> View:
    """Look at five minutes of some instances, with a sample every five seconds."""
    return View(BOARD, Window(0, 300, step), 5, {"instance": chosen})


@pytest.mark.parametrize(
    ("query", "chosen", "wanted"),
    [
        ('up{instance=~"$instance"}', (), 'up{instance=~".*"}'),
        ('up{instance=~"${instance}"}', ("a",), 'up{instance=~"a"}'),
        ('up{instance=~"$instance"}', ("a.b", "c"), r'up{instance=~"(a\\.b|c)"}'),
        ("rate(x[$__rate_interval])", (), "rate(x[20s])"),
        ("increase(x[$__range])", (), "increase(x[300s])"),
        ("avg_over_time(x[$__interval])", (), "avg_over_time(x[5s])"),
        ('x{a=~"$nobody"}', (), 'x{a=~"$nobody"}'),
    ],
)
def test_filled(query: str, chosen: tuple[str, ...], wanted: str) -> None:
    """Each variable becomes a regular expression, Grafana's own words become durations."""
    assert view(*chosen).filled(query) == wanted


def test_rates_of_wide_steps() -> None:
    """A rate looks back beyond its step by a sample, so that none falls between two."""
    assert view(step=60).filled("rate(x[$__rate_interval])") == "rate(x[65s])"


@given(st.lists(st.text(min_size=1), min_size=1))
def test_hostile_values(values: list[str]) -> None:
    """Whatever a label's value is, the query stays one selector."""
    query = view(*values).filled('up{instance=~"$instance"}')
    assert type(parse(query)).__name__ == "VectorSelector"
