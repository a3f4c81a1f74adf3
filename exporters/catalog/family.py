"""What a metric family is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from exporters.errors import UserError
from exporters.hints import nearest

Type = Literal["counter", "gauge", "histogram", "info"]
Unit = Literal["", "seconds", "bytes", "ratio"]

# Labels that a scrape adds to every series: Prometheus' own two, and the service that
# the settings file says a target belongs to, with the team that owns it.
TARGET_LABELS = ("job", "instance", "service", "team")


class CatalogError(UserError):
    """A metric was declared or selected in a way that can never match."""


class Variable(Protocol):
    """Anything that stands for a label matcher, as a dashboard's variable does."""

    @property
    def label(self) -> str: ...


@dataclass(frozen=True)
class Matcher:
    """A label matcher other than equality: an operator and the value it compares with."""

    op: Literal["!=", "=~", "!~"]
    value: str


def regex(pattern: str) -> Matcher:
    """Match label values that ``pattern`` describes in full, as ``=~`` does."""
    return Matcher("=~", pattern)


def differs(value: str) -> Matcher:
    """Match label values other than ``value``, as ``!=`` does."""
    return Matcher("!=", value)


@dataclass(frozen=True)
class Series:
    """Series that PromQL can select: a name, and the labels that split it."""

    name: str
    labels: tuple[str, ...]

    def __str__(self) -> str:
        return self.name

    def __call__(self, *variables: Variable, **matchers: str | Matcher) -> str:
        """Return a selector, e.g. ``cache_hits_total{instance=~"$instance"}``.

        Raises CatalogError for a label that these series do not have.
        """
        for label in (*[v.label for v in variables], *matchers):
            if label not in self.labels and label not in TARGET_LABELS:
                raise self._lacks(label, (*self.labels, *TARGET_LABELS))
        parts = [str(v) for v in variables]
        parts += [matcher(label, value) for label, value in matchers.items()]
        return f"{self.name}{{{', '.join(parts)}}}"

    def _lacks(self, label: str, known: Sequence[str]) -> CatalogError:
        hint = nearest(label, known, before="; ")
        return CatalogError(
            f"{self.name} has no label {label!r}{hint} (its labels: {', '.join(known)})"
        )


def quoted(value: str) -> str:
    """Return a label value as PromQL and Alertmanager's matchers write it, in quotes."""
    escaped = value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    return f'"{escaped}"'


def matcher(label: str, value: str | Matcher) -> str:
    """Return a matcher as PromQL and Alertmanager write it, e.g. ``instance="a"``."""
    if isinstance(value, Matcher):
        return f"{label}{value.op}{quoted(value.value)}"
    return f"{label}={quoted(value)}"


@dataclass(frozen=True)
class Family(Series):
    """One metric family: its name, its meaning and the labels that split it.

    ``name`` is the exposed name, in full. ``source`` says what the value is read
    from, in the words of the thing measured (``INFO stats keyspace_hits``). One that is
    somebody's ``own`` is declared in a settings file, and not in the catalog.
    """

    help: str
    type: Type
    unit: Unit = ""
    source: str = ""
    buckets: tuple[float, ...] = ()
    own: bool = False

    def __post_init__(self) -> None:
        if self.unit and self.unit not in self.name.split("_"):
            raise CatalogError(
                f"{self.name} is measured in {self.unit}: say so, '{self.name}_{self.unit}'"
            )
        if (self.type == "counter") != self.name.endswith("_total"):
            raise CatalogError(
                f"{self.name} is a {self.type}: '_total' ends counters and nothing else"
            )
        if (self.type == "info") != self.name.endswith("_info"):
            raise CatalogError(
                f"{self.name} is a {self.type}: '_info' ends info families and nothing else"
            )
        if hidden := set(self.labels) & set(TARGET_LABELS):
            raise CatalogError(
                f"{self.name} has the label {min(hidden)!r}: every scrape gives its own; rename it"
            )
        if (self.type == "histogram") != bool(self.buckets):
            raise CatalogError(
                f"{self.name} is a {self.type}: histograms, and they alone, have buckets"
            )

    @property
    def bucket(self) -> Series:
        """The cumulative counts of a histogram, by upper bound ``le``."""
        return self._part("bucket", "le")

    @property
    def count(self) -> Series:
        """How many observations a histogram holds."""
        return self._part("count")

    @property
    def sum(self) -> Series:
        """The sum of all observations of a histogram, in the family's unit."""
        return self._part("sum")

    @property
    def series(self) -> tuple[Series, ...]:
        """Everything of this family that PromQL can select."""
        return (self.bucket, self.count, self.sum) if self.type == "histogram" else (self,)

    def _part(self, suffix: str, *labels: str) -> Series:
        if self.type != "histogram":
            raise CatalogError(f"{self.name} is a {self.type}: only histograms have a {suffix!r}")
        return Series(f"{self.name}_{suffix}", (*self.labels, *labels))


def counter(
    name: str, help: str, *, unit: Unit = "", labels: Sequence[str] = (), source: str = ""
) -> Family:
    """Declare a count that only grows. Its name ends in ``_total``."""
    return Family(name, tuple(labels), help, "counter", unit, source)


def gauge(
    name: str, help: str, *, unit: Unit = "", labels: Sequence[str] = (), source: str = ""
) -> Family:
    """Declare a value that goes up and down."""
    return Family(name, tuple(labels), help, "gauge", unit, source)


def info(name: str, help: str, *, labels: Sequence[str], source: str = "") -> Family:
    """Declare a constant 1 whose labels carry the facts. Its name ends in ``_info``."""
    return Family(name, tuple(labels), help, "info", "", source)


def histogram(
    name: str,
    help: str,
    *,
    buckets: Sequence[float],
    unit: Unit = "",
    labels: Sequence[str] = (),
    source: str = "",
) -> Family:
    """Declare a distribution, counted in buckets with the given upper bounds.

    The bounds are fixed, in ascending order and without infinity, which is
    always added: series whose bounds change over time cannot be added up.
    """
    if list(buckets) != sorted(set(buckets)):
        raise CatalogError(f"{name}: buckets must ascend, got {list(buckets)}")
    return Family(name, tuple(labels), help, "histogram", unit, source, tuple(buckets))
