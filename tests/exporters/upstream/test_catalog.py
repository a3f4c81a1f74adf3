"""The families that the catalog says others expose: they do, by their own recorded words."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from generator import catalog

RECORDED = {
    "host": "node_exporter-*.prom",
    "probe": "blackbox_exporter-*.prom",
}


@pytest.mark.parametrize("module", RECORDED)
def test_recorded(module: str) -> None:
    """Each declared family is exposed under this name, with this type and these labels."""
    (file,) = (Path(__file__).parent / "recorded").glob(RECORDED[module])
    exposed = {
        sample.name: (family.type, sorted(sample.labels))
        for family in text_string_to_metric_families(file.read_text("utf-8"))
        for sample in family.samples
    }
    for family in catalog.by_file()[module]:
        type_, labels = exposed[family.name]
        assert labels == sorted(family.labels)
        # What they leave untyped, we may give one.
        assert type_ in {family.type, "unknown"}
