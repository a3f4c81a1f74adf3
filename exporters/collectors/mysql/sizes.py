"""Asks information_schema.TABLES and STATISTICS what takes the disk space."""

# ruff: noqa: S608 - what the statements are made of stands here

from exporters.catalog import database
from exporters.collectors.mysql.tables import SYSTEM
from exporters.reading import Reading

DATABASES = Reading(
    f"""
    SELECT table_schema, sum(data_length + index_length), count(*) OVER ()
    FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN {SYSTEM}
    GROUP BY table_schema ORDER BY 2 DESC, 1 LIMIT 50
    """,
    labels=("database",),
    families=(database.size_bytes,),
    limited=True,
)

_TABLES = f"""
    SELECT table_schema AS db, table_name AS name, table_rows AS rows_,
      data_length, index_length, count(*) OVER () AS tables,
      row_number() OVER (
        ORDER BY data_length + index_length DESC, table_schema, table_name
      ) AS place
    FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN {SYSTEM}
"""

ROWS = Reading(
    f"SELECT db, name, rows_, tables FROM ({_TABLES}) AS t WHERE place <= 100",
    labels=("database", "table"),
    families=(database.table_rows,),
    limited=True,
)

TABLES = Reading(
    f"""
    SELECT t.db, if(t.place <= 100, t.name, 'other') AS shown,
      sum(t.data_length), sum(t.index_length), sum(coalesce(i.indexes, 0)), max(t.tables)
    FROM ({_TABLES}) AS t
    LEFT JOIN (
      SELECT table_schema AS db, table_name AS name, count(DISTINCT index_name) AS indexes
      FROM information_schema.statistics WHERE table_schema NOT IN {SYSTEM}
      GROUP BY table_schema, table_name
    ) AS i ON i.db = t.db AND i.name = t.name
    GROUP BY t.db, shown
    """,
    labels=("database", "table"),
    families=(
        database.table_size_bytes,
        database.table_indexes_size_bytes,
        database.table_indexes,
    ),
    limited=True,
)

READINGS = (DATABASES, ROWS, TABLES)
