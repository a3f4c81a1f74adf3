"""Asks PROCESSLIST and INNODB_TRX: who is connected, who waits, and for how long."""

# ruff: noqa: S608 - what the statements are made of stands here

from exporters.catalog import database, mysql
from exporters.mysql_client import MARIADB
from exporters.reading import Reading

# Threads of the server's own are no clients.
_CLIENTS = "p.user NOT IN ('system user', 'event_scheduler') AND p.command <> 'Daemon'"

CONNECTIONS = Reading(
    f"""
    SELECT states.state, count(p.id)
    FROM (
      SELECT 'active' AS state UNION ALL SELECT 'idle'
      UNION ALL SELECT 'idle_in_transaction' UNION ALL SELECT 'other'
    ) AS states
    LEFT JOIN (
      SELECT p.id, CASE
          WHEN p.command = 'Sleep' AND t.trx_id IS NULL THEN 'idle'
          WHEN p.command = 'Sleep' THEN 'idle_in_transaction'
          WHEN p.command IN ('Query', 'Execute', 'Fetch', 'Prepare') THEN 'active'
          ELSE 'other'
        END AS state
      FROM information_schema.processlist AS p
      LEFT JOIN information_schema.innodb_trx AS t ON t.trx_mysql_thread_id = p.id
      WHERE {_CLIENTS}
    ) AS p ON p.state = states.state
    GROUP BY states.state
    """,
    labels=("state",),
    families=(database.connections,),
)

# A replica is a client that asks for the binary log.
WAITING = Reading(
    f"""
    SELECT
      @@global.max_connections,
      @@global.long_query_time,
      coalesce(sum(p.state LIKE 'Waiting for % lock'), 0)
        + (SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'),
      (SELECT coalesce(max(greatest(timestampdiff(MICROSECOND, trx_started, now(6)), 0)), 0) / 1e6
        FROM information_schema.innodb_trx),
      coalesce(max(if(p.command IN ('Query', 'Execute'), p.time, 0)), 0),
      coalesce(sum(p.command LIKE 'Binlog Dump%'), 0)
    FROM information_schema.processlist AS p
    WHERE {_CLIENTS} AND p.id <> connection_id()
    """,
    families=(
        database.connections_limit,
        database.slow_query_limit_seconds,
        database.locks_waiting,
        database.transaction_oldest_seconds,
        database.query_longest_seconds,
        database.replicas,
    ),
)

DEADLOCKS = Reading(
    "SELECT '', count FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'",
    labels=("database",),
    families=(database.deadlocks_total,),
    before=MARIADB,
)

HISTORY = Reading(
    "SELECT count FROM information_schema.innodb_metrics WHERE name = 'trx_rseg_history_len'",
    families=(mysql.history_length,),
    before=MARIADB,
)

READINGS = (CONNECTIONS, WAITING, DEADLOCKS, HISTORY)
