"""How many notifications a second the inbox stores, and whether a kill -9 loses one: `inbox.py`.

Senders post notifications of one alert each, as fast as they are answered, for ten seconds;
then the inbox is killed, started again, and what it holds is compared with what it had
acknowledged. A storm of 1,000 alerts in one notification, and bodies that are none, follow.
"""

from __future__ import annotations

import json
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SENDERS = 16
SECONDS = 10.0
RECORDED = Path(__file__).parents[1] / "inbox/recorded/alertmanager-0.33-firing.json"


@dataclass
class Sent:
    """What one sender had acknowledged, by group, and how long each answer took."""

    acknowledged: set[str] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)
    refused: int = 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def start(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start an inbox on a free port; return its process and its port."""
    options = ["--listen=127.0.0.1:0", f"--database={folder}/inbox.db", f"--runbooks={folder}"]
    command = [sys.executable, "-m", "compose.inbox", "run", *options]
    # A file, for nobody reads what it says while it is measured.
    log = folder / f"{time.monotonic_ns()}.log"
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(command, stderr=said)
    while not log.read_text(encoding="utf-8").endswith("\n"):
        time.sleep(0.01)
    return process, json.loads(log.read_text(encoding="utf-8"))["port"]


def post(sender: socket.socket, body: bytes) -> int:
    """Send a body over a connection that stays open; return the status of the answer."""
    about = f"Host: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    sender.sendall(f"POST /webhook HTTP/1.1\r\n{about}\r\n\r\n".encode() + body)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += sender.recv(65_536)
    head, _, rest = answer.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(rest) < length:
        rest += sender.recv(65_536)
    return int(head.split()[1])


def flood(port: int, document: Mapping[str, Any], number: int, until: float) -> Sent:
    """Post notifications of new groups until it is time."""
    sent, count = Sent(), 0
    with socket.create_connection(("127.0.0.1", port)) as sender:
        while time.monotonic() < until:
            group = f"{number}-{count}"
            began = time.perf_counter()
            status = post(sender, json.dumps({**document, "groupKey": group}).encode())
            sent.seconds.append(time.perf_counter() - began)
            sent.refused += status != 200
            if status == 200:
                sent.acknowledged.add(group)
            count += 1
    return sent


def stored(folder: Path) -> set[str]:
    """Return the groups that are in the database."""
    with sqlite3.connect(folder / "inbox.db") as database:
        return {group for (group,) in database.execute("SELECT group_key FROM notifications")}


def measure_flood(folder: Path, document: Mapping[str, Any]) -> None:
    process, port = start(folder)
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(SENDERS) as senders:
        running = [senders.submit(flood, port, document, n, until) for n in range(SENDERS)]
        sent = [one.result() for one in running]
    process.kill()
    process.wait()
    acknowledged = set().union(*(one.acknowledged for one in sent))
    took = sorted(second for one in sent for second in one.seconds)
    again, _ = start(folder)
    again.kill()
    again.wait()
    rate = len(acknowledged) / SECONDS
    _tell(f"{len(acknowledged)} notifications acknowledged in {SECONDS:.0f} s: {rate:.0f} a second")
    p50, p99 = statistics.median(took), took[int(len(took) * 0.99)]
    _tell(f"answered after {p50 * 1e3:.1f} ms (p50), {p99 * 1e3:.1f} ms (p99)")
    _tell(f"refused: {sum(one.refused for one in sent)}")
    _tell(f"lost in a kill -9 after that: {len(acknowledged - stored(folder))}")


def measure_storm(folder: Path, document: Mapping[str, Any]) -> None:
    process, port = start(folder)
    (alert,) = document["alerts"]
    alerts = [
        alert | {"fingerprint": f"{n:016x}", "labels": alert["labels"] | {"instance": f"i{n}"}}
        for n in range(1_000)
    ]
    with socket.create_connection(("127.0.0.1", port)) as sender:
        began = time.perf_counter()
        status = post(sender, json.dumps({**document, "alerts": alerts}).encode())
        took = time.perf_counter() - began
        malformed = [post(sender, body) for body in (b"{", b"[]", b'{"alerts": 1}', b"\xff") * 100]
    process.kill()
    process.wait()
    _tell(f"1,000 alerts in one notification: {status} after {took * 1e3:.0f} ms")
    _tell(f"400 malformed bodies: answered with {sorted(set(malformed))}")


def main() -> None:
    document = json.loads(RECORDED.read_text(encoding="utf-8"))
    for measure in (measure_flood, measure_storm):
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), document)


if __name__ == "__main__":
    main()
