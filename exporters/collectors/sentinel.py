"""Asks a Sentinel for the masters that it watches, then, of each, who else is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import hiredis

from exporters import acl
from exporters.catalog import sentinel
from exporters.collectors.redis.info import Fields, parse
from exporters.exposition import Exposition
from exporters.grants import Grants
from exporters.probe import Source
from exporters.redis_client import Command, RedisClient, require
from exporters.settings import Target

INFO: Command = ("INFO", "sentinel")
MASTERS: Command = ("SENTINEL", "MASTERS")

# More than anybody watches with one set of Sentinels; each costs three questions.
MAX_MASTERS = 50

# A replica or Sentinel with one of these is not there for us.
_GONE = frozenset({"s_down", "o_down", "disconnected"})

_MS = 1_000


def source(target: Target) -> Source:
    """Return how a Sentinel is measured: all of it in every scrape."""
    collector = SentinelCollector(target, Exposition())
    return Source(collector.name, sentinel.up, [collector], collector)


async def grants(target: Target) -> Grants:
    """Return what an account needs to be asked all of it."""
    return await acl.grants(target, [INFO, MASTERS, *of_master("any")])


class SentinelCollector:
    """Measures one Sentinel, in two round trips."""

    name = "sentinel"
    interval = 0.0

    def __init__(self, target: Target, page: Exposition) -> None:
        self.page = page
        self._client = RedisClient(target)
        self._fields = Fields(page, "INFO sentinel", "sentinel_")
        self._masters = page.writer(sentinel.masters)
        self._address = page.writer(sentinel.master_address, "master", "address")
        families = (
            sentinel.master_suspected,
            sentinel.master_down,
            sentinel.failover_running,
            sentinel.master_epoch,
            sentinel.master_silent_seconds,
            sentinel.quorum,
            sentinel.quorum_reachable,
            sentinel.sentinels,
            sentinel.sentinels_reachable,
            sentinel.replicas,
            sentinel.replicas_usable,
        )
        self._of_master = {family.name: page.writer(family, "master") for family in families}

    @property
    def connections_opened(self) -> int:
        """How many connections were opened so far."""
        return self._client.opened

    async def collect(self) -> None:
        """Add every sample. Raises OSError or CollectionError."""
        info, reply = await self._client.ask([INFO, MASTERS])
        self._fields.write(parse(require(info, "INFO", str)))
        masters = {one["name"]: one for one in described(reply) if "name" in one}
        self._masters.add(len(masters))
        names = sorted(masters)[:MAX_MASTERS]
        asked = [command for name in names for command in of_master(name)]
        replies = await self._client.ask(asked) if asked else []
        for position, name in enumerate(names):
            self._write(name, masters[name], replies[position * 3 : position * 3 + 3])
        if len(masters) > MAX_MASTERS:
            self.page.drop(sentinel.master_down, len(masters) - MAX_MASTERS)

    def close(self) -> None:
        """Drop the connection."""
        self._client.close()

    def _write(self, name: str, master: Mapping[str, str], replies: Sequence[Any]) -> None:
        if {"ip", "port"} <= master.keys():
            self._address.add(1, name, f"{master['ip']}:{master['port']}")
        for family, value in facts(master, *replies):
            self._of_master[family].add(value, name)


def of_master(name: str) -> list[Command]:
    """Return the questions about one master; ``facts`` takes the answers in this order."""
    return [
        ("SENTINEL", "REPLICAS", name),
        ("SENTINEL", "SENTINELS", name),
        ("SENTINEL", "CKQUORUM", name),
    ]


def facts(
    master: Mapping[str, str], replicas: Any, others: Any, quorum: Any
) -> Iterator[tuple[str, float]]:
    """Yield the families of a master, and what each is. What was not answered is left out."""
    flags = master.get("flags", "").split(",")
    yield sentinel.master_suspected.name, "s_down" in flags
    yield sentinel.master_down.name, "o_down" in flags
    yield sentinel.failover_running.name, "failover_in_progress" in flags
    for family, field, scale, more in (
        (sentinel.master_epoch, "config-epoch", 1, 0),
        (sentinel.master_silent_seconds, "last-ok-ping-reply", _MS, 0),
        (sentinel.quorum, "quorum", 1, 0),
        (sentinel.sentinels, "num-other-sentinels", 1, 1),
        (sentinel.replicas, "num-slaves", 1, 0),
    ):
        if (value := master.get(field, "")).isascii() and value.isdecimal():
            yield family.name, int(value) / scale + more
    if isinstance(others, list):
        yield sentinel.sentinels_reachable.name, 1 + sum(map(there, described(others)))
    if isinstance(replicas, list):
        yield sentinel.replicas_usable.name, sum(map(usable, described(replicas)))
    # Without enough of them the answer is an error, which says so; another one says nothing.
    if isinstance(quorum, str) or str(quorum).startswith("NOQUORUM"):
        yield sentinel.quorum_reachable.name, not isinstance(quorum, hiredis.ReplyError)


def there(one: Mapping[str, str]) -> bool:
    """Return whether somebody answers."""
    return not _GONE & set(one.get("flags", "").split(","))


def usable(replica: Mapping[str, str]) -> bool:
    """Return whether a replica could become the master."""
    follows = replica.get("master-link-status") == "ok"
    return there(replica) and follows and replica.get("slave-priority") != "0"


def described(reply: Any) -> Iterator[dict[str, str]]:
    """Yield what an answer says of each, by name: the server gives names and values in turns."""
    for one in require(reply, "SENTINEL", list):
        if isinstance(one, list):
            yield {str(key): str(value) for key, value in zip(one[::2], one[1::2], strict=False)}
