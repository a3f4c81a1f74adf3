"""The Redis collector: what it makes of answers, recorded and real."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from exporters import catalog
from exporters.catalog import cache
from exporters.collectors.redis import (
    CLUSTER,
    HISTOGRAM,
    LATEST,
    OPTIONAL,
    SLOWLOG_GET,
    SLOWLOG_LEN,
    RedisCollector,
)
from exporters.collectors.redis.commands import MAX_ERRORS
from exporters.exposition import Exposition
from exporters.failure import CollectionError
from exporters.settings import Target

HERE = Path(__file__).parent

# Recorded by `record.py` from a primary and its replica.
NAMES = ["redis-6.0", "redis-7.0", "redis-8.0", "valkey-9.1"]


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


def recorded(name: str, role: str) -> str:
    """Return what is written of a recorded server: one of `record.py`'s, primary or replica."""
    answers = json.loads((HERE / f"recorded/{name}.json").read_text())[role]
    redis, page = collector()
    others = {tuple(command.split()): answer for command, answer in answers.items()}
    redis.write("\r\n".join(answers["INFO all"]), others)
    return page.text()


def families(*texts: str) -> set[str]:
    """Return the names of the families in some texts."""
    lines = (line.split() for text in texts for line in text.splitlines())
    return {line[2] for line in lines if line[:2] == ["#", "TYPE"]}


def shows(url: str, line: str) -> None:
    """Wait until a server shows a line."""
    deadline = time.monotonic() + 20
    while line not in collect(url).splitlines():
        assert time.monotonic() < deadline, line
        time.sleep(0.02)


@pytest.mark.parametrize("role", ["primary", "replica"])
@pytest.mark.parametrize("name", NAMES)
def test_recorded(name: str, role: str, golden: Callable[[Path, str], None]) -> None:
    """A recorded answer becomes exactly this text."""
    golden(HERE / f"golden/{name}-{role}.prom", recorded(name, role))


def test_whole_vocabulary() -> None:
    """Every family of the vocabulary comes from one of the recorded servers; `up` is the engine's.

    A cluster is not among them, and neither is what only a fault or a copy under way shows;
    classes of cached values have tests of their own.
    """
    wanted = {
        f.name for f in catalog.families().values() if f.name.startswith(("cache_", "redis_"))
    }
    shown = families(*(recorded(name, role) for name in NAMES for role in ("primary", "replica")))
    rare = {"redis_primary_link_down_seconds", "redis_primary_sync_left_bytes", cache.up.name}

    missing = wanted - shown - rare
    elsewhere = ("redis_cluster_", "cache_class_", "cache_tenant_", "cache_scan_")
    assert {name for name in missing if not name.startswith(elsewhere)} == set()


def test_cluster(start_cache: Callable[..., Any]) -> None:
    """A node of a cluster shows how that is, from the second scrape on."""
    server = start_cache("--cluster-enabled", "yes")
    server.client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)

    async def twice() -> str:
        redis, page = collector(server.url)
        deadline = asyncio.get_running_loop().time() + 20
        while "redis_cluster_up 1" not in page.text():
            assert asyncio.get_running_loop().time() < deadline
            page.clear()
            await redis.collect()
        await close(redis)
        return page.text()

    text = asyncio.run(twice())
    assert "\nredis_cluster_slots_assigned 16384\n" in text
    assert "\nredis_cluster_enabled 1\n" in text


def test_link_down(start_cache: Callable[..., Any]) -> None:
    """A replica that has lost its primary says so."""
    primary = start_cache()
    replica = start_cache("--replicaof", "127.0.0.1", str(primary.port))
    shows(replica.url, "redis_primary_link_up 1")
    primary.kill()
    shows(replica.url, "redis_primary_link_up 0")

    assert "\nredis_primary_link_down_seconds " in collect(replica.url)


