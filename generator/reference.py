"""Reference pages written from the code, so that they cannot tell anything else."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from inspect import getdoc
from pkgutil import iter_modules
from types import ModuleType

import exporters.catalog
from exporters.catalog.family import TARGET_LABELS, Family

_ADDED = ", ".join(f"`{label}`" for label in TARGET_LABELS)

_HEAD = f"""\
# Metrics

Every family of the catalog.
A scrape adds the labels {_ADDED} to every series.

This page is written from `exporters/catalog`: change that, then run `make golden`.
"""


def metrics_page() -> str:
    """Return ``docs/reference/metrics.md``: every family, by the module that declares it."""
    return "\n".join([_HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for found in iter_modules(exporters.catalog.__path__):
        module = import_module(f"exporters.catalog.{found.name}")
        families = [f for f in vars(module).values() if isinstance(f, Family)]
        if families:
            yield _section(found.name, module, families)


def _section(name: str, module: ModuleType, families: list[Family]) -> str:
    lines = [f"## {name}", "", getdoc(module) or "", ""]
    lines += ["| metric | type | labels | meaning | read from |", "|---|---|---|---|---|"]
    lines += [_row(family) for family in families]
    return "\n".join(lines) + "\n"


def _row(family: Family) -> str:
    labels = " ".join(f"`{label}`" for label in family.labels)
    cells = (f"`{family.name}`", family.type, labels, family.help, family.source)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
