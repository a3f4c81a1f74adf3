"""Asks information_schema.STATISTICS: which indexes say the same, and which does no query use?"""

# ruff: noqa: S608 - what the statements are made of stands here

from exporters.catalog import database
from exporters.collectors.mysql.tables import SYSTEM
from exporters.reading import Reading

DUPLICATE = Reading(
    f"""
    SELECT db, count(*) - count(DISTINCT name, type, parts)
    FROM (
      SELECT table_schema AS db, table_name AS name, index_name, index_type AS type,
        group_concat(concat_ws(':', column_name, sub_part) ORDER BY seq_in_index) AS parts
      FROM information_schema.statistics WHERE table_schema NOT IN {SYSTEM}
      GROUP BY table_schema, table_name, index_name, index_type
    ) AS i
    GROUP BY db
    """,
    labels=("database",),
    families=(database.indexes_duplicate,),
)

# What keeps values unique is used by every write.
_UNUSED = f"""
    FROM performance_schema.table_io_waits_summary_by_index_usage AS u
    JOIN information_schema.statistics AS s
      ON s.table_schema = u.object_schema AND s.table_name = u.object_name
      AND s.index_name = u.index_name AND s.seq_in_index = 1 AND s.non_unique = 1
    LEFT JOIN mysql.innodb_index_stats AS z
      ON z.database_name = u.object_schema AND z.table_name = u.object_name
      AND z.index_name = u.index_name AND z.stat_name = 'size'
    WHERE u.object_type = 'TABLE' AND u.object_schema NOT IN {SYSTEM} AND u.count_star = 0
"""

UNUSED = Reading(
    f"""
    SELECT d.schema_name, coalesce(n.indexes, 0)
    FROM information_schema.schemata AS d
    LEFT JOIN (
      SELECT u.object_schema AS db, count(*) AS indexes {_UNUSED} GROUP BY u.object_schema
    ) AS n ON n.db = d.schema_name
    WHERE @@performance_schema = 1 AND d.schema_name NOT IN {SYSTEM}
    """,
    labels=("database",),
    families=(database.indexes_unused,),
)

LARGEST = Reading(
    f"""
    SELECT u.object_schema, u.object_name, u.index_name,
      coalesce(z.stat_value, 0) * @@innodb_page_size, count(*) OVER ()
    {_UNUSED}
    ORDER BY z.stat_value DESC, u.object_schema, u.object_name, u.index_name LIMIT 20
    """,
    labels=("database", "table", "index"),
    families=(database.index_unused_bytes,),
    limited=True,
)

READINGS = (DUPLICATE, UNUSED, LARGEST)
