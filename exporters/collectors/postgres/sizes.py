"""Asks pg_database_size, pg_table_size and pg_indexes_size: what takes the disk space."""

from exporters.catalog import database
from exporters.reading import Reading

DATABASES = Reading(
    """
    SELECT datname, pg_database_size(oid), count(*) OVER ()
    FROM pg_database
    WHERE datallowconn AND has_database_privilege(oid, 'connect')
      AND datname NOT IN ('template0', 'template1')
    ORDER BY 2 DESC, 1 LIMIT 50
    """,
    labels=("database",),
    families=(database.size_bytes,),
    limited=True,
)

# Asking for a size waits for whoever changes the table: one that is locked, or about to
# be, is left out, so that it does not hide the others.
TABLES = Reading(
    """
    WITH locked AS MATERIALIZED (
      SELECT coalesce(i.indrelid, l.relation) AS oid
      FROM pg_locks AS l LEFT JOIN pg_index AS i ON i.indexrelid = l.relation
      WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ), tables AS (
      SELECT c.oid, n.nspname || '.' || c.relname AS name,
        row_number() OVER (ORDER BY c.relpages DESC, n.nspname || '.' || c.relname) AS place,
        (SELECT count(*) FROM pg_index AS i WHERE i.indrelid = c.oid) AS indexes
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND n.nspname NOT LIKE 'pg\\_t%' AND c.oid NOT IN (SELECT oid FROM locked)
    )
    SELECT
      current_database(),
      CASE WHEN place <= 100 THEN name ELSE 'other' END,
      sum(pg_table_size(oid)), sum(pg_indexes_size(oid)), sum(indexes),
      (SELECT count(*) FROM tables)
    FROM tables
    GROUP BY 2
    """,
    labels=("database", "table"),
    families=(
        database.table_size_bytes,
        database.table_indexes_size_bytes,
        database.table_indexes,
    ),
    limited=True,
)

READINGS = (DATABASES, TABLES)
