"""Are the commands, queries and files that pages show the ones that work?"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from shutil import copytree

import click
import pytest
from markdown_it import MarkdownIt

from compose.demo.switches import FAULTS
from generator import catalog
from generator.cli import cli, main
from generator.definitions import stock_root
from generator.model import build
from generator.proofs import promtool
from generator.queries import parse, selectors_in

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
STACK = Path(__file__).parent / "stack"

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
SHOWING_OUTPUT = [
    *sorted((DOCS / "checks").glob("*.md")),
    DOCS / "hours.md",
    DOCS / "objectives.md",
    DOCS / "business.md",
    DOCS / "settings.md",
    DOCS / "writing.md",
]


def named(path: Path) -> str:
    """Return how a page is called in the names of tests."""
    return str(path.relative_to(ROOT))


def blocks(page: Path) -> Iterator[tuple[str, str, str]]:
    """Yield a page's fenced blocks: language, the path of the file it shows if any, text."""
    for token in MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8")):
        if token.type == "fence":
            language, _, path = token.info.partition(" ")
            yield language, path, token.content


def commands(page: Path) -> list[list[str]]:
    """Return every command line of ours that a page shows, without its first word."""
    text = page.read_text(encoding="utf-8")
    typed = re.findall(r"^\$ (?:\.venv/bin/)?(lightship .*)$", text, re.MULTILINE)
    typed += re.findall(r"`(?:\.venv/bin/)?(lightship [^`\n]+)`", text)
    return [shlex.split(line.partition(" | ")[0])[1:] for line in typed]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with nothing set, and promtool where the project keeps it."""
    monkeypatch.delenv("LIGHTSHIP_SETTINGS", raising=False)
    monkeypatch.setenv("PATH", f"{ROOT / promtool.TOOLS}/bin{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", SHOWING_OUTPUT, ids=named)
def test_what_is_shown_is_what_is_printed(
    page: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command of a page prints what stands below it, given the files that stand above it."""
    shown = list(blocks(page))
    if page.parent.name == "checks" and any(
        path.startswith(("dashboards/", "docs/", "alerts/routes")) for _, path, _ in shown
    ):
        copytree(STACK, folder, dirs_exist_ok=True)

    for language, path, text in shown:
        if path:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        elif language == "console":
            command, *expected = text.splitlines()
            printed = run(command, capsys)
            if page.parent.name == "checks":
                # Other checks speak too: a small example cannot be right in every respect.
                printed = list(said_by(page.stem, printed))
            assert expected == [
                wanted if re.fullmatch(anything(wanted), line) else line
                for wanted, line in zip_longest(expected, printed, fillvalue="")
            ]


def run(command: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Run a command of ours, and return the lines that it prints."""
    with pytest.raises(SystemExit):
        main(shlex.split(command)[2:])
    said = capsys.readouterr()
    lines = (said.out + said.err).splitlines()
    # Without promtool one check is left out, and that is said: not what a page is about.
    return [line for line in lines if line and not line.startswith("not checked: ")]


def said_by(check: str, printed: list[str]) -> Iterator[str]:
    """Yield what one check says, and the query with its caret that stands indented below."""
    ours = False
    for line in printed:
        ours = line.endswith(f"[{check}]") or (ours and line.startswith("    "))
        if ours:
            yield line


def anything(line: str) -> str:
    """Return the pattern of a line in which ``…`` stands for anything."""
    return ".*".join(re.escape(part) for part in line.split("…"))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_are_understood(page: Path) -> None:
    """Each command line that a page shows names a command, and options, that there are."""
    for words in commands(page):
        understand(cli, click.Context(cli, info_name="lightship"), words)


def understand(command: click.Command, context: click.Context, words: list[str]) -> None:
    """Read a command line as far as its words go. Raises click's UsageError."""
    _, rest, _ = command.make_parser(context).parse_args(list(words))
    if rest and isinstance(command, click.Group):
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None
        understand(found, click.Context(found, info_name=name, parent=context), rest)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_faults_exist(page: Path) -> None:
    """Each fault that a page switches is one that the demo has."""
    named_faults = [w[2] for w in commands(page) if w[:2] == ["demo", "fault"] and len(w) > 2]

    assert [fault for fault in named_faults if fault not in FAULTS] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_queries_ask_for_what_there_is(page: Path) -> None:
    """Each query of a page is PromQL, and what it selects is exposed or recorded."""
    # Prometheus itself has the alerts that fire.
    known = {*catalog.series(), *build(stock_root()).records, "ALERTS"}

    shown = [text for language, _, text in blocks(page) if language == "promql"]
    asked = [words[1] for words in commands(page) if words[0] == "query" and len(words) > 1]
    for text in [*shown, *asked]:
        parse(text)
        assert [s.name for s in selectors_in(text) if s.name not in known] == []
