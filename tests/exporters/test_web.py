"""The web configuration: certificates, passwords, headers, and what each mistake is told."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import bcrypt
import pytest
import requests
import trustme
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from exporters.guard import Passwords
from exporters.settings import SettingsError
from exporters.web import load

Start = Callable[..., Any]

SETTINGS = """\
targets: {sessions: {kind: redis, url: 'redis://127.0.0.1:1', service: shop}}
services: {shop: {}}
"""
SECRET = "pl4nted-s3cret"
HASH = bcrypt.hashpw(SECRET.encode(), bcrypt.gensalt(4)).decode()
TLS = "tls_server_config: {cert_file: server.pem, key_file: server.key"
PROBE = "/probe?target=sessions"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Return an issuer of certificates."""
    return trustme.CA()


@pytest.fixture
def place(tmp_path: Path, authority: trustme.CA) -> Path:
    """Return a folder with the certificates of a server, of a client, and of their issuer."""
    certify(tmp_path, authority)
    authority.issue_cert("me@example.org").private_key_and_cert_chain_pem.write_to_path(
        tmp_path / "client.pem"
    )
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return tmp_path


def certify(place: Path, authority: trustme.CA) -> None:
    """Put a new certificate of the server's there."""
    server = authority.issue_cert("127.0.0.1")
    server.cert_chain_pems[0].write_to_path(place / "server.pem")
    server.private_key_pem.write_to_path(place / "server.key")


@pytest.fixture
def guarded(place: Path, run_exporters: Start) -> Callable[[str], Any]:
    """Run exporters with a web configuration."""

    def run(text: str) -> Any:
        (place / "web.yml").write_text(text)
        return run_exporters(SETTINGS, "--web-config", str(place / "web.yml"))

    return run


def secured(exporters: Any, path: str, **keys: Any) -> requests.Response:
    url = f"https://127.0.0.1:{exporters.port}{path}"
    return requests.get(url, timeout=20, **keys)


def test_tls(guarded: Start, place: Path, command: Start) -> None:
    """With certificates HTTPS is spoken and nothing else, and health checks work."""
    exporters = guarded(TLS + ", min_version: TLS13}")
    url = f"https://127.0.0.1:{exporters.port}/livez"
    assert secured(exporters, PROBE, verify=place / "ca.pem").status_code == 200
    with pytest.raises(requests.ConnectionError):
        exporters.get("/livez")
    with pytest.raises(requests.exceptions.SSLError):
        secured(exporters, "/livez")
    assert command("healthcheck", "--url", url).returncode == 0
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.load_verify_locations(place / "ca.pem")
    with (
        socket.create_connection(("127.0.0.1", exporters.port)) as connection,
        pytest.raises(ssl.SSLError),
    ):
        old.wrap_socket(connection, server_hostname="127.0.0.1")


def test_new_certificate(guarded: Start, place: Path, authority: trustme.CA, wait: Start) -> None:
    """A certificate that is exchanged is shown to who connects from then on."""
    exporters = guarded(TLS + "}")
    address = ("127.0.0.1", exporters.port)
    before = ssl.get_server_certificate(address)
    certify(place, authority)
    wait(lambda: ssl.get_server_certificate(address) != before, "the new certificate")
    assert secured(exporters, "/livez", verify=place / "ca.pem").status_code == 200
    assert exporters.process.poll() is None


def test_clients(guarded: Start, place: Path, command: Start) -> None:
    """Clients without a certificate are not let in where one is required."""
    exporters = guarded(
        TLS + ", client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem}"
    )
    shown = {"verify": place / "ca.pem", "cert": str(place / "client.pem")}
    assert secured(exporters, PROBE, **shown).status_code == 200
    with pytest.raises((requests.exceptions.SSLError, requests.ConnectionError)):
        secured(exporters, PROBE, verify=place / "ca.pem")
    check = ("healthcheck", "--url", f"https://127.0.0.1:{exporters.port}/livez")
    assert command(*check).returncode == 1
    assert command(*check, "--cert", str(place / "client.pem")).returncode == 0


def test_passwords(guarded: Start, place: Path, wait: Start) -> None:
    """Whoever has no password that matches is told nothing, but that somebody is there."""
    exporters = guarded(f"basic_auth_users: {{me: '{HASH}'}}")
    url = f"http://127.0.0.1:{exporters.port}"

    def ask(path: str, *who: str) -> requests.Response:
        return requests.get(f"{url}{path}", auth=who or None, timeout=20)  # type: ignore[arg-type]

    for path in (PROBE, "/metrics", "/targets", "/no"):
        answer = ask(path)
        assert (answer.status_code, answer.text) == (401, "unauthorized\n")
        assert answer.headers["WWW-Authenticate"] == "Basic"
    for who in [("me", "wrong"), ("you", SECRET), ("", ""), ("me", ""), ("me", "x" * 100)]:
        assert ask(PROBE, *who).status_code == 401
    odd = {"Authorization": "Basic !"}
    assert requests.get(f"{url}{PROBE}", headers=odd, timeout=20).status_code == 401
    assert ask(PROBE, "me", SECRET).status_code == ask("/livez").status_code == 200

    hashed = bcrypt.hashpw(b"another", bcrypt.gensalt(4)).decode()
    (place / "web.yml").write_text(f"basic_auth_users: {{me: '{hashed}'}}")
    wait(lambda: ask(PROBE, "me", SECRET).status_code == 401, "the new password")
    assert ask(PROBE, "me", "another").status_code == 200
    assert SECRET not in exporters.log.read_text()


