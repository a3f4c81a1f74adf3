"""Asks pragma_index_list and pragma_index_xinfo which indexes say the same."""

from exporters.catalog import database
from exporters.reading import Reading

# What is indexed in part only, or is no column, is like nothing else.
DUPLICATE = Reading(
    """
    SELECT name(), count(*) - count(DISTINCT parts) FROM (
      SELECT t.name || ':' || iif(i.partial, i.name, (
          SELECT group_concat(coalesce(x.name, i.name) || ' ' || x.coll || x."desc")
          FROM pragma_index_xinfo(i.name) AS x WHERE x.key
        )) AS parts
      FROM sqlite_schema AS t, pragma_index_list(t.name) AS i WHERE t.type = 'table'
    )
    """,
    labels=("database",),
    families=(database.indexes_duplicate,),
)

READINGS = (DUPLICATE,)
