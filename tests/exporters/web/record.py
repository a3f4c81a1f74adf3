"""Records what real web servers answer: ``python -m tests.exporters.web.record``."""

from __future__ import annotations

import socket
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import requests

from tests.exporters.web.conftest import begin_nginx

RECORDED = Path(__file__).with_name("recorded")


def record_nginx() -> None:
    """Keep the page of an nginx that has turned clients away, and has some that wait."""
    with ExitStack() as end:
        folder = end.enter_context(tempfile.TemporaryDirectory())
        server = begin_nginx(Path(folder), connections=16)
        end.callback(server.kill)
        at = ("127.0.0.1", server.port)
        lines = []
        for _ in range(20):
            lines.append(end.enter_context(socket.create_connection(at)))
            lines[-1].sendall(b"GET /status HTTP/1.1\r\n")
            time.sleep(0.02)  # one that has said nothing yet is closed to make room
        for line in lines[:6]:
            line.sendall(b"Host: a\r\n\r\n")
            line.recv(1000)
        for line in lines[:3]:
            line.close()
        answer = requests.get(server.url(), timeout=10)
        version = answer.headers["Server"].partition("/")[2]
        (RECORDED / f"nginx-{version}.txt").write_bytes(answer.content)


if __name__ == "__main__":
    record_nginx()
