"""Do the pages answer to names of their own, and to no name that a stranger can point here?"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

Start = Callable[..., Any]

ROOT = Path(__file__).parents[2]
PAGES = ("/", "/incidents", "/api/v1/alerts", "/api/v1/notifications", "/metrics", "/readyz")


def ask(url: str, host: str, path: str = "/api/v1/alerts") -> int:
    return httpx.get(f"{url}{path}", headers={"Host": host}).status_code


@pytest.mark.parametrize("path", PAGES)
def test_a_foreign_name_is_answered_with_what_to_do(client: httpx.Client, path: str) -> None:
    """A page that rebinds its own name to this address reads nothing."""
    answer = client.get(path, headers={"Host": "evil.example:8080"})

    assert answer.status_code == 421
    assert answer.text.startswith("host 'evil.example': not a name of this inbox")


@pytest.mark.parametrize("host", ["127.0.0.1.evil.example", "localhost.evil.example", "[::1", ""])
def test_names_that_only_look_local_are_foreign(client: httpx.Client, host: str) -> None:
    """The whole name counts, and a name there must be."""
    assert ask(str(client.base_url), host) == 421


@pytest.mark.parametrize("host", ["localhost:19080", "inbox:8080", "192.0.2.1", "[::1]:80"])
def test_addresses_and_names_without_a_dot_are_known(client: httpx.Client, host: str) -> None:
    """Whoever is on this machine or in its network need not be told of."""
    assert ask(str(client.base_url), host) == 200


def test_names_are_added_with_an_option(start: Start) -> None:
    """Behind a proxy the inbox answers to the names it was given, in any case, and no others."""
    url = start("--host", "Inbox.example.org", "--host", "pages.example.org").url

    assert ask(url, "inbox.EXAMPLE.org") == 200
    assert ask(url, "pages.example.org:8443") == 200
    assert ask(url, "example.org") == 421


@pytest.mark.parametrize("name", ["", "*", "*.example.org", "http://a.example", "a.example:80"])
def test_a_name_that_is_none_says_how_to_write_it(tmp_path: Path, name: str) -> None:
    """Neither addresses, nor ports, nor patterns: a mistake would open the door unseen."""
    result = subprocess.run(
        [
            *(sys.executable, "-m", "compose.inbox", "run", "--runbooks", str(tmp_path)),
            *("--database", str(tmp_path / "inbox.db"), "--host", name),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert result.returncode == 2
    assert "write it alone, as inbox.example.org" in result.stderr