def test_slow_log(start_cache: Callable[..., Any]) -> None:
    """Slow commands are counted on when the log is cleared, and never shown."""
    server = start_cache("--slowlog-log-slower-than", "0")

    async def twice() -> tuple[str, str]:
        redis, page = collector(server.url)
        server.client.set("secret", "secret")
        await redis.collect()
        before = page.text()
        page.clear()
        server.client.config_set("slowlog-log-slower-than", -1)
        server.client.slowlog_reset()
        await redis.collect()
        await close(redis)
        return before, page.text()

    before, after = asyncio.run(twice())
    counts = [
        next(float(line.split()[1]) for line in text.splitlines() if line.startswith(start))
        for text in (before, after)
        for start in ("cache_slow_commands_total ", "cache_slow_commands ")
    ]
    # The length was asked for a moment earlier, and that question is slow too.
    assert counts[0] == counts[2] == counts[1] + 1
    assert counts[3] == 0
    assert "secret" not in before


def test_many_errors() -> None:
    """Beyond so many kinds, errors are counted together."""
    redis, page = collector()
    info = "".join(f"\r\nerrorstat_E{number}:count=2" for number in range(MAX_ERRORS + 3))
    redis.write(info, {})

    lines = [line for line in page.text().splitlines() if line.startswith("cache_errors_total")]
    assert len(lines) == MAX_ERRORS + 1
    assert lines[-1] == 'cache_errors_total{error="other"} 6'


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
        "cache_hits_total 1",
        "cache_misses_total 1",
        'cache_keys{database="0"} 2',
        'cache_keys_expiring{database="0"} 1',
        "cache_memory_limit_bytes 104857600",
        'cache_commands_total{command="get"} 2',
        'cache_command_duration_seconds_bucket{command="get",le="+Inf"} 2',
    ]:
        assert f"\n{line}\n" in text
    product = client.info("server").get("server_name", "redis")
    assert f'cache_server_info{{product="{product}",version="' in text


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
    # CLIENT SETNAME besides, once each.
    assert refused == len(OPTIONAL) + 1


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


FIELD = st.sampled_from(
    ["loading", "role", "db0", "cmdstat_get", "errorstat_ERR", "slave0", "uptime_in_seconds",
     "maxmemory", "active_defrag_running", "mem_fragmentation_bytes", "cluster_state"]
)  # fmt: skip
VALUE = (
    st.sampled_from(
        ["keys=1", "keys=1,expires=0,avg_ttl=1", "calls=1,usec=x", "calls=1,usec=2,usec_per_call=2",
         "count=3", "ip=a,port=1,state=online,offset=2,lag=-1", "1e999", "-nan", "-1", "1_0", "ok",
         "=,=", ""]
    )
    | st.text()
)  # fmt: skip
INFO = st.lists(st.tuples(FIELD, VALUE)).map(lambda pairs: "\r\n".join(map(":".join, pairs)))
REPLY = st.recursive(
    st.integers() | st.text() | st.none(),
    lambda inner: st.lists(inner) | st.tuples(st.text(), inner),
)
GOOD = st.sampled_from(
    [
        ["get", ["calls", 2, "histogram_usec", [1, 1, 4]]],
        [[1, 2, 3, []]],
        [["fork", 1, 2, 3]],
        "cluster_state:ok",
    ]
)


@given(INFO | st.text(), st.dictionaries(st.sampled_from([*OPTIONAL, CLUSTER]), REPLY | GOOD))
@example("", {HISTOGRAM: ["get", ["calls", "x", "histogram_usec", []]], SLOWLOG_LEN: 1})
@example("", {HISTOGRAM: [None, ["calls", 1, "histogram_usec", [1, 1]]], LATEST: [["a", 1, 2, 3]]})
@example("", {HISTOGRAM: ["get", ["calls", 1, "histogram_usec", [1, "x"]]], SLOWLOG_GET: [[1]]})
def test_any_answer(info: str, others: dict[tuple[str, ...], Any]) -> None:
    """Whatever a server answers, what is written can be parsed, or the server counts as loading."""
    redis, page = collector()
    try:
        redis.write(info, others)
    except CollectionError as error:
        assert error.reason == "loading"  # noqa: PT017 - both ends are right
    list(text_string_to_metric_families(page.text()))
