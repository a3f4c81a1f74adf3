"""What does Grafana's own schema object to in a dashboard?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

Json = Mapping[str, Any]

FILE = Path(__file__).with_name("grafana.json")


@cache
def _schema() -> Any:
    return json.loads(FILE.read_text(encoding="utf-8"))


@cache
def _validator(*path: str) -> jsonschema_rs.Validator:
    """Return the validator of a part of the schema; of a definition's, within the whole."""
    schema = _schema()
    for key in path:
        schema = schema[key]
    if path[-2:-1] == ("definitions",):
        schema = {**schema, "definitions": _schema()["dashboard"]["definitions"]}
    return jsonschema_rs.validator_for(schema)


def objections_to_dashboard(made: Json) -> Iterator[str]:
    """Yield what is wrong with a dashboard, its panels aside."""
    yield from _told(_validator("dashboard"), {**made, "panels": []})


def objections_to_panel(panel: Json) -> Iterator[str]:
    """Yield what is wrong with a panel: in what all panels share, and in what its type adds."""
    kind = "RowPanel" if panel["type"] == "row" else "Panel"
    yield from _told(_validator("dashboard", "definitions", kind), panel)
    parts = _schema()["panels"].get(panel["type"])
    if parts is None:
        if panel["type"] != "row":
            known = ", ".join(sorted(_schema()["panels"]))
            yield f"type: the schema has no panel {panel['type']!r}, only: {known}"
        return
    for part in parts:
        inside = panel["options"] if part == "options" else _custom(panel)
        yield from (
            f"{part}.{wrong}" for wrong in _told(_validator("panels", panel["type"], part), inside)
        )


def _custom(panel: Json) -> Any:
    return panel["fieldConfig"]["defaults"].get("custom", {})


def _told(validator: jsonschema_rs.Validator, made: Any) -> Iterator[str]:
    for error in validator.iter_errors(made):
        where = ".".join(str(step) for step in error.instance_path)
        yield f"{where}: {error.message}" if where else str(error.message)
