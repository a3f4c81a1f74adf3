"""What targets and records cost in series."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from exporters import catalog
from exporters.catalog.bounds import MOST
from generator import prometheus
from generator.checks.cost import check, series_of
from generator.model import Model, build

ROOT = Path(__file__).parents[3]


def test_series_of_a_family() -> None:
    """A family costs as many series as its labels have values together, histograms by part."""
    assert series_of(catalog.families()["cache_up"]) == 1
    assert series_of(catalog.families()["queue_jobs"]) == MOST["system", "queue"] * MOST[("state",)]
    buckets = catalog.families()["cache_command_duration_seconds"].buckets
    assert series_of(catalog.families()["cache_command_duration_seconds"]) == MOST[("command",)] * (
        len(buckets) + 3
    )


def test_costs_are_listed(stack: Model) -> None:
    """What a target of each kind, and each record, may cost at most is a note."""
    targets, record = sorted(check(stack), key=lambda p: p.file, reverse=True)

    assert targets.severity == record.severity == "info"
    assert "a target of kind 'redis' has " in targets.message
    assert "2 targets " in targets.message
    assert record.message == "instance:misses:rate5m: it records 1 value of each target at most"


def test_costs_beyond_what_is_let_through(stack: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """A target that may give more than Prometheus takes of one is a problem."""
    monkeypatch.setattr(prometheus, "SAMPLE_LIMIT", 100)

    assert any(
        p.severity == "error" and "more than 100 are refused: leave families out" in p.message
        for p in check(stack)
    )


def test_every_label_has_a_bound() -> None:
    """Of every label of our own catalog it is said how many values it may have."""
    assert [p.message for p in check(build(ROOT)) if p.severity == "warning"] == []


def test_labels_without_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A label of which nobody says how many values it may have is told where it is declared."""
    monkeypatch.delitem(cast("dict[tuple[str, ...], int]", MOST), ("state",))

    found = [p for p in check(build(ROOT)) if "queue_jobs: " in p.message]

    assert [p.message for p in found if p.severity == "warning"] == [
        (
            "queue_jobs: nobody says how many values 'state' may have; "
            "add it to exporters/catalog/bounds.py"
        )
    ]
