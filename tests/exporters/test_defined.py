"""Metrics that the settings define: what is asked, what becomes of the answers, what goes wrong."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporters.catalog.family import Family
from exporters.collectors import source
from exporters.defined import MOST_ROWS, DefinedCollector, Turns
from exporters.definition import Definition
from exporters.explain import explain
from exporters.failure import CollectionError
from exporters.probe import Probe
from exporters.reading import Client, Row
from exporters.settings import SettingsError, Target, load
from exporters.sqlite_client import SqliteClient
from exporters.survey import Survey, of_each
from exporters.targets import Targets

SETTINGS = """
metrics:
  orders:
    query: |
      SELECT state, count(*) AS orders, sum(total) AS revenue  -- of all time
      FROM orders GROUP BY state
    labels: [state]
    values:
      orders: {name: shop_orders, help: Orders.}
      revenue: {name: shop_revenue_euros, help: What they come to.}
    interval: 1h
    rows: 2
  broken:
    query: SELECT many FROM nowhere
    values:
      many: {name: shop_many_total, type: counter, help: Many.}
targets:
  shop: {kind: sqlite, url: "file://FILE", service: s, metrics: [orders, broken]}
services: {s: {}}
"""

TABLE = """
    CREATE TABLE orders (state text, total int);
    INSERT INTO orders VALUES ('new', 5), ('new', 6), ('paid', 70), ('lost', 1), ('sent', NULL);
"""


class Answering:
    """A client that answers what it is told to."""

    def __init__(self, *rows: Row, reason: str = "") -> None:
        self.asked: list[str] = []
        self._rows, self._reason = rows, reason

    async def version(self) -> int:
        return 1

    async def ask(self, sql: str) -> Sequence[Row]:
        self.asked.append(sql)
        if self._reason:
            raise CollectionError(self._reason, "no")
        return self._rows


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Return a settings file, and make the database that it names."""
    database = tmp_path / "shop.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(TABLE)
    file = tmp_path / "lightship.yaml"
    file.write_text(SETTINGS.replace("FILE", str(database)))
    return file


def definition(*labels: str, rows: int = 100) -> Definition:
    family = Family("shop_orders", labels, "Orders.", "gauge", own=True)
    return Definition("orders", "SELECT 1", {"orders": family}, labels, 60.0, rows)


def collected(client: Client, defined: Definition) -> str:
    collector = DefinedCollector(defined, client, Turns())
    asyncio.run(collector.collect())
    return collector.page.text()


