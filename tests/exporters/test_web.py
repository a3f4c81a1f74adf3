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
from exporters.rate import Rate
from exporters.reload import read
from exporters.settings import SettingsError
from exporters.web import load

Start = Callable[..., Any]

SETTINGS = """\
targets: {sessions: {kind: redis, url: 'redis://127.0.0.1:1', service: shop}}
services: {shop: {}}
"""
SECRET = "pl4nted-s3cret"
# With a salt that is always the same: it stands in the names of tests, and each worker makes it.
HASH = bcrypt.hashpw(SECRET.encode(), b"$2b$04$abcdefghijklmnopqrstuu").decode()
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


def rsa(place: Path) -> None:
    """Put a certificate with an RSA key there, of an issuer of its own: its suites are others."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(place / "ca.pem")
    server = authority.issue_cert("127.0.0.1", key_type=trustme.KeyType.RSA)
    server.cert_chain_pems[0].write_to_path(place / "rsa.pem")
    server.private_key_pem.write_to_path(place / "rsa.key")


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
    plain = url.replace("https", "http")
    assert command("healthcheck", "--url", plain, "--url", url).returncode == 0
    told = command("healthcheck", "--url", plain)
    assert (told.returncode, f"{plain}: no answer" in told.stderr) == (1, True)
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


def test_named_clients(guarded: Start, place: Path, authority: trustme.CA) -> None:
    """Of clients whose certificates are good only those are let in that bear an allowed name."""
    exporters = guarded(
        TLS + ", client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem"
        ", client_allowed_sans: [prometheus.example.org, 2001:db8::1]}"
    )
    for name, allowed in [
        ("prometheus.example.org", True),
        ("2001:db8::1", True),
        ("example.org", False),
        ("me@prometheus.example.org", False),
    ]:
        bundle = place / "named.pem"
        authority.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(bundle)
        shown = {"verify": place / "ca.pem", "cert": str(bundle)}
        if allowed:
            assert secured(exporters, "/livez", **shown).status_code == 200
        else:
            with pytest.raises(requests.ConnectionError):
                secured(exporters, "/livez", **shown)


def test_resumed(place: Path) -> None:
    """A client that resumes a session is known by the certificate that it showed at first."""
    (place / "web.yml").write_text(
        TLS + ", client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem"
        ", client_allowed_sans: [me@example.org], max_version: TLS12}"
    )
    server, client = load(place / "web.yml").tls, caller(place)
    client.load_cert_chain(place / "client.pem")
    first = shake(server, client)
    assert shake(server, client, first.session).session_reused


def caller(place: Path) -> ssl.SSLContext:
    """Return a client that trusts the server."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(place / "ca.pem")
    return client


def shake(
    server: ssl.SSLContext | None, client: ssl.SSLContext, session: ssl.SSLSession | None = None
) -> ssl.SSLObject:
    """Let both agree, in memory, and return the client's side. Raises SSLError if they do not."""
    assert server is not None
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        client.wrap_bio(to_client, to_server, server_hostname="127.0.0.1", session=session),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for side in sides * 3:
        with suppress(ssl.SSLWantReadError):
            side.do_handshake()
    return sides[0]


BOTH = "cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA]"


@pytest.mark.parametrize(
    ("more", "agreed"),
    [
        ("", "ECDHE-RSA-AES256-GCM-SHA384"),
        (", prefer_server_cipher_suites: true", "ECDHE-RSA-AES256-GCM-SHA384"),
        (", prefer_server_cipher_suites: false", "ECDHE-RSA-AES128-SHA"),
    ],
)
def test_suites(place: Path, more: str, agreed: str) -> None:
    """Of the suites that are named the server's first is taken, or else the client's."""
    (place / "web.yml").write_text(TLS.replace("server.", "rsa.") + f", {BOTH}{more}}}")
    rsa(place)
    server, client = load(place / "web.yml").tls, caller(place)
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    client.set_ciphers("ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-GCM-SHA384")
    cipher = shake(server, client).cipher()
    assert cipher is not None
    assert cipher[0] == agreed
    client.set_ciphers("ECDHE-RSA-CHACHA20-POLY1305")
    with pytest.raises(ssl.SSLError):
        shake(server, client)


def test_curve(place: Path) -> None:
    """A client that does not know the one curve that is named is not spoken with."""
    (place / "web.yml").write_text(TLS + ", curve_preferences: [CurveP521]}")
    server, client = load(place / "web.yml").tls, caller(place)
    shake(server, client)
    client.set_ecdh_curve("secp521r1")
    shake(server, client)
    client.set_ecdh_curve("prime256v1")
    with pytest.raises(ssl.SSLError):
        shake(server, client)


