"""Checks as a whole: each has its tests, a clean stack is clean, what went unchecked is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator import checks, schemas
from generator.model import Model, build
from generator.proofs import promtool

Told = Callable[..., list[str]]

TESTS = Path(__file__).parent / "checks"


def test_the_invented_stack_is_clean(stack: Model) -> None:
    """A stack that uses every feature as it is meant has no problems."""
    assert checks.run(stack).at_least("warning") == []


def test_every_check_has_tests() -> None:
    """Each check has a file of tests of its name, and no file is of a check that is gone."""
    assert sorted(file.stem.removeprefix("test_") for file in TESTS.glob("test_*.py")) == (
        checks.names()
    )


def test_nothing_follows_from_what_could_not_be_read(told: Told, tmp_path: Path) -> None:
    """While a file cannot be read, only that is told, and what therefore went unchecked."""
    told("dashboards/shop.py", "cache.up(service, instance)", "cache.upp(service)", only="syntax")

    report = checks.run(build(tmp_path))

    assert [p.check for p in report.at_least("warning")] == ["definitions"]
    assert any("panels" in r and "definitions could not be read" in r for r in report.unchecked)


def test_an_old_promtool_is_not_the_last_word(
    stack: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A promtool of Prometheus 2 is run, and what it cannot decide is said."""
    program = tmp_path / "bin" / "promtool"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'promtool, version 2.42.0 (branch: x)'\n")
    program.chmod(0o755)
    monkeypatch.setenv("LIGHTSHIP_TOOLS", str(tmp_path))

    assert promtool.find() == str(program)
    assert checks.run(stack).unchecked[-1] == (
        "rules and queries against promtool: it is 2.42, and 3.5 or newer decides; "
        "run: lightship tools"
    )


def test_without_the_schema_dashboards_go_unchecked(
    stack: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Grafana's schema is missing, that is said and nothing breaks."""
    monkeypatch.setattr(schemas, "FILE", tmp_path / "grafana.json")
    monkeypatch.setattr("generator.checks.grafana.FILE", tmp_path / "grafana.json")

    assert checks.run(stack).unchecked == [
        "dashboards against Grafana's schema: it is not here; run: make grafana-schema"
    ]
