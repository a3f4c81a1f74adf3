"""Asks Redis for Laravel's queues and for Horizon, and a database for jobs that failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from exporters import acl
from exporters.catalog import queue
from exporters.collection import Collector
from exporters.collectors.laravel import names
from exporters.collectors.laravel.horizon import HorizonCollector
from exporters.collectors.laravel.keys import KeysCollector
from exporters.collectors.laravel.known import Known
from exporters.collectors.laravel.queues import SYSTEM, QueuesCollector
from exporters.grants import Grants
from exporters.probe import Source
from exporters.redis_client import Command, RedisClient
from exporters.settings import Target


class Client(Protocol):
    """Whoever keeps a connection."""

    @property
    def opened(self) -> int: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Connections:
    """Two to Redis, and one to a database where failed jobs are counted there."""

    clients: Sequence[Client]

    @property
    def connections_opened(self) -> int:
        """How many connections were opened so far."""
        return sum(client.opened for client in self.clients)

    def close(self) -> None:
        """Drop all of them."""
        for client in self.clients:
            client.close()


def source(target: Target) -> Source:
    """Return how Laravel's queues are measured."""
    often, seldom = (RedisClient(target, in_database=True) for _ in range(2))
    known = Known(target.queues)
    prefix, horizon = target.prefix or "", target.horizon_prefix
    collectors: list[Collector] = [QueuesCollector(often, known, prefix, horizon)]
    if horizon is not None:
        collectors.append(HorizonCollector(often, known, horizon))
    collectors.append(KeysCollector(seldom, known, prefix))
    clients: list[Client] = [often, seldom]
    if target.failed_jobs is not None:
        # A driver costs memory, and is loaded only where it is used.
        from exporters.collectors.laravel import failed  # noqa: PLC0415

        counting = failed.collector(target.failed_jobs, known)
        collectors.append(counting)
        clients.append(counting.client)
    return Source(SYSTEM, queue.up, collectors, Connections(clients))


async def grants(target: Target) -> Grants:
    """Return what an account needs to be asked all of it, but for a database of failed jobs."""
    client, known = RedisClient(target), Known(target.queues)
    prefix, horizon = target.prefix or "", target.horizon_prefix
    questions: list[Command] = QueuesCollector(client, known, prefix, horizon).questions()
    questions += KeysCollector(client, known, prefix).questions()
    if horizon is not None:
        questions += HorizonCollector(client, known, horizon).questions()
    keys = [names.pattern(prefix), *([f"{horizon}*"] if horizon is not None else [])]
    return await acl.grants(target, questions, keys)
