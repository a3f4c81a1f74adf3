"""What the doctor says of real servers, with which exit code, and what `explain` counts."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis
from rq import Queue, SimpleWorker

from exporters.collectors.redis.effect import PREFIX
from exporters.diagnosis import Table
from exporters.explain import exposed
from generator.model import build

ROOT = Path(__file__).parents[2]


@pytest.fixture
def configured(tmp_path: Path) -> Callable[..., str]:
    """Write settings with the given kinds, each a target of that name; return the file."""

    def write(limits: str = "{}", **targets: str) -> str:
        lines = [f"  {k}: {{kind: {k}, url: '{url}', service: s}}" for k, url in targets.items()]
        text = "\n".join(["targets:", *lines, f"services: {{s: {{limits: {limits}}}}}\n"])
        file = tmp_path / "lightship.yaml"
        file.write_text(text)
        return str(file)

    return write


def said(ended: Any) -> dict[str, Any]:
    """Return what a command said of its only target."""
    assert ended.stderr == ""
    (found,) = json.loads(ended.stdout)
    return dict(found)


def test_queues(
    start_cache: Callable[..., Any], configured: Callable[..., str], command: Callable[..., Any]
) -> None:
    """Queues are told one by one; too many jobs warn, and only workers that are gone fail."""
    server = start_cache()
    with Redis(port=server.port) as connection:
        first, second = Queue("a", connection=connection), Queue("b", connection=connection)
        for _ in range(3):
            first.enqueue("time.sleep", 0)
        second.enqueue("time.sleep", 0)
        worker = SimpleWorker([first], connection=connection, name="w")
        worker.register_birth()  # type: ignore[no-untyped-call] # theirs has no types
        file = configured("{queue_jobs_ready_max: 3}", rq=server.url)
        found = command("doctor", "--settings", file, "--json", "--seconds", "0.1")
        strict = command("doctor", "--settings", file, "--strict", "--seconds", "0.1")
        connection.srem("rq:workers", "rq:worker:w")
        gone = command("doctor", "--settings", file, "--seconds", "0.1")

    assert (found.returncode, strict.returncode, gone.returncode) == (0, 1, 1)
    tables, (problem,) = said(found)["tables"], said(found)["problems"]
    assert [(q["queue"], q["ready"], q["workers"]) for q in tables["queues"]] == [
        ("a", 3, 1),
        ("b", 1, 0),
    ]
    assert problem["what"] == "4 jobs wait, all queues together; 3 may"
    assert strict.stdout.startswith(
        "rq (rq): 0 failures, 1 warnings\n  warning: 4 jobs wait, all queues together; 3 may; see"
    )
    assert "  failure: no worker runs; start the workers\n" in gone.stdout


def test_jobs_per_minute(
    start_cache: Callable[..., Any], configured: Callable[..., str], command: Callable[..., Any]
) -> None:
    """Where nobody counts jobs their number is unknown, and not 0."""
    server = start_cache()
    file = configured(celery=server.url)
    (work,) = said(command("doctor", "--settings", file, "--json"))["tables"]["work"]
    assert work == {"jobs_per_minute": None, "failed_share": None, "mean_duration": None}


def test_cache(
    start_cache: Callable[..., Any], configured: Callable[..., str], command: Callable[..., Any]
) -> None:
    """A cache's hit ratio, memory, keys and commands are told, and held against its limits."""
    server = start_cache("--maxmemory", "100mb")
    server.client.mset({"a": "1", "b": "2"})
    for _ in range(500):
        server.client.get("none")
    file = configured("{cache_memory_ratio_max: 0.0001}", redis=server.url)
    ended = command("doctor", "--settings", file, "--json", "--seconds", "0.1")
    found = said(ended)

    assert ended.returncode == 0
    assert found["tables"]["cache"][0]["hit_ratio"] == 0
    assert found["tables"]["keys"] == [{"database": "0", "keys": 2, "expiring": 0}]
    assert found["tables"]["memory"][0]["limit"] == 104857600
    assert found["tables"]["commands"][0]["command"] == "get"
    ratio, memory = [problem["what"] for problem in found["problems"]]
    assert ratio == "0.0% of reads were answered; at least 75.0% should"
    assert memory.endswith("of the memory is used; 0.0% may be")


