"""Classes of cached values: what is counted of them, what a look at all keys finds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from exporters.collectors import redis
from exporters.collectors.redis.effect import PREFIX
from exporters.collectors.redis.keys import BATCH
from exporters.collectors.redis.patterns import Patterns
from exporters.collectors.redis.tally import Tally
from exporters.probe import Probe
from exporters.settings import KeyClasses, Target

CLASSES = KeyClasses(
    {"cart": "{tenant}:cart:*", "page": "page:*", "any page": "p*"}, interval="1s", tenants=2
)

Samples = dict[tuple[str, ...], float]


def measured(url: str, ready: Callable[[Samples], object], **keys: Any) -> Samples:
    """Scrape until the samples are as wanted; return them, by name and label values."""

    async def scrapes() -> Samples:
        target = Target("t", "redis", url, "s", key_classes=CLASSES, **keys)
        probe = Probe("t", redis.source(target))
        deadline = time.monotonic() + 20
        try:
            while True:
                text = await probe.answer(5)
                found = {
                    (sample.name, *sample.labels.values()): sample.value
                    for family in text_string_to_metric_families(text)
                    for sample in family.samples
                }
                if ready(found):
                    return found
                assert time.monotonic() < deadline, text
                await asyncio.sleep(0.05)
        finally:
            probe.close()
            await asyncio.sleep(0)

    return asyncio.run(scrapes())


def looked(found: Samples) -> bool:
    """Return whether a look at all keys has ended."""
    return ("cache_scan_timestamp_seconds",) in found


def test_keys(start_cache: Callable[..., Any]) -> None:
    """Keys are counted by class, and by the tenants that have most of them."""
    server = start_cache()
    pipeline = server.client.pipeline(transaction=False)
    carts = {"acme": 40, "bolt": 30, "cove": 20, "dust": 10}
    for tenant, count in carts.items():
        for number in range(count):
            pipeline.set(f"{tenant}:cart:{number}", "x" * 100, ex=1000)
    for number in range(3 * BATCH):
        pipeline.set(f"page:{number}", "x" * 1000)
    pipeline.set("else", "x")
    pipeline.execute()
    found = measured(server.url, looked)

    assert found["cache_class_keys", "cart"] == 100
    assert found["cache_class_keys", "page"] == 3 * BATCH
    assert found["cache_class_keys", "other"] == 1
    assert found["cache_tenant_keys", "cart", "acme"] == 40
    assert found["cache_tenant_keys", "cart", "bolt"] == 30
    assert found["cache_tenant_keys", "cart", "other"] == 30
    assert ("cache_tenant_keys", "cart", "cove") not in found
    assert found["exporter_series_dropped", "cache_tenant_keys"] == 2


def test_samples(start_cache: Callable[..., Any]) -> None:
    """Bytes and lives come from samples: about those that the keys have."""
    server = start_cache()
    pipeline = server.client.pipeline(transaction=False)
    for number in range(2 * BATCH):
        pipeline.set(f"page:{number}", "x" * 1000, ex=1000)
        pipeline.set(f"acme:cart:{number}", "x" * 10)
    pipeline.execute()
    found = measured(server.url, looked)

    assert 1000 < found["cache_class_memory_bytes", "page"] / (2 * BATCH) < 2000
    assert 10 < found["cache_class_memory_bytes", "cart"] / (2 * BATCH) < 200
    assert found["cache_tenant_memory_bytes", "cart", "acme"] == pytest.approx(
        found["cache_class_memory_bytes", "cart"]
    )
    assert 900 < found["cache_class_ttl_seconds", "page"] <= 1000
    assert found["cache_class_lasting_ratio", "page"] == 0
    assert found["cache_class_lasting_ratio", "cart"] == 1
    assert ("cache_class_ttl_seconds", "cart") not in found


def test_looked_again(start_cache: Callable[..., Any]) -> None:
    """What was added is found by the next look, over the two connections that are kept."""
    server = start_cache()
    server.client.set("page:1", "x")

    def ready(found: Samples) -> bool:
        if found.get(("cache_class_keys", "page")) == 1:
            server.client.set("page:2", "x")
        return found.get(("cache_class_keys", "page")) == 2

    found = measured(server.url, ready)
    assert found["exporter_connections_opened_total", "redis"] == 2
    assert found["exporter_collector_success", "keys"] == 1


def test_database(start_cache: Callable[..., Any]) -> None:
    """The logical database that the URL names is the one whose keys and counters are read."""
    server = start_cache()
    server.client.set("page:0", "x")
    server.client.execute_command("SELECT", 1)
    server.client.hset(f"{PREFIX}page", "hits", 5)
    found = measured(f"{server.url}/1", looked)

    assert found["cache_class_hits_total", "page"] == 5
    assert found["cache_class_keys", "other"] == 1
    assert ("cache_class_keys", "page") not in found


def test_counted(start_cache: Callable[..., Any]) -> None:
    """What applications count is shown by class; what they do not count, or garble, is absent."""
    server = start_cache()
    counts = {"hits": 70, "misses": 30, "invalidations": "many", "warmed_at": 1795000000}
    server.client.hset(f"{PREFIX}page", mapping=counts)
    server.client.set(f"{PREFIX}cart", "no hash")
    found = measured(server.url, looked)

    assert found["cache_class_hits_total", "page"] == 70
    assert found["cache_class_misses_total", "page"] == 30
    assert found["cache_class_warmed_timestamp_seconds", "page"] == 1795000000
    shown = {name for name in found if name[0].startswith("cache_class_")}
    assert not {name for name in shown if name[0] == "cache_class_invalidations_total"}
    assert not {name for name in shown if name == ("cache_class_hits_total", "cart")}


def test_tenants_counted(start_cache: Callable[..., Any]) -> None:
    """Of each tenant hits and misses are shown, both of those with most reads, and the others'."""
    server = start_cache()
    hits = {
        "acme": 10,
        "bolt": 1,
        "cove": 500,
        "dust": "many",
        **{f"t{n:04}": 1 for n in range(1500)},
    }
    server.client.hset(f"{PREFIX}cart:hits", mapping=hits)
    server.client.hset(f"{PREFIX}cart:misses", mapping={"acme": 2, "bolt": 900})
    wanted = ("cache_tenant_misses_total", "cart", "other")
    found = measured(server.url, lambda found: wanted in found)

    shown = {key: value for key, value in found.items() if key[0].startswith("cache_tenant_")}
    assert shown == {
        ("cache_tenant_hits_total", "cart", "bolt"): 1,
        ("cache_tenant_misses_total", "cart", "bolt"): 900,
        ("cache_tenant_hits_total", "cart", "cove"): 500,
        ("cache_tenant_misses_total", "cart", "cove"): 0,
        ("cache_tenant_hits_total", "cart", "other"): 1510,
        ("cache_tenant_misses_total", "cart", "other"): 2,
    }
    assert found["exporter_series_dropped", "cache_tenant_hits_total"] == 1501
    assert found["exporter_connections_opened_total", "redis"] == 2


