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


def seconds(scrapers: list[Any]) -> float:
    """Return how long one collection of each takes."""
    began = time.perf_counter()
    for one in scrapers:
        one.text()
    return time.perf_counter() - began


def test_vocabulary_and_speed(
    start_cache: Callable[..., Any],
    scraper: Callable[..., Any],
    record_property: Callable[[str, object], None],
) -> None:
    """Every family comes from some queue system; three with ten queues each take 10 ms at most."""
    server = start_cache()
    fill_rq(server.port, 0)
    fill_rq(server.port, 1)
    scrapers = [
        scraper("rq", server.url),
        scraper("rq", f"{server.url}/1"),
        scraper("celery", f"{server.url}/2", queues=QUEUES),
    ]
    with celery(server.port, 2):
        text = "".join(one.text() for one in scrapers)
        took = [seconds(scrapers) for _ in range(ROUNDS)]

    wanted = {name for name in catalog.families() if name.startswith("queue_")} - {queue.up.name}
    heads = [line for line in text.splitlines() if line.startswith("# TYPE")]
    assert {head.split()[2] for head in heads} == wanted
    p50 = statistics.median(took)
    assert p50 <= 0.01
    record_property("measured", f"3 queue targets of 10 queues each: p50 {1000 * p50:.1f} ms")
