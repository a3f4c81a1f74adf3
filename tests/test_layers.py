"""The house's arrows: who may import whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# exporters <- generator <- alerts <- dashboards <- compose
MAY_IMPORT = {
    "exporters": {"exporters"},
    "generator": {"exporters", "generator"},
    "alerts": {"exporters", "generator", "alerts"},
    "dashboards": {"exporters", "generator", "alerts", "dashboards"},
    "compose": {"exporters", "generator", "compose"},
}

# Definitions that `lightship init` hands out: they travel in a package and are none of its modules.
HANDED_OUT = ROOT / "generator" / "start"

# Families of Prometheus itself have no prefix; those of a scrape are the exporters' own.
PREFIXES = {"scrape": "exporter_", "classes": "cache_", "host": "node_"} | {
    f"redis_{part}": "redis_"
    for part in ("clients", "memory", "persistence", "replication", "room", "server")
}
PREFIXES |= dict.fromkeys(("deliveries", "monitors", "outcomes"), "business_")
PREFIXES |= {"backups": "business_backup_"}
# What Prometheus writes beside every scrape has no prefix.
WRITTEN_BY_PROMETHEUS = {("prometheus", "up"): "up", ("prometheus", "alerts"): "ALERTS"}
CATALOG = sorted(
    file.stem
    for file in (ROOT / "exporters" / "catalog").glob("[a-z]*.py")
    if file.stem not in {"family", "bounds", "own"}
)


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_follow_the_arrows(package: str) -> None:
    """No package imports one that stands above it."""
    wrong = {
        f"{file.relative_to(ROOT)} imports {name}"
        for file in (ROOT / package).rglob("*.py")
        if not file.is_relative_to(HANDED_OUT)
        for name in _imported(file)
        if (top := name.partition(".")[0]) in MAY_IMPORT and top not in MAY_IMPORT[package]
    }

    assert not wrong


@pytest.mark.parametrize("folder", ["alerts", "dashboards"])
def test_definitions_speak_the_words_and_no_machinery(folder: str) -> None:
    """Definitions import the vocabulary and the words, and nothing that renders."""
    words = {
        *(
            f"generator.{word}"
            for word in (
                "rules",
                "drills",
                "objectives",
                "panels",
                "annotations",
                "routes",
                "intervals",
            )
        ),
        "exporters.catalog",
    }
    wrong = {
        f"{file.relative_to(ROOT)} imports {name}"
        for file in (ROOT / folder).rglob("*.py")
        for name in _imported(file)
        if not name.startswith((*words, "alerts.")) and name != "__future__"
    }

    assert not wrong


@pytest.mark.parametrize("module", CATALOG)
def test_a_family_is_its_module_and_its_variable(module: str) -> None:
    """``cache.hits_total`` is ``cache_hits_total``: the dot is an underscore."""
    text = (ROOT / "exporters" / "catalog" / f"{module}.py").read_text(encoding="utf-8")
    prefix = PREFIXES.get(module, f"{module}_")
    declared = [
        (node.targets[0].id, node.value.args[0].value)
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.args[0], ast.Constant)
    ]

    assert declared
    named = {n: WRITTEN_BY_PROMETHEUS.get((module, n), f"{prefix}{n}") for n, _ in declared}
    assert declared == list(named.items())
