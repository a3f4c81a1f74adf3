"""Horizon: what Horizon itself has kept in Redis, recorded stage by stage, read back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from redis import Redis

Load = Callable[[Redis, str], None]

PATIENCE = 90.0

MAIL, REPORT, BAD, PLAIN = (
    rf"App\\Jobs\\{name}" for name in ("SendMail", "WriteReport", "Bad", "Plain")
)


@pytest.fixture
def page(server: Any, scraper: Callable[..., Any]) -> Any:
    """Measure a queue system that has a Horizon."""
    return scraper("laravel", server.url, prefix="shop_database_", horizon_prefix="shop_horizon:")


def test_running(server: Any, load_horizon: Load, page: Any) -> None:
    """Masters, supervisors and their processes are counted, and nobody is paused."""
    load_horizon(server.client, "worked")

    assert page.lines(
        "horizon_masters", "horizon_supervisors", "queue_workers", "queue_paused"
    ) == [
        'queue_workers{system="laravel",queue="default"} 1',
        'queue_workers{system="laravel",queue="mail"} 1',
        'queue_workers{system="laravel",queue="monitoring-history"} 1',
        'queue_workers{system="laravel",queue="reports"} 1',
        'queue_paused{system="laravel",queue="default"} 0',
        'queue_paused{system="laravel",queue="mail"} 0',
        'queue_paused{system="laravel",queue="monitoring-history"} 0',
        'queue_paused{system="laravel",queue="reports"} 0',
        'horizon_masters{status="running"} 1',
        'horizon_masters{status="paused"} 0',
        'horizon_supervisors{status="running"} 2',
        'horizon_supervisors{status="paused"} 0',
    ]


def test_paused(server: Any, load_horizon: Load, page: Any) -> None:
    """A Horizon that is paused still runs; its queues are told to rest, and keep their workers."""
    load_horizon(server.client, "paused")

    lines = page.lines("horizon_masters", "horizon_supervisors", "queue_workers", "queue_paused")
    assert 'horizon_masters{status="running"} 0' in lines
    assert 'horizon_masters{status="paused"} 1' in lines
    assert 'horizon_supervisors{status="paused"} 2' in lines
    assert 'queue_workers{system="laravel",queue="mail"} 1' in lines
    assert 'queue_paused{system="laravel",queue="mail"} 1' in lines


def test_stopped(server: Any, load_horizon: Load, page: Any) -> None:
    """A Horizon that is gone has no masters, and no worker for any queue that it served."""
    load_horizon(server.client, "worked")
    page.text()
    load_horizon(server.client, "stopped")

    lines = page.lines("horizon_masters", "horizon_supervisors", "queue_workers", "queue_paused")
    assert lines == [
        'queue_workers{system="laravel",queue="default"} 0',
        'queue_workers{system="laravel",queue="mail"} 0',
        'queue_workers{system="laravel",queue="monitoring-history"} 0',
        'queue_workers{system="laravel",queue="reports"} 0',
        'horizon_masters{status="running"} 0',
        'horizon_masters{status="paused"} 0',
        'horizon_supervisors{status="running"} 0',
        'horizon_supervisors{status="paused"} 0',
    ]


def test_names_that_are_left(server: Any, load_horizon: Load, page: Any) -> None:
    """A master that was killed stays listed, and is gone when its own key has expired."""
    load_horizon(server.client, "worked")
    (master,) = server.client.keys("shop_horizon:master:*")
    server.client.delete(master)

    assert page.lines("horizon_masters") == [
        'horizon_masters{status="running"} 0',
        'horizon_masters{status="paused"} 0',
    ]


def test_throughput(server: Any, load_horizon: Load, page: Any) -> None:
    """What was done between two looks is counted once, though a snapshot began anew meanwhile."""
    load_horizon(server.client, "worked")
    assert page.lines("queue_jobs_processed", "queue_jobs_failed", "queue_jobs_seconds") == [
        'queue_jobs_processed_total{system="laravel",queue="default"} 0.0',
        'queue_jobs_processed_total{system="laravel",queue="mail"} 0.0',
        'queue_jobs_failed_total{system="laravel",queue="default"} 0',
        'queue_jobs_failed_total{system="laravel",queue="mail"} 0',
        'queue_jobs_seconds_total{system="laravel",queue="default"} 0.0',
        'queue_jobs_seconds_total{system="laravel",queue="mail"} 0.0',
    ]

    load_horizon(server.client, "snapshot")
    for _ in range(2):  # a second look at the same adds nothing
        assert page.lines("queue_jobs_processed", "queue_jobs_failed") == [
            'queue_jobs_processed_total{system="laravel",queue="default"} 0.0',
            'queue_jobs_processed_total{system="laravel",queue="mail"} 4.0',
            'queue_jobs_failed_total{system="laravel",queue="default"} 0',
            'queue_jobs_failed_total{system="laravel",queue="mail"} 1',
        ]
    (seconds,) = page.lines('queue_jobs_seconds_total{system="laravel",queue="mail"}')
    assert float(seconds.split()[-1]) == pytest.approx(3 * 0.02272)

    load_horizon(server.client, "stopped")
    assert page.lines("queue_job_class_") == [
        rf'queue_job_class_processed_total{{system="laravel",job_class="{BAD}"}} 1.0',
        rf'queue_job_class_processed_total{{system="laravel",job_class="{PLAIN}"}} 1.0',
        rf'queue_job_class_processed_total{{system="laravel",job_class="{MAIL}"}} 4.0',
        rf'queue_job_class_processed_total{{system="laravel",job_class="{REPORT}"}} 0.0',
        rf'queue_job_class_failed_total{{system="laravel",job_class="{BAD}"}} 1',
        rf'queue_job_class_failed_total{{system="laravel",job_class="{PLAIN}"}} 1',
        rf'queue_job_class_failed_total{{system="laravel",job_class="{MAIL}"}} 0',
        rf'queue_job_class_failed_total{{system="laravel",job_class="{REPORT}"}} 0',
        rf'queue_job_class_seconds_total{{system="laravel",job_class="{BAD}"}} 0.0',
        rf'queue_job_class_seconds_total{{system="laravel",job_class="{PLAIN}"}} 0.0',
        *page.lines(rf'queue_job_class_seconds_total{{system="laravel",job_class="{MAIL}"}}'),
        rf'queue_job_class_seconds_total{{system="laravel",job_class="{REPORT}"}} 0.0',
    ]


def test_jobs_per_minute(
    server: Any, load_horizon: Load, page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jobs per minute are as Horizon says, of a minute at least; before a snapshot nobody knows."""
    load_horizon(server.client, "worked")
    assert page.lines("horizon_jobs_per_minute", "horizon_last") == []

    load_horizon(server.client, "snapshot")
    at = int(server.client.get("shop_horizon:last_snapshot_at"))
    assert page.lines("horizon_last") == [f"horizon_last_snapshot_timestamp_seconds {at}.0"]
    for passed, expected in ((6, "3.0"), (180, "1.0")):
        clock = SimpleNamespace(time=lambda passed=passed: at + passed)
        monkeypatch.setattr("exporters.collectors.laravel.horizon.time", clock)
        assert page.lines("horizon_jobs_per_minute") == [f"horizon_jobs_per_minute {expected}"]


