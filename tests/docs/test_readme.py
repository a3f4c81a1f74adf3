"""The README: its alert is ours, its commands print what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from markdown_it import MarkdownIt

from exporters.catalog import cache
from generator import rules
from generator.model import build
from generator.proofs.examples import prove

ROOT = Path(__file__).parents[2]


def _blocks(language: str) -> Iterator[str]:
    for token in MarkdownIt("commonmark").parse((ROOT / "README.md").read_text(encoding="utf-8")):
        if token.type == "fence" and token.info == language:
            yield token.content


def test_the_alert_is_the_one_that_runs() -> None:
    """The ten lines that the first screen shows are CacheDown as alerts/cache.py defines it."""
    (shown,) = _blocks("python")
    names = {"cache": cache, "Alert": rules.Alert, "Example": rules.Example}
    exec(shown, names)  # noqa: S102 -- the README's own lines, to see that they are true
    ours = build(ROOT).alerts["CacheDown"]

    assert len(shown.splitlines()) == 10
    shown_alert: rules.Alert = names["CacheDown"]  # type: ignore[assignment]
    assert vars(replace(shown_alert, source=ours.source)) == vars(ours) | {
        "tests": shown_alert.tests,
        "drill": None,
    }
    (example,), first = shown_alert.tests, ours.tests[0]
    assert isinstance(example, rules.Example)
    assert isinstance(first, rules.Example)
    assert replace(example, source=first.source, labels=first.labels) == first


def test_the_examples_end_as_shown() -> None:
    """``lightship test`` prints what the README shows."""
    (shown,) = (b for b in _blocks("console") if b.startswith("$ lightship test"))
    command, _, printed = shown.partition("\n")

    assert printed == f"{prove(build(ROOT), command.split()[3:]).text()}\n"
