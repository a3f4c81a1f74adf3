"""Which families, recording rules and thresholds does nothing use?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from generator import catalog
from generator.definitions import FOLDERS
from generator.model import Model
from generator.problems import Problem, counted_as
from generator.queries import selectors_in
from generator.rules import Source

_WORD = re.compile(r"[A-Za-z_]\w*")
_IMPORT = re.compile(r"^from [\w.]+ import (?:\([^()]*\)|.*)$", re.MULTILINE)
_NUMBER = re.compile(
    r"^([A-Z][A-Z0-9_]*)(?:: \w+)? = (-?\d[\d_.e+*/ -]*?) *(?:#.*)?$", re.MULTILINE
)


def check(model: Model) -> Iterator[Problem]:
    """Yield a note for each file of the catalog, each record and each threshold that is idle."""
    used = {s.name for e in model.expressions for s in selectors_in(e.text)}
    yield from _families(model, used)
    yield from _own(model, used)
    for name, record in model.records.items():
        if name not in used:
            what = f"{name}: no alert, panel or record reads it; use it or remove it"
            yield Problem.at(record.source, what, check="unused", severity="info")
    yield from _thresholds(model)


def _families(model: Model, used: set[str]) -> Iterator[Problem]:
    """Judge a catalog beside its definitions: elsewhere, it is not theirs to use up."""
    for stem, families in catalog.by_file().items():
        module = import_module(f"exporters.catalog.{stem}")
        idle = [f.name for f in families if not used & {s.name for s in f.series}]
        if idle and Path(str(module.__file__)).is_relative_to(model.root):
            what = (
                f"no alert, panel or record reads {len(idle)} of "
                f"{counted_as(len(families), 'family').replace('familys', 'families')}: "
                f"{', '.join(idle)}; draw them, or leave them for questions nobody had yet"
            )
            yield Problem(str(module.__file__), 1, what, "unused", "info")


def _own(model: Model, used: set[str]) -> Iterator[Problem]:
    """Judge the families that the settings declare, where that is done."""
    for name, one in model.settings.metrics.items():
        for column, family in one.values.items():
            if family.own and family.name not in used:
                keys = ("metrics", name, "values", column)
                what = (
                    f"key '{'.'.join(keys)}': no alert, panel or record reads {family.name}; "
                    "draw it, or leave it for questions nobody had yet"
                )
                found = Problem.at_key(model.settings, *keys, message=what, check="unused")
                yield replace(found, severity="info")


def _thresholds(model: Model) -> Iterator[Problem]:
    """Yield the limits, and the numbers that have a name, which nothing compares with or draws."""
    files = [f for folder in FOLDERS for f in (model.root / folder).glob("*.py") if f.is_file()]
    texts = {file: file.read_text(encoding="utf-8", errors="replace") for file in files}
    named = [*_limits(model, texts), *_numbers(texts)]
    words = Counter[str]()
    for text in texts.values() if named else ():
        words.update(_WORD.findall(_IMPORT.sub("", text)))
    for source, name, what in named:
        if words[name] == 1:
            wrong = f"{what}: nothing compares with {name}; use it or remove it"
            yield Problem.at(source, wrong, check="unused", severity="info")


def _limits(model: Model, texts: Mapping[Path, str]) -> Iterator[tuple[Source, str, str]]:
    for name, limit in model.limits.items():
        # Python may count lines otherwise than we do.
        lines = texts.get(Path(limit.source.file), "").splitlines()[limit.source.line - 1 :]
        if variable := re.match(r"\s*(\w+)", "".join(lines[:1])):
            yield limit.source, variable[1], f"limit {name!r}"


def _numbers(texts: Mapping[Path, str]) -> Iterator[tuple[Source, str, str]]:
    for file, text in texts.items():
        for found in _NUMBER.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield Source(str(file), line), found[1], f"{found[1]} = {found[2]}"
