"""What a stack needs before it starts: its secrets, made once, and its rendered files."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from compose.demo import database, mariadb, sentinels
from exporters.settings import load
from generator import checks
from generator.definitions import find
from generator.endpoints import COMPOSE, Endpoints
from generator.model import Model, build
from generator.output import files, write
from generator.problems import Problem
from generator.rules import DefinitionError
from generator.versions import CURRENT, Versions

# Each consumer's secrets lie in a folder of their own, so that it is given no other's.
GRAFANA = Path("secrets/grafana/admin-password")
GRAFANA_LOGIN = f"docker compose exec grafana cat /run/lightship/{GRAFANA}"
GRAFANA_KEY = Path("secrets/grafana/secret-key")
DEMO_CACHE = Path("secrets/demo-cache/password")
DEMO_CACHE_CONFIGURATION = Path("secrets/demo-cache/redis.conf")
DEMO_SESSIONS = Path("secrets/demo-sessions/password")
DEMO_SESSIONS_CONFIGURATION = Path("secrets/demo-sessions/redis.conf")
DEMO_SENTINEL_CONFIGURATION = Path("secrets/demo-sessions/sentinel.conf")
DEMO_DATABASE = Path("secrets/demo-database/password")
DEMO_DATABASE_SETUP = Path("secrets/demo-database/setup.sql")
DEMO_DATABASE_SHOP = Path("secrets/demo-database-shop/password")
DEMO_DATABASE_MONITOR = Path("secrets/demo-database-monitor/password")
DEMO_MARIADB = Path("secrets/demo-mariadb/password")
DEMO_MARIADB_SETUP = Path("secrets/demo-mariadb/setup.sql")
DEMO_MARIADB_AGENT = Path("secrets/demo-mariadb-agent/password")
DEMO_MARIADB_MONITOR = Path("secrets/demo-mariadb-monitor/password")


def prepare(
    settings: Path,
    out: Path,
    endpoints: Endpoints = COMPOSE,
    versions: Versions = CURRENT,
    *,
    definitions: Path | None = None,
    checked: bool = False,
    change: Callable[[Model], Model] = lambda model: model,
) -> None:
    """Create ``out/secrets`` where they are missing, and write ``out/rendered``.

    What is rendered is what ``change`` makes of the definitions.

    Raises SettingsError or DefinitionError with every problem that a server would refuse,
    or, ``checked``, with every error that `lightship check` finds.
    """
    model = change(build(find(definitions), load(settings), endpoints, versions))
    if problems := _problems(model, checked=checked):
        raise DefinitionError("\n".join(str(p) for p in problems))
    _make_secrets(out)
    write(files(model), out / "rendered")


def _problems(model: Model, *, checked: bool) -> list[Problem]:
    if checked:
        return checks.run(model, today=datetime.now(tz=UTC).date()).at_least("error")
    return checks.refusals(model, "authority", "routing")


def _make_secrets(out: Path) -> None:
    (out / "secrets").mkdir(mode=0o700, parents=True, exist_ok=True)
    _password(out / GRAFANA)
    _password(out / GRAFANA_KEY)
    password = _password(out / DEMO_CACHE)
    _once(out / DEMO_CACHE_CONFIGURATION, f"requirepass {password}\n")
    password = _password(out / DEMO_SESSIONS)
    _once(out / DEMO_SESSIONS_CONFIGURATION, sentinels.configuration(password))
    _once(out / DEMO_SENTINEL_CONFIGURATION, sentinels.sentinel_configuration(password))
    _password(out / DEMO_DATABASE)
    accounts = [_password(out / one) for one in (DEMO_DATABASE_SHOP, DEMO_DATABASE_MONITOR)]
    _once(out / DEMO_DATABASE_SETUP, "\n".join([*database.setup(*accounts), ""]))
    own = (DEMO_MARIADB, DEMO_MARIADB_AGENT, DEMO_MARIADB_MONITOR)
    accounts = [_password(out / one) for one in own]
    _once(out / DEMO_MARIADB_SETUP, "\n".join([*mariadb.setup(*accounts), ""]))


def _password(path: Path) -> str:
    """Return a password, which is made unless it is there."""
    _once(path, secrets.token_urlsafe(24))
    return path.read_text(encoding="utf-8")


def _once(path: Path, text: str) -> None:
    """Write a secret unless it is there: it outlives every restart.

    Readable by all, since containers read it under users of their own; the folder
    above is closed, and each container is given only its own.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file():
        return
    whole = path.with_name(f".{path.name}.new")
    whole.write_text(text, encoding="utf-8")
    whole.chmod(0o444)
    whole.replace(path)
