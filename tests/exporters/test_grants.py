"""What accounts need: enough for every question, nothing to spare, and told when it lacks."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from redis import Redis
from redis.exceptions import NoPermissionError
from rq import Queue

from exporters import accounts
from exporters.acl import rule
from exporters.grants import Grants
from exporters.settings import Settings, Target, load
from exporters.survey import Survey, of_each

PAGE = Path(__file__).parents[2] / "docs/own-servers.md"


# What settings say of a kind beside where it is.
KEYS = {"laravel": ", prefix: shop_database_, horizon_prefix: 'shop_horizon:'"}


@pytest.fixture
def configured(tmp_path: Path) -> Callable[[str, str], Settings]:
    """Write settings with one target, asked as ``lightship`` with the password pw."""
    (tmp_path / "password").write_text("pw\n")
    account = "username: lightship, password_file: password"

    def write(kind: str, url: str) -> Settings:
        file = tmp_path / "lightship.yaml"
        target = f"{{kind: {kind}, url: '{url}', service: s, {account}{KEYS.get(kind, '')}}}"
        file.write_text(f"targets: {{t: {target}}}\nservices: {{s: {{}}}}\n")
        return load(file)

    return write


@pytest.fixture
def fill(load_horizon: Callable[[Redis, str], None]) -> Callable[[int], None]:
    """Put jobs of every system into the databases 0 and 1, so that every question is asked."""

    def filled(port: int) -> None:
        for database in (0, 1):
            with Redis(port=port, db=database) as connection:
                load_horizon(connection, "paused")
                Queue("default", connection=connection).enqueue("time.sleep", 0)
            url = f"redis://127.0.0.1:{port}/{database}"
            with Celery(broker=url, set_as_current=False) as app:
                app.send_task("rest", headers={"published_at": time.time()})

    return filled


async def survey(target: Target) -> dict[str, list[str]]:
    """Measure all of a target; return what failed."""
    found = Survey(target)
    try:
        await found.ask()
        return found.failures
    finally:
        await found.close()


def needed(settings: Settings) -> Grants:
    """Return what the only target's account needs, and lacks."""
    (account,) = accounts.accounts(settings, [])
    assert account.grants
    return account.grants


def make_account(client: Any, statement: str) -> list[str]:
    """Run the statement, with the password pw, and return its rules."""
    name, *rules = statement.removeprefix("ACL SETUSER ").split()
    rules = [word.replace(">PASSWORD", ">pw") for word in rules]
    client.execute_command("ACL", "SETUSER", name, "reset", *rules)
    return rules


@pytest.mark.parametrize("url", ["", "/1"])
@pytest.mark.parametrize("kind", ["redis", "rq", "celery", "laravel"])
def test_redis(
    kind: str,
    url: str,
    start_cache: Callable[..., Any],
    configured: Callable[..., Settings],
    fill: Callable[[int], None],
) -> None:
    """The statement makes an account that is refused nothing; whatever it lacks is told."""
    server = start_cache()
    fill(server.port)
    settings = configured(kind, f"{server.url}{url}")
    before = needed(settings)
    assert before.unknown == "the server refused the user or the password"
    make_account(server.client, *before.statements)
    after = needed(settings)
    assert (after.unknown, after.lacking) == ("", ())
    rules = make_account(server.client, *after.statements)
    assert ("%R~" in str(rules)) == (kind != "redis")

    with (
        Redis(port=server.port, username="lightship", password="pw") as account,
        pytest.raises(NoPermissionError),
    ):
        account.set("rq:a", "1")
    server.client.config_resetstat()
    assert of_each(survey, settings.targets.values()) == [{}]
    assert "errorstat_NOPERM" not in server.client.info("errorstats")
    for right in rules:
        if right.startswith("+") and right != "+select":
            server.client.execute_command("ACL", "SETUSER", "lightship", f"-{right[1:]}")
            assert needed(settings).lacking == (right,)
            server.client.execute_command("ACL", "SETUSER", "lightship", right)


def test_keys(start_cache: Callable[..., Any], configured: Callable[..., Settings]) -> None:
    """An account that may not read the keys is told that, and not that it lacks commands."""
    server = start_cache()
    settings = configured("rq", server.url)
    make_account(server.client, needed(settings).statements[0].replace("~rq:*", "~other:*"))
    assert needed(settings).lacking == ("~rq:*",)


def test_versions() -> None:
    """A right to read alone is asked for where the server has such a thing."""
    target = Target("t", "rq", "redis://x", "s")
    questions = [("LLEN", "rq:queue:a"), ("LATENCY", "HISTOGRAM")]
    start = "ACL SETUSER lightship on >PASSWORD -@all resetkeys"
    for major, key in [(0, "~rq:*"), (6, "~rq:*"), (7, "%R~rq:*"), (9, "%R~rq:*")]:
        assert rule(target, questions, ["rq:*"], major) == f"{start} {key} +latency|histogram +llen"


def test_command(
    start_cache: Callable[..., Any],
    configured: Callable[..., Settings],
    command: Callable[..., Any],
) -> None:
    """The command prints the statements, and ends with 1 only if an account is known to lack."""
    server = start_cache()
    file = str(configured("redis", server.url).path)
    unknown = command("grants", "--settings", file)
    assert unknown.returncode == 0
    said, statement = unknown.stdout.splitlines()
    assert said == "t (redis): could not be asked: the server refused the user or the password"
    make_account(server.client, statement.strip().replace("+info ", ""))
    lacking = command("grants", "--settings", file, "t")
    assert (lacking.returncode, lacking.stderr) == (1, "")
    assert lacking.stdout.startswith("t (redis): the account lacks +info\n")

    ended = command("grants", "--settings", file, "u")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"Error: {file}: target 'u' is not there; the known ones are 't'\n"


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("redis", "redis://127.0.0.1:1"),
        ("rq", "redis://127.0.0.1:1"),
        ("celery", "redis://127.0.0.1:1"),
        ("laravel", "redis://127.0.0.1:1"),
        ("postgres", "postgresql://127.0.0.1:1/orders"),
        ("mysql", "mysql://127.0.0.1:1/orders"),
    ],
)
def test_documented(kind: str, url: str, configured: Callable[..., Settings]) -> None:
    """The statements that the documentation shows are those that are printed."""
    shown = [line.strip() for line in PAGE.read_text("utf-8").splitlines()]
    assert set(needed(configured(kind, url)).statements) <= set(shown)
