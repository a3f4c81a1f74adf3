"""Writes the samples of one family as text, as fast as Python can, and no more than it may."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client.utils import floatToGoString

from exporters import catalog
from exporters.budget import Cut, Labels, Others, cut
from exporters.catalog.family import CatalogError, Family
from exporters.format import head

# What a family remembers beside twice the series it has: label values that never come back
# must not fill the memory.
_SPARE = 100

_LABEL = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


class Writer:
    """Writes the samples of one family; what their lines begin with is made once per series."""

    def __init__(self, family: Family, labels: Sequence[str]) -> None:
        _require(family, labels, histogram=False)
        self.head = head(family)
        self._family = family
        self._labels = labels
        self._samples: list[Labels] = []
        self._values: list[float | str] = []
        self._starts: dict[Labels, str] = {}
        self._others = Others()

    def __len__(self) -> int:
        return len(self._samples)

    def add(self, value: float, *labels: str) -> None:
        """Add a sample; ``labels`` are values, in the order that was declared.

        Raises CatalogError when there are more or fewer of them.
        """
        if len(labels) != len(self._labels):
            raise _wrong_labels(self._family, self._labels, labels)
        self._samples.append(labels)
        self._values.append(value)

    def add_text(self, number: str, labels: Labels) -> None:
        """Add a sample whose value is spelled already. Raises ValueError if it is no number."""
        float(number)
        # Python also takes digits of other scripts, underscores between them and space around.
        if not (number.isascii() and "_" not in number and number[0] > " " < number[-1]):
            raise ValueError(f"{self._family.name}: is no number that Prometheus reads")
        self._samples.append(labels)
        self._values.append(number)

    def clear(self) -> None:
        """Forget the samples."""
        self._samples.clear()
        self._values.clear()

    def body(self) -> str:
        """Return the samples as lines."""
        starts, lines = self._starts, []
        for labels, value in zip(self._samples, self._values, strict=True):
            start = starts.get(labels) or self._start(labels)
            if isinstance(value, str):
                lines.append(f"{start}{value}\n")
            else:
                # The difference is not 0 for infinities and NaN, which Python spells its own way.
                text = repr(+value) if value - value == 0 else _go(value)
                lines.append(f"{start}{text}\n")
        self._starts = _in_use(starts, self._samples)
        return "".join(lines)

    def limit(self, series: int) -> int:
        """Leave the largest series and one for the others; return how many that leaves out."""
        if len(self._samples) <= series:
            return 0
        samples, values = self._samples, list(map(float, self._values))
        chosen = cut(samples, values, series)
        self._samples = [samples[at] for at in chosen.kept]
        self._values = [self._values[at] for at in chosen.kept]
        for labels, value in self._together(samples, values, chosen).items():
            self.add(value, *labels)
        return chosen.dropped

    def _together(
        self, samples: Sequence[Labels], values: Sequence[float], chosen: Cut
    ) -> dict[Labels, float]:
        """Return what stands for the others: of some families nothing can."""
        if self._family.type == "counter":
            sums = self._others.update(samples, [(value,) for value in values], chosen)
            return {labels: value for labels, (value,) in sums.items()}
        if self._family.type == "info" or self._family.unit == "ratio":
            return {}
        # Of ages and durations the longest matters, of all else there is so much together.
        add_up = max if self._family.unit == "seconds" else sum
        return {
            labels: add_up(values[at] for at in positions)
            for labels, positions in chosen.others.items()
        }

    def _start(self, labels: Labels) -> str:
        start = f"{self._family.name}{_braces(self._labels, labels)} "
        self._starts[labels] = start
        return start


class HistogramWriter:
    """Writes a histogram: all lines of one series come from one template, made once."""

    def __init__(self, family: Family, labels: Sequence[str]) -> None:
        _require(family, labels, histogram=True)
        self.head = head(family)
        self._family = family
        self._labels = labels
        self._samples: list[Labels] = []
        self._values: list[tuple[float, ...]] = []
        self._templates: dict[Labels, str] = {}
        self._others = Others()

    def __len__(self) -> int:
        return len(self._samples)

    def add(self, counts: Sequence[float], total: float, *labels: str) -> None:
        """Add the distribution of one series.

        ``counts`` are cumulative: how many observations were at or below each of the
        family's bounds, and at last how many there were. ``total`` is their sum.
        Raises CatalogError when their number, or that of the label values, is wrong.
        """
        if len(labels) != len(self._labels):
            raise _wrong_labels(self._family, self._labels, labels)
        wanted = len(self._family.buckets) + 1
        if len(counts) != wanted:
            text = f"{self._family.name} wants {wanted} counts, got {len(counts)}"
            raise CatalogError(text)
        self._samples.append(labels)
        self._values.append((*counts, total, counts[-1]))

    def clear(self) -> None:
        """Forget the samples."""
        self._samples.clear()
        self._values.clear()

    def body(self) -> str:
        """Return the samples as lines."""
        templates = self._templates
        lines = [
            (templates.get(labels) or self._template(labels)) % values
            for labels, values in zip(self._samples, self._values, strict=True)
        ]
        self._templates = _in_use(templates, self._samples)
        return "".join(lines)

    def limit(self, series: int) -> int:
        """Leave the largest distributions and one for the others, as Writer.limit does."""
        if len(self._samples) <= series:
            return 0
        samples, values = self._samples, self._values
        chosen = cut(samples, [one[-1] for one in values], series)
        self._samples = [samples[at] for at in chosen.kept]
        self._values = [values[at] for at in chosen.kept]
        for labels, (*counts, total, _) in self._others.update(samples, values, chosen).items():
            self.add(counts, total, *labels)
        return chosen.dropped

    def _template(self, values: Labels) -> str:
        name = self._family.name
        inner = _braces(self._labels, values)[1:-1].replace("%", "%%")
        bounds = [_go(bound) for bound in (*self._family.buckets, float("inf"))]
        comma = "," if inner else ""
        braces = f"{{{inner}}}" if inner else ""
        lines = [f'{name}_bucket{{{inner}{comma}le="{bound}"}} %d\n' for bound in bounds]
        template = "".join([*lines, f"{name}_sum{braces} %r\n{name}_count{braces} %d\n"])
        self._templates[values] = template
        return template


def _require(family: Family, labels: Sequence[str], *, histogram: bool) -> None:
    """Raise CatalogError unless the catalog holds the family just so."""
    if not family.own and catalog.families().get(family.name) is not family:
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


def _wrong_labels(family: Family, labels: Sequence[str], values: Sequence[str]) -> CatalogError:
    wanted = ", ".join(labels) or "no label"
    return CatalogError(f"{family.name} wants values for {wanted}; got {len(values)}")


def _braces(labels: Sequence[str], values: Sequence[str]) -> str:
    pairs = zip(labels, values, strict=True)
    inner = ",".join(f'{label}="{value.translate(_LABEL)}"' for label, value in pairs)
    return f"{{{inner}}}" if inner else ""


def _go(value: float) -> str:
    """Return a number as prometheus-client writes it."""
    return str(floatToGoString(value))  # type: ignore[no-untyped-call] # theirs has no types


def _in_use(known: dict[Labels, str], samples: Sequence[Labels]) -> dict[Labels, str]:
    """Return what is remembered, or, where that is much more than is used, what is used."""
    if len(known) <= 2 * len(samples) + _SPARE:
        return known
    return {labels: known[labels] for labels in samples}
