"""What only SQLite has: a file, and what lies beside it."""

from exporters.catalog.family import gauge

free_bytes = gauge(
    "sqlite_free_bytes",
    "Bytes in the file that hold nothing now; VACUUM gives them back.",
    unit="bytes",
    labels=("database",),
    source="PRAGMA freelist_count, page_size",
)

wal_bytes = gauge(
    "sqlite_wal_bytes",
    "Size of the write-ahead log beside the file; it grows while a reader keeps it from being "
    "emptied.",
    unit="bytes",
    labels=("database",),
    source="size of the file -wal",
)

wal_mode = gauge(
    "sqlite_wal_mode",
    "Whether writes go to a write-ahead log (1), so that readers need not wait, or not (0).",
    labels=("database",),
    source="PRAGMA journal_mode",
)

last_write_timestamp_seconds = gauge(
    "sqlite_last_write_timestamp_seconds",
    "When the file or its write-ahead log was last written.",
    unit="seconds",
    labels=("database",),
    source="modification time of the files",
)

schema_version = gauge(
    "sqlite_schema_version",
    "Goes up with each change of the tables' and indexes' definitions.",
    labels=("database",),
    source="PRAGMA schema_version",
)
