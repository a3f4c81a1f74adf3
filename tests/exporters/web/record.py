"""Records what real web servers answer: ``python -m tests.exporters.web.record [FOLDER]``.

The folder is where Debian's package of another PHP-FPM was unpacked.
"""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import requests

from compose.local import phpfpm
from compose.local.ports import reserve
from exporters.fastcgi_address import FastCgiAddress
from exporters.fastcgi_client import FastCgiClient
from tests.exporters.web.conftest import ROOT, begin_nginx, begin_phpfpm

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


def record_phpfpm(programs: Path) -> None:
    """Keep the page of a PHP-FPM whose two processes are busy, while others wait."""
    said = subprocess.run(
        [*phpfpm.obtain(programs), "-v"], capture_output=True, text=True, check=True
    )
    (version,) = re.findall(r"^PHP (\d+\.\d+\.\d+)", said.stdout, re.MULTILINE)
    with tempfile.TemporaryDirectory() as folder:
        port = reserve()
        server = begin_phpfpm(Path(folder), f"127.0.0.1:{port}", programs)
        try:
            page = asyncio.run(_busy(Path(folder), port, server.port))
        finally:
            server.kill()
    (RECORDED / f"phpfpm-{version}.json").write_bytes(page)


async def _busy(folder: Path, port: int, status: int) -> bytes:
    pages = FastCgiClient(FastCgiAddress(f"{folder}/wait.php", "127.0.0.1", port))
    asked = asyncio.gather(*(pages.get() for _ in range(6)))
    await asyncio.sleep(5)  # long enough for all that is counted
    page = await FastCgiClient(FastCgiAddress("/status", "127.0.0.1", status)).get("json&full")
    (folder / "go").touch()
    await asked
    return page


if __name__ == "__main__":
    record_nginx()
    record_phpfpm(Path(sys.argv[1]) if sys.argv[1:] else ROOT / phpfpm.FOLDER)
