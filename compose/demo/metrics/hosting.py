"""What the hosting panel counts: docs/business.md."""

from exporters.catalog import backups, business
from exporters.metrics import Metric

# Every kind of object: its table, and what tells its state.
_OBJECTS = {
    "site": ("sites", "state"),
    "server": ("servers", "state"),
    "subscription": ("subscriptions", "state"),
    "invoice": ("invoices", "iif(paid IS NULL, 'open', 'paid')"),
    "backup": ("backups", "iif(ok, 'succeeded', 'failed')"),
}

hosting_objects = Metric(
    " UNION ALL ".join(
        f"SELECT '{kind}' AS object, {state} AS state, count(*) AS many FROM {table} GROUP BY 2"  # noqa: S608 - its own words
        for kind, (table, state) in _OBJECTS.items()
    ),
    labels=("object", "state"),
    values={"many": business.objects},
    interval="15s",
)

hosting_overdue = Metric(
    """
    SELECT 'invoice' AS object, count(*) AS overdue FROM invoices
    WHERE paid IS NULL AND due < CAST(strftime('%s', 'now') AS real)
    """,
    labels=("object",),
    values={"overdue": business.objects_overdue},
    interval="15s",
)

hosting_revenue = Metric(
    "SELECT currency, cents / 100.0 AS paid FROM takings",
    labels=("currency",),
    values={"paid": business.revenue_total},
    interval="15s",
)

hosting_tenants = Metric(
    "SELECT tenant, count(*) AS many FROM operations GROUP BY tenant",
    labels=("tenant",),
    values={"many": business.tenant_operations},
    interval="15s",
    rows=10,
)

hosting_backups = Metric(
    """
    SELECT schedule, began, seconds, bytes, (
        SELECT count(*) FROM backups AS f
        WHERE f.schedule = b.schedule AND NOT f.ok AND f.began > b.began
      ) AS failures
    FROM (SELECT *, max(began) FROM backups WHERE ok GROUP BY schedule) AS b
    """,
    labels=("schedule",),
    values={
        "began": backups.last_success_timestamp_seconds,
        "seconds": backups.duration_seconds,
        "bytes": backups.size_bytes,
        "failures": backups.failures,
    },
    interval="5s",
)

hosting_restores = Metric(
    "SELECT max(at) AS tested FROM restores WHERE ok",
    values={"tested": backups.restore_tested_timestamp_seconds},
    interval="15s",
)
