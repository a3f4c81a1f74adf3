"""Asks pg_stat_database and pg_database: what was done in each, and how old its rows are."""

from exporters.catalog import database, postgres
from exporters.reading import Reading

# How many databases are told apart: those in use first.
_FROM = """
    FROM (
      SELECT *, count(*) OVER () AS databases FROM pg_stat_database
      WHERE datname NOT IN ('template0', 'template1')
      ORDER BY xact_commit DESC, datname LIMIT 50
    ) AS d
"""

COUNTERS = Reading(
    f"""
    SELECT datname, blks_hit, blks_read, deadlocks, tup_fetched, temp_files, temp_bytes, conflicts,
      databases
    {_FROM}
    """,
    labels=("database",),
    families=(
        database.cache_hits_total,
        database.cache_misses_total,
        database.deadlocks_total,
        postgres.rows_fetched_total,
        postgres.temporary_files_total,
        postgres.temporary_bytes_total,
        postgres.conflicts_total,
    ),
    limited=True,
)

SESSIONS = Reading(
    f"SELECT datname, sessions {_FROM}",
    labels=("database",),
    families=(postgres.sessions_total,),
    since=140000,
)

TRANSACTIONS = Reading(
    f"""
    SELECT datname, outcome, times {_FROM},
    LATERAL (VALUES ('committed', xact_commit), ('rolled_back', xact_rollback))
      AS o (outcome, times)
    """,
    labels=("database", "outcome"),
    families=(database.transactions_total,),
)

ROWS = Reading(
    f"""
    SELECT datname, operation, times {_FROM},
    LATERAL (VALUES ('read', tup_returned), ('inserted', tup_inserted), ('updated', tup_updated),
      ('deleted', tup_deleted)) AS o (operation, times)
    """,
    labels=("database", "operation"),
    families=(database.rows_total,),
)

AGES = Reading(
    """
    SELECT datname, age(datfrozenxid), mxid_age(datminmxid), count(*) OVER ()
    FROM pg_database ORDER BY age(datfrozenxid) DESC, datname LIMIT 50
    """,
    labels=("database",),
    families=(postgres.transaction_ids_age, postgres.multixact_ids_age),
    limited=True,
)

READINGS = (COUNTERS, SESSIONS, TRANSACTIONS, ROWS, AGES)
