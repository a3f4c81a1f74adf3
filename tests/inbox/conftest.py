"""A running inbox, and what real Alertmanagers sent."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from compose.inbox.app import build
from compose.inbox.store import Store
from compose.serving import http_server

ROOT = Path(__file__).parents[2]
RECORDED = Path(__file__).parent / "recorded"

Answering = Callable[[ASGIApp], AbstractContextManager[httpx.Client]]


@dataclass(frozen=True)
class Inbox:
    """An inbox that runs as a process of its own."""

    process: subprocess.Popen[str]
    url: str
    first_log: dict[str, Any]


@pytest.fixture
def recorded() -> Callable[..., dict[str, Any]]:
    """Return a notification as an Alertmanager sent it: `recorded("firing", "0.25")`."""

    def read(step: str, version: str = "0.33") -> dict[str, Any]:
        text = (RECORDED / f"alertmanager-{version}-{step}.json").read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
        return found

    return read


@contextmanager
def _answering(app: ASGIApp) -> Iterator[httpx.Client]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = http_server(app)
        thread = Thread(target=server.run, args=([listener],))
        thread.start()
        # Storms of megabytes take a while where other tests run.
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            with httpx.Client(base_url=url, timeout=60) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def answering() -> Answering:
    """Serve an application in this process; yield who talks to it over HTTP."""
    return _answering


@pytest.fixture
def client(tmp_path: Path, answering: Answering) -> Iterator[httpx.Client]:
    """Talk over HTTP to an inbox in this process."""
    (tmp_path / "runbooks").mkdir()
    with (
        closing(Store(tmp_path / "inbox.db")) as store,
        answering(build(store, tmp_path / "runbooks")) as client,
    ):
        yield client


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Inbox]]:
    """Start an inbox as a process on a free port; always on the same database."""
    started: list[subprocess.Popen[str]] = []

    def run(*options: str) -> Inbox:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "compose.inbox", "run", "--listen", "127.0.0.1:0"),
                *("--database", str(tmp_path / "inbox.db"), "--runbooks", str(tmp_path), *options),
            ],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stderr
        log = json.loads(process.stderr.readline())
        return Inbox(process, f"http://127.0.0.1:{log['port']}", log)

    yield run
    for process in started:
        process.kill()
        process.communicate()
