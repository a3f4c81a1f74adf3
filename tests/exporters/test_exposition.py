"""The text of samples: equal to what prometheus-client writes, and catalogued or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.parser import text_string_to_metric_families

from exporters.catalog import cache, scrape
from exporters.catalog.family import CatalogError, Family, gauge
from exporters.exposition import Exposition

NUMBERS = st.floats() | st.integers(-(2**63), 2**63) | st.booleans()
NAMES = st.text(st.characters(exclude_categories=["Cs"]))
COUNTS = st.lists(st.integers(0, 2**40), min_size=12, max_size=12)


class Fixed:
    """Hands fixed families to prometheus-client."""

    def __init__(self, *families: Metric) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def theirs(*families: Metric) -> str:
    """Return what prometheus-client writes."""
    registry = CollectorRegistry()
    registry.register(Fixed(*families))
    return generate_latest(registry).decode()


def meaning(text: str) -> list[Any]:
    """Return what a text says, apart from how numbers are spelled and from the order of lines."""
    return [
        (
            m.name,
            m.type,
            m.documentation,
            sorted((s.name, sorted(s.labels.items()), repr(float(s.value))) for s in m.samples),
        )
        for m in text_string_to_metric_families(text)
    ]


@given(st.dictionaries(st.tuples(NAMES, NAMES), NUMBERS))
def test_same_as_the_library(samples: dict[tuple[str, str], float]) -> None:
    """Counters and gauges say what prometheus-client says of the same samples."""
    page = Exposition()
    errors = page.writer(scrape.collector_errors_total, "reason", "collector")
    up = page.writer(cache.up)
    family = scrape.collector_errors_total
    counted = CounterMetricFamily(family.name, family.help, labels=["reason", "collector"])
    single = GaugeMetricFamily(cache.up.name, cache.up.help)
    for (reason, collector), value in samples.items():
        errors.add(value, reason, collector)
        counted.add_metric([reason, collector], value)
    for value in list(samples.values())[:1]:
        up.add(value)
        single.add_metric([], value)
    expected = [m for m in (counted, single) if m.samples]

    assert meaning(page.text()) == meaning(theirs(*expected))


@given(st.dictionaries(NAMES, st.tuples(COUNTS, st.floats(0, 1e300))))
def test_same_histogram_as_the_library(samples: dict[str, tuple[list[int], float]]) -> None:
    """Histograms say what prometheus-client says of the same buckets."""
    family = cache.command_duration_seconds
    page = Exposition()
    writer = page.histogram(family, "command")
    expected = HistogramMetricFamily(family.name, family.help, labels=["command"])
    bounds = [*map(str, family.buckets), "+Inf"]
    for command, (counts, total) in samples.items():
        cumulative = list(accumulate(counts))
        writer.add(cumulative, total, command)
        buckets = [(bound, float(n)) for bound, n in zip(bounds, cumulative, strict=True)]
        expected.add_metric([command], buckets=buckets, sum_value=total)

    assert meaning(page.text()) == meaning(theirs(expected) if samples else "")


def test_head() -> None:
    """A family's head is prometheus-client's, to the letter; an info family is a gauge there."""
    page = Exposition()
    page.writer(cache.up).add(1)
    page.writer(scrape.build_info, "version", "python").add(1, "1", "3")
    expected = theirs(GaugeMetricFamily(cache.up.name, cache.up.help)).splitlines()

    assert page.text().splitlines()[:2] == expected
    assert "# TYPE exporter_build_info gauge\n" in page.text()


def test_cleared() -> None:
    """What was cleared is gone, and a family without samples has no head either."""
    page = Exposition()
    page.writer(cache.up).add(1)
    page.clear()

    assert page.text() == ""


def test_forgets() -> None:
    """Label values that never come back do not fill the memory, and those that stay are kept."""
    page = Exposition()
    writer = page.writer(cache.commands_total, "command")
    durations = page.histogram(cache.command_duration_seconds, "command")
    for number in range(1_000):
        page.clear()
        for command in ("get", str(number)):
            writer.add(1, command)
            durations.add([1] * 12, 1, command)
        assert page.text()

    for remembered in (writer._starts, durations._templates):
        assert len(remembered) <= 2 * 2 + 100
        assert ("get",) in remembered


@pytest.mark.parametrize(
    ("family", "labels", "message"),
    [
        (gauge("cache_up", "Not the one."), (), "cache_up is not in the catalog; declare it there"),
        (gauge("other", "None."), (), "other is not in the catalog; declare it there"),
        (cache.up, ("command",), "cache_up has the labels none; got command"),
        (cache.keys, (), "cache_keys has the labels database; got none"),
        (cache.keys, ("databases",), "cache_keys has the labels database; got databases"),
        (cache.command_duration_seconds, ("command",), "is a histogram"),
    ],
)
def test_catalogued_only(family: Family, labels: tuple[str, ...], message: str) -> None:
    """A family that the catalog does not hold just so cannot be written."""
    with pytest.raises(CatalogError, match=message):
        Exposition().writer(family, *labels)


def test_exact_labels() -> None:
    """Too few or too many label values, or counts of a histogram, are refused."""
    page = Exposition()
    with pytest.raises(CatalogError, match="cache_keys wants values for database; got 0"):
        page.writer(cache.keys, "database").add(1)
    with pytest.raises(CatalogError, match="cache_up wants values for no label; got 1"):
        page.writer(cache.up).add(1, "x")
    with pytest.raises(CatalogError, match="wants 12 counts, got 2"):
        page.histogram(cache.command_duration_seconds, "command").add([1, 2], 0, "get")
    with pytest.raises(CatalogError, match="is a gauge"):
        page.histogram(cache.up)
    with pytest.raises(CatalogError, match="cache_up is declared already"):
        page.writer(cache.up)
