"""Records what a real server answers: `record.py NAME "SERVER" ["REDIS_EXPORTER"]`.

Starts a primary and a replica with the given program, has them do what leaves a trace in
what they tell of themselves, asks all that our collector asks, and writes the answers to
`recorded/NAME.json`. With redis_exporter, it scrapes that from the same servers, and writes
which `redis_*` families there were, and the sum of each, to `recorded/redis_exporter.json`.
"""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

import hiredis
import redis

from compose.local.ports import reserve
from exporters.collectors.redis import INFO, OPTIONAL
from exporters.redis_client import RedisClient
from exporters.settings import Target

RECORDED = Path(__file__).parent / "recorded"

# What says where and when, and nothing about shapes.
_PLACES = re.compile(r"^(executable|config_file|os|redis_build_id|run_id):.*")


def wait_until(ready: Callable[[], object]) -> None:
    """Poll until ``ready`` is true; give up after ten seconds."""
    for _ in range(500):
        with suppress(OSError, redis.ConnectionError):
            if ready():
                return
        time.sleep(0.02)
    raise SystemExit("never happened")


def start(stack: ExitStack, command: list[str]) -> None:
    """Start a program that ends with us."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.kill)


def server(stack: ExitStack, program: str, *options: str) -> redis.Redis:
    """Start a server and return a client."""
    port, folder = reserve(), stack.enter_context(tempfile.TemporaryDirectory())
    options = ("--port", str(port), "--dir", folder, "--save", "", *options)
    start(stack, [*shlex.split(program), *options])
    client = redis.Redis(port=port, decode_responses=True)
    stack.callback(client.close)
    wait_until(client.ping)
    return client


def follow(replica: redis.Redis, primary: redis.Redis) -> None:
    """Make one a replica of the other, and wait until it is in step."""
    replica.replicaof("127.0.0.1", port_of(primary))
    wait_until(lambda: replica.info("replication")["master_link_status"] == "up")
    wait_until(lambda: primary.info("replication").get("slave0", {}).get("state") == "online")
    wait_until(lambda: not primary.info("persistence")["rdb_bgsave_in_progress"])


def live(primary: redis.Redis, replica: redis.Redis) -> None:
    """Have both do what leaves a trace in what they tell of themselves."""
    # Once, it was the other way round.
    follow(primary, replica)
    primary.replicaof("NO", "ONE")
    follow(replica, primary)
    primary.config_set("slowlog-log-slower-than", 10_000)
    for number in range(50):
        primary.set(f"key{number}", number, ex=1000 + number if number % 2 else None)
    primary.get("key1")
    primary.get("none")
    redis.Redis(port=port_of(primary), db=3).set("a", 1)
    with suppress(redis.ResponseError):
        primary.lpush("key1", 1)
    with suppress(redis.ResponseError):
        primary.execute_command("DEBUG", "SLEEP", "0.02")  # type: ignore[no-untyped-call]
    primary.bgsave()
    wait_until(lambda: not primary.info("persistence")["rdb_bgsave_in_progress"])
    replica.config_set("appendonly", "yes")
    wait_until(lambda: not replica.info("persistence")["aof_rewrite_in_progress"])
    for one in (primary, replica):
        one.config_set("rdb-key-save-delay", 100_000)
    primary.bgsave()
    replica.bgrewriteaof()


def port_of(client: redis.Redis) -> int:
    """Return the port that a client is connected to."""
    return int(client.connection_pool.connection_kwargs["port"])


def answers(client: redis.Redis) -> dict[str, Any]:
    """Return the answers to all that our collector asks; a refused one is null."""
    replies = asyncio.run(asked(f"redis://127.0.0.1:{port_of(client)}"))
    found = dict(zip(map(" ".join, (INFO, *OPTIONAL)), replies, strict=True))
    info = found[" ".join(INFO)].split("\r\n")
    return found | {" ".join(INFO): [_PLACES.sub(r"\1:somewhere", line) for line in info]}


async def asked(url: str) -> list[Any]:
    """Ask as our collector does."""
    client = RedisClient(Target("t", "redis", url, "s"))
    replies = await client.ask([INFO, *OPTIONAL])
    client.close()
    return [None if isinstance(reply, hiredis.ReplyError) else reply for reply in replies]


def families(port: int) -> dict[str, float]:
    """Return the families that redis_exporter shows of a server, and the sum of each."""
    text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    names = re.findall(r"^# TYPE (redis_\w+)", text, re.MULTILINE)
    sums = dict.fromkeys(names, 0.0)
    for sample, value in re.findall(r"^(redis_\w+)(?:\{.*\})? (\S+)$", text, re.MULTILINE):
        # Of distributions, how much was counted.
        name = sample if sample in sums else sample.removesuffix("_count")
        if name in sums:
            sums[name] += float(value)
    return sums


def main() -> None:
    """Run it."""
    name, program, *rival = sys.argv[1:]
    with ExitStack() as stack:
        options = ("--latency-monitor-threshold", "1", "--enable-debug-command", "yes")
        primary = server(stack, program, *options[: 2 if name == "redis-6.0" else 4])
        replica = server(stack, program)
        live(primary, replica)
        theirs: dict[str, float] = {}
        for client in (replica, primary) if rival else ():
            port = reserve()
            address = f"redis://127.0.0.1:{port_of(client)}"
            start(stack, [*rival, "--redis.addr", address, "--web.listen-address", f":{port}"])
            wait_until(partial(families, port))
            theirs |= families(port)
        found = {"primary": answers(primary), "replica": answers(replica)}
    (RECORDED / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n")
    if rival:
        text = json.dumps(theirs, indent=1, sort_keys=True) + "\n"
        (RECORDED / "redis_exporter.json").write_text(text)


if __name__ == "__main__":
    main()
