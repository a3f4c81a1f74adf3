"""The demo's worker, a process of RQ's own kind, and who keeps it at work, still or away.

``python -m compose.demo.worker`` does jobs until it is stopped.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import click
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker

from compose.demo.faults import GONE, JOBS_OLD, STUCK, Faults
from compose.demo.jobs import QUEUES
from exporters import log

STOP_SECONDS = 3.0


@dataclass
class Hand:
    """The worker as the faults want it; leaving the context ends it."""

    url: str
    password_file: Path | None
    faults: Faults
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._end()

    async def follow(self) -> None:
        """Start the worker if it is missing, and do to it what the faults ask for."""
        if GONE in self.faults.on:
            await self._end()
            return
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(*self._command())
        # What is still stays so, what runs goes on: both signals may come twice.
        stuck = bool({STUCK, JOBS_OLD} & self.faults.on)
        self._process.send_signal(signal.SIGSTOP if stuck else signal.SIGCONT)

    async def _end(self) -> None:
        """Let the worker say goodbye to its queues, unless it hangs."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    def _command(self) -> list[str]:
        # A still one hears no goodbye: it must go with its parent, where the system can see to it.
        setpriv = shutil.which("setpriv")
        guard = [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
        password = [f"--password-file={self.password_file}"] if self.password_file else []
        return [*guard, sys.executable, "-m", __name__, f"--queues={self.url}", *password]


@click.command()
@click.option("--queues", "url", required=True, help="Redis URL.")
@click.option("--password-file", type=click.Path(path_type=Path), help="File with its password.")
def main(url: str, password_file: Path | None) -> None:
    """Do the demo's jobs until stopped."""
    log.set_up()
    password = password_file.read_text().strip() if password_file else None
    with Redis.from_url(url, password=password, client_name="demo-worker") as connection:
        queues = [Queue(name, connection=connection) for name in QUEUES]
        try:
            # Jobs that fail are meant to: they are no news for the log.
            SimpleWorker(queues, connection=connection).work(logging_level="CRITICAL")
        except RedisError as error:
            # It is started again as long as it is missing.
            log.info("worker gives up", reason=type(error).__name__)
            sys.exit(1)


if __name__ == "__main__":
    main()
