"""Annotations: drawn as Grafana reads them, and checked like every other query."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exporters.catalog import cache
from generator import grafana
from generator.annotations import reloads, restarts
from generator.model import Model

Told = Callable[..., list[str]]

QUERY = 'f"{cache.uptime_seconds(service, instance)} < 60"'


def test_annotations_are_drawn_for_what_is_selected(stack: Model) -> None:
    """A dashboard marks alerts that fire and restarts, of what its variables select."""
    _, alerts, young = grafana.made(stack, "shop")["annotations"]["list"]

    assert alerts["target"]["expr"] == (
        'ALERTS{service=~"$service", instance=~"$instance", '
        'alertstate="firing", severity=~"critical|warning"}'
    )
    assert alerts["textFormat"] == "{{alertname}} {{instance}}"
    assert young["datasource"] == grafana.DATA_SOURCE
    assert young["name"] == young["titleFormat"] == "Young"


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("cache_uptim_seconds == 0", "nothing exposes cache_uptim_seconds, did you mean"),
        ("cache_up{command='get'} == 0", "cache_up has no label 'command'"),
        ("cache_hits_total > 0", "cache_hits_total is a counter"),
        ("rate(cache_hits_total[1s]) > 0", "rate() over 1s sees"),
        ("cache_up{service=~'$servise'}", "the dashboard has no variable 'servise'; did you mean"),
        ("sum(cache_up) > 0", "text uses {{instance}}, which the result does not carry"),
        ("cache_up > 2", "is never true"),
        ("cache_up >", "mend the query"),
    ],
)
def test_annotations_are_checked(told: Told, query: str, wrong: str) -> None:
    """What is wrong with an annotation's query or text is told at its line, as of a panel's."""
    said = told("dashboards/shop.py", QUERY, f'"{query}"')

    found = [line for line in said if wrong in line]
    assert found, said
    assert all(line.startswith("shop.py:18: ") for line in found)
    assert all("annotation 'Young': " in line for line in found)


def test_restarts_are_falls_of_what_grows_while_a_server_runs() -> None:
    """A restart is where the time that a server runs falls; a mark needs a value above zero."""
    assert restarts(cache.uptime_seconds).expr == (
        "delta(cache_uptime_seconds{}[$__rate_interval]) < bool 0"
    )


def test_reloads_are_those_of_both_servers() -> None:
    """What marks reloads reads both servers that can take another configuration."""
    assert "prometheus_config_last_reload_success" in reloads().expr
    assert "alertmanager_config_last_reload_success" in reloads().expr
