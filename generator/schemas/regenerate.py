"""Make grafana.json anew from npm's @grafana/schema: ``make grafana-schema`` runs this."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# The Grafana that compose pins, and what turns its types into JSON Schema.
GRAFANA = "13.2.3"
CONVERTER = "ts-json-schema-generator@2.4.0"

# Each panel that we draw, by the type that Grafana calls it, and the parts that it declares.
PANELS: Mapping[str, Mapping[str, str]] = {
    "timeseries": {"options": "Options", "custom": "FieldConfig"},
    "stat": {"options": "Options"},
    "piechart": {"options": "Options", "custom": "FieldConfig"},
}

# What an annotation is asked, and what is written at its marks.
_ANNOTATION: Mapping[str, Sequence[str]] = {
    "AnnotationTarget": ("expr", "interval", "refId"),
    "AnnotationQuery": ("tagKeys", "textFormat", "titleFormat"),
}

TO = Path(__file__).with_name("grafana.json")

# Words for people, and what Grafana fills in where it is left out.
_DROPPED = ("description", "default", "required")


def main() -> None:
    """Fetch the package, convert its types, and write the schema."""
    with TemporaryDirectory() as folder:
        at = Path(folder)
        packages = [f"@grafana/schema@{GRAFANA}", CONVERTER]
        _run(["npm", "install", "--no-audit", "--no-fund", "--silent", *packages], at)
        made = {
            "source": f"@grafana/schema {GRAFANA}",
            "licence": "Apache-2.0, Copyright Grafana Labs",
            "changes": "converted to JSON Schema; descriptions, defaults and 'required' left out; "
            "annotations may ask Prometheus",
            "dashboard": _of_prometheus(_schema(at, "dashboard/x/types.gen.d.ts", "Dashboard")),
            "panels": {
                panel: {
                    part: _schema(at, f"composable/{panel}/panelcfg/x/types.gen.d.ts", name)
                    for part, name in parts.items()
                }
                for panel, parts in PANELS.items()
            },
        }
    TO.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _schema(at: Path, types: str, name: str) -> Any:
    path = f"node_modules/@grafana/schema/dist/types/raw/{types}"
    program = "node_modules/.bin/ts-json-schema-generator"
    options = ["--no-type-check", "--no-top-ref"]
    text = _run([program, *options, "--path", path, "--type", name], at)
    # A type of a generated name differs from run to run.
    return _relaxed(json.loads(re.sub(r"(structure|alias)-\d+[-\d]*", r"\1", text)))


def _of_prometheus(dashboard: Any) -> Any:
    """Let annotations hold what Grafana's data source for Prometheus reads of them.

    The types know the targets of one data source alone, as they say themselves.
    """
    for name, words in _ANNOTATION.items():
        dashboard["definitions"][name]["properties"] |= {word: {"type": "string"} for word in words}
    return dashboard


def _relaxed(schema: Any) -> Any:
    """Return a schema that lets parts be left out, as Grafana does, and nothing else."""
    if isinstance(schema, list):
        return [_relaxed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key not in _DROPPED}
    found = {key: _relaxed(value) for key, value in kept.items()}
    for named in ("properties", "definitions"):
        # What stands there are names: a property may well be called `description`.
        if isinstance(whole := schema.get(named), dict):
            found[named] = {name: _relaxed(part) for name, part in whole.items()}
    return found


def _run(command: list[str], at: Path) -> str:
    return subprocess.run(command, cwd=at, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