@pytest.mark.parametrize("version", ["TLS12", "TLS13"])
def test_versions(place: Path, version: str) -> None:
    """No TLS is spoken that is newer or older than what is named."""
    (place / "web.yml").write_text(f"{TLS}, min_version: {version}, max_version: {version}}}")
    agreed = shake(load(place / "web.yml").tls, caller(place)).version()
    assert agreed == version.replace("TLS1", "TLSv1.")


def test_rate(guarded: Start) -> None:
    """Who asks too often is refused, whatever their password; health checks never are."""
    exporters = guarded(
        f"basic_auth_users: {{me: '{HASH}'}}\nrate_limit: {{interval: 1h, burst: 3}}"
    )
    url = f"http://127.0.0.1:{exporters.port}"
    answers = [requests.get(f"{url}/metrics", timeout=20) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401] * 3 + [429] * 2
    assert answers[-1].text == "too many requests\n"
    assert requests.get(f"{url}/livez", timeout=20).status_code == 200


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
    ("guard", "asked", "problem"),
    [
        (
            TLS + "}",
            "",
            "'tls_config' is missing, and its web_config_file has TLS; add it, if only",
        ),
        ("http_server_config: {}", "  tls_config: {}\n", "has no TLS; remove one of them"),
        (
            TLS + ", client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem}",
            "  tls_config: {}\n",
            "without a certificate, and Prometheus shows none; write 'client_auth_type: Verify",
        ),
        (f"basic_auth_users: {{me: '{HASH}'}}", "", "the user of 'basic_auth' is none of those"),
        (
            f"basic_auth_users: {{me: '{HASH}'}}",
            "  basic_auth: {username: you, password_file: password}\n",
            "the user of 'basic_auth' is none of those in its web_config_file; name one",
        ),
    ],
)
def test_who_asks(place: Path, guard: str, asked: str, problem: str) -> None:
    """Settings with which Prometheus would not be answered by the exporters are refused."""
    (place / "web.yml").write_text(guard)
    settings = place / "lightship.yaml"
    settings.write_text(f"{SETTINGS}exporters:\n  web_config_file: web.yml\n{asked}")
    with pytest.raises(SettingsError) as caught:
        read(settings, None)
    assert problem in str(caught.value)
    assert read(settings, place / "web.yml").web.files[0] == place / "web.yml"


def test_documented(place: Path) -> None:
    """The example in the documentation is taken as it stands there."""
    page = Path(__file__).parents[2] / "docs/exporters.md"
    found = re.search(r"```yaml web.yml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    assert found is not None
    (place / "web.yml").write_text(found[1].replace("$2y$10$…", HASH))
    web = load(place / "web.yml")
    assert (web.rate, len(web.headers), list(web.users)) == (Rate(0.1, 20), 5, ["prometheus"])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1: holds no settings; write them as 'key: value'"),
        ("tls_config: {}", "1: key 'tls_config': is unknown; did you mean 'tls_server_config'?"),
        ("tls_server_config: {}", "1: key 'tls_server_config': 'cert_file' is missing; add it"),
        (TLS + ", key: x}", "tls_server_config.key': stands in a file of its own; put it there"),
        (TLS + ", cipher_suites: []}", "config.cipher_suites': is empty; write at least one item"),
        (
            TLS + ", cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265]}",
            "cipher_suites.0': 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265' is unknown; did you mean",
        ),
        (
            TLS + ", cipher_suites: [TLS_AES_128_GCM_SHA256]}",
            "cipher_suites.0': is of TLS 1.3, whose suites cannot be chosen; remove it",
        ),
        (f"{TLS}, {BOTH}, min_version: TLS13}}", "suites of TLS 1.2, and 'min_version' forbids"),
        (
            TLS + ", curve_preferences: [X25519, CurveP256]}",
            "1: key 'tls_server_config.curve_preferences': is no list of one curve, and Python",
        ),
        (TLS + ", curve_preferences: [P256]}", "'P256' is unknown; did you mean 'CurveP256'?"),
        (TLS + ", min_version: TLS14}", "is unknown, or a version that was broken long ago"),
        (TLS + ", min_version: TLS10}", "write TLS12 or TLS13"),
        (TLS + ", min_version: TLS13, max_version: TLS12}", "newer than 'max_version', so that"),
        (TLS + ", client_ca_file: ca.pem}", "'client_ca_file' goes with 'client_auth_type'"),
        (TLS + ", client_auth_type: RequireAnyClientCert}", "certificates that nobody verified;"),
        (
            TLS + ", client_auth_type: VerifyClientCertIfGiven, client_ca_file: ca.pem"
            ", client_allowed_sans: [me]}",
            "client_allowed_sans': needs 'client_auth_type: RequireAndVerifyClientCert'; add it",
        ),
        ("rate_limit: {interval: soon, burst: 1}", "key 'rate_limit.interval': is no duration;"),
        ("rate_limit: {interval: 1s, burst: 0}", "key 'rate_limit.burst': is too small"),
        ("rate_limit: {interval: 1s}", "key 'rate_limit': 'burst' is missing; add it"),
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