def problems(file: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(file)
    return [problem.removeprefix(f"{file}:") for problem in caught.value.problems]


def test_measured(settings: Path) -> None:
    """Columns become labels and values; the largest series stay, and a broken query harms none."""
    target = load(settings).targets["shop"]

    async def once() -> str:
        probe = Probe("shop", source(target))
        try:
            return await probe.answer(5)
        finally:
            probe.close()

    text = asyncio.run(once())
    lines = text.splitlines()
    assert 'shop_orders{state="new"} 2' in lines
    assert 'shop_orders{state="other"} 3.0' in lines
    assert 'shop_revenue_euros{state="paid"} 70' in lines
    assert 'shop_revenue_euros{state="other"} 12.0' in lines
    assert 'exporter_series_dropped{family="shop_orders"} 3' in lines
    assert 'exporter_collector_success{collector="metrics.orders"} 1' in lines
    assert 'exporter_collector_success{collector="metrics.broken"} 0' in lines
    assert any(
        line.startswith('exporter_collector_age_seconds{collector="metrics.orders"}')
        for line in lines
    )
    assert "database_up 1" in lines
    assert list(text_string_to_metric_families(text))


def test_taken_up(settings: Path) -> None:
    """A query that changes is asked from then on; a file that does not changes nothing."""
    targets = Targets(load(settings))
    before = targets.probes["shop"]
    targets.use(load(settings))
    assert targets.probes["shop"] is before
    settings.write_text(settings.read_text().replace("count(*)", "count(total)"))

    async def use() -> str:
        targets.use(load(settings))
        try:
            return await targets.probes["shop"].answer(5)
        finally:
            targets.close()

    assert 'shop_orders{state="new"} 2' in asyncio.run(use())
    assert targets.probes["shop"] is not before


def test_explained(settings: Path) -> None:
    """What the settings define is explained with everything else, and which query fails."""
    (found,) = explain(load(settings), [])
    series = {family.name: family.series for family in found.families}
    assert series["shop_orders"] == 2
    assert [parts for parts in found.failures.values() if "metrics.broken" in parts]


def test_wrapped() -> None:
    """A query is asked within another, so that it can only read, by names, and not too much."""
    client = Answering()
    collected(client, definition("state"))
    (sql,) = client.asked
    assert sql == (
        "SELECT defined.state, defined.orders FROM (\nSELECT 1\n) AS defined LIMIT 10001"
    )


def test_awkward_labels() -> None:
    """Quotes, newlines and backslashes stay within a label; without a value there is no sample."""
    text = collected(
        Answering(('a "b"\n\\', "1"), (None, "2.50"), ("c", None)), definition("state")
    )
    assert 'shop_orders{state="a \\"b\\"\\n\\\\"} 1\n' in text
    assert 'shop_orders{state=""} 2.50\n' in text
    assert "c" not in [
        s.labels["state"] for f in text_string_to_metric_families(text) for s in f.samples
    ]


def test_many_rows(tmp_path: Path) -> None:
    """Of a hundred thousand rows none is told, and that is said; the file is measured all the same.

    Of as many as are read the largest are told, and the others as one.
    """
    file = tmp_path / "many.db"
    sqlite3.connect(file).close()
    query = """
        WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r LIMIT {})
        SELECT n AS state, n AS orders FROM r
    """
    target = Target("t", "sqlite", file.as_uri(), "s")

    def asked(rows: int) -> tuple[str, dict[str, list[str]]]:
        metrics = (replace(definition("state"), query=query.format(rows)),)
        (found,) = of_each(surveyed, [replace(target, metrics=metrics)])
        return found

    text, failures = asked(100_000)
    assert "shop_orders{" not in text
    assert "database_up 1" in text.splitlines()
    (why,) = failures
    assert "more than 10000 rows" in why
    text, failures = asked(MOST_ROWS)
    assert (text.count("\nshop_orders{"), failures) == (100, {})
    assert 'shop_orders{state="10000"} 10000' in text
    assert 'shop_orders{state="other"} 49019851.0' in text


async def surveyed(target: Target) -> tuple[str, dict[str, list[str]]]:
    """Return all that is said of a target, asked once, and what failed, by why."""
    survey = Survey(target)
    text = await survey.ask()
    await survey.close()
    return text, survey.failures


def test_hostile_labels(tmp_path: Path) -> None:
    """Whatever text or blob a file holds, its label can be read back, and is nothing else."""
    hostile = {
        "'a \"b\"}'": 'a "b"}',
        "'two' || char(10) || 'lines' || char(13)": "two\nlines\r",
        "'back\\slash'": "back\\slash",
        "CAST(x'ff41fe' AS text)": "\ufffdA\ufffd",
        "x'ff41fe0a22'": '\ufffdA\ufffd\n"',
        "CAST(x'410042' AS text)": "A\x00B",
        "'} 1' || char(10) || 'shop_fake 1'": "} 1\nshop_fake 1",
    }
    query = " UNION ALL ".join(f"SELECT {sql} AS state, 1 AS orders" for sql in hostile)
    file = tmp_path / "hostile.db"
    sqlite3.connect(file).close()
    client = SqliteClient(Target("t", "sqlite", file.as_uri(), "s"), 5)
    page = collected(client, replace(definition("state"), query=query))
    client.close()
    (family,) = text_string_to_metric_families(page)
    assert sorted(s.labels["state"] for s in family.samples) == sorted({*hostile.values()})


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([("a", "soon-s3cret")], "column 'orders' holds what is no number"),
        ([("a", "1"), ("a", "2")], "two rows with the same labels; group by them"),
        ([(str(n), "1") for n in range(MOST_ROWS + 1)], "gives more than 10000 rows; aggregate"),
    ],
    ids=["no number", "same labels", "too many"],
)
def test_refused_answers(rows: list[Row], problem: str) -> None:
    """An answer that cannot be told is a failure that says why, and repeats no value."""
    with pytest.raises(CollectionError, match=problem) as caught:
        collected(Answering(*rows), definition("state"))
    assert caught.value.reason == "other"
    assert "s3cret" not in str(caught.value)


