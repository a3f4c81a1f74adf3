"""What is wrong with definitions, and how it is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from exporters.settings import Settings
from generator.rules import Source


@dataclass(frozen=True, order=True)
class Problem:
    """One finding: where, what is wrong and what to do, and the check that found it."""

    file: str
    line: int
    message: str
    check: str = "definitions"

    @classmethod
    def at(cls, source: Source, message: str, *, check: str) -> Problem:
        """Return a problem at the place where something was defined."""
        return cls(source.file, source.line, message, check)

    @classmethod
    def at_key(cls, settings: Settings, *keys: str, message: str, check: str) -> Problem:
        """Return a problem at a key of the settings file."""
        file, _, line = settings.where(*keys).rpartition(":")
        return cls(file, int(line), message, check)

    def __str__(self) -> str:
        where = f"{shown(self.file)}:{self.line}" if self.line else shown(self.file)
        return f"{where}: {self.message} [{self.check}]"

    def to_json(self) -> dict[str, str | int]:
        """Return the finding for machines."""
        return {
            "check": self.check,
            "file": shown(self.file),
            "line": self.line,
            "message": self.message,
        }


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
