"""Samples as text: what one answer is made of, family by family."""

from __future__ import annotations

from exporters.budget import DEFAULT_LIMIT
from exporters.catalog.family import CatalogError, Family
from exporters.format import TEXT, Part
from exporters.writer import HistogramWriter, Writer


class Exposition:
    """The samples of one answer, in the order in which their families were declared.

    Whoever measures declares its families once, and from then on only adds values.
    ``limit`` is how many series each of them may have; a histogram counts as one.
    """

    def __init__(self) -> None:
        self.limit = DEFAULT_LIMIT
        self.dropped: dict[str, int] = {}
        self._writers: dict[Family, Writer | HistogramWriter] = {}

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
        if family in self._writers:
            raise CatalogError(f"{family.name} is declared already; keep its writer")
        self._writers[family] = writer

    def clear(self) -> None:
        """Forget all samples, not what was declared."""
        for writer in self._writers.values():
            writer.clear()
        self.dropped.clear()

    def drop(self, family: Family, count: int) -> None:
        """Note that so many series of a family were left out, because it may have no more."""
        self.dropped[family.name] = self.dropped.get(family.name, 0) + count

    def parts(self) -> list[Part]:
        """Return what was added since ``clear``, family by family."""
        for family, writer in self._writers.items():
            if dropped := writer.limit(self.limit):
                self.drop(family, dropped)
        return [(w.head, w.body()) for w in self._writers.values() if w]

    def text(self) -> str:
        """Return what was added since ``clear``, in Prometheus' own format."""
        return TEXT.render(self.parts())
