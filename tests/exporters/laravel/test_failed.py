"""Jobs that failed, counted in the table in which Laravel keeps them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exporters.settings import FailedJobs

FAILED = 'queue_jobs{system="laravel",queue="mail",state="failed"} 2'


@pytest.fixture
def table(laravel: Any, tmp_path: Path) -> Path:
    """Let Laravel keep three failed jobs of two queues in a file."""
    path = tmp_path / "shop's database.sqlite"
    laravel.do(*(["fail", queue, str(path)] for queue in ("mail", "web", "mail")))
    return path


def test_by_queue(server: Any, scraper: Callable[..., Any], table: Path) -> None:
    """Failed jobs are counted by queue, and instead of those that Horizon lists."""
    server.client.zadd("shop_horizon:failed_jobs", {"a": -1, "b": -2})
    failed_jobs = FailedJobs(table.as_uri())
    page = scraper(
        "laravel",
        server.url,
        prefix="shop_database_",
        horizon_prefix="shop_horizon:",
        failed_jobs=failed_jobs,
    )
    page.text()

    lines = [line for line in page.lines("queue_jobs{") if '"failed"' in line]
    assert lines == [
        FAILED,
        'queue_jobs{system="laravel",queue="web",state="failed"} 1',
    ]
    assert 'horizon_remembered_jobs{list="failed"} 2' in page.lines("horizon_")
