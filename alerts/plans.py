"""Alerts for what the settings name of a database: its queries, and rows that should be gone."""

from alerts.database import DatabaseDown
from exporters.catalog import database
from generator.drills import Scaled
from generator.rules import Alert, Example, Limit, Vanished

# U2: a page waits for several of them.
MAX_SECONDS = Limit("database_configured_query_seconds_max", 0.1)

# U2: below this all of a table is read as quickly as an index is.
MAX_SCANNED_ROWS = Limit("database_full_scan_rows_max", 10_000)

# U6: what is kept for 90 days is deleted on the next.
MAX_ROW_AGE_SECONDS = Limit("database_row_age_seconds_max", 91 * 86_400)

DatabaseConfiguredQuerySlow = Alert(
    expr=f"{database.query_seconds} > {MAX_SECONDS}",
    for_="10m",
    severity="warning",
    summary="Query {{ $labels.query }} of {{ $labels.instance }} takes "
    "{{ $value | humanizeDuration }}",
    description="It was quick enough when it was written; whoever needs it waits now.",
    drill=Scaled("database-grown"),
    tests=[
        Example(
            "a query takes as long as it may, then longer, until an index is made",
            given={database.query_seconds(instance="a", query="q"): "0.1x20 0.11x20 0.002x10"},
            silent_at="30m",
            fires_at="31m",
            gone_at="42m",
            says="Query q of a takes 110ms",
            labels={"instance": "a", "query": "q"},
        ),
        Vanished(
            "the database stops answering while the query is slow",
            given={
                database.query_seconds(instance="a", query="q"): "0.5x30 stale",
                database.up(instance="a"): "1x30 0x30",
            },
            at="40m",
            instead=DatabaseDown,
        ),
    ],
)

DatabaseConfiguredQueryScans = Alert(
    expr=f"{database.plan_rows(access='full')} > {MAX_SCANNED_ROWS}",
    for_="10m",
    severity="warning",
    summary="Query {{ $labels.query }} of {{ $labels.instance }} reads all "
    "{{ $value | humanize }} rows of {{ $labels.table }}",
    description="No index leads to what it looks for. It gets slower with every row.",
    drill=Scaled("database-grown"),
    tests=[
        Example(
            "a table grows beyond what may be read in full, and is given an index",
            given={
                database.plan_rows(
                    instance="a", query="q", table="t", access="full"
                ): "9900+10x30 stale",
                database.plan_rows(instance="a", query="q", table="t", access="index"): "90000x40",
            },
            silent_at="20m",
            fires_at="21m",
            gone_at="32m",
            says="Query q of a reads all 10.11k rows of t",
            labels={"instance": "a", "query": "q", "table": "t", "access": "full"},
        ),
        Vanished(
            "the database stops answering while the query reads too much",
            given={
                database.plan_rows(
                    instance="a", query="q", table="t", access="full"
                ): "90000x30 stale",
                database.up(instance="a"): "1x30 0x30",
            },
            at="40m",
            instead=DatabaseDown,
        ),
    ],
)

DatabaseRowsOld = Alert(
    expr=f"{database.table_oldest_row_seconds} > {MAX_ROW_AGE_SECONDS}",
    for_="1h",
    severity="warning",
    summary="Table {{ $labels.table }} of {{ $labels.instance }} has rows of "
    "{{ $value | humanizeDuration }}",
    description="They should have been deleted: whatever does that does not run any more.",
    drill=Scaled("database-grown"),
    tests=[
        Example(
            "rows get older than they may, until the job that deletes them runs again",
            # 91 days are 7,862,400 seconds.
            given={
                database.table_oldest_row_seconds(
                    instance="a", table="t"
                ): "7860600+600x20 7776000x6"
            },
            interval="10m",
            silent_at="1h30m",
            fires_at="1h40m",
            gone_at="3h30m",
            says="Table t of a has rows of 91d 1h 10m 0s",
            labels={"instance": "a", "table": "t"},
        ),
        Vanished(
            "the database stops answering with old rows in it",
            given={
                database.table_oldest_row_seconds(instance="a", table="t"): "9000000x20 stale",
                database.up(instance="a"): "1x20 0x20",
            },
            interval="10m",
            at="5h",
            instead=DatabaseDown,
        ),
    ],
)
