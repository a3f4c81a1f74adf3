"""Waivers in comments: of settings, of runbooks, and of a file as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from generator.problems import Problem
from generator.rules import DefinitionError, Source, Waiver

_WAIVES = re.compile(r"(?:#|<!--)\s*waive\s+([\w-]+)\s+until\s+(\S+?):\s*(.*?)\s*(?:-->\s*)?$")


@dataclass(frozen=True)
class Written:
    """A waiver in a comment, and the lines whose findings it speaks of; 0 is the whole file."""

    waiver: Waiver
    lines: frozenset[int]


def waivers_in(file: Path) -> Iterator[Written | Problem]:
    """Yield the waivers that a file's comments hold, and what is wrong with one that is none.

    A comment speaks of its own line and, where it stands alone, of the next line that is
    no comment; above everything else in a file it speaks of the whole of it.
    """
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    if "waive" not in text:
        return
    lines = text.splitlines()
    for n, line in enumerate(lines, 1):
        if found := _WAIVES.search(line):
            source = Source(str(file), n)
            try:
                waiver = Waiver(found[1], found[3], until=found[2], source=source)
            except DefinitionError as error:
                what = str(error).removeprefix(f"{source}: ")
                yield Problem.at(source, what, check="waivers", severity="warning")
            else:
                yield Written(waiver, frozenset(_meant(lines, n)))


def _meant(lines: list[str], n: int) -> Iterator[int]:
    yield n
    if not _is_comment(lines[n - 1]):
        return
    later = (at for at, line in enumerate(lines[n:], n + 1) if not _is_comment(line))
    yield from islice(later, 1)
    if all(map(_is_comment, lines[: n - 1])):
        yield from (0, 1)


def _is_comment(line: str) -> bool:
    """Whether a line of Python, YAML or Markdown defines nothing; a heading does not, either."""
    return not line.strip() or line.lstrip().startswith(("#", "<!--"))
