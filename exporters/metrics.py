"""Metrics in SQL that are defined in Python: the same as below ``metrics`` in the settings."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exporters.catalog.family import Family
from exporters.document import Document, mapping

FILES = "metrics_files"


@dataclass(frozen=True)
class Gauge:
    """A family that a metric declares, its unit at the end of its ``name``."""

    name: str
    help: str


@dataclass(frozen=True)
class Counter(Gauge):
    """One that only grows; its ``name`` ends in ``_total``."""


@dataclass(frozen=True)
class Metric:
    """A query, and what the columns of its rows are; it is called as its variable is.

    Columns are named as the ``labels`` that they hold, or stand in ``values`` beside the
    family that they hold: one that is declared here, or one of the catalog. It is asked once
    in an ``interval``, and each family may have so many ``rows``: the largest.
    """

    query: str
    values: Mapping[str, Gauge | Family]
    labels: Sequence[str] = ()
    interval: str = "1m"
    rows: int = 100
    line: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note where it is written: __init__ calls this, and a file calls that."""
        frame = sys._getframe(2)  # noqa: SLF001 - what is wrong with it is told by its line
        object.__setattr__(self, "line", frame.f_lineno)


def files(found: Document) -> list[Path]:
    """Return the files of Python that settings name, which count from their folder."""
    named = mapping(found.value).get(FILES)
    return [found.path.parent / str(one) for one in named] if isinstance(named, list) else []


def include(found: Document) -> None:
    """Put what the files of Python define below ``metrics``, as if it stood there."""
    metrics: dict[str, Any] = {}
    declared: set[Gauge] = set()
    written = mapping(mapping(found.value).get("metrics"))
    for position, file in enumerate(files(found)):
        for name, metric in _defined(found, file, (FILES, str(position))):
            keys = ("metrics", name)
            if name in metrics or name in written:
                text = f"is defined in {file}:{metric.line} as well; rename one of them"
                found.complain(text, keys)
            else:
                found.lines[keys], found.files[keys] = metric.line, file
                metrics[name] = _plain(metric, declared)
    if metrics:
        found.value["metrics"] = {**written, **metrics}


def _defined(found: Document, file: Path, keys: tuple[str, ...]) -> Iterator[tuple[str, Metric]]:
    """Yield what a file defines, by the names of its variables; none that begin with ``_``."""
    try:
        namespace: dict[str, Any] = {"__name__": file.stem, "__file__": str(file)}
        # It is the user's own, like the definitions of alerts: what they write is run.
        code = compile(file.read_bytes(), file, "exec", dont_inherit=True)
        exec(code, namespace)  # noqa: S102
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a user's file may raise anything
        found.complain(f"{file}{_line(error, file)}: {_why(error)}; mend it", keys)
        return
    for name, value in namespace.items():
        if isinstance(value, Metric) and not name.startswith("_"):
            yield name, value


def _why(error: BaseException) -> str:
    if isinstance(error, OSError):
        return f"cannot be read ({(error.strerror or type(error).__name__).lower()})"
    return f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"


def _line(error: BaseException, file: Path) -> str:
    """Return ``:line`` of the file's own last step, where there is one."""
    if isinstance(error, SyntaxError):
        return f":{error.lineno}"
    steps = [s for s in traceback.extract_tb(error.__traceback__) if s.filename == str(file)]
    return f":{steps[-1].lineno}" if steps else ""


def _plain(metric: Metric, declared: set[Gauge]) -> dict[str, Any]:
    """Return a metric as a settings file writes it, for the same checks.

    What is declared already is referred to by its name.
    """
    plain = {
        "query": metric.query,
        "values": metric.values,
        "labels": list(metric.labels) if isinstance(metric.labels, tuple) else metric.labels,
        "interval": metric.interval,
        "rows": metric.rows,
    }
    if isinstance(metric.values, dict):
        values = metric.values.items()
        plain["values"] = {column: _declared(family, declared) for column, family in values}
    return plain


def _declared(family: Any, declared: set[Gauge]) -> Any:
    if not isinstance(family, (Family, Gauge)):
        return family
    if isinstance(family, Family) or family in declared:
        return family.name
    declared.add(family)
    kind = "counter" if isinstance(family, Counter) else "gauge"
    return {"name": family.name, "type": kind, "help": family.help}
