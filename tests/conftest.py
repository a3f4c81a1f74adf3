"""What several suites share: golden files, and a program that a test cannot do without."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter
from hypothesis import settings

REWRITE = "UPDATE_GOLDEN"

# How long one example takes says how busy the machine is, and nothing about what is tested.
# The same examples each time: a change is judged by what it changed. `make fuzz` looks for new.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("new", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("EXAMPLES", "same"))


@pytest.fixture
def golden() -> Callable[[Path, str], None]:
    """Compare a text with a committed one; ``UPDATE_GOLDEN=1 pytest`` rewrites it."""

    def compare(path: Path, text: str) -> None:
        if os.environ.get(REWRITE):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        there = path.read_text(encoding="utf-8") if path.exists() else ""
        diff = unified_diff(
            there.splitlines(keepends=True), text.splitlines(keepends=True), "golden", "now"
        )
        assert there == text, f"{path.name} changed; if meant, {REWRITE}=1 pytest:\n{''.join(diff)}"

    return compare


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what waits for whole stacks, so that everything else fills that time.

    A worker is given its next file while it works on one, so small files come next.
    """
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.get_closest_marker("stack") is None, tests[item.path]))
    for item in items:
        if item.get_closest_marker("stack"):
            # The first one of a worker waits until its stack is up, on however busy a machine.
            item.add_marker(pytest.mark.timeout(900))


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print what tests measured: they pass it on by ``record_property("measured", ...)``."""
    told = [
        str(value)
        for report in terminalreporter.getreports("passed")
        for key, value in report.user_properties
        if key == "measured"
    ]
    if told:
        terminalreporter.section("measured")
        for line in told:
            terminalreporter.write_line(line)