def test_headers(guarded: Start) -> None:
    """Every answer has the headers that were asked for, refusals too; empty ones are left out."""
    exporters = guarded(
        f"basic_auth_users: {{me: '{HASH}'}}\n"
        "http_server_config:\n  http2: true\n  headers:\n"
        "    X-Frame-Options: deny\n    X-Content-Type-Options: ''\n"
    )
    for path in ("/livez", PROBE):
        headers = requests.get(f"http://127.0.0.1:{exporters.port}{path}", timeout=20).headers
        assert headers["X-Frame-Options"] == "deny"
        assert "X-Content-Type-Options" not in headers


def test_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has matched once is not computed again; what has not, each time, one at a time."""
    calls, slow = [], bcrypt.checkpw

    def counting(password: bytes, hashed: bytes) -> bool:
        calls.append(password)
        return slow(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", counting)

    async def ask() -> list[bool]:
        passwords = Passwords()
        right = [passwords.match({"me": HASH}, "me", SECRET.encode()) for _ in range(8)]
        wrong = [passwords.match({"me": HASH}, "me", b"no") for _ in range(2)]
        nobody = [passwords.match({"me": HASH}, "you", SECRET.encode())]
        return await asyncio.gather(*right, *wrong, *nobody)

    assert asyncio.run(ask()) == [True] * 8 + [False] * 3
    assert len(calls) == 1 + 2 + 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1: holds no settings; write them as 'key: value'"),
        ("tls_config: {}", "1: key 'tls_config': is unknown; did you mean 'tls_server_config'?"),
        ("tls_server_config: {}", "1: key 'tls_server_config': 'cert_file' is missing; add it"),
        (TLS + ", cert: x}", "config.cert': holds a secret; put it in a file and name that"),
        (TLS + ", cipher_suites: []}", "key 'tls_server_config.cipher_suites': is unknown; the"),
        (TLS + ", min_version: TLS14}", "'TLS14' is unknown; did you mean 'TLS13'?"),
        (TLS + ", client_ca_file: ca.pem}", "'client_ca_file' goes with 'client_auth_type'"),
        (
            TLS + ", client_auth_type: RequireAnyClientCert}",
            "'RequireAnyClientCert' is unknown; did you mean 'RequireAndVerifyClientCert'?",
        ),
        (
            "tls_server_config: {cert_file: no.pem, key_file: server.key}",
            "1: key 'tls_server_config.cert_file': cannot be used (no such file or directory); ",
        ),
        (
            "tls_server_config: {cert_file: client.pem, key_file: server.key}",
            "1: key 'tls_server_config.cert_file': cannot be used (key_values_mismatch); check",
        ),
        (
            TLS + ", client_auth_type: VerifyClientCertIfGiven, client_ca_file: server.key}",
            "1: key 'tls_server_config.client_ca_file': cannot be used (no_certificate_or_crl",
        ),
        (f"basic_auth_users: {{me: {SECRET}}}", "1: key 'basic_auth_users.me': is no bcrypt hash"),
        ("http_server_config: {header: {}}", "is unknown; did you mean 'headers'?"),
        ("http_server_config: {headers: {X-Frame-Options: none}}", "'none' is unknown; the known"),
        ('http_server_config: {headers: {X-XSS-Protection: "a\\nb"}}', "is no header's value"),
    ],
)
def test_mistakes(place: Path, text: str, problem: str) -> None:
    """Every mistake is told with line, key and what to do; no value that may be secret is."""
    (place / "web.yml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(place / "web.yml")
    assert problem in str(caught.value)
    assert SECRET not in str(caught.value)


WORDS = st.sampled_from(re.findall(r"\w+|\W", TLS + "}\nbasic_auth_users: {me: '" + HASH + "'}"))


@how(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORDS, max_size=40).map("".join) | st.text())
def test_any_text(place: Path, text: str) -> None:
    """Whatever a file holds, it is read or refused as a web configuration is."""
    (place / "web.yml").write_text(text, "utf-8", "replace")
    with suppress(SettingsError):
        load(place / "web.yml")
