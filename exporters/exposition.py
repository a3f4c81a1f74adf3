"""Samples as text: what Prometheus reads, written as fast as Python can."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client.utils import floatToGoString

from exporters import catalog
from exporters.catalog.family import CatalogError, Family
from exporters.format import TEXT, Part, head

# Series remembered per family; label values that never come back must not fill the memory.
_MAX_REMEMBERED = 10_000

_LABEL = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


class Exposition:
    """The samples of one answer, family by family in the order in which they were declared.

    Whoever measures declares its families once, and from then on only adds values.
    """

    def __init__(self) -> None:
        self._writers: dict[str, Writer | HistogramWriter] = {}
        self.dropped: dict[str, int] = {}

    def writer(self, family: Family, *labels: str) -> Writer:
        """Declare a family, and the order in which its label values will be given.

        Raises CatalogError for a family that the catalog does not hold, or labels
        that are not exactly the family's.
        """
        writer = Writer(family, labels)
        self._declare(family, writer)
        return writer

    def histogram(self, family: Family, *labels: str) -> HistogramWriter:
        """Declare a histogram, as ``writer`` declares other families."""
        writer = HistogramWriter(family, labels)
        self._declare(family, writer)
        return writer

    def _declare(self, family: Family, writer: Writer | HistogramWriter) -> None:
        if family.name in self._writers:
            raise CatalogError(f"{family.name} is declared already; keep its writer")
        self._writers[family.name] = writer

    def clear(self) -> None:
        """Forget all samples, not what was declared."""
        for writer in self._writers.values():
            writer.lines.clear()
        self.dropped.clear()

    def drop(self, family: Family, count: int) -> None:
        """Note that so many series of a family were left out, because it may have no more."""
        self.dropped[family.name] = self.dropped.get(family.name, 0) + count

    def parts(self) -> list[Part]:
        """Return what was added since ``clear``, family by family."""
        return [(w.head, "".join(w.lines)) for w in self._writers.values() if w.lines]

    def text(self) -> str:
        """Return what was added since ``clear``, in Prometheus' own format."""
        return TEXT.render(self.parts())


class Writer:
    """Writes the samples of one family; what their lines begin with is made once per series."""

    def __init__(self, family: Family, labels: Sequence[str]) -> None:
        _require(family, labels, histogram=False)
        self.head = head(family)
        self.lines: list[str] = []
        self._family = family
        self._labels = labels
        self._starts: dict[tuple[str, ...], str] = {}

    def add(self, value: float, *labels: str) -> None:
        """Add a sample; ``labels`` are values, in the order that was declared.

        Raises CatalogError when there are more or fewer of them.
        """
        start = self._starts.get(labels) or self._start(labels)
        # The difference is not 0 for infinities and NaN, which Python spells its own way.
        text = repr(+value) if value - value == 0 else _go(value)
        self.lines.append(f"{start}{text}\n")

    def add_text(self, number: str, labels: tuple[str, ...]) -> None:
        """Add a sample whose value is spelled already. Raises ValueError if it is no number."""
        float(number)
        start = self._starts.get(labels) or self._start(labels)
        self.lines.append(f"{start}{number}\n")

    def _start(self, labels: tuple[str, ...]) -> str:
        start = f"{self._family.name}{_braces(self._family, self._labels, labels)} "
        _remember(self._starts, labels, start)
        return start


class HistogramWriter:
    """Writes a histogram: all lines of one series come from one template, made once."""

    def __init__(self, family: Family, labels: Sequence[str]) -> None:
        _require(family, labels, histogram=True)
        self.head = head(family)
        self.lines: list[str] = []
        self._family = family
        self._labels = labels
        self._templates: dict[tuple[str, ...], str] = {}

    def add(self, counts: Sequence[int], total: float, *labels: str) -> None:
        """Add the distribution of one series.

        ``counts`` are cumulative: how many observations were at or below each of the
        family's bounds, and at last how many there were. ``total`` is their sum.
        Raises CatalogError when their number, or that of the label values, is wrong.
        """
        template = self._templates.get(labels) or self._template(labels)
        try:
            self.lines.append(template % (*counts, total, counts[-1]))
        except (TypeError, IndexError):
            wanted = len(self._family.buckets) + 1
            text = f"{self._family.name} wants {wanted} counts, got {len(counts)}"
            raise CatalogError(text) from None

    def _template(self, values: tuple[str, ...]) -> str:
        name = self._family.name
        inner = _braces(self._family, self._labels, values)[1:-1].replace("%", "%%")
        bounds = [_go(bound) for bound in (*self._family.buckets, float("inf"))]
        comma = "," if inner else ""
        braces = f"{{{inner}}}" if inner else ""
        lines = [f'{name}_bucket{{{inner}{comma}le="{bound}"}} %d\n' for bound in bounds]
        template = "".join([*lines, f"{name}_sum{braces} %r\n{name}_count{braces} %d\n"])
        _remember(self._templates, values, template)
        return template


def _require(family: Family, labels: Sequence[str], *, histogram: bool) -> None:
    """Raise CatalogError unless the catalog holds the family just so."""
    if catalog.families().get(family.name) is not family:
        raise CatalogError(f"{family.name} is not in the catalog; declare it there")
    if (family.type == "histogram") != histogram:
        raise CatalogError(
            f"{family.name} is a {family.type}; histogram() declares histograms only"
        )
    if sorted(labels) != sorted(family.labels):
        wanted = ", ".join(family.labels) or "none"
        raise CatalogError(
            f"{family.name} has the labels {wanted}; got {', '.join(labels) or 'none'}"
        )


def _braces(family: Family, labels: Sequence[str], values: Sequence[str]) -> str:
    if len(values) != len(labels):
        wanted = ", ".join(labels) or "no label"
        raise CatalogError(f"{family.name} wants values for {wanted}; got {len(values)}")
    pairs = zip(labels, values, strict=True)
    inner = ",".join(f'{label}="{value.translate(_LABEL)}"' for label, value in pairs)
    return f"{{{inner}}}" if inner else ""


def _go(value: float) -> str:
    """Return a number as prometheus-client writes it."""
    return str(floatToGoString(value))  # type: ignore[no-untyped-call] # theirs has no types


def _remember(known: dict[tuple[str, ...], str], values: tuple[str, ...], text: str) -> None:
    if len(known) >= _MAX_REMEMBERED:
        known.clear()
    known[values] = text
