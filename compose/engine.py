"""The stack in containers: Docker's commands that bring it up, down, and tell how it is."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from compose import health
from compose.status import WORKS, Row
from exporters.errors import UserError
from generator.definitions import DEMO_SETTINGS

ROOT = Path(__file__).parents[1]
ANSWER_SECONDS = 10
# Whose secrets lie in folders of their own below the one beside the settings file.
CONSUMERS = ("targets", "receivers")
# Services that end when they have done their work.
ENDING = frozenset({"init"})


def answers() -> bool:
    """Whether a Docker engine answers, compose is there, and so is our compose file.

    A client whose engine does not answer counts as none; no engine is ever started.
    """
    if not (ROOT / "compose.yaml").exists():
        return False
    commands = (["docker", "version"], ["docker", "compose", "version"])
    return all(_succeeds(command) for command in commands)


def require() -> None:
    """Raise UserError unless a Docker engine answers and compose is there."""
    if not answers():
        raise UserError(
            "docker: no engine answers, or its compose plugin or our compose.yaml is missing; "
            "start the engine, or use local processes: --local"
        )


def up(settings: Path) -> None:
    """Build and start the containers, and wait until all are healthy. Raises UserError."""
    _compose("up", "--detach", "--wait", "--build", settings=settings)


def down() -> None:
    """Stop and remove the containers; the volumes stay. Raises UserError."""
    # Services of every profile, whichever was started.
    _compose("--profile", "*", "down")


def run(*arguments: str) -> str:
    """Run a command of compose's (``stop demo-cache``); return its output. Raises UserError."""
    return _compose(*arguments, quiet=True)


def rows() -> list[Row]:
    """Return how each container is; nothing when none was started."""
    text = _compose("ps", "--all", "--format", "json", quiet=True)
    return [_row(one) for one in _objects(text)]


def looked_into(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with what the services that can be reached from here say themselves.

    That a server is healthy says nothing about whether it took its last configuration.
    """
    return [_asked(row) if row.state == WORKS and row.address else row for row in rows]


def _asked(row: Row) -> Row:
    found = health.check(row.name, row.address)
    if found.works:
        return replace(row, says=found.says)
    todo = f"docker compose logs --tail 20 {row.name}; then: lightship up"
    return replace(row, state=health.NOT_READY, says=found.says, todo=todo)


def _objects(text: str) -> list[dict[str, Any]]:
    """Return what ``ps`` printed: one list before compose 2.21, one object a line since."""
    if text.lstrip().startswith("["):
        found: list[dict[str, Any]] = json.loads(text)
        return found
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _row(one: Mapping[str, Any]) -> Row:
    name, health = one["Service"], one.get("Health", "")
    done = name in ENDING and one["State"] == "exited" and one.get("ExitCode") == 0
    fine = done or (one["State"] == "running" and health in {"", "healthy"})
    todo = "" if fine else f"docker compose logs --tail 20 {name}; then: lightship up"
    says = "done" if done else f"{one['State']} {health}".strip()
    return Row(name, WORKS if fine else one["State"], says, _address(one), _version(one), todo)


def _address(one: Mapping[str, Any]) -> str:
    ports = (p for p in one.get("Publishers") or () if p.get("PublishedPort"))
    return next((f"{p['URL']}:{p['PublishedPort']}" for p in ports), "")


def _version(one: Mapping[str, Any]) -> str:
    return str(one.get("Image", "")).rpartition(":")[2].removeprefix("v")


def _environment(settings: Path | None) -> dict[str, str]:
    environment = dict(os.environ)
    if settings:
        demo = settings.absolute() == DEMO_SETTINGS
        environment["LIGHTSHIP_SETTINGS"] = str(settings.absolute())
        environment["COMPOSE_PROFILES"] = "demo" if demo else ""
        beside = settings.absolute().parent / "secrets"
        if all((beside / consumer).is_dir() for consumer in CONSUMERS):
            environment.setdefault("LIGHTSHIP_SECRETS_DIR", str(beside))
    return environment


def _compose(*arguments: str, settings: Path | None = None, quiet: bool = False) -> str:
    command = ["docker", "compose", *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=_environment(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if quiet else None,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise UserError("docker: not on PATH; run: lightship up --local") from error
    if done.returncode:
        why = f": {done.stderr.strip().splitlines()[-1]}" if quiet and done.stderr.strip() else ""
        raise UserError(f"{' '.join(command)}: exit code {done.returncode}{why}")
    return done.stdout


def _succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=ANSWER_SECONDS, check=False)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
