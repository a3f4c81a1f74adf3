"""Asks performance_schema how tables are read and changed; where it is off, it says nothing."""

# ruff: noqa: S608 - what the statements are made of stands here

from exporters.catalog import database
from exporters.reading import Reading

SYSTEM = "('mysql', 'information_schema', 'performance_schema', 'sys')"

# The tables that are told apart: those in use first.
_BUSIEST = f"""
    SELECT *, count(*) OVER () AS tables
    FROM performance_schema.table_io_waits_summary_by_table
    WHERE object_type = 'TABLE' AND object_schema NOT IN {SYSTEM}
    ORDER BY count_star DESC, object_schema, object_name LIMIT 100
"""

CHANGES = Reading(
    f"""
    SELECT t.object_schema, t.object_name, o.operation, CASE o.operation
        WHEN 'inserted' THEN t.count_insert
        WHEN 'updated' THEN t.count_update
        ELSE t.count_delete
      END, t.tables * 3
    FROM ({_BUSIEST}) AS t
    CROSS JOIN (
      SELECT 'inserted' AS operation UNION ALL SELECT 'updated' UNION ALL SELECT 'deleted'
    ) AS o
    """,
    labels=("database", "table", "operation"),
    families=(database.table_rows_changed_total,),
    limited=True,
)

READS = Reading(
    f"""
    SELECT t.object_schema, t.object_name, if(i.index_name IS NULL, 'full', 'index') AS kind,
      sum(i.count_read)
    FROM ({_BUSIEST}) AS t
    JOIN performance_schema.table_io_waits_summary_by_index_usage AS i
      ON i.object_schema = t.object_schema AND i.object_name = t.object_name
      AND i.object_type = 'TABLE'
    GROUP BY t.object_schema, t.object_name, kind
    """,
    labels=("database", "table", "kind"),
    families=(database.table_rows_read_total,),
)

READINGS = (CHANGES, READS)
