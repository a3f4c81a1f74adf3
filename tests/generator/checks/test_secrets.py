"""Secret files that are missing or empty."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exporters.settings import load
from generator.checks import secrets
from generator.model import Model, build

Told = Callable[..., list[str]]


@pytest.fixture
def kept(told: Told, tmp_path: Path) -> Callable[..., list[str]]:
    """Keep the invented stack's secrets beside its settings, and return what is said of them."""

    def check(text: str | None) -> list[str]:
        told("lightship.yaml", "/run/secrets/", "secrets/", only="secrets")
        folder = tmp_path / "secrets"
        folder.mkdir()
        (folder / "pager").write_text("s3cret")
        if text is not None:
            (folder / "slack").write_text(text)
        model = build(tmp_path, load(tmp_path / "lightship.yaml"))
        return [f"{p.severity}: {p.message}" for p in secrets.check(model)]

    return check


def test_secrets_that_are_there(kept: Callable[..., list[str]]) -> None:
    """Files with something in them are right."""
    assert kept("s3cret\n") == []


def test_secrets_that_are_empty(kept: Callable[..., list[str]]) -> None:
    """An empty file is told with its key, and never with what is in others."""
    (wrong,) = kept("\n")

    assert wrong.startswith("error: key 'receivers.page.0.slack.api_url_file': ")
    assert wrong.endswith("/secrets/slack is empty; write the secret to it")


def test_secrets_that_are_missing(kept: Callable[..., list[str]]) -> None:
    """A file that is missing where others are is told."""
    (wrong,) = kept(None)

    assert wrong.startswith("error: ")
    assert wrong.endswith(
        "/secrets/slack is not here; write the secret to it, for the stack to read"
    )


def test_secrets_of_targets(told: Told, tmp_path: Path) -> None:
    """A target's password file is looked at, too; a folder is none."""
    with_file = f"service: till\n    password_file: {tmp_path}"
    (wrong,) = told("lightship.yaml", "service: till\n", with_file + "\n", only="secrets")

    assert f"key 'targets.till-1.password_file': {tmp_path} cannot be read" in wrong


def test_secrets_kept_elsewhere(stack: Model) -> None:
    """Where the folder is missing as well, the secrets are kept elsewhere: that is a note."""
    assert [p.severity for p in secrets.check(stack)] == ["info", "info"]


def test_the_password_for_the_exporters(told: Told, tmp_path: Path) -> None:
    """The password with which guarded exporters are asked is looked at, too."""
    (tmp_path / "password").touch()
    guarded = (
        "exporters:\n  web_config_file: web.yml\n"
        f"  basic_auth: {{username: me, password_file: {tmp_path}/password}}\n"
    )
    (wrong,) = told("lightship.yaml", "targets:\n", guarded + "targets:\n", only="secrets")
    assert "key 'exporters.basic_auth.password_file'" in wrong
