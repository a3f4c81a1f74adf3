"""Asks pg_stat_replication and pg_replication_slots: who follows, and how far behind."""

# ruff: noqa: S608 - what the statements are made of stands here

from exporters.catalog import database, postgres
from exporters.reading import Reading

# Where the log ends; a replica may have replicas of its own.
_END = """
    CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END
"""

# What is only fed from an archive has nobody to receive from.
SELF = Reading(
    """
    SELECT
      (SELECT count(*) FROM pg_stat_replication),
      CASE
        WHEN NOT pg_is_in_recovery() THEN NULL
        WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
        ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())
      END,
      CASE WHEN pg_is_in_recovery() THEN (
        NOT pg_is_wal_replay_paused() AND (
          EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')
          OR EXISTS (SELECT FROM pg_settings WHERE name = 'primary_conninfo' AND setting = '')
        )
      )::int END
    """,
    families=(
        database.replicas,
        database.replication_lag_seconds,
        database.replication_running,
    ),
)

REPLICAS = Reading(
    f"""
    SELECT
      concat_ws('@', nullif(application_name, ''), host(client_addr)) AS replica,
      pg_wal_lsn_diff({_END}, replay_lsn),
      extract(epoch FROM replay_lag),
      count(*) OVER ()
    FROM pg_stat_replication ORDER BY 2 DESC NULLS LAST, 1 LIMIT 20
    """,
    labels=("replica",),
    families=(postgres.replica_lag_bytes, postgres.replica_lag_seconds),
    limited=True,
)

SLOTS = Reading(
    f"""
    SELECT slot_name, active::int, pg_wal_lsn_diff({_END}, restart_lsn), count(*) OVER ()
    FROM pg_replication_slots ORDER BY 3 DESC NULLS LAST, 1 LIMIT 20
    """,
    labels=("slot",),
    families=(postgres.slot_active, postgres.slot_retained_bytes),
    limited=True,
)

READINGS = (SELF, REPLICAS, SLOTS)
