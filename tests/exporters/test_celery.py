"""The Celery collector: what Celery itself and its own workers write, read back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery.signals import before_task_publish
from hypothesis import given
from hypothesis import strategies as st

from exporters.collectors.celery import published

PATIENCE = 90.0

# What the worker imports: a task that takes its time, sent by name from here.
APPLICATION = """
import os, time
from celery import Celery
app = Celery(broker=os.environ["BROKER"])
app.conf.worker_prefetch_multiplier = 2
app.conf.broker_transport_options = {"priority_steps": [0, 3, 6, 9]}

@app.task(name="rest")
def rest(seconds):
    time.sleep(seconds)
"""


@pytest.fixture
def server(start_cache: Callable[..., Any]) -> Any:
    """Start a server for the queues."""
    return start_cache()


@pytest.fixture
def application(server: Any) -> Iterator[Callable[..., Celery]]:
    """Make applications that send tasks; options are those of the transport."""
    made: list[Celery] = []

    def make(database: int = 0, **options: Any) -> Celery:
        app = Celery(broker=f"{server.url}/{database}", set_as_current=False)
        app.conf.broker_transport_options = options
        made.append(app)
        return app

    yield make
    for app in made:
        app.close()


@pytest.fixture
def start_worker(server: Any, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Start Celery's own worker, with one process at work."""
    (tmp_path / "tasks.py").write_text(APPLICATION)
    started: list[subprocess.Popen[bytes]] = []

    def start(*queues: str) -> None:
        command = [sys.executable, "-m", "celery", "-A", "tasks", "worker", "--pool=solo"]
        started.append(
            subprocess.Popen(
                [*command, "--loglevel=ERROR", "--queues", ",".join(queues)],
                cwd=tmp_path,
                env={**os.environ, "BROKER": server.url},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )

    yield start
    for worker in started:
        worker.kill()
        worker.wait()


@pytest.fixture
def dated() -> Iterator[None]:
    """Let every task say when it was sent, as the documentation tells applications to."""

    def stamp(headers: dict[str, Any], **_: Any) -> None:
        headers["published_at"] = time.time()

    before_task_publish.connect(stamp)
    yield
    before_task_publish.disconnect(stamp)


def test_priorities(
    server: Any, application: Callable[..., Celery], scraper: Callable[..., Any]
) -> None:
    """Tasks of every priority count, in the queues that the settings name."""
    app = application(priority_steps=[0, 3, 6, 9])
    for priority in (0, 0, 4, 9, 9, 9):
        app.send_task("rest", (0,), priority=priority)
    app.send_task("rest", (0,), queue="mail")
    page = scraper("celery", server.url, queues=("mail", "celery", "not there"))

    assert page.lines("queue_jobs{", "queue_unwatched") == [
        'queue_jobs{system="celery",queue="celery",state="ready"} 6',
        'queue_jobs{system="celery",queue="mail",state="ready"} 1',
        'queue_jobs{system="celery",queue="not there",state="ready"} 0',
        'queue_jobs{system="celery",queue="",state="reserved"} 0',
        'queue_unwatched_queues{system="celery"} 0',
    ]


def test_ten_thousand_queues(server: Any, scraper: Callable[..., Any]) -> None:
    """Of very many queues those with the most tasks are measured, the others as one."""
    names = [f"tenant{number:04}" for number in range(10_000)]
    pipeline = server.client.pipeline(transaction=False)
    for name in names:
        pipeline.lpush(f"{name}\x06\x169", "{}")
    pipeline.lpush("tenant7777", "{}", "{}")
    pipeline.execute()
    lines = scraper("celery", server.url, queues=(*names, "idle")).lines("queue_")

    assert 'queue_jobs{system="celery",queue="tenant7777",state="ready"} 3' in lines
    assert 'queue_jobs{system="celery",queue="other",state="ready"} 9900' in lines
    assert 'queue_unwatched_queues{system="celery"} 9901' in lines
    assert len(lines) < 1000


def test_other_options(
    server: Any, application: Callable[..., Celery], scraper: Callable[..., Any]
) -> None:
    """Prefix, separator, steps and database may be any that the application chose."""
    options = {"priority_steps": [0, 5], "sep": ":", "global_keyprefix": "shop."}
    app = application(2, **options)
    for priority in (0, 7):
        app.send_task("rest", (0,), priority=priority)
    page = scraper(
        "celery",
        f"{server.url}/2",
        prefix="shop.",
        priority_separator=":",
        priority_steps=(0, 5),
    )

    ready = 'queue_jobs{system="celery",queue="celery",state="ready"} 2'
    assert page.lines(ready) == [ready]


def test_a_worker_at_work(
    server: Any,
    application: Callable[..., Celery],
    scraper: Callable[..., Any],
    start_worker: Callable[..., None],
) -> None:
    """What a worker holds is reserved and has an age, until it is done with it."""
    app = application()
    page = scraper("celery", server.url, queues=("mail",))
    app.send_task("rest", (60,), queue="mail")
    start_worker("mail")
    held = 'queue_jobs{system="celery",queue="",state="reserved"} 1'
    deadline = time.monotonic() + PATIENCE
    while not page.lines(held):
        assert time.monotonic() < deadline, "no worker took the task"
        time.sleep(0.05)

    (age,) = page.lines("queue_oldest_reserved_job_age_seconds{")
    assert 0 <= float(age.split()[-1]) < PATIENCE
    assert page.lines('queue_jobs{system="celery",queue="mail"') == [
        'queue_jobs{system="celery",queue="mail",state="ready"} 0'
    ]


@pytest.mark.usefixtures("dated")
def test_age(server: Any, application: Callable[..., Celery], scraper: Callable[..., Any]) -> None:
    """Where the application dates its tasks the oldest of all priorities gives the age."""
    app = application()
    page = scraper("celery", server.url)
    assert page.lines("queue_oldest_ready_job_age_seconds{") == []
    app.send_task("rest", (0,), priority=9)
    app.send_task("rest", (0,))
    (key,) = [key for key in server.client.keys("celery*") if key != "celery"]
    message = json.loads(server.client.lindex(key, -1))
    message["headers"]["published_at"] -= 90
    server.client.lset(key, -1, json.dumps(message))

    (age,) = page.lines("queue_oldest_ready_job_age_seconds{")
    assert age.startswith('queue_oldest_ready_job_age_seconds{system="celery",queue="celery"} ')
    assert float(age.split()[-1]) == pytest.approx(90, abs=2)


def test_no_age(
    server: Any, application: Callable[..., Celery], scraper: Callable[..., Any]
) -> None:
    """Where tasks have no date the age is absent, not 0."""
    application().send_task("rest", (0,))

    assert scraper("celery", server.url).lines("queue_oldest") == []


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["headers", "published_at"]), inner)
    ),
)


@given(JSON.map(json.dumps) | st.text())
def test_any_message(message: str) -> None:
    """Whatever a message holds, it has a finite date or none."""
    date = published(message)

    assert date is None or date - date == 0
