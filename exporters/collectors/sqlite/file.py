"""Asks the file's pragmas: how large is it, what is free in it, when was it written?"""

from exporters.catalog import database, sqlite
from exporters.reading import Reading

INFO = Reading(
    # Reads the file, so that one that is none or is locked is told.
    "SELECT 'sqlite', sqlite_version(), 'primary', 1 FROM (SELECT count(*) FROM sqlite_schema)",
    labels=("product", "version", "role"),
    families=(database.server_info,),
)

SIZES = Reading(
    """
    SELECT name(), page_count * page_size, freelist_count * page_size, wal_bytes(), written(),
      journal_mode = 'wal', schema_version
    FROM pragma_page_count, pragma_page_size, pragma_freelist_count, pragma_journal_mode,
      pragma_schema_version
    """,
    labels=("database",),
    families=(
        database.size_bytes,
        sqlite.free_bytes,
        sqlite.wal_bytes,
        sqlite.last_write_timestamp_seconds,
        sqlite.wal_mode,
        sqlite.schema_version,
    ),
)

READINGS = (INFO, SIZES)
