"""Laravel's queues: what Laravel itself writes, and its own worker leaves, read back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.collectors.laravel import names
from exporters.collectors.laravel.payload import parse
from exporters.collectors.laravel.supervisors import supervisor
from exporters.collectors.laravel.throughput import Count, Throughput, snapshots

PREFIX = "shop_database_"
AGE = 'queue_oldest_ready_job_age_seconds{system="laravel",queue="mail"} '


def jobs(queue: str, *, ready: int = 0, delayed: int = 0, reserved: int = 0) -> list[str]:
    """Return the lines that tell how many jobs a queue has."""
    counts = {"ready": ready, "delayed": delayed, "reserved": reserved}
    return [
        f'queue_jobs{{system="laravel",queue="{queue}",state="{state}"}} {count}'
        for state, count in counts.items()
    ]


@pytest.fixture
def page(server: Any, scraper: Callable[..., Any]) -> Any:
    """Measure one queue, which the settings name."""
    return scraper("laravel", server.url, prefix=PREFIX, queues=("mail",))


def date(server: Any, key: str, seconds: float, **fields: Any) -> None:
    """Date the next job of a list as a Laravel from 12.11 on does, so many seconds ago."""
    payload = json.loads(server.client.lindex(key, 0))
    payload |= {"createdAt": int(time.time() - seconds), "delay": None} | fields
    server.client.lset(key, 0, json.dumps(payload))


def age(page: Any) -> float | None:
    """Return how long the next job has been able to run; None where that is not told."""
    lines = page.lines(AGE)
    return float(lines[0].removeprefix(AGE)) if lines else None


def test_states(laravel: Any, page: Any) -> None:
    """Jobs that wait, that wait for their time and that a worker holds are told apart."""
    laravel.do(
        *([["push", "mail", "SendMail"]] * 3),
        ["later", "mail", "SendMail", 3600],
        ["hold", "mail"],
        ["push", "elsewhere", "SendMail"],
    )

    assert page.lines("queue_jobs{", "queue_notifications{", "queue_unwatched") == [
        *jobs("mail", ready=2, delayed=1, reserved=1),
        'queue_notifications{system="laravel",queue="mail"} 2',
        'queue_unwatched_queues{system="laravel"} 0',
    ]


def test_a_worker_at_work(laravel: Any, page: Any) -> None:
    """What Laravel's worker has done is gone; what failed waits to be tried again."""
    laravel.do(["push", "mail", "SendMail"], ["push", "mail", "BadAddress"])
    assert page.lines("queue_jobs{") == jobs("mail", ready=2)
    laravel.do(["work", "mail"])
    assert page.lines("queue_jobs{") == jobs("mail", ready=1)
    laravel.do(["work", "mail"])
    assert page.lines("queue_jobs{") == jobs("mail", ready=1)


def test_due_jobs(laravel: Any, server: Any, page: Any) -> None:
    """A delayed job whose time has come is ready since then, though no worker has looked."""
    laravel.do(["later", "mail", "SendMail", 3600])
    delayed = f"{PREFIX}queues:mail:delayed"
    (member,) = server.client.zrange(delayed, 0, 0)
    server.client.zadd(delayed, {member: int(time.time() - 60)})

    assert page.lines("queue_jobs{") == jobs("mail", ready=1)
    assert age(page) == pytest.approx(60, abs=2)


def test_lost_jobs(laravel: Any, server: Any, page: Any) -> None:
    """A job whose worker vanished is ready from when its reservation ran out."""
    laravel.do(["push", "mail", "SendMail"], ["hold", "mail"])
    reserved = f"{PREFIX}queues:mail:reserved"
    ((member, until),) = server.client.zrange(reserved, 0, 0, withscores=True)
    assert until == pytest.approx(time.time() + 90, abs=5)
    server.client.zadd(reserved, {member: int(time.time() - 30)})

    assert page.lines("queue_jobs{") == jobs("mail", ready=1)
    assert age(page) == pytest.approx(30, abs=2)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 120),
        ({"delay": 100}, 20),
        ({"pushedAt": "4102444800.5"}, 0),
        ({"delay": 200}, 0),
    ],
)
def test_age(laravel: Any, server: Any, page: Any, fields: dict[str, Any], expected: float) -> None:
    """A job counts from when it was pushed, or from the end of its delay; none is from tomorrow."""
    laravel.do(["push", "mail", "SendMail"])
    date(server, f"{PREFIX}queues:mail", 120, **fields)

    assert age(page) == pytest.approx(expected, abs=2)


