"""The RQ collector: what RQ itself and its own workers write, read back."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis
from rq import Queue, suspension
from rq.registry import FailedJobRegistry, FinishedJobRegistry

from exporters.collectors.rq import _timestamp
from exporters.failure import CollectionError

PATIENCE = 90.0

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def server(start_cache: Callable[..., Any]) -> Any:
    """Start a server for the queues."""
    return start_cache()


@pytest.fixture
def connection(server: Any) -> Iterator[Redis]:
    """Connect as RQ wants it, which keeps bytes."""
    with Redis(port=server.port) as redis:
        yield redis


@pytest.fixture
def start_worker(server: Any) -> Iterator[Start]:
    """Start RQ's own workers for the given queues."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*queues: str, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "rq.cli", "worker", "--quiet", "--url", server.url]
        # It works in its own process: to kill it leaves no half of it behind.
        command += ["--worker-class", "rq.SimpleWorker"]
        worker = subprocess.Popen([*command, *queues], env={**os.environ, **environment})
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.kill()
        worker.wait()


def eventually(holds: Callable[[], object], what: str) -> None:
    """Wait until something holds, and fail when it never does."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.05)


def value(lines: list[str]) -> float:
    """Return the value of the only sample."""
    (line,) = lines
    return float(line.rsplit(" ", 1)[1])


def test_states(server: Any, connection: Redis, scraper: Callable[..., Any]) -> None:
    """Jobs that wait for a worker, for their time and for another job are told apart."""
    queue = Queue("mail", connection=connection)
    first = queue.enqueue("time.sleep", 0)
    queue.enqueue("time.sleep", 0)
    queue.enqueue_in(timedelta(hours=1), "time.sleep", 0)
    queue.enqueue("time.sleep", 0, depends_on=first)
    lines = scraper("rq", server.url).lines("queue_jobs{")

    assert lines == [
        'queue_jobs{system="rq",queue="mail",state="ready"} 2',
        'queue_jobs{system="rq",queue="mail",state="delayed"} 1',
        'queue_jobs{system="rq",queue="mail",state="deferred"} 1',
        'queue_jobs{system="rq",queue="mail",state="reserved"} 0',
        'queue_jobs{system="rq",queue="mail",state="finished"} 0',
        'queue_jobs{system="rq",queue="mail",state="failed"} 0',
    ]


def test_a_worker_at_work(
    server: Any, connection: Redis, scraper: Callable[..., Any], start_worker: Start
) -> None:
    """What a worker holds, has done and has failed at is counted, and how long it took."""
    queue = Queue("mail", connection=connection)
    page = scraper("rq", server.url)
    page.text()
    queue.enqueue("operator.add", 1, 2)
    queue.enqueue("operator.truediv", 1, 0)
    queue.enqueue("time.sleep", 60)
    start_worker("mail")

    wanted = [
        'queue_jobs{system="rq",queue="mail",state="ready"} 0',
        'queue_jobs{system="rq",queue="mail",state="reserved"} 1',
        'queue_jobs{system="rq",queue="mail",state="finished"} 1',
        'queue_jobs{system="rq",queue="mail",state="failed"} 1',
        'queue_jobs_processed_total{system="rq",queue=""} 2.0',
        'queue_jobs_failed_total{system="rq",queue=""} 1.0',
        'queue_workers{system="rq",queue="mail"} 1',
    ]
    eventually(lambda: page.lines(*wanted) == wanted, "one job done, one failed, one at work")
    assert 0 < value(page.lines("queue_jobs_seconds_total{")) < PATIENCE
    assert page.lines("queue_oldest_ready_job_age_seconds{") == []


def test_workers_that_go(
    server: Any, connection: Redis, scraper: Callable[..., Any], start_worker: Start
) -> None:
    """A worker that ends is no longer counted; what it did, to the last job, still is."""
    queue = Queue("mail", connection=connection)
    page = scraper("rq", server.url)
    workers = 'queue_workers{system="rq",queue="mail"}'
    queue.enqueue("operator.add", 1, 2)
    worker = start_worker("mail", "other")
    eventually(lambda: page.lines(f"{workers} 1"), "a worker")

    def ended() -> int:
        registry = FinishedJobRegistry(queue=queue)
        return registry.get_job_count(cleanup=False)

    eventually(lambda: ended() == 1, "a first job")
    before = value(page.lines("queue_jobs_processed_total{"))
    queue.enqueue("operator.add", 1, 2)
    eventually(lambda: ended() == 2, "a second job")
    worker.terminate()
    worker.wait()

    assert page.lines(workers) == [f"{workers} 0"]
    assert value(page.lines("queue_jobs_processed_total{")) == before + 1
    connection.delete(*connection.keys("rq:worker:*"))
    assert value(page.lines("queue_jobs_processed_total{")) == before + 1


def test_a_killed_worker(
    server: Any, connection: Redis, scraper: Callable[..., Any], start_worker: Start
) -> None:
    """A worker that was killed is counted until its own key expires, though it stays listed."""
    Queue("mail", connection=connection).enqueue("operator.add", 1, 2)
    page = scraper("rq", server.url)
    workers = 'queue_workers{system="rq",queue="mail"}'
    worker = start_worker("mail")
    eventually(lambda: page.lines(f"{workers} 1"), "a worker")
    worker.kill()
    worker.wait()
    connection.delete(*connection.keys("rq:worker:*"))

    assert connection.scard("rq:workers") == 1
    assert page.lines(workers) == [f"{workers} 0"]


def test_age(server: Any, connection: Redis, scraper: Callable[..., Any]) -> None:
    """The age of the next job counts from when it was enqueued, and is absent when none waits."""
    queue = Queue("mail", connection=connection)
    page = scraper("rq", server.url)
    old = queue.enqueue("time.sleep", 0)
    queue.enqueue("time.sleep", 0)
    moment = datetime.now(UTC) - timedelta(seconds=90)
    connection.hset(old.key, "enqueued_at", moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))

    assert value(page.lines("queue_oldest_ready_job_age_seconds{")) == pytest.approx(90, abs=1)
    connection.delete(old.key)
    assert page.lines("queue_oldest_ready_job_age_seconds{") == []
    connection.delete(queue.key)
    assert page.lines("queue_oldest_ready_job_age_seconds{") == []


def test_a_delayed_job_that_is_due(
    server: Any, connection: Redis, scraper: Callable[..., Any]
) -> None:
    """A delayed job becomes ready when it is due, and its age counts from then."""
    queue = Queue("mail", connection=connection)
    queue.enqueue_at(datetime.now(UTC) - timedelta(seconds=30), "time.sleep", 0)
    page = scraper("rq", server.url)

    assert page.lines("queue_jobs{")[:2] == [
        'queue_jobs{system="rq",queue="mail",state="ready"} 1',
        'queue_jobs{system="rq",queue="mail",state="delayed"} 0',
    ]
    assert value(page.lines("queue_oldest_ready_job_age_seconds{")) == pytest.approx(30, abs=2)


def test_what_is_past_its_time(server: Any, connection: Redis, scraper: Callable[..., Any]) -> None:
    """Results and failures that RQ forgets at its next look are not counted; those kept are."""
    queue = Queue("mail", connection=connection)
    jobs = [queue.enqueue("time.sleep", 0) for _ in range(4)]
    connection.zadd(FinishedJobRegistry(queue=queue).key, {jobs[0].id: time.time() - 1})
    connection.zadd(FinishedJobRegistry(queue=queue).key, {jobs[1].id: "inf"})
    connection.zadd(FailedJobRegistry(queue=queue).key, {jobs[2].id: -1})
    connection.zadd(FailedJobRegistry(queue=queue).key, {jobs[3].id: time.time() + 60})
    lines = scraper("rq", server.url).lines("queue_jobs{")

    assert lines[-2:] == [
        'queue_jobs{system="rq",queue="mail",state="finished"} 1',
        'queue_jobs{system="rq",queue="mail",state="failed"} 2',
    ]


def test_suspended(server: Any, connection: Redis, scraper: Callable[..., Any]) -> None:
    """Workers that were told to rest are shown as paused, until they are told to go on."""
    page = scraper("rq", server.url)
    suspension.suspend(connection)
    assert page.lines("queue_paused") == ['queue_paused{system="rq",queue=""} 1']
    suspension.resume(connection)
    assert page.lines("queue_paused") == ['queue_paused{system="rq",queue=""} 0']


def test_many_queues(server: Any, connection: Redis, scraper: Callable[..., Any]) -> None:
    """Of too many queues those with the most jobs are measured, and the others are one."""
    for number in range(103):
        connection.sadd("rq:queues", f"rq:queue:q{number:03}")
        if number not in {7, 8}:
            connection.rpush(f"rq:queue:q{number:03}", *(["x"] if number == 9 else ["x", "y"]))
    connection.sadd("rq:queues", "rq:queue:other")
    connection.rpush("rq:queue:other", *range(50))
    page = scraper("rq", server.url)
    workers = page.lines("queue_workers{")
    assert len(workers) == 100
    assert not any(f'"q00{number}"' in line for line in workers for number in (7, 8, 9))
    assert page.lines("queue_unwatched") == ['queue_unwatched_queues{system="rq"} 4']
    assert page.lines('queue_jobs{system="rq",queue="other"') == [
        'queue_jobs{system="rq",queue="other",state="ready"} 51'
    ]
    ready = [line for line in page.lines("queue_jobs{") if 'state="ready"' in line]
    assert sum(int(line.split()[-1]) for line in ready) == 100 * 2 + 1 + 50

    named = scraper("rq", server.url, queues=("q102", "not yet there"))
    assert [line.split('"')[3] for line in named.lines("queue_workers{")] == [
        "not yet there",
        "q102",
    ]


def test_prefix_and_database(server: Any, scraper: Callable[..., Any], start_worker: Start) -> None:
    """Keys may begin otherwise, and lie in another of the server's databases."""
    with Redis(port=server.port, db=3) as other:
        Queue("elsewhere", connection=other).enqueue("time.sleep", 0)
    start_worker("mail", RQ_KEY_PREFIX="shop")
    page = scraper("rq", server.url, prefix="shop:", queues=("mail",))
    eventually(
        lambda: page.lines('queue_workers{system="rq",queue="mail"} 1'), "a worker elsewhere"
    )

    assert scraper("rq", f"{server.url}/0").lines("queue_jobs{") == []
    ready = 'queue_jobs{system="rq",queue="elsewhere",state="ready"} 1'
    assert scraper("rq", f"{server.url}/3").lines(ready) == [ready]


def test_a_database_that_is_refused(server: Any, scraper: Callable[..., Any]) -> None:
    """A database that does not exist is an error, not a look at another one."""
    with pytest.raises(CollectionError, match="refused SELECT"):
        scraper("rq", f"{server.url}/99").text()


@given(st.text() | st.none())
def test_any_date(text: str | None) -> None:
    """Whatever stands where a date should be, it is a date or nothing."""
    with suppress(OverflowError):
        assert isinstance(_timestamp(text), float | None)
