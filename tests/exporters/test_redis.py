"""The Redis collector: what it makes of answers, recorded and real."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from exporters import catalog
from exporters.catalog import cache
from exporters.collectors.redis import LATENCY, SLOWLOG, RedisCollector
from exporters.exposition import Exposition
from exporters.failure import CollectionError
from exporters.settings import Target

HERE = Path(__file__).parent


def collector(url: str = "redis://127.0.0.1", **keys: Any) -> tuple[RedisCollector, Exposition]:
    page = Exposition()
    return RedisCollector(Target("t", "redis", url, "s", **keys), page), page


async def close(redis: RedisCollector) -> None:
    """Drop the connection, and let the loop notice before it ends."""
    redis.close()
    await asyncio.sleep(0)


def collect(url: str, **keys: Any) -> str:
    """Return what one collection from a real server writes."""

    async def once() -> str:
        redis, page = collector(url, **keys)
        try:
            await redis.collect()
        finally:
            await close(redis)
        return page.text()

    return asyncio.run(once())


@pytest.mark.parametrize("name", ["redis-7.0", "valkey-9.1"])
def test_recorded(name: str, golden: Callable[[Path, str], None]) -> None:
    """A recorded answer becomes exactly this text."""
    recorded = json.loads((HERE / f"recorded/{name}.json").read_text())
    redis, page = collector()
    redis.write(
        "\r\n".join(recorded["info"]), {LATENCY: recorded["latency"], SLOWLOG: recorded["slowlog"]}
    )

    golden(HERE / f"golden/{name}.prom", page.text())


def test_whole_vocabulary(start_cache: Callable[..., Any]) -> None:
    """Every family of the cache's vocabulary comes from a real server; `up` is the engine's."""
    server = start_cache()
    server.client.set("a", "1")
    names = {family.name for family in catalog.families().values()}
    wanted = {name for name in names if name.startswith("cache_")} - {cache.up.name}
    heads = [line for line in collect(server.url).splitlines() if line.startswith("# TYPE")]

    assert {head.split()[2] for head in heads} == wanted


def test_values(start_cache: Callable[..., Any]) -> None:
    """Values are those of the server."""
    server = start_cache("--maxmemory", "100mb")
    client = server.client
    client.mset({"a": "1", "b": "2"})
    client.get("a")
    client.get("none")
    client.expire("b", 100)
    text = collect(server.url)

    for line in [
        "cache_hits_total 1.0",
        "cache_misses_total 1.0",
        'cache_keys{database="0"} 2.0',
        'cache_keys_expiring{database="0"} 1.0',
        "cache_memory_limit_bytes 104857600.0",
        'cache_commands_total{command="get"} 2.0',
        'cache_command_duration_seconds_bucket{command="get",le="+Inf"} 2',
    ]:
        assert f"\n{line}\n" in text
    assert 'cache_server_info{product="valkey",version="' in text


def test_socket(start_cache: Callable[..., Any], tmp_path: Path) -> None:
    """A Unix socket is as good as a port."""
    start_cache("--unixsocket", str(tmp_path / "s"))

    assert "cache_uptime_seconds" in collect(f"unix://{tmp_path}/s")


def test_replica(start_cache: Callable[..., Any]) -> None:
    """A replica says so, and its primary counts it."""
    primary = start_cache()
    replica = start_cache("--replicaof", "127.0.0.1", str(primary.port))

    assert 'role="replica"' in collect(replica.url)
    assert 'role="master"' in collect(primary.url)


def test_refused_options(start_cache: Callable[..., Any], tmp_path: Path) -> None:
    """What access rules refuse is left out, and asked once per connection, not in every scrape."""
    server = start_cache()
    server.client.acl_setuser(
        "monitor", enabled=True, passwords=["+pw"], commands=["+info", "-latency", "-slowlog"]
    )
    password = tmp_path / "password"
    password.write_text("pw\n")

    async def thrice() -> str:
        redis, page = collector(server.url, username="monitor", password_file=password)
        for _ in range(3):
            page.clear()
            await redis.collect()
        await close(redis)
        return page.text()

    text = asyncio.run(thrice())
    refused = server.client.info("errorstats")["errorstat_NOPERM"]["count"]
    assert "cache_hits_total" in text
    assert "cache_slow_commands" not in text
    # CLIENT SETNAME, LATENCY HISTOGRAM and SLOWLOG LEN, once each.
    assert refused == 3


def test_no_permission(start_cache: Callable[..., Any], tmp_path: Path) -> None:
    """A user who may not ask for INFO is told apart from one who may not log in."""
    server = start_cache()
    server.client.acl_setuser("nobody", enabled=True, passwords=["+pw"])
    password = tmp_path / "password"
    password.write_text("pw")
    with pytest.raises(CollectionError, match=r"refused INFO \(NOPERM\)") as caught:
        collect(server.url, username="nobody", password_file=password)
    assert caught.value.reason == "permission"


def test_loading(start_cache: Callable[..., Any]) -> None:
    """A server that is still loading its data is not up yet."""
    server = start_cache()
    pipeline = server.client.pipeline(transaction=False)
    for number in range(2000):
        pipeline.set(f"key{number}", "x" * 1000)
    pipeline.execute()
    server.client.save()
    server.kill()
    # Half a millisecond per key and a look at the network after each, so that it takes a second.
    server.arguments += (
        "--key-load-delay",
        "500",
        "--loading-process-events-interval-bytes",
        "1024",
    )
    server.start()
    with pytest.raises(CollectionError, match="loading") as caught:
        collect(server.url)
    assert caught.value.reason == "loading"


FIELD = st.sampled_from(["loading", "role", "db0", "cmdstat_get", "uptime_in_seconds", "maxmemory"])
VALUE = st.sampled_from(["keys=1", "calls=1,usec=x", "1e999", "-nan", "1_0", "=,=", ""]) | st.text()
INFO = st.lists(st.tuples(FIELD, VALUE)).map(lambda pairs: "\r\n".join(map(":".join, pairs)))
REPLY = st.recursive(
    st.integers() | st.text() | st.none(),
    lambda inner: st.lists(inner) | st.tuples(st.text(), inner),
)


@given(INFO | st.text(), REPLY | st.just(["get", ["calls", 2, "histogram_usec", [1, 1, 4]]]), REPLY)
@example("", ["get", ["calls", "x", "histogram_usec", []]], 1)
@example("", [None, ["calls", 1, "histogram_usec", [1, 1]]], 1)
@example("", ["get", ["calls", 1, "histogram_usec", [1, "x"]]], 1)
def test_any_answer(info: str, latency: Any, slowlog: Any) -> None:
    """Whatever a server answers, what is written can be parsed, or the server counts as loading."""
    redis, page = collector()
    try:
        redis.write(info, {LATENCY: latency, SLOWLOG: slowlog})
    except CollectionError as error:
        assert error.reason == "loading"  # noqa: PT017 - both ends are right
    list(text_string_to_metric_families(page.text()))
