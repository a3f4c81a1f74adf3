"""The budget of series: the largest stay, nothing is lost in the sum, and counters never fall."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from exporters.budget import OTHER, Labels, cut
from exporters.catalog import cache, database, queue
from exporters.collection import Collection
from exporters.collectors import source
from exporters.exposition import Exposition
from exporters.reading import Reading, ReadingCollector, Row
from exporters.settings import Target

STATES = ("ready", "delayed", "reserved", "failed")
NAMES = st.text(max_size=3) | st.sampled_from([OTHER, "a", "b"])
SAMPLES = st.dictionaries(
    st.tuples(NAMES, st.sampled_from(STATES)), st.integers(0, 1000), min_size=1, max_size=80
)


def values(text: str, name: str) -> dict[Labels, float]:
    """Return the samples of a family by the values of their labels."""
    return {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


@given(SAMPLES, st.integers(10, 40))
def test_any_samples(samples: dict[Labels, int], limit: int) -> None:
    """There are never more series than may be; whatever the samples, their sum is what it was."""
    page = Exposition()
    page.limit = limit
    writer = page.writer(database.connections, "state")
    jobs = page.writer(queue.jobs, "queue", "state", "system")
    for (name, state), value in samples.items():
        jobs.add(value, name, state, "rq")
    writer.add(1, "idle")
    found = values(page.text(), "queue_jobs")

    assert len(found) <= max(limit, 1)
    assert sum(found.values()) == sum(samples.values())
    assert bool(page.dropped) == (len(samples) > limit)
    assert values(page.text(), "queue_jobs") == found


@given(SAMPLES, st.randoms())
def test_any_order(samples: dict[Labels, int], random: st.DrawFn) -> None:
    """What stays does not depend on the order in which samples come."""
    shuffled = list(samples)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # it is a random.Random
    found = []
    for order in (list(samples), shuffled):
        kept = cut(order, [samples[one] for one in order], 10).kept
        found.append({order[at] for at in kept})
    assert len(samples) <= 10 or found[0] == found[1]


@given(st.lists(st.lists(st.integers(0, 50), min_size=30, max_size=30), max_size=8))
def test_counters_never_fall(steps: list[list[int]]) -> None:
    """As series grow past each other, come and go, no counter falls that stays."""
    page = Exposition()
    page.limit = 10
    writer = page.writer(cache.commands_total, "command")
    totals, before = [0] * 30, dict[Labels, float]()
    for step in steps:
        page.clear()
        for at, more in enumerate(step):
            totals[at] += more
            # One that did nothing may be forgotten by its owner meanwhile.
            if more:
                writer.add(totals[at], f"c{at}")
        now = values(page.text(), "cache_commands_total")
        assert all(now[name] >= value for name, value in before.items() if name in now)
        before = now


def test_others_do_not_leap() -> None:
    """A counter that is not told apart any more brings along only what it counts from then on."""
    page = Exposition()
    page.limit = 10
    writer = page.writer(cache.commands_total, "command")

    def others(*large: tuple[str, int]) -> float:
        page.clear()
        for number in range(20):
            writer.add(number, f"small{number:02}")
        for name, value in large:
            writer.add(value, name)
        return values(page.text(), "cache_commands_total")[(OTHER,)]

    first = others(("a", 1_000_000))
    top = [(f"new{number}", 2_000_000) for number in range(9)]
    assert others(("a", 1_000_007), *top) - first < 200


def test_what_stands_for_others() -> None:
    """Jobs are added up by state, of ages the longest is told, facts and ratios have no others."""
    page = Exposition()
    page.limit = 20
    jobs = page.writer(queue.jobs, "system", "queue", "state")
    ages = page.writer(queue.oldest_ready_job_age_seconds, "system", "queue")
    for number in range(30):
        ages.add(number, "rq", f"q{number:02}")
        for state in STATES:
            jobs.add(number, "rq", f"q{number:02}", state)
    text = page.text()
    found, oldest = values(text, "queue_jobs"), values(text, "queue_oldest_ready_job_age_seconds")
    assert len(found) == 20
    assert {labels[1] for labels in found} == {"q29", "q28", "q27", "q26", OTHER}
    assert found["rq", OTHER, "failed"] == sum(range(26))
    assert (len(oldest), oldest["rq", OTHER]) == (20, 10)
    assert page.dropped == {"queue_jobs": 104, "queue_oldest_ready_job_age_seconds": 11}

    facts = Exposition()
    facts.limit = 10
    server = facts.writer(cache.server_info, "product", "version", "role")
    for number in range(30):
        server.add(1, "redis", str(number), "master")
    assert len(values(facts.text(), "cache_server_info")) == 9


def test_histogram() -> None:
    """Distributions that are not told apart are one, with all that they held."""
    page = Exposition()
    page.limit = 10
    writer = page.histogram(cache.command_duration_seconds, "command")
    for number in range(30):
        writer.add([number] * 12, 0.5, f"c{number:02}")
    counts = values(page.text(), "cache_command_duration_seconds_count")
    sums = values(page.text(), "cache_command_duration_seconds_sum")
    assert len(counts) == len(sums) == 10
    assert (counts[OTHER,], sums[OTHER,]) == (sum(range(21)), 21 * 0.5)


class Large:
    """A database that answers with a hundred thousand rows."""

    async def version(self) -> int:
        return 170000

    async def ask(self, _: str) -> Sequence[Row]:
        return [("shop", f"table{number}", str(number % 977)) for number in range(100_000)]


def test_many_rows() -> None:
    """A hundred thousand rows become a thousand series, and their sum is what it was."""
    reading = Reading("", (database.table_rows,), labels=("database", "table"))
    collector = ReadingCollector("tables", Large(), [reading])
    collection = Collection(collector)

    async def often() -> None:
        for _ in range(3):
            await collection.start(60)

    asyncio.run(often())

    (part,) = collection.parts
    assert part[1].count("\n") == 1_000
    assert collection.dropped == {"database_table_rows": 99_001}
    assert sum(values("".join((part[0].text, part[1])), "database_table_rows").values()) == sum(
        number % 977 for number in range(100_000)
    )


def test_configured() -> None:
    """The settings say for each target how many series a family of it may have."""
    target = Target("t", "redis", "redis://x", "s", series_limit=12)
    assert {collector.page.limit for collector in source(target).collectors} == {12}
