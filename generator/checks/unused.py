"""Which families, recording rules and limits does nothing use?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from generator import catalog
from generator.model import Model
from generator.problems import Problem, counted_as
from generator.queries import selectors_in
from generator.rules import Source


def check(model: Model) -> Iterator[Problem]:
    """Yield a note for each file of the catalog, each record and each limit that is idle."""
    used = {s.name for e in model.expressions for s in selectors_in(e.text)}
    yield from _families(model, used)
    for name, record in model.records.items():
        if name not in used:
            what = f"{name}: no alert, panel or record reads it; use it or remove it"
            yield Problem.at(record.source, what, check="unused", severity="info")
    yield from _limits(model)


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


def _limits(model: Model) -> Iterator[Problem]:
    files = [f for folder in ("alerts", "dashboards") for f in (model.root / folder).glob("*.py")]
    text = "\n".join(f.read_text(encoding="utf-8", errors="replace") for f in files if f.is_file())
    for name, limit in model.limits.items():
        variable = re.match(r"\s*(\w+)", _line(limit.source))
        if variable and len(re.findall(rf"\b{variable[1]}\b", text)) == 1:
            what = f"limit {name!r}: nothing compares with {variable[1]}; use it or remove it"
            yield Problem.at(limit.source, what, check="unused", severity="info")


def _line(source: Source) -> str:
    """Return the line on which something was defined; nothing if Python counts lines otherwise."""
    lines = Path(source.file).read_text(encoding="utf-8", errors="replace").splitlines()
    return "".join(lines[source.line - 1 : source.line])
