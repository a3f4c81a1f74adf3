"""Asks GLOBAL_VARIABLES for the settings that decide over speed and safety."""

import sys

from exporters.catalog import mysql
from exporters.mysql_client import MARIADB
from exporters.reading import Reading

NAMES = (
    "binlog_expire_logs_seconds",
    "innodb_buffer_pool_size",
    "innodb_flush_log_at_trx_commit",
    "innodb_io_capacity",
    "innodb_lock_wait_timeout",
    "innodb_log_file_size",
    "innodb_redo_log_capacity",
    "lock_wait_timeout",
    "log_bin",
    "long_query_time",
    "max_allowed_packet",
    "max_connections",
    "max_execution_time",
    "max_heap_table_size",
    "max_statement_time",
    "open_files_limit",
    "performance_schema",
    "read_only",
    "slow_query_log",
    "sync_binlog",
    "table_open_cache",
    "thread_cache_size",
    "tmp_table_size",
    "wait_timeout",
)

_LISTED = ", ".join(f"'{name}'" for name in NAMES)


def _reading(table: str, since: int, before: int) -> Reading:
    return Reading(
        f"""
        SELECT lower(variable_name), CASE variable_value
          WHEN 'ON' THEN 1 WHEN 'OFF' THEN 0 ELSE variable_value END
        FROM {table} WHERE variable_name IN ({_LISTED}) ORDER BY 1
        """,  # noqa: S608 - what it is made of stands here
        labels=("setting",),
        families=(mysql.setting,),
        since=since,
        before=before,
    )


READINGS = (
    _reading("information_schema.global_variables", MARIADB, sys.maxsize),
    _reading("performance_schema.global_variables", 0, MARIADB),
)
