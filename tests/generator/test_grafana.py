"""Dashboards: what Grafana reads, and what stays the same when they change."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from generator import grafana
from generator.model import Model
from generator.panels import Dashboard, Panel, stat


def _rendered(model: Model) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(grafana.render(model, "shop"))
    return made


def _nulls(value: Any, path: str = "") -> list[str]:
    if isinstance(value, dict):
        return [n for k, v in value.items() for n in _nulls(v, f"{path}/{k}")]
    if isinstance(value, list):
        return [n for v in value for n in _nulls(v, path)]
    return [path] if value is None else []


def test_the_schema_version_is_the_one_whose_shapes_are_written(stack: Model) -> None:
    """Dashboards say schema version 42, and every data source is named by type and uid."""
    made = _rendered(stack)

    assert made["schemaVersion"] == 42
    for panel in made["panels"]:
        if panel["type"] != "row":
            assert panel["datasource"] == {"type": "prometheus", "uid": "prometheus"}


def test_nothing_is_null_but_the_base_of_thresholds(stack: Model) -> None:
    """Null is only the first threshold's value, which stands for minus infinity."""
    assert {n.rsplit("/", 1)[-1] for n in _nulls(_rendered(stack))} == {"value"}
    assert all(n.endswith("thresholds/steps/value") for n in _nulls(_rendered(stack)))


def test_graphs_are_as_fine_as_the_screen(stack: Model) -> None:
    """What grafanalib sets to make graphs coarse is gone."""
    text = grafana.render(stack, "shop")

    assert "maxDataPoints" not in text
    assert "intervalFactor" not in text


def test_a_line_says_whose_limit_it_is_not(stack: Model) -> None:
    """A panel whose line is a limit names the services that have one of their own."""

    def helps(limits: dict[str, float]) -> list[str]:
        services = {"shop": replace(stack.settings.services["shop"], limits=limits)}
        settings = replace(stack.settings, services=services)
        made = _rendered(replace(stack, settings=settings))
        return [panel.get("description", "") for panel in made["panels"]]

    said = "Limits of their own have: shop 7."
    name = next(iter(stack.limits))
    assert [said in text for text in helps({name: 7})].count(True) == 1
    assert not any("of their own" in text for text in helps({}))


def test_inserting_a_panel_keeps_every_id(stack: Model) -> None:
    """A new panel in front changes the places of the others, and nothing else of them."""
    before = {p["title"]: p for p in _rendered(stack)["panels"]}
    dashboard = stack.dashboards["shop"]
    first, *others = dashboard.rows.items()
    new: Panel = stat("New", "vector(1)", help="New.")
    rows = {first[0]: [new, *first[1]], **dict(others)}
    changed: Dashboard = replace(dashboard, rows=rows)

    after = {
        p["title"]: p for p in _rendered(replace(stack, dashboards={"shop": changed}))["panels"]
    }

    assert set(after) - set(before) == {"New"}
    for title, panel in before.items():
        assert {**after[title], "gridPos": None} == {**panel, "gridPos": None}


def test_panels_stand_side_by_side_without_overlap(stack: Model) -> None:
    """No two panels share a cell of the grid, and none leaves it."""
    cells: set[tuple[int, int]] = set()
    for panel in _rendered(stack)["panels"]:
        at = panel["gridPos"]
        mine = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not mine & cells
        assert at["x"] + at["w"] <= 24
        cells |= mine
