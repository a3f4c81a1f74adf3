"""Asks pg_stat_activity and pg_locks: who is connected, who waits, and for how long."""

from exporters.catalog import database, postgres
from exporters.reading import Reading

CONNECTIONS = Reading(
    """
    SELECT states.state, count(activity.pid)
    FROM (VALUES ('active'), ('idle'), ('idle_in_transaction'), ('other')) AS states (state)
    LEFT JOIN pg_stat_activity AS activity
      ON activity.backend_type = 'client backend'
      AND states.state = CASE
        WHEN activity.state IN ('active', 'idle') THEN activity.state
        WHEN activity.state LIKE 'idle in transaction%' THEN 'idle_in_transaction'
        ELSE 'other'
      END
    GROUP BY states.state
    """,
    labels=("state",),
    families=(database.connections,),
)

WAITING = Reading(
    """
    SELECT
      current_setting('max_connections'),
      count(*) FILTER (WHERE wait_event_type = 'Lock'),
      coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0),
      coalesce(max(extract(epoch FROM clock_timestamp() - query_start))
        FILTER (WHERE state = 'active'), 0)
    FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
    """,
    families=(
        database.connections_limit,
        database.locks_waiting,
        database.transaction_oldest_seconds,
        database.query_longest_seconds,
    ),
)

LOCKS = Reading(
    "SELECT mode, count(*) FROM pg_locks WHERE pid <> pg_backend_pid() GROUP BY mode",
    labels=("mode",),
    families=(postgres.locks,),
)

READINGS = (CONNECTIONS, WAITING, LOCKS)
