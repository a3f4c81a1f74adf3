"""Reads the answer to INFO: its fields, by family, and the lines that stand for many things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from exporters import catalog
from exporters.catalog import cache, redis_replication, redis_server
from exporters.exposition import Exposition
from exporters.writer import Writer

# What is written through as the server spelled it. A negative number stands for "none" ...
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?").fullmatch

# ... but for these differences.
_SIGNED = re.compile(r"-?[0-9]+(?:\.[0-9]+)?").fullmatch
_DIFFERENCES = frozenset(
    {
        "allocator_frag_bytes",
        "allocator_rss_bytes",
        "mem_fragmentation_bytes",
        "rss_overhead_bytes",
        "used_memory_dataset",
    }
)

_WORDS = {"ok": "1", "err": "0", "up": "1", "down": "0", "fail": "0"}

# What is counted in other units than a family's.
_MILLI, _MICRO, _PERCENT = 0.001, 0.000_001, 0.01
_SCALES = {
    "active_defrag_running": _PERCENT,
    "current_eviction_exceeded_time": _MILLI,
    "eventloop_duration_cmd_sum": _MICRO,
    "eventloop_duration_sum": _MICRO,
    "expire_cycle_cpu_milliseconds": _MILLI,
    "expired_stale_perc": _PERCENT,
    "latest_fork_usec": _MICRO,
    "total_active_defrag_time": _MILLI,
    "total_eviction_exceeded_time": _MILLI,
}

_DATABASE = re.compile(r"\ndb([0-9]+):keys=([0-9]+),expires=([0-9]+)(?:,avg_ttl=([0-9]+))?")
_REPLICA = re.compile(
    r"\nslave[0-9]+:ip=([^,\r\n]*),port=([0-9]+),state=(\w*),offset=([0-9]+),lag=(-?[0-9]+)"
)


class Fields:
    """The families that are one field of an answer each.

    They are found in the catalog by what their names begin with, and their source.
    """

    def __init__(self, page: Exposition, source: str, *beginnings: str) -> None:
        self._writers = [
            (family.source.split()[-1], page.writer(family))
            for family in catalog.families().values()
            if family.name.startswith(beginnings) and family.source.startswith(f"{source} ")
            # More than a field, where there are labels.
            if not family.labels
        ]

    def write(self, fields: Mapping[str, str]) -> None:
        """Add a sample for each field that is there and holds a number, or a word for one."""
        for field, writer in self._writers:
            if (value := fields.get(field)) is not None:
                _write(writer, field, value)


def _write(writer: Writer, field: str, value: str) -> None:
    value = _WORDS.get(value, value)
    if not (_SIGNED if field in _DIFFERENCES else _NUMBER)(value):
        return
    if scale := _SCALES.get(field):
        writer.add(float(value) * scale)
    else:
        writer.add_text(value, ())


class Server:
    """Who it is: what runs there, and which run of it this is."""

    def __init__(self, page: Exposition) -> None:
        self._server = page.writer(cache.server_info, "product", "version", "role")
        labels = redis_server.process_info.labels
        self._process = page.writer(redis_server.process_info, *labels)

    def write(self, fields: Mapping[str, str]) -> None:
        """Add both."""
        self._server.add(1, *identity(fields))
        mode = fields.get("redis_mode") or fields.get("server_mode", "")
        of_run = (fields.get("run_id", ""), mode, fields.get("os", ""))
        self._process.add(1, *of_run, fields.get("maxmemory_policy", ""))


class Databases:
    """The logical databases that hold keys."""

    def __init__(self, page: Exposition) -> None:
        self._keys = page.writer(cache.keys, "database")
        self._expiring = page.writer(cache.keys_expiring, "database")
        self._ttl = page.writer(cache.keys_ttl_seconds, "database")

    def write(self, info: str) -> None:
        """Add keys, those that expire, and how long these have left."""
        for database, keys, expiring, ttl in _DATABASE.findall(info):
            self._keys.add_text(keys, (database,))
            self._expiring.add_text(expiring, (database,))
            if ttl:
                self._ttl.add(int(ttl) * _MILLI, database)


class Replicas:
    """The replicas that are connected to this server."""

    def __init__(self, page: Exposition) -> None:
        self._online = page.writer(redis_replication.connected_replica_online, "replica")
        self._offset = page.writer(redis_replication.connected_replica_offset_bytes, "replica")
        self._lag = page.writer(redis_replication.connected_replica_lag_seconds, "replica")

    def write(self, info: str) -> None:
        """Add how each of them does."""
        for host, port, state, offset, lag in _REPLICA.findall(info):
            replica = (f"[{host}]:{port}" if ":" in host else f"{host}:{port}",)
            self._online.add_text("1" if state == "online" else "0", replica)
            self._offset.add_text(offset, replica)
            if _NUMBER(lag):
                self._lag.add_text(lag, replica)


def parse(info: str) -> dict[str, str]:
    r"""Return the fields of an INFO answer. Lines that hold none are passed over.

    >>> parse("# Server\r\nredis_version:7.2.4\r\n")
    {'redis_version': '7.2.4'}
    """
    return dict(_split(info))


def _split(info: str) -> Iterator[list[str]]:
    return (line.split(":", 1) for line in info.split("\r\n") if ":" in line)


def identity(fields: Mapping[str, str]) -> tuple[str, str, str]:
    """Return product, version and role.

    Valkey also claims a Redis version, for clients that compare it.
    """
    product = "valkey" if "valkey_version" in fields else "redis"
    role = fields.get("role", "")
    version = fields.get(f"{product}_version", "")
    return product, version, "replica" if role == "slave" else role
