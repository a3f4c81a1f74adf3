"""Is the database well: what is large, what is slow, which indexes lack or lie idle?"""

from __future__ import annotations

from collections.abc import Iterator

from exporters.catalog import database
from exporters.diagnosis import Diagnosis, Table, Value
from exporters.doctor import Limits
from exporters.samples import Samples

_SERVER = {"product": "", "version": "", "role": "", "connections": "", "limit": ""}
_DATABASES = {"database": "", "size": "bytes"}
_TABLES = {
    "database": "",
    "table": "",
    "rows": "",
    "data": "bytes",
    "indexes": "",
    "index_size": "bytes",
    "full_scans": "",
    "index_scans": "",
}
_STATEMENTS = {"statement": "", "calls": "", "mean": "seconds", "slowest": "seconds"}
_QUERIES = {"query": "", "time": "seconds", "tables_read_in_full": ""}
_MISSING = {"query": "", "table": "", "column": "", "rows": ""}
_UNUSED = {"database": "", "table": "", "index": "", "size": "bytes"}

# A statement that takes longer than this on average is slow.
SLOW_SECONDS = 0.1

# A table is small while all of it is read as quickly as an index is.
_SMALL_ROWS = 10_000

_MOST_STATEMENTS = 10


def examine(samples: Samples, limits: Limits, diagnosis: Diagnosis) -> None:
    """Add sizes, tables, indexes and statements, and what is wrong with them."""
    if samples.total(database.up) != 1:
        return
    diagnosis.tables += [
        Table("server", _SERVER, list(_server(samples))),
        Table("databases", _DATABASES, list(_databases(samples))),
        Table("tables", _TABLES, list(_tables(samples))),
        Table("statements that take the most time", _STATEMENTS, list(_statements(samples))),
        Table("configured queries", _QUERIES, list(_queries(samples))),
        Table("columns that no index leads to", _MISSING, list(_missing(samples))),
        Table("indexes that no query uses", _UNUSED, list(_unused(samples))),
    ]
    _judge_indexes(samples, diagnosis)
    _judge_scans(samples, diagnosis)
    _judge_statements(samples, diagnosis)
    _judge_queries(samples, limits, diagnosis)


def _server(samples: Samples) -> Iterator[list[Value]]:
    used, most = samples.total(database.connections), samples.total(database.connections_limit)
    for labels, _ in samples.of(database.server_info):
        yield [labels["product"], labels["version"], labels["role"], used, most]


def _databases(samples: Samples) -> Iterator[list[Value]]:
    for labels, size in samples.of(database.size_bytes):
        yield [labels["database"], size]


def _tables(samples: Samples) -> Iterator[list[Value]]:
    found = list(samples.of(database.table_size_bytes))
    for labels, size in sorted(found, key=lambda one: -one[1]):
        name = {key: labels[key] for key in ("database", "table")}
        yield [
            *name.values(),
            samples.total(database.table_rows, **name),
            size,
            samples.total(database.table_indexes, **name),
            samples.total(database.table_indexes_size_bytes, **name),
            samples.total(database.table_scans_total, **name, kind="full"),
            samples.total(database.table_scans_total, **name, kind="index"),
        ]


def _statements(samples: Samples) -> Iterator[list[Value]]:
    found = sorted(samples.of(database.statement_seconds_total), key=lambda one: -one[1])
    for labels, seconds in found[:_MOST_STATEMENTS]:
        name = {key: labels[key] for key in ("database", "id")}
        calls = samples.total(database.statement_calls_total, **name)
        slowest = samples.largest(database.statement_slowest_seconds, **name)
        yield [labels["statement"], calls, seconds / calls if calls else None, slowest]


def _queries(samples: Samples) -> Iterator[list[Value]]:
    for labels, seconds in samples.of(database.query_seconds):
        query = labels["query"]
        yield [query, seconds, samples.total(database.plan_full_scans, query=query)]


def _missing(samples: Samples) -> Iterator[list[Value]]:
    for labels, rows in samples.of(database.plan_unindexed_rows):
        if labels["column"]:
            yield [labels["query"], labels["table"], labels["column"], rows]


def _unused(samples: Samples) -> Iterator[list[Value]]:
    for labels, size in samples.of(database.index_unused_bytes):
        yield [labels["database"], labels["table"], labels["index"], size]


def _judge_indexes(samples: Samples, diagnosis: Diagnosis) -> None:
    if unused := samples.total(database.indexes_unused):
        todo = "drop those that no rare query needs"
        diagnosis.complain(f"{unused:.0f} indexes were never used", todo)
    if twice := samples.total(database.indexes_duplicate):
        diagnosis.complain(f"{twice:.0f} indexes say what another one says", "drop one of each two")


def _judge_scans(samples: Samples, diagnosis: Diagnosis) -> None:
    for labels, rows in samples.of(database.table_rows):
        name = {key: labels[key] for key in ("database", "table")}
        full = samples.total(database.table_scans_total, **name, kind="full") or 0
        index = samples.total(database.table_scans_total, **name, kind="index") or 0
        if rows > _SMALL_ROWS and full > index:
            what = f"{labels['table']}: {full:.0f} scans read all of its {rows:.0f} rows"
            diagnosis.complain(what, f"see whether an index lacks; {index:.0f} scans used one")


def _judge_statements(samples: Samples, diagnosis: Diagnosis) -> None:
    for statement, _, mean, _ in _statements(samples):
        if isinstance(mean, float) and mean > SLOW_SECONDS:
            what = f"{mean:.3f} s on average: {statement}"
            diagnosis.complain(what, f"see its plan; {SLOW_SECONDS:g} s are allowed")


def _judge_queries(samples: Samples, limits: Limits, diagnosis: Diagnosis) -> None:
    most = limits("database_configured_query_seconds_max", 0.1)
    for labels, seconds in samples.of(database.query_seconds):
        if seconds > most:
            what = f"query {labels['query']} takes {seconds:.3f} s"
            diagnosis.complain(what, f"see its plan; {most:g} s are allowed")
    most = limits("database_full_scan_rows_max", 10000)
    for labels, rows in samples.of(database.plan_rows, access="full"):
        if rows > most:
            query, table = labels["query"], labels["table"]
            what = f"query {query} reads all {rows:.0f} rows of {table}"
            diagnosis.complain(
                what, f"add an index that leads to {_looked_for(samples, query, table)}"
            )


def _looked_for(samples: Samples, query: str, table: str) -> str:
    """Return by which columns a query looks for rows, as far as its plan says."""
    found = samples.of(database.plan_unindexed_rows, query=query, table=table)
    return ", ".join(labels["column"] for labels, _ in found) or "what it looks for"
