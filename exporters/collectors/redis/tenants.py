"""Reads what applications count of each tenant's reads, in two hashes for each class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exporters.budget import Cut, Labels, Others, cut
from exporters.catalog import classes
from exporters.collectors.redis.effect import PREFIX, is_number
from exporters.collectors.redis.patterns import TENANT
from exporters.collectors.redis.tally import MAX_TENANTS
from exporters.exposition import Exposition
from exporters.redis_client import Command, RedisClient, require
from exporters.settings import KeyClasses

# Fields in one step: the server does nothing else meanwhile.
BATCH = 500

Counts = tuple[float, float]


class TenantsCollector:
    """Shows hits and misses of the tenants that read most, and of all others together."""

    name = "tenants"
    interval = 15.0

    def __init__(self, client: RedisClient, wanted: KeyClasses) -> None:
        self.page = page = Exposition()
        self._client = client
        self._most = wanted.tenants
        self._classes = {name: Others() for name in of_tenants(wanted)}
        self._hits = page.writer(classes.tenant_hits_total, "class", "tenant")
        self._misses = page.writer(classes.tenant_misses_total, "class", "tenant")

    async def collect(self) -> None:
        """Ask for the counts of all tenants, some at a time."""
        for name, others in self._classes.items():
            hits = await self._counted(f"{PREFIX}{name}:hits")
            misses = await self._counted(f"{PREFIX}{name}:misses")
            tenants = sorted(hits.keys() | misses.keys())
            counts = [(hits.get(one, 0.0), misses.get(one, 0.0)) for one in tenants]
            for tenant, (hit, missed) in self._chosen(tenants, counts, others).items():
                self._hits.add(hit, name, tenant)
                self._misses.add(missed, name, tenant)

    async def _counted(self, key: str) -> Mapping[str, float]:
        """Return the fields of a hash that are numbers; of endlessly many the first."""
        found: dict[str, float] = {}
        cursor = "0"
        while len(found) < MAX_TENANTS:
            (reply,) = await self._client.ask([step(key, cursor)])
            cursor, pairs = require(reply, "HSCAN", list)
            found |= {
                field: float(value)
                for field, value in zip(pairs[::2], pairs[1::2], strict=True)
                if is_number(value)
            }
            if cursor == "0":
                break
        return found

    def _chosen(
        self, tenants: list[str], counts: list[Counts], others: Others
    ) -> Mapping[str, Iterable[float]]:
        """Return hits and misses by tenant, both of the same tenants."""
        if len(tenants) <= self._most:
            return dict(zip(tenants, counts, strict=True))
        names: list[Labels] = [(tenant,) for tenant in tenants]
        chosen = cut(names, [sum(one) for one in counts], self._most + 1)
        self.page.drop(classes.tenant_hits_total, chosen.dropped)
        return _told(tenants, counts, chosen) | {
            name: together for (name,), together in others.update(names, counts, chosen).items()
        }


def _told(tenants: list[str], counts: list[Counts], chosen: Cut) -> dict[str, Iterable[float]]:
    return {tenants[at]: counts[at] for at in chosen.kept}


def of_tenants(wanted: KeyClasses) -> list[str]:
    """Return the classes whose keys name a tenant."""
    return [name for name, pattern in wanted.patterns.items() if TENANT in pattern]


def step(key: str, cursor: str) -> Command:
    """Return the question for the counts that come next."""
    return ("HSCAN", key, cursor, "COUNT", str(BATCH))
