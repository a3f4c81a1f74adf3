"""Metrics that the settings define: a query in SQL, and what the columns of its rows are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from exporters import catalog
from exporters.catalog.family import CatalogError, Family, Unit
from exporters.document import Document, Keys, mapping
from exporters.duration import seconds
from exporters.hints import choose

# What the names of families begin with that the catalog keeps for whoever counts them in SQL.
VOCABULARY = "business_"

INTERVAL = "1m"
ROWS = 100


@dataclass(frozen=True)
class Definition:
    """What a database is asked every ``interval`` seconds, and the families that it gives.

    Columns of the query are named as the ``labels`` that they hold, or stand in ``values``
    beside the family that they hold. ``rows`` is how many series each family may have.
    """

    name: str
    query: str
    values: Mapping[str, Family]
    labels: tuple[str, ...] = ()
    interval: float = seconds(INTERVAL)
    rows: int = ROWS

    @property
    def collector(self) -> str:
        """What its collector is called: where it stands in the settings file."""
        return f"metrics.{self.name}"


def check(found: Document) -> None:
    """Note what no schema can see: families and targets that do not fit, and unknown names."""
    top = mapping(found.value)
    metrics = mapping(top.get("metrics"))
    known = dict(_vocabulary())
    for keys, labels, value in _columns(metrics):
        if isinstance(value, dict):
            _declare(found, (*keys, "name"), _family(labels, value), known)
    for keys, labels, value in _columns(metrics):
        if isinstance(value, str):
            _refer(found, keys, labels, known.get(value) or value, known)
    for name, target in mapping(top.get("targets")).items():
        asked = mapping(target).get("metrics")
        if isinstance(asked, list):
            _ask(found, ("targets", name, "metrics"), asked, metrics)


def definitions(metrics: Mapping[str, Any]) -> dict[str, Definition]:
    """Return what a file defines that has passed its check, by name."""
    known = dict(_vocabulary())
    for _, labels, value in _columns(metrics):
        if isinstance(value, dict) and isinstance(family := _family(labels, value), Family):
            known[family.name] = family
    return {name: _definition(name, one, known) for name, one in metrics.items()}


def _definition(name: str, one: Mapping[str, Any], known: Mapping[str, Family]) -> Definition:
    return Definition(
        name,
        one["query"],
        {column: known[_name(value)] for column, value in one["values"].items()},
        tuple(one.get("labels", ())),
        seconds(one.get("interval", INTERVAL)),
        one.get("rows", ROWS),
    )


def _vocabulary() -> Mapping[str, Family]:
    return {n: f for n, f in catalog.families().items() if n.startswith(VOCABULARY)}


def _columns(metrics: Mapping[str, Any]) -> Iterator[tuple[Keys, tuple[str, ...], Any]]:
    """Yield each column of values: its place, the labels beside it, and what it holds."""
    for name, one in metrics.items():
        labels = mapping(one).get("labels", [])
        beside = tuple(map(str, labels)) if isinstance(labels, list) else ()
        for column, value in mapping(mapping(one).get("values")).items():
            yield ("metrics", name, "values", column), beside, value


def _name(value: Any) -> str:
    return str(mapping(value).get("name") if isinstance(value, dict) else value)


def _family(labels: tuple[str, ...], value: Mapping[str, Any]) -> Family | CatalogError | None:
    """Return the family that is declared, or why it cannot be; None where the schema tells."""
    name, kind = value.get("name"), value.get("type", "gauge")
    if not isinstance(name, str) or kind not in {"gauge", "counter"}:
        return None
    try:
        return Family(
            name, labels, str(value.get("help")), kind, _unit(name), "the settings", own=True
        )
    except CatalogError as error:
        return error


def _unit(name: str) -> Unit:
    units: tuple[Unit, ...] = get_args(Unit)
    return next((unit for unit in units if unit and unit in name.split("_")), "")


def _declare(
    found: Document, keys: Keys, family: Family | CatalogError | None, known: dict[str, Family]
) -> None:
    if isinstance(family, CatalogError):
        found.complain(f"{family}; mend 'name' or 'type'", keys)
    elif family is not None and family.name in {**catalog.families(), **known}:
        what = f"'{family.name}' is declared already; write its name alone, or choose another"
        found.complain(what, keys)
    elif family is not None:
        known[family.name] = family


def _refer(
    found: Document,
    keys: Keys,
    labels: tuple[str, ...],
    family: Family | str,
    known: Mapping[str, Family],
) -> None:
    if isinstance(family, str):
        fix = f"{choose(family, known)}, or declare it here with 'name' and 'help'"
        found.complain(f"'{family}' is no family that queries may give; {fix}", keys)
    elif sorted(family.labels) != sorted(labels):
        wanted = ", ".join(family.labels) or "none"
        what = f"{family.name} has the labels {wanted}; list these columns under 'labels'"
        found.complain(what, keys)


def _ask(found: Document, keys: Keys, asked: list[Any], metrics: Mapping[str, Any]) -> None:
    """Note what a target cannot be asked: unknown metrics, and one family by two queries."""
    by: defaultdict[str, list[str]] = defaultdict(list)
    for position, name in enumerate(dict.fromkeys(map(str, asked))):
        if name not in metrics:
            what = f"'{name}' is not defined under 'metrics'; {choose(name, metrics)}"
            found.complain(what, (*keys, str(position)))
        for value in mapping(mapping(metrics.get(name)).get("values")).values():
            by[_name(value)].append(name)
    for family, names in by.items():
        if len(set(names)) > 1:
            what = f"{' and '.join(map(repr, names))} all give {family}; ask for one of them"
            found.complain(what, keys)
        elif len(names) > 1:
            what = f"gives {family} in two columns; give each of them a family of its own"
            found.complain(what, ("metrics", names[0], "values"))
