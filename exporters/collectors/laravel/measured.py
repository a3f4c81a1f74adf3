"""What Horizon has measured of queues or of job classes, one of them after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exporters.collectors.laravel.throughput import Throughput, count, snapshots
from exporters.redis_client import Command, require

# How many are measured: the first by name.
MAX_MEASURED = 100

# How many snapshots may be written between two looks.
_SNAPSHOTS = 3


class Measured:
    """The throughput of each; ``kind`` is Horizon's word for it in its keys, queue or job."""

    def __init__(self, prefix: str, kind: str) -> None:
        self.throughput: dict[str, Throughput] = {}
        self.left_out = 0
        self.jobs_since_snapshot = 0.0
        self._prefix = prefix
        self._kind = kind
        self._asked: Sequence[str] = ()
        self._looked = False

    def list_question(self) -> Command:
        """Return what to ask first: what there is."""
        plural = {"queue": "measured_queues", "job": "measured_jobs"}[self._kind]
        return ("SMEMBERS", f"{self._prefix}{plural}")

    def questions(self, reply: Any) -> list[Command]:
        """Return what to ask about each of them; ``take`` wants the answers."""
        keys = f"{self._prefix}{self._kind}:"
        found = sorted(one.removeprefix(keys) for one in require(reply, "SMEMBERS", list))
        self._asked, self.left_out = found[:MAX_MEASURED], len(found[MAX_MEASURED:])
        return [command for name in self._asked for command in self._facts(name)]

    def _facts(self, name: str) -> list[Command]:
        key = f"{self._kind}:{name}"
        snapshot = f"{self._prefix}snapshot:{key}"
        return [
            ("HMGET", f"{self._prefix}{key}", "throughput", "runtime"),
            ("ZRANGE", snapshot, str(-_SNAPSHOTS), "-1", "WITHSCORES"),
        ]

    def take(self, replies: Sequence[Any]) -> Mapping[str, Throughput]:
        """Take in the answers, and return the throughput of each since the first look."""
        self.jobs_since_snapshot = 0.0
        for name, (hash_, listed) in zip(
            self._asked, zip(replies[::2], replies[1::2], strict=True), strict=True
        ):
            self._look(name, require(hash_, "HMGET", list), require(listed, "ZRANGE", list))
        self._looked = True
        return {name: self.throughput[name] for name in self._asked}

    def _look(self, name: str, counted: Sequence[Any], listed: Sequence[str]) -> None:
        now, taken = count(*counted), snapshots(listed)
        self.jobs_since_snapshot += now.jobs
        if name in self.throughput:
            self.throughput[name].look(now, taken)
        elif self._looked:
            # It began after the first look, and so at zero.
            self.throughput[name] = Throughput()
            self.throughput[name].look(now, taken)
        else:
            self.throughput[name] = Throughput(now, taken[-1][0] if taken else 0.0)