def test_cache_by_class_and_tenant(
    start_cache: Callable[..., Any], configured: Callable[..., str], command: Callable[..., Any]
) -> None:
    """Classes and tenants are told with their hit ratios, keys and memory; a poor class warns."""
    server = start_cache()
    server.client.mset({f"acme:cart:{n}": "x" for n in range(3)} | {"bolt:cart:1": "x"})
    server.client.hset(f"{PREFIX}cart", mapping={"hits": 400, "misses": 600})
    server.client.hset(f"{PREFIX}cart:hits", mapping={"acme": 100, "bolt": 300})
    server.client.hset(f"{PREFIX}cart:misses", mapping={"acme": 600})
    file = Path(configured(redis=server.url))
    classes = "key_classes: {patterns: {cart: '{tenant}:cart:*'}}, service: s}"
    file.write_text(file.read_text("utf-8").replace("service: s}", classes))
    found = command("doctor", "--settings", str(file), "--json", "--seconds", "0.1")
    shown = command("doctor", "--settings", str(file), "--seconds", "0.1").stdout

    tables = said(found)["tables"]
    assert [(c["class"], c["hit_ratio"], c["keys"]) for c in tables["classes"]] == [
        ("cart", 0.4, 4),
        ("other", None, 3),
    ]
    assert [(t["tenant"], t["hit_ratio"], t["keys"]) for t in tables["tenants"]] == [
        ("acme", 1 / 7, 3),
        ("bolt", 1, 1),
    ]
    (problem,) = said(found)["problems"]
    assert problem["what"] == "40.0% of reads of cart were answered; at least 70.0% should"
    assert re.search(r"^    cart   acme +14\.3 % +3 ", shown, re.MULTILINE)


def test_gone(configured: Callable[..., str], command: Callable[..., Any]) -> None:
    """A target that does not answer is a failure, and says why."""
    file = configured(redis="redis://127.0.0.1:1", postgres="postgresql://me@127.0.0.1:1/d")
    ended = command("doctor", "--settings", file, "--seconds", "0.1")
    assert (ended.returncode, ended.stderr) == (1, "")
    assert "  failure: could not be measured: refused: " in ended.stdout
    assert "(activity, server, databases, replication, tables, statements)" in ended.stdout


def test_limits_are_those_of_alerts() -> None:
    """Every limit that the doctor knows has the name and the stock value that alerts have."""
    model = build(ROOT)
    text = "".join(file.read_text("utf-8") for file in (ROOT / "exporters/doctor").glob("*.py"))
    known = dict(re.findall(r'limits\("(\w+)", ([\d.]+)\)', text))
    assert known
    assert {name: float(model.limits[name]) for name in known} == {
        name: float(value) for name, value in known.items()
    }


def test_explain(
    start_cache: Callable[..., Any], configured: Callable[..., str], command: Callable[..., Any]
) -> None:
    """Every family of a target is told with the series it has; what failed is told too."""
    server = start_cache()
    file = configured(redis=server.url, rq="redis://127.0.0.1:1")
    ended = command("explain", "--settings", file, "--json")
    redis, rq = json.loads(ended.stdout)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert {"name": "cache_up", "type": "gauge", "series": 1}.items() <= next(
        family for family in redis["families"] if family["name"] == "cache_up"
    ).items()
    assert list(rq["failures"].values()) == [["rq"]]
    lines = command("explain", "--settings", file).stdout.splitlines()
    assert re.fullmatch(r"redis \(redis\): \d+ series of \d+ families", lines[0])
    assert lines[-1].startswith("all targets together: ")


def test_counted() -> None:
    """A family counts the series that a server will store, the buckets of histograms too."""
    text = (Path(__file__).parent / "redis/golden/redis-7.0-primary.prom").read_text("utf-8")
    theirs = {f.name: len(f.samples) for f in text_string_to_metric_families(text)}
    ours = {f.name.removesuffix("_total"): f.series for f in exposed(text)}
    assert ours == theirs


def test_shown() -> None:
    """A table has columns as wide as they must be, units, and a dash for what nobody knows."""
    table = Table("sizes", {"name": "", "size": "bytes"}, [["a", 2048.0], ["long", None]])
    assert list(table.lines()) == ["sizes", "  name     size", "  a     2.0 KiB", "  long        -"]
    assert list(Table("none", {"name": ""}, []).lines()) == []


def test_database(
    tmp_path: Path, configured: Callable[..., str], command: Callable[..., Any]
) -> None:
    """A database's tables and configured queries are told; what reads too much is a problem."""
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection:
        connection.executescript(
            "CREATE TABLE orders (id integer PRIMARY KEY, note text);"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)"
            "  INSERT INTO orders SELECT i, 'none' FROM n;"
            "ANALYZE;"
        )
    file = configured("{database_full_scan_rows_max: 40}", sqlite=f"file://{tmp_path}/shop.db")
    text = (
        Path(file)
        .read_text("utf-8")
        .replace(
            "service: s}", "service: s, queries: {all: SELECT * FROM orders WHERE note = 'x'}}"
        )
    )
    Path(file).write_text(text)
    found = said(command("doctor", "--settings", file, "--json", "--seconds", "0.1"))

    (table,) = found["tables"]["tables"]
    (query,) = found["tables"]["configured queries"]
    assert (table["table"], table["rows"], query["tables_read_in_full"]) == ("orders", 50, 1)
    assert query["time"] < 0.1
    assert [p["what"] for p in found["problems"]] == ["query all reads all 50 rows of orders"]
