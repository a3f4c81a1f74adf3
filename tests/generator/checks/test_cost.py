"""What targets and records cost in series."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from exporters import catalog
from exporters.catalog.bounds import MOST
from generator import prometheus
from generator.checks.cost import check, series_of
from generator.model import Model, build
from generator.rules import record

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
    """What a target of each kind may cost at most is a note."""
    (note,) = check(stack)

    assert note.severity == "info"
    assert "a target of kind 'redis' has " in note.message
    assert "2 targets " in note.message


@pytest.mark.parametrize(
    ("labels", "wrong"),
    [
        ("instance", []),
        ("instance, database", ["it records 50 values of each target at most"]),
        (
            "instance, database, command, family, setting",
            ["it records 10000000 values of each target at most; aggregate by fewer labels"],
        ),
    ],
)
def test_costs_of_records(stack: Model, labels: str, wrong: list[str]) -> None:
    """A record that is split by more than its target is a note, by far too much a warning."""
    keys = record("a:keys:sum", "Keys.", f"sum by ({labels}) (a_metric_that_nobody_knows)")

    said = check(replace(stack, groups={"shop": {keys.name: keys}}))

    assert [p.message for p in said if "a:keys:sum" in p.message] == [
        f"a:keys:sum: {w}" for w in wrong
    ]


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
