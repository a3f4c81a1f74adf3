"""The exporters as a process, with a database: what they never say, and how long they take."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

SECRET = "pl4nted-s3cret"

Start = Callable[..., Any]


def settings(url: str) -> str:
    return (
        f"targets:\n  shop: {{kind: postgres, url: '{url}', service: s, password_file: password}}\n"
        "services: {s: {}}\n"
    )


@pytest.mark.parametrize("right", [True, False])
def test_secrets(start_database: Start, run_exporters: Start, tmp_path: Path, right: bool) -> None:
    """A password, and values in statements, appear in no answer and no log."""
    server = start_database()
    server.run(
        f"ALTER ROLE monitor PASSWORD '{SECRET if right else 'another'}'",
        f"SELECT * FROM orders WHERE note = '{SECRET}'",  # noqa: S608 - a test's own
        f"SELECT $${SECRET}$$ AS note",
        f"DO $$ BEGIN PERFORM '{SECRET}'; END $$",
    )
    (tmp_path / "password").write_text(SECRET)
    exporters = run_exporters(settings(server.url))
    bodies = [
        exporters.get(path)[1]
        for path in ("/probe?target=shop", "/probe?target=no", "/targets", "/metrics", "/no")
    ]
    server.kill()
    bodies.append(exporters.get("/probe?target=shop")[1])

    assert f"database_up {int(right)}" in bodies[0].splitlines()
    assert ("database_statement_calls_total" in bodies[0]) == right
    assert SECRET not in "".join(bodies) + exporters.log.read_text()


def test_many_scrapers(start_database: Start, run_exporters: Start, tmp_path: Path) -> None:
    """Eight scrapers of a database that hangs all learn in time that it is down."""
    server = start_database()
    (tmp_path / "password").write_text("m0nitor-s3cret")
    exporters = run_exporters(settings(server.url))
    assert "database_up 1" in exporters.get("/probe?target=shop")[1].splitlines()
    server.suspend()
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(exporters.get, ["/probe?target=shop"] * 8))
    took = time.monotonic() - began
    server.resume()

    assert {status for status, _ in answers} == {200}
    assert all("database_up 0" in text.splitlines() for _, text in answers)
    assert took < 5
