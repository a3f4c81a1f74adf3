"""Asks pg_index: which indexes no query uses, which say the same, which are broken."""

from exporters.catalog import database, postgres
from exporters.reading import Reading

_OURS = """
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_class AS t ON t.oid = i.indrelid
    JOIN pg_namespace AS n ON n.oid = t.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%'
"""

# What keeps values unique is used by every write.
_UNUSED = "pg_stat_get_numscans(c.oid) = 0 AND NOT i.indisunique AND NOT i.indisexclusion"

COUNTS = Reading(
    f"""
    SELECT current_database(),
      count(*) FILTER (WHERE {_UNUSED}),
      count(*) FILTER (WHERE NOT i.indisvalid),
      count(*) - count(DISTINCT (i.indrelid, i.indkey::text, i.indclass::text, c.relam,
        i.indexprs::text, i.indpred::text))
    {_OURS}
    """,
    labels=("database",),
    families=(
        database.indexes_unused,
        postgres.indexes_invalid,
        database.indexes_duplicate,
    ),
)

UNUSED = Reading(
    f"""
    SELECT current_database(), n.nspname || '.' || t.relname, c.relname,
      c.relpages * current_setting('block_size')::bigint, count(*) OVER ()
    {_OURS} AND {_UNUSED}
    ORDER BY c.relpages DESC, 2, 3 LIMIT 20
    """,
    labels=("database", "table", "index"),
    families=(database.index_unused_bytes,),
    limited=True,
)

READINGS = (COUNTS, UNUSED)