def test_undated_jobs(laravel: Any, server: Any, page: Any) -> None:
    """What nobody dated, or is tried again, counts from when it was first seen to be the next."""
    laravel.do(["push", "mail", "BadAddress"], ["push", "mail", "SendMail"])
    assert age(page) is None
    since = age(page)
    assert since is not None
    assert since < 10

    date(server, f"{PREFIX}queues:mail", 500, attempts=1)
    again = age(page)
    assert again is not None
    assert since <= again < 60

    server.client.lpop(f"{PREFIX}queues:mail")
    assert age(page) is None


def test_discovery(laravel: Any, server: Any, scraper: Callable[..., Any]) -> None:
    """Queues that have keys are found, braces or not; foreign keys of a similar name are not."""
    laravel.do(
        ["push", "web", "SendMail"],
        ["push", "{mail}", "SendMail"],
        ["later", "reports", "WriteReport", 60],
    )
    server.client.rpush("other_queues:mine", "x")
    server.client.set(f"{PREFIX}queue", "x")
    server.client.set(f"{PREFIX}queues:statistics", "x")
    page = scraper("laravel", server.url, prefix=PREFIX)
    assert page.lines("queue_jobs{") == jobs("default")

    assert page.lines("queue_jobs{") == [
        *jobs("default"),
        *jobs("reports", delayed=1),
        *jobs("web", ready=1),
        *jobs("mail", ready=1),
    ]


def test_classes(laravel: Any, page: Any) -> None:
    """The next jobs of a queue are counted by their class."""
    laravel.do(*([["push", "mail", "SendMail"]] * 2), ["push", "mail", "WriteReport"])

    assert page.lines("queue_next_jobs{") == [
        'queue_next_jobs{system="laravel",queue="mail",job_class="SendMail"} 2',
        'queue_next_jobs{system="laravel",queue="mail",job_class="WriteReport"} 1',
    ]


def test_ten_thousand_queues(server: Any, scraper: Callable[..., Any]) -> None:
    """Of very many queues the longest are measured, the others as one, and all are counted."""
    pipeline = server.client.pipeline(transaction=False)
    for number in range(10_000):
        pipeline.rpush(f"{PREFIX}queues:tenant{number}", "{}")
    pipeline.rpush(f"{PREFIX}queues:tenant7777", "{}", "{}")
    pipeline.execute()
    page = scraper("laravel", server.url, prefix=PREFIX)
    page.text()

    lines = page.lines("queue_")
    assert jobs("tenant7777", ready=3)[0] in lines
    assert 'queue_jobs{system="laravel",queue="other",state="ready"} 9901' in lines
    assert 'queue_unwatched_queues{system="laravel"} 9901' in lines
    assert len(lines) < 1000


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["uuid", "displayName", "job"]), inner)
        | st.dictionaries(st.sampled_from(["pushedAt", "createdAt", "delay", "attempts"]), inner)
    ),
)


@given(JSON.map(json.dumps) | st.text())
def test_any_payload(payload: str) -> None:
    """Whatever a payload holds, it is a job with a name, and a finite date or none."""
    job = parse(payload)

    assert 0 < len(job.name) <= 200
    assert job.ready_at is None or job.ready_at - job.ready_at == 0


@given(st.text(), st.lists(st.text()))
def test_any_key(prefix: str, suffixes: list[str]) -> None:
    """Whatever keys are called, each queue found has a key, and a name that no other has."""
    found = names.of_keys(prefix, [f"{prefix}queues:{suffix}" for suffix in suffixes])
    labels = names.labels(found)

    assert set(labels) == found
    assert len(set(labels.values())) == len(labels)
    assert all(names.key(prefix, name).startswith(f"{prefix}queues:") for name in found)


@given(JSON.map(json.dumps) | st.text() | st.none())
def test_any_supervisor(processes: str | None) -> None:
    """Whatever stands where processes should be, they are queues with numbers, or none."""
    found = supervisor("running", processes).processes

    assert all(name and isinstance(count, int) for name, count in found.items())


@given(st.lists(JSON.map(json.dumps) | st.text() | st.floats().map(repr)))
def test_any_snapshot(reply: list[str]) -> None:
    """Whatever a snapshot holds, it has a finite time, and no negative number of jobs follows."""
    found = snapshots(reply)
    throughput = Throughput()
    throughput.look(Count(), found)

    assert all(at - at == 0 for at, _ in found)
    assert throughput.jobs >= 0
    assert throughput.seconds >= 0


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.booleans()), max_size=20))
def test_any_order(steps: list[tuple[int, bool, bool]]) -> None:
    """However jobs, snapshots and looks follow each other, every job is counted once."""
    done, running = 0, 0
    taken: list[tuple[float, Count]] = []
    throughput = Throughput()
    for at, (jobs, snapshot, look) in enumerate(steps, 1):
        done, running = done + jobs, running + jobs
        if snapshot:
            taken, running = [*taken, (float(at), Count(running))], 0
        if look:
            throughput.look(Count(running), taken)
    throughput.look(Count(running), taken)

    assert throughput.jobs == done
