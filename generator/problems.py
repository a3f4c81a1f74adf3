"""What is wrong with definitions, and how it is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from typing import Any, Literal

from exporters.settings import Settings
from generator.rules import Source

# error = it does not do what it says; warning = it may mislead somebody at night;
# info = worth knowing, nothing to mend.
Level = Literal["error", "warning", "info"]
LEVELS: tuple[Level, ...] = ("error", "warning", "info")


@dataclass(frozen=True, order=True)
class Problem:
    """One finding: where, what is wrong and what to do, and the check that found it.

    ``query`` is the PromQL that it is about, as written, and ``caret`` the place in it
    that is meant; -1 where no single place is.
    """

    file: str
    line: int
    message: str
    check: str = "definitions"
    severity: Level = "error"
    query: str = ""
    caret: int = -1

    @classmethod
    def at(cls, source: Source, message: str, *, check: str, severity: Level = "error") -> Problem:
        """Return a problem of something that was defined, at that place."""
        return cls(source.file, source.line, message, check, severity)

    @classmethod
    def at_key(cls, settings: Settings, *keys: str, message: str, check: str) -> Problem:
        """Return a problem at a key of the settings file."""
        file, _, line = settings.where(*keys).rpartition(":")
        return cls(file, int(line), message, check)

    def __str__(self) -> str:
        where = f"{shown(self.file)}:{self.line}" if self.line else shown(self.file)
        weight = "" if self.severity == "error" else f"{self.severity}: "
        return f"{where}: {weight}{self.message} [{self.check}]"

    def excerpt(self) -> str:
        """Return the PromQL that is meant, indented: one line with a caret, or all of it."""
        if self.caret < 0:
            return indent(self.query, "    ")
        start = self.query.rfind("\n", 0, self.caret) + 1
        line = self.query[start:].partition("\n")[0]
        return f"    {line}\n    {' ' * (self.caret - start)}^"

    def to_json(self) -> dict[str, Any]:
        """Return the finding for machines."""
        found = {
            "check": self.check,
            "severity": self.severity,
            "file": shown(self.file),
            "line": self.line,
            "message": self.message,
        }
        return found | ({"query": self.query, "caret": self.caret} if self.query else {})


def shown(file: str) -> str:
    """Return a path as the user would type it: relative to where they are, if below it."""
    path, here = Path(file), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else file


def summary(problems: Iterable[Problem]) -> str:
    """Return the line that counts problems, e.g. ``4 problems in 3 files.``"""
    found = list(problems)
    files = len({p.file for p in found})
    return f"{counted_as(len(found), 'problem')} in {counted_as(files, 'file')}."


def counted_as(count: int, name: str) -> str:
    """Return a number with its noun, e.g. ``1 file`` or ``2 files``."""
    return f"{count} {name}{'' if count == 1 else 's'}"
