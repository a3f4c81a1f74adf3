"""The invented stack that the generator's tests render, and a way to write small ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from textwrap import dedent

import pytest

from exporters.settings import load
from generator import checks
from generator.model import Model, build
from generator.problems import Problem
from generator.versions import CURRENT, Versions

STACK = Path(__file__).parent / "stack"


@pytest.fixture(scope="session")
def stack() -> Model:
    """Return the invented stack of tests/generator/stack, which uses every feature once."""
    return build(STACK, load(STACK / "lightship.yaml"))


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write definition files, by path, and return the folder that holds them."""

    def write_files(**texts: str) -> Path:
        for name, text in texts.items():
            folder, _, stem = name.partition("_")
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / f"{stem}.py").write_text(dedent(text), encoding="utf-8")
        return tmp_path

    return write_files


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., list[str]]:
    """Change the invented stack by replacing text, and return its errors and warnings.

    With ``only``, those of one check: the others are not run.
    """

    def check(
        file: str,
        old: str,
        new: str,
        versions: Versions | None = None,
        only: str = "",
        **given: date,
    ) -> list[str]:
        for path in STACK.rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                to = tmp_path / path.relative_to(STACK)
                to.parent.mkdir(parents=True, exist_ok=True)
                to.write_text(path.read_text())
        changed = tmp_path / file
        assert old in changed.read_text()
        changed.write_text(changed.read_text().replace(old, new))
        model = build(tmp_path, load(tmp_path / "lightship.yaml"), versions=versions or CURRENT)
        if only:
            found = import_module(f"generator.checks.{only}").check(model)
            return [_told(p) for p in sorted(found) if p.severity != "info"]
        report = checks.run(model, **given)
        return [_told(p) for p in report.at_least("warning")]

    return check


def _told(problem: Problem) -> str:
    named = replace(problem, file=Path(problem.file).name)
    return "\n".join(filter(None, (str(named), named.excerpt())))
