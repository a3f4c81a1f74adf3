"""Records what Horizon keeps in Redis: ``python record.py redis://HOST:PORT STAGE FILE``.

Adds a stage to the file. Of each job's hash only what is read is kept: texts of
exceptions and payloads of finished jobs are of no use to the tests.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from redis import Redis

KEPT = ("queue", "name", "status", "updated_at")


def dump(server: Redis) -> dict[str, Any]:
    """Return every key with its type and value."""
    readers: dict[str, Callable[[str], Any]] = {
        "hash": server.hgetall,
        "list": lambda key: server.lrange(key, 0, -1),
        "set": lambda key: sorted(server.smembers(key)),
        "string": server.get,
        "zset": lambda key: server.zrange(key, 0, -1, withscores=True),
    }
    kinds = {str(key): str(server.type(key)) for key in sorted(server.keys("*"))}
    return {key: {kind: _brief(readers[kind](key))} for key, kind in kinds.items()}


def _brief(value: Any) -> Any:
    if isinstance(value, dict) and "payload" in value:
        return {field: value[field] for field in KEPT if field in value}
    return value


if __name__ == "__main__":
    _, url, stage, file = sys.argv
    path = Path(file)
    recorded = json.loads(path.read_text("utf-8")) if path.exists() else {"stages": {}}
    with Redis.from_url(url, decode_responses=True) as connection:
        recorded["stages"][stage] = {"at": time.time(), "keys": dump(connection)}
    path.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n", "utf-8")
