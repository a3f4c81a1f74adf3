"""Is the inbox closed to those who should not read it, and open to Alertmanager at any rate?"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from compose.inbox.cli import inbox
from compose.inbox.limits import BURST, PER_SECOND, RateLimit
from exporters.errors import UserError

Recorded = Callable[..., dict[str, Any]]
Start = Callable[..., Any]

SECRET = "correct horse"
PAGES = ("/", "/history", "/why", "/incidents", "/api/v1/alerts", "/runbooks/A", "/static/inbox.js")


@pytest.fixture
def protected(start: Start, tmp_path: Path) -> Any:
    """Run an inbox that asks for a password."""
    file = tmp_path / "password"
    file.write_text(f"{SECRET}\n")
    return start("--password-file", str(file))


@pytest.mark.parametrize("path", PAGES)
def test_pages_ask_for_the_password(protected: Any, path: str) -> None:
    """Nothing is read without it; a browser is told to ask its user."""
    answer = httpx.get(f"{protected.url}{path}")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert httpx.get(f"{protected.url}{path}", auth=("ana", "wrong")).status_code == 401
    assert httpx.get(f"{protected.url}{path}", auth=("ana", SECRET)).status_code in {200, 404}
    bearer = {"Authorization": f"Bearer {SECRET}"}
    assert httpx.get(f"{protected.url}{path}", headers=bearer).status_code in {200, 404}


@pytest.mark.parametrize("header", ["", "Basic", "Basic !", "Basic /w==", "Bearer", "Digest x"])
def test_odd_credentials_are_none(protected: Any, header: str) -> None:
    """What cannot be read is refused like what is wrong."""
    answer = httpx.get(protected.url, headers={"Authorization": header})
    assert answer.status_code == 401


def test_the_stacks_own_need_no_password(protected: Any, recorded: Recorded) -> None:
    """Alertmanager and Prometheus on this machine, and whoever watches the process, get in."""
    assert httpx.post(f"{protected.url}/webhook", json=recorded("firing")).status_code == 200
    for path in ("/metrics", "/livez", "/readyz"):
        assert httpx.get(f"{protected.url}{path}").status_code == 200


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "[::]:0"])
def test_it_listens_beyond_this_machine_only_when_told_how(tmp_path: Path, listen: str) -> None:
    """Without a password, or a word that something else keeps others out, it does not start."""
    options = ["--runbooks", str(tmp_path), "--database", str(tmp_path / "inbox.db")]
    done = CliRunner().invoke(inbox, ["run", "--listen", listen, *options])

    assert isinstance(done.exception, UserError)
    assert re.search("--password-file FILE, or say --unprotected", str(done.exception))


def test_an_empty_password_is_none(tmp_path: Path) -> None:
    """A file that holds nothing protects nothing, and is refused."""
    (tmp_path / "password").write_text("\n")
    options = ["--runbooks", str(tmp_path), "--database", str(tmp_path / "inbox.db")]
    options += ["--password-file", str(tmp_path / "password")]
    done = CliRunner().invoke(inbox, ["run", "--listen", "0.0.0.0:0", *options])

    assert isinstance(done.exception, UserError)
    assert "holds no password" in str(done.exception)


def ask(app: Starlette, path: str, times: int) -> list[httpx.Response]:
    """Ask so often, one after the other."""

    async def all_of_them() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://inbox") as client:
            return [await client.get(path) for _ in range(times)]

    return asyncio.run(all_of_them())


def test_a_flood_of_questions_is_bounded_and_notifications_are_not() -> None:
    """Whoever asks too often waits; the webhook and the scrape answer as ever."""
    now = [0.0]
    paths = ("/", "/webhook", "/metrics", "/livez", "/readyz")
    app = Starlette(routes=[Route(path, lambda _: PlainTextResponse("ok")) for path in paths])
    app.add_middleware(RateLimit, clock=lambda: now[0])
    burst, second = int(BURST), int(PER_SECOND)

    answers = ask(app, "/", burst + 1)
    assert [answer.status_code for answer in answers] == [200] * burst + [429]
    assert answers[-1].headers["retry-after"] == "1"
    assert {answer.status_code for path in paths[1:] for answer in ask(app, path, 50)} == {200}

    now[0] += 1
    statuses = [answer.status_code for answer in ask(app, "/", second + 1)]
    assert statuses == [200] * second + [429]


def test_many_addresses_fill_no_memory() -> None:
    """Only so many are remembered."""
    limit = RateLimit(Starlette())
    assert all(limit._may(f"10.0.{n // 256}.{n % 256}") for n in range(5_000))
    assert len(limit._buckets) <= 1_001
