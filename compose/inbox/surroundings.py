"""What the inbox knows of the stack round it: whom it can ask, and which Watchdog it awaits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from exporters import log
from exporters.errors import UserError


@dataclass(frozen=True)
class Peer:
    """Prometheus or Alertmanager: ``address`` is ``host:port``, ``url`` what people open."""

    address: str
    url: str


@dataclass(frozen=True)
class Surroundings:
    """What ``lightship render`` wrote for the inbox; nothing of it when it runs by itself.

    ``held_seconds`` is how long each alert's condition holds before it fires. ``watchdog`` is
    the alert that must not stop coming, ``silence_seconds`` how long it may.
    ``resolve_seconds`` is how long the end of an alert may take to be told.
    """

    url: str = ""
    peers: Mapping[str, Peer] = field(default_factory=dict)
    held_seconds: Mapping[str, float] = field(default_factory=dict)
    watchdog: str = ""
    silence_seconds: float = 0
    resolve_seconds: float = 0


class SurroundingsFile:
    """A file that may be rendered anew while the inbox runs: what it says now."""

    def __init__(self, path: Path | None) -> None:
        """Read the file. Raises UserError when there is one, and it cannot be used."""
        self._path = path
        self._stamp = 0
        self._last = Surroundings()
        if path:
            self._stamp = path.stat().st_mtime_ns
            self._last = _read(path)

    def read(self) -> Surroundings:
        """Return what the file says; what it said before while it cannot be used."""
        if self._path:
            try:
                stamp = self._path.stat().st_mtime_ns
                if stamp != self._stamp:
                    self._stamp = stamp
                    self._last = _read(self._path)
            except (OSError, UserError) as error:
                log.warning("surroundings not read", problem=str(error))
        return self._last


def _read(path: Path) -> Surroundings:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        watchdog = found.get("watchdog") or {}
        return Surroundings(
            url=found["url"],
            peers={name: _peer(found[name]) for name in ("prometheus", "alertmanager")},
            held_seconds=found["held_seconds"],
            resolve_seconds=found["resolve_seconds"],
            watchdog=watchdog.get("alert", ""),
            silence_seconds=watchdog.get("silence_seconds", 0),
        )
    except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise UserError(f"{path}: not what is rendered ({what}); run: lightship render") from error


def _peer(found: Mapping[str, Any]) -> Peer:
    return Peer(found["address"], found["url"])
