"""Asks what the server is, and its views of write-ahead log, archive and checkpoints."""

from exporters.catalog import database, postgres
from exporters.reading import Reading

SERVER = Reading(
    """
    SELECT
      'postgresql',
      split_part(current_setting('server_version'), ' ', 1),
      CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'primary' END,
      1
    """,
    labels=("product", "version", "role"),
    families=(database.server_info,),
)

UPTIME = Reading(
    """
    SELECT
      extract(epoch FROM clock_timestamp() - pg_postmaster_start_time()),
      (SELECT count(*) FROM pg_prepared_xacts),
      (SELECT failed_count FROM pg_stat_archiver)
    """,
    families=(
        database.uptime_seconds,
        postgres.prepared_transactions,
        postgres.archive_failures_total,
    ),
)

WAL = Reading(
    "SELECT wal_bytes FROM pg_stat_wal",
    families=(postgres.wal_bytes_total,),
    since=140000,
)

CAUSES = Reading(
    """
    SELECT cause, times FROM pg_stat_checkpointer,
    LATERAL (VALUES ('scheduled', num_timed), ('requested', num_requested)) AS c (cause, times)
    """,
    labels=("cause",),
    families=(postgres.checkpoints_total,),
    since=170000,
)

CAUSES_BEFORE_17 = Reading(
    """
    SELECT cause, times FROM pg_stat_bgwriter,
    LATERAL (VALUES ('scheduled', checkpoints_timed), ('requested', checkpoints_req))
      AS c (cause, times)
    """,
    labels=("cause",),
    families=(postgres.checkpoints_total,),
    before=170000,
)

CHECKPOINTS = Reading(
    "SELECT buffers_written FROM pg_stat_checkpointer",
    families=(postgres.checkpoint_blocks_total,),
    since=170000,
)

CHECKPOINTS_BEFORE_17 = Reading(
    "SELECT buffers_checkpoint FROM pg_stat_bgwriter",
    families=(postgres.checkpoint_blocks_total,),
    before=170000,
)

READINGS = (
    SERVER,
    UPTIME,
    WAL,
    CAUSES,
    CAUSES_BEFORE_17,
    CHECKPOINTS,
    CHECKPOINTS_BEFORE_17,
)
