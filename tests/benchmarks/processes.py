"""Starts what is measured: programs on free ports, which end with the run."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from compose.local.ports import reserve

LIGHTSHIP = (sys.executable, "-c", "from generator.cli import main; main()", "exporters", "run")

TRIES = 1000
PAUSE = 0.02


def start(stack: ExitStack, command: Sequence[str], port: int, **environment: str) -> int:
    """Start a program, wait until it listens, and return its pid."""
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    stack.callback(process.wait)
    stack.callback(process.terminate)
    for _ in range(TRIES):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process.pid
        time.sleep(PAUSE)
    raise SystemExit(f"{command[0]}: does not listen")


def lightship(stack: ExitStack, folder: Path, settings: str) -> tuple[int, int]:
    """Start our exporters with the given settings; return pid and port."""
    port = reserve()
    path = folder / f"lightship-{port}.yaml"
    path.write_text(settings)
    listen = ["--settings", str(path), "--listen", f"127.0.0.1:{port}"]
    return start(stack, [*LIGHTSHIP, *listen], port), port
