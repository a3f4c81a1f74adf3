"""Laravel's own queue, run by a PHP that is fetched for the tests."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from compose.local import packages

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / ".lightship/php"
SCRIPT = Path(__file__).with_name("queue.php")

# The last suite that has Laravel's components, and PHP as they know it.
SUITE = "bookworm"
PHP = "8.2"
PACKAGES = (
    *(f"php{PHP}-{part}" for part in ("cli", "common", "igbinary", "intl", "mbstring", "redis")),
    f"php{PHP}-sqlite3",
    *("libargon2-1", "libicu72", "libonig5", "libsodium23", "libssl3", "libxml2"),
    *(
        f"php-illuminate-{part}"
        for part in (
            "bus",
            "collections",
            "console",
            "container",
            "contracts",
            "database",
            "events",
            "filesystem",
            "macroable",
            "pipeline",
            "queue",
            "redis",
            "support",
        )
    ),
    *(
        f"php-{part}"
        for part in (
            "brick-math",
            "doctrine-inflector",
            "laravel-serializable-closure",
            "nesbot-carbon",
            "opis-closure",
            "predis",
            "psr-container",
            "psr-log",
            "psr-simple-cache",
            "ramsey-collection",
            "ramsey-uuid",
            "symfony-console",
            "symfony-deprecation-contracts",
            "symfony-finder",
            "symfony-process",
            "symfony-service-contracts",
            "symfony-string",
            "symfony-translation",
            "symfony-translation-contracts",
            "voku-portable-ascii",
        )
    ),
)
EXTENSIONS = ("igbinary", "intl", "mbstring", "posix", "redis", "pdo", "pdo_sqlite")


@dataclass(frozen=True)
class Laravel:
    """Laravel's queue on a Redis server, with a prefix for all its keys."""

    tree: Path
    port: int
    prefix: str

    def do(self, *actions: list[Any]) -> None:
        """Let PHP do the actions, in one process; see the script for what there is."""
        library = self.tree / "usr/lib"
        (extensions,) = library.glob("php/2*")
        given = {
            "extension_dir": extensions,
            "include_path": self.tree / "usr/share/php",
            "error_reporting": "E_ALL & ~E_DEPRECATED",
        }
        options = [f"-d{key}={value}" for key, value in given.items()]
        options += [f"-dextension={name}.so" for name in EXTENSIONS]
        libraries = ":".join(map(str, library.glob("*-linux-gnu")))
        done = subprocess.run(
            [self.tree / f"usr/bin/php{PHP}", "-n", *options, SCRIPT, str(self.port), self.prefix],
            input=json.dumps(actions),
            env=os.environ | {"LD_LIBRARY_PATH": libraries},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def php() -> Path:
    """Fetch PHP and Laravel's queue once, for every process that runs tests."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    tree = FOLDER / "tree"
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not tree.exists():
            with tempfile.TemporaryDirectory(prefix="fetch-", dir=FOLDER) as temporary:
                work = Path(temporary)
                packages.prepare(work, SUITE)
                packages.unpack(work, *PACKAGES)
                (work / "tree").rename(tree)
    return tree


@pytest.fixture
def server(start_cache: Callable[..., Any]) -> Any:
    """Start a server for the queues."""
    return start_cache()


@pytest.fixture
def laravel(php: Path, server: Any) -> Laravel:
    """Return Laravel's queue on that server."""
    return Laravel(php, server.port, "shop_database_")