def test_no_rights(start_cache: Callable[..., Any], tmp_path: Any) -> None:
    """A server whose keys we may not look at is measured without them, and that is said."""
    server = start_cache()
    server.client.acl_setuser(
        "monitor", enabled=True, passwords=["+pw"], commands=["+info", "+select", "+latency"]
    )
    (tmp_path / "password").write_text("pw")
    found = measured(
        server.url,
        lambda found: (
            ("exporter_collector_errors_total", "keys", "permission") in found
            and found["exporter_collector_errors_total", "keys", "permission"] > 0
        ),
        username="monitor",
        password_file=tmp_path / "password",
    )
    assert found["cache_up",] == 1
    assert found["exporter_collector_success", "redis"] == 1


@pytest.mark.parametrize(
    ("key", "class_", "tenant"),
    [
        ("acme:cart:1", "cart", "acme"),
        ("a:b:cart:1", "other", ""),
        (":cart:1", "other", ""),
        ("page:", "page", ""),
        ("page", "any page", ""),
        ("Page:1", "other", ""),
        ("page:a\nb", "page", ""),
    ],
)
def test_patterns(key: str, class_: str, tenant: str) -> None:
    """The first pattern that fits a whole key decides, and a tenant has no colon."""
    assert Patterns(CLASSES.patterns).of(key) == (class_, tenant)


@given(st.text(), st.text())
def test_any_key(pattern: str, key: str) -> None:
    """Whatever a pattern holds, but stars and tenants, is itself; no key makes it fail."""
    patterns = Patterns({"one": pattern})
    patterns.of(key)
    assert patterns.of(pattern.replace("{tenant}", "7"))[0] == "one"


def test_many_tenants(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many tenants there seem to be, so many are remembered, and none is lost."""
    monkeypatch.setattr("exporters.collectors.redis.tally.MAX_TENANTS", 10)
    tally = Tally()
    for number in range(100):
        tally.count("cart", str(number))

    assert len(tally.tenants) == 11
    assert sum(keys for _, keys, _ in tally.largest("cart", 5)) == 100
    assert tally.dropped("cart", 5) == 5
