"""The invented stack that the generator's tests render, and a way to write small ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from exporters.settings import load
from generator.model import Model, build

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