def test_lists(server: Any, load_horizon: Load, page: Any) -> None:
    """What Horizon lists is counted; those done and failed are so in the words of all queues."""
    load_horizon(server.client, "stopped")
    page.text()

    assert page.lines("horizon_remembered_jobs") == [
        'horizon_remembered_jobs{list="recent"} 32',
        'horizon_remembered_jobs{list="pending"} 7',
        'horizon_remembered_jobs{list="completed"} 21',
        'horizon_remembered_jobs{list="silenced"} 0',
        'horizon_remembered_jobs{list="monitored"} 0',
        'horizon_remembered_jobs{list="recent_failed"} 4',
        'horizon_remembered_jobs{list="failed"} 4',
    ]
    assert page.lines('queue_jobs{system="laravel",queue="",') == [
        'queue_jobs{system="laravel",queue="",state="finished"} 21',
        'queue_jobs{system="laravel",queue="",state="failed"} 4',
    ]


def test_ages(server: Any, load_horizon: Load, page: Any) -> None:
    """Horizon notes when a job became ready, and that counts, whatever the payload says."""
    load_horizon(server.client, "paused")
    key = "shop_database_queues:mail"
    server.client.delete(f"{key}:delayed")
    payload = json.loads(server.client.lindex(key, 0))
    noted = f"shop_horizon:{payload['uuid']}"
    now = time.time()
    server.client.hset(noted, "updated_at", repr(now - 45))
    page.text()
    line = 'queue_oldest_ready_job_age_seconds{system="laravel",queue="mail"} '

    (age,) = page.lines(line)
    assert float(age.removeprefix(line)) == pytest.approx(time.time() - now + 45, abs=2)

    # Horizon forgets it after an hour; then what it wrote into the payload has to do.
    server.client.delete(noted)
    (age,) = page.lines(line)
    pushed = float(payload["pushedAt"])
    assert float(age.removeprefix(line)) == pytest.approx(time.time() - pushed, abs=2)


def test_no_horizon(server: Any, load_horizon: Load, scraper: Callable[..., Any]) -> None:
    """Where the settings name no Horizon nothing is said of one: it is not missed."""
    load_horizon(server.client, "stopped")

    page = scraper("laravel", server.url, prefix="shop_database_")
    assert page.lines("horizon_", "queue_workers", "queue_paused", "queue_jobs_processed") == []


