"""An application's jobs and caches, measured where they are used."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from exporters.application import Application

Samples = Callable[[str], dict[str, float]]

COUNT = "application_job_duration_seconds_count"


def test_job(metrics: Application, samples: Samples) -> None:
    """A job is counted by its queue, its name and how it ended; it takes and gives as before."""

    @metrics.job("mail")
    def send(to: str, *, times: int = 1) -> str:
        if times < 1:
            raise ValueError(to)
        assert samples("application_jobs_in_progress") == {"mail": 1}
        return to * times

    assert send("a", times=2) == "aa"
    with pytest.raises(ValueError, match="b"):
        send("b", times=0)
    assert samples(COUNT) == {"mail send processed": 1, "mail send failed": 1}
    assert samples("application_jobs_in_progress") == {"mail": 0}


def test_async_job(metrics: Application, samples: Samples) -> None:
    """A job that is a coroutine is measured until it is done, not until it is made."""

    @metrics.job("mail")
    async def send(to: str) -> str:
        await asyncio.sleep(0)
        return to

    made = send("a")
    assert samples(COUNT) == {}
    assert asyncio.run(made) == "a"
    assert samples(COUNT) == {"mail send processed": 1}


def test_release(metrics: Application, samples: Samples) -> None:
    """The release that runs is told with its time, and the one before it no more."""
    assert samples("application_deployed_timestamp_seconds") == {}
    metrics.release("1.4.1", deployed=1_700_000_000)
    metrics.release("1.4.2", deployed=1_800_000_000)
    assert samples("application_deployed_timestamp_seconds") == {"1.4.2": 1_800_000_000}


class Shelf(dict[str, str]):
    """A cache as small as can be."""

    def mget(self, keys: list[str]) -> list[str | None]:
        return [self.get(key) for key in keys]


def test_cache(metrics: Application, samples: Samples) -> None:
    """Lookups are counted as hits and misses; the rest of the cache is as it was."""
    cache = metrics.cache(Shelf(a="1"), "pages")
    assert cache.get("a") == "1"
    assert cache.get("b") is None
    assert cache.get("b", "default") == "default"
    assert cache.mget(["a", "b"]) == ["1", None]
    assert cache.keys() == {"a"}
    assert samples("application_cache_lookups_total") == {"pages hit": 2, "pages miss": 3}
    assert samples("application_cache_lookup_duration_seconds_count") == {"pages": 4}


def test_async_cache(metrics: Application, samples: Samples) -> None:
    """A cache that is asked by `await` is measured until it has answered."""

    class Remote:
        async def get(self, key: str) -> str | None:
            return {"a": "1"}.get(key)

        async def mget(self, keys: list[str]) -> list[str | None]:
            return [await self.get(key) for key in keys]

    cache = metrics.cache(Remote(), "pages")

    async def look_up() -> None:
        assert await cache.get("a") == "1"
        assert await cache.mget(["a", "b"]) == ["1", None]

    asyncio.run(look_up())
    assert samples("application_cache_lookups_total") == {"pages hit": 2, "pages miss": 1}


WORKER = """
from exporters.application import Application
metrics = Application()
job = metrics.job("mail")(lambda: None)
job()
"""

SHOWN = """
from prometheus_client import REGISTRY, generate_latest
from exporters.application.instruments import exposed
print(generate_latest(exposed(REGISTRY)).decode())
"""


def test_several_processes(tmp_path: Path) -> None:
    """Workers that are processes of their own are added up, as prometheus-client does it."""
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", WORKER], env=environment, check=True)
    shown = subprocess.run(
        [sys.executable, "-c", SHOWN], env=environment, check=True, capture_output=True, text=True
    )
    assert f'{COUNT}{{job_class="<lambda>",queue="mail",status="processed"}} 2.0' in shown.stdout
