"""What Grafana's own schema refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator import grafana
from generator.checks.grafana import wrong_in
from generator.model import Model
from generator.panels import panel_id
from generator.rules import Source
from generator.schemas import regenerate

Told = Callable[..., list[str]]


Json = dict[str, Any]


HERE = Source("shop.py", 1)


def _wrong(made: Json) -> list[str]:
    return [wrong for _, wrong in wrong_in(made, HERE, [HERE] * len(made["panels"]))]


def _panel(made: Json, kind: str) -> Json:
    found: Json = next(p for p in made["panels"] if p["type"] == kind)
    return found


ROOT = Path(__file__).parents[3]


def test_what_is_rendered_is_accepted(stack: Model) -> None:
    """Every kind of panel that we render is one that Grafana knows, in every part."""
    assert _wrong(json.loads(grafana.render(stack, "shop"))) == []


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        (lambda d: d.update(rows=[]), "'rows' was unexpected"),
        (lambda d: d.update(title=3), 'title: 3 is not of type "string"'),
        (lambda d: d.update(graphTooltip=7), "graphTooltip: 7 is not one of"),
        (lambda d: d["templating"]["list"][0].update(tags=[]), "'tags' was unexpected"),
        (lambda d: d["templating"]["list"][0].update(type="qurey"), "templating.list.0.type: "),
        (lambda d: _panel(d, "stat").update(span=6), "panel 'Open': "),
        (lambda d: _panel(d, "stat").update(type="singlestat"), "has no panel 'singlestat'"),
        (lambda d: _panel(d, "stat")["options"].update(graphMode="aera"), "options.graphMode: "),
        (lambda d: _panel(d, "stat")["options"].update(sparkline={}), "options.Additional prop"),
        (lambda d: _panel(d, "stat")["gridPos"].update(w="6"), 'gridPos.w: "6" is not of type'),
        (
            lambda d: _panel(d, "timeseries")["fieldConfig"]["defaults"]["custom"].update(
                drawStyle="lines"
            ),
            "custom.drawStyle: ",
        ),
        (
            lambda d: _panel(d, "timeseries")["fieldConfig"]["defaults"]["thresholds"].update(
                mode="relative"
            ),
            "fieldConfig.defaults.thresholds.mode: ",
        ),
        (
            lambda d: _panel(d, "timeseries")["fieldConfig"]["defaults"]["thresholds"]["steps"][
                0
            ].update(line=True),
            "'line' was unexpected",
        ),
        (lambda d: _panel(d, "piechart")["options"].update(pieType="cake"), "options.pieType: "),
        (
            lambda d: _panel(d, "piechart")["targets"][1].update(refId="A"),
            "panel 'Reads': 2 queries have the refId 'A'",
        ),
        (
            lambda d: _panel(d, "piechart")["targets"][1].pop("refId"),
            "panel 'Reads': 1 queries have the refId None",
        ),
        (
            lambda d: _panel(d, "piechart").update(id=panel_id("shop", "Open")),
            "2 panels have the id ",
        ),
        (
            lambda d: _panel(d, "piechart")["gridPos"].update(x=0),
            "panels 'Open' and 'Reads' lie over each other",
        ),
    ],
)
def test_faults_are_found(stack: Model, fault: Callable[[Json], object], wrong: str) -> None:
    """A key, a type, a word or a place that Grafana would not understand is told with its path."""
    made = json.loads(grafana.render(stack, "shop"))

    fault(made)

    assert any(wrong in said for said in _wrong(made)), _wrong(made)


def test_a_problem_stands_at_the_panel(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with a panel is told where the panel is defined."""
    monkeypatch.setitem(grafana._OPTIONS, "stat", {"graphMode": "aera"})

    (wrong,) = told("dashboards/shop.py", "", "")

    assert wrong.startswith("shop.py:22: dashboard 'shop': panel 'Open': options.graphMode: ")
    assert wrong.endswith("; mend how it is rendered, in generator/grafana.py [grafana]")


def test_many_queries_have_names_of_their_own() -> None:
    """However many queries a panel has, each has a name."""
    names = [grafana._ref(n) for n in range(60)]

    assert names[:2] + names[25:28] == ["A", "B", "Z", "AA", "BB"]
    assert len(set(names)) == 60


def test_the_schema_is_that_of_the_grafana_that_runs() -> None:
    """The schema is of the version that compose pins, and it says where it comes from."""
    compose = (ROOT / "compose" / "compose.yaml").read_text(encoding="utf-8")
    made = json.loads(regenerate.TO.read_text(encoding="utf-8"))

    assert re.findall(r"image: grafana/grafana:([\d.]+)", compose) == [regenerate.GRAFANA]
    assert made["source"] == f"@grafana/schema {regenerate.GRAFANA}"
    assert made["licence"].startswith("Apache-2.0")
    assert set(made["panels"]) == set(regenerate.PANELS)