def test_turns() -> None:
    """Queries that fail wait in a line of their own: those that work are asked before them."""
    turns, order = Turns(), []

    async def ask(name: str, *, failed: bool) -> None:
        async with turns.turn(failed=failed):
            order.append(name)
            await asyncio.sleep(0)

    async def together() -> None:
        names = [("bad 1", True), ("bad 2", True), ("bad 3", True), ("good 1", False)]
        await asyncio.gather(*(ask(name, failed=failed) for name, failed in names))

    asyncio.run(together())
    assert order == ["bad 1", "good 1", "bad 2", "bad 3"]


def test_turn_given_up() -> None:
    """Whoever stops waiting for a turn takes it from nobody."""
    turns = Turns()

    async def hold(release: asyncio.Event) -> None:
        async with turns.turn(failed=False):
            await release.wait()

    async def together() -> None:
        release = asyncio.Event()
        first = asyncio.create_task(hold(release))
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0), turns.turn(failed=True):
                pytest.fail("nobody let it in")
        release.set()
        await first
        async with turns.turn(failed=True):
            pass

    asyncio.run(together())


MISTAKES: dict[str, tuple[tuple[str, str], str]] = {
    "no query": (
        ("SELECT many FROM nowhere", "DELETE FROM orders"),
        "14: key 'metrics.broken.query': is no single query; write SELECT or WITH, and no",
    ),
    "two queries": (
        ("SELECT many FROM nowhere", "SELECT 1; DROP TABLE orders"),
        "14: key 'metrics.broken.query': is no single query; write SELECT or WITH, and no",
    ),
    "a scrape's label": (
        ("[state]", "[instance]"),
        "7: key 'metrics.orders.labels.0': is no label of a metric's own; use small letters",
    ),
    "an unknown metric": (
        ("[orders, broken]", "[order]"),
        "18: key 'targets.shop.metrics.0': 'order' is not defined under 'metrics'; did you mean 'o",
    ),
    "an unknown family": (
        ("{name: shop_orders, help: Orders.}", "shop_order"),
        "9: key 'metrics.orders.values.orders': 'shop_order' is no family that queries may give; ",
    ),
    "a family with other labels": (
        ("{name: shop_many_total, type: counter, help: Many.}", "shop_orders"),
        "16: key 'metrics.broken.values.many': shop_orders has the labels state; list these",
    ),
    "one family by two queries": (
        (
            "many: {name: shop_many_total, type: counter, help: Many.}",
            "many: shop_orders\n    labels: [state]",
        ),
        "19: key 'targets.shop.metrics': 'orders' and 'broken' all give shop_orders; ask for one",
    ),
    "a counter without its ending": (
        ("shop_many_total", "shop_many"),
        "16: key 'metrics.broken.values.many.name': shop_many is a counter: '_total' ends counters",
    ),
    "a name of ours": (
        ("shop_orders,", "cache_up,"),
        "9: key 'metrics.orders.values.orders.name': 'cache_up' is declared already; write its",
    ),
    "no help": (
        (", help: Orders.", ""),
        "9: key 'metrics.orders.values.orders': 'help' is missing; add it",
    ),
    "a misspelt key": (
        ("interval", "intervals"),
        "11: key 'metrics.orders.intervals': is unknown; did you mean 'interval'?",
    ),
    "no number of rows": (
        ("rows: 2", "rows: 0"),
        "12: key 'metrics.orders.rows': is no number of series; write one from 1 to 1000",
    ),
    "no database": (
        ("kind: sqlite", "kind: redis"),
        "18: key 'targets.shop.kind': has no 'metrics'; write postgres, mysql or sqlite, or remove",
    ),
}


@pytest.mark.parametrize(("change", "problem"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes(settings: Path, change: tuple[str, str], problem: str) -> None:
    """Every mistake is told with its line, its key and what to do."""
    settings.write_text(settings.read_text().replace(*change))
    found = problems(settings)
    assert any(one.startswith(problem) for one in found), found
