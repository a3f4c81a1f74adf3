"""The demo's web pages: what visitors get, and what its faults do to them."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry

from compose.demo.faults import FAILING, RELEASED, SLOW, Faults
from compose.demo.front import Front
from exporters.application import Application


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def app(faults: Faults, registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return pages whose work takes no time, with a cache that is not there."""
    monkeypatch.setattr("compose.demo.front.MEAN_SECONDS", 0.0001)
    monkeypatch.setattr("compose.demo.front.SLOW_SECONDS", 0.1)
    return Front("redis://127.0.0.1:1", None, 1, faults, Application(registry)).application()


def statuses(app: Any, method: str, path: str, times: int) -> set[int]:
    async def ask() -> set[int]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            return {(await client.request(method, path)).status_code for _ in range(times)}

    return asyncio.run(ask())


def total(registry: CollectorRegistry, name: str) -> float:
    samples = [one for family in registry.collect() for one in family.samples]
    return sum(one.value for one in samples if one.name == name)


def test_a_cache_that_is_away(app: Any) -> None:
    """Without its cache the shop answers all the same; what it does not sell is not found."""
    assert statuses(app, "GET", "/products/7", 3) == {200}
    assert statuses(app, "GET", "/products/9999", 1) == {404}
    assert 201 in statuses(app, "POST", "/orders", 3)


def test_errors(app: Any, faults: Faults, registry: CollectorRegistry) -> None:
    """While the fault is on, orders fail, and confirmations of those that do not."""
    faults.switch(FAILING, on=True)
    assert statuses(app, "POST", "/orders", 60) == {201, 500}
    jobs = [
        one.labels["status"]
        for family in registry.collect()
        for one in family.samples
        if one.name == "application_job_duration_seconds_count"
    ]
    assert sorted(jobs) == ["failed", "processed"]


def test_release(app: Any, faults: Faults, registry: CollectorRegistry) -> None:
    """A bad release fails orders, is younger than the one before, and is taken back."""
    before = total(registry, "application_deployed_timestamp_seconds")
    faults.switch(RELEASED, on=True)
    assert statuses(app, "POST", "/orders", 60) == {201, 500}
    assert total(registry, "application_deployed_timestamp_seconds") > before
    faults.switch(RELEASED, on=False)
    statuses(app, "POST", "/orders", 1)
    assert total(registry, "application_deployed_timestamp_seconds") == before


def test_slowness(app: Any, faults: Faults, registry: CollectorRegistry) -> None:
    """While the fault is on, pages take many times as long."""
    name = "http_request_duration_seconds_sum"
    statuses(app, "POST", "/orders", 20)
    usual = total(registry, name)
    faults.switch(SLOW, on=True)
    statuses(app, "POST", "/orders", 20)
    assert total(registry, name) - usual > 2 * usual
