"""Asks pg_stat_get_*: how the largest tables are read, changed and vacuumed. It takes no locks."""

# ruff: noqa: S608 - what the statements are made of stands here

from exporters.catalog import database, postgres
from exporters.reading import Reading

# The tables that are told apart, largest first: by pages, which the catalog knows by itself.
LARGEST = """
    SELECT c.oid, c.relpages, n.nspname || '.' || c.relname AS name, count(*) OVER () AS tables
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND n.nspname NOT LIKE 'pg\\_t%'
    ORDER BY c.relpages DESC, 3 LIMIT 100
"""

STATE = Reading(
    f"""
    SELECT
      current_database(), name,
      pg_stat_get_live_tuples(oid),
      pg_stat_get_dead_tuples(oid),
      pg_stat_get_mod_since_analyze(oid),
      pg_stat_get_tuples_hot_updated(oid),
      extract(epoch FROM clock_timestamp() - greatest(
        pg_stat_get_last_vacuum_time(oid), pg_stat_get_last_autovacuum_time(oid))),
      extract(epoch FROM clock_timestamp() - greatest(
        pg_stat_get_last_analyze_time(oid), pg_stat_get_last_autoanalyze_time(oid))),
      pg_stat_get_vacuum_count(oid) + pg_stat_get_autovacuum_count(oid),
      pg_stat_get_blocks_hit(oid),
      pg_stat_get_blocks_fetched(oid) - pg_stat_get_blocks_hit(oid),
      tables
    FROM ({LARGEST}) AS t
    """,
    labels=("database", "table"),
    families=(
        database.table_rows,
        postgres.table_rows_dead,
        postgres.table_rows_unanalyzed,
        postgres.table_rows_updated_in_place_total,
        postgres.table_vacuum_age_seconds,
        postgres.table_analyze_age_seconds,
        postgres.table_vacuums_total,
        postgres.table_blocks_hit_total,
        postgres.table_blocks_read_total,
    ),
    limited=True,
)

SCANS = Reading(
    f"""
    SELECT current_database(), name, kind, s.scans, rows
    FROM ({LARGEST}) AS t
    LEFT JOIN LATERAL (
      SELECT sum(pg_stat_get_numscans(indexrelid)) AS scans
      FROM pg_index WHERE indrelid = t.oid
    ) AS i ON true,
    LATERAL (VALUES
      ('full', pg_stat_get_numscans(oid), pg_stat_get_tuples_returned(oid)),
      ('index', i.scans, pg_stat_get_tuples_fetched(oid))
    ) AS s (kind, scans, rows)
    """,
    labels=("database", "table", "kind"),
    families=(database.table_scans_total, database.table_rows_read_total),
)

CHANGES = Reading(
    f"""
    SELECT current_database(), name, operation, rows
    FROM ({LARGEST}) AS t,
    LATERAL (VALUES
      ('inserted', pg_stat_get_tuples_inserted(oid)),
      ('updated', pg_stat_get_tuples_updated(oid)),
      ('deleted', pg_stat_get_tuples_deleted(oid))
    ) AS o (operation, rows)
    """,
    labels=("database", "table", "operation"),
    families=(database.table_rows_changed_total,),
)

READINGS = (STATE, SCANS, CHANGES)