def test_never_there(page: Any) -> None:
    """A Horizon that is named and has never run has no masters, and no numbers of its own."""
    lines = page.lines("horizon_", "queue_jobs_processed", "queue_jobs_seconds")
    assert lines == [
        'horizon_masters{status="running"} 0',
        'horizon_masters{status="paused"} 0',
        'horizon_supervisors{status="running"} 0',
        'horizon_supervisors{status="paused"} 0',
        *(line for line in lines if line.startswith("horizon_remembered_jobs")),
    ]


@pytest.fixture
def scrape_until(server: Any, run_exporters: Callable[[str], Any]) -> Callable[[list[str]], str]:
    """Scrape the queue system in a process until all of the lines are there; return the text."""
    keys = f"url: '{server.url}', prefix: shop_database_, horizon_prefix: 'shop_horizon:'"
    target = f"{{kind: laravel, {keys}, service: s}}"

    def scrape(wanted: list[str]) -> str:
        running = run_exporters(f"targets: {{t: {target}}}\nservices: {{s: {{}}}}\n")
        deadline = time.monotonic() + PATIENCE
        # What one part learns, the others tell in the next scrape; a busy machine needs more.
        while missing := set(wanted) - set((text := running.get("/probe?target=t")[1]).split("\n")):
            assert time.monotonic() < deadline, missing
        return str(text)

    return scrape


def test_scrapes(server: Any, load_horizon: Load, scrape_until: Callable[[list[str]], str]) -> None:
    """What Horizon counts for its queues is told with them, over two connections in all."""
    load_horizon(server.client, "stopped")
    scrape_until(
        [
            'queue_jobs{system="laravel",queue="",state="failed"} 4',
            'queue_workers{system="laravel",queue="mail"} 0',
            'exporter_connections_opened_total{collector="laravel"} 2',
        ]
    )


def test_half_of_it(
    server: Any, load_horizon: Load, scrape_until: Callable[[list[str]], str]
) -> None:
    """Where Horizon's keys cannot be read the queues are measured, and the reason is told."""
    load_horizon(server.client, "stopped")
    server.client.delete("shop_horizon:masters")
    server.client.set("shop_horizon:masters", "no sorted set")
    text = scrape_until(
        [
            'queue_jobs{system="laravel",queue="mail",state="ready"} 4',
            "queue_up 1",
            'exporter_collector_success{collector="horizon"} 0',
        ]
    )

    assert "horizon_masters" not in text
    assert 'state="failed"' not in text


def test_many_failures(server: Any, load_horizon: Load, page: Any) -> None:
    """Failures of very many queues are counted one and all, the later ones together."""
    load_horizon(server.client, "worked")
    page.text()
    pipeline = server.client.pipeline(transaction=False)
    for number in range(700):
        pipeline.zadd("shop_horizon:failed_jobs", {f"job{number}": -2e9 - number})
        facts = {"queue": f"tenant{number}", "name": "Bad"}
        pipeline.hset(f"shop_horizon:job{number}", mapping=facts)
    pipeline.execute()
    page.text()

    lines = page.lines("queue_jobs_failed_total{")
    assert len(lines) < 110
    assert sum(float(line.split()[-1]) for line in lines) == 700
    bad = 'queue_job_class_failed_total{system="laravel",job_class="Bad"} 700'
    assert bad in page.lines("queue_job_class_failed_total{")


@pytest.mark.parametrize(
    ("stage", "code", "says"),
    [
        ("worked", 0, "t (laravel): all is well"),
        ("paused", 0, "warning: Horizon is paused; let it go on: php artisan horizon:continue"),
        ("stopped", 1, "failure: Horizon does not run; start it, and read its log"),
    ],
)
def test_doctor(
    server: Any,
    load_horizon: Load,
    command: Callable[..., Any],
    tmp_path: Path,
    stage: str,
    code: int,
    says: str,
) -> None:
    """That Horizon does not run is a failure, with an exit code for cron; a pause is a warning."""
    load_horizon(server.client, stage)
    file = tmp_path / "lightship.yaml"
    keys = f"url: '{server.url}', prefix: shop_database_, horizon_prefix: 'shop_horizon:'"
    limits = "{limits: {queue_oldest_ready_job_age_seconds_max: 1000000000}}"
    file.write_text(
        f"targets: {{t: {{kind: laravel, {keys}, service: s}}}}\nservices: {{s: {limits}}}\n"
    )
    ended = command("doctor", "--settings", str(file), "--seconds", "0.1")

    assert (ended.returncode, ended.stderr) == (code, "")
    assert says in ended.stdout
