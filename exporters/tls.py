"""What TLS the exporters speak, as the web configuration of Prometheus' exporters says it."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from exporters.document import Document

_SERVER = "tls_server_config"

_VERSIONS = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
_CLIENTS = {
    "NoClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}

# By the names that IANA and Go give them, those of OpenSSL.
_SUITES = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA": "ECDHE-ECDSA-AES128-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA": "ECDHE-ECDSA-AES256-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": "ECDHE-RSA-AES128-SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA": "ECDHE-RSA-AES256-SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-RSA-CHACHA20-POLY1305",
}
_CURVES = {
    "CurveP256": "prime256v1",
    "CurveP384": "secp384r1",
    "CurveP521": "secp521r1",
    "X25519": "X25519",
}


def files(keys: Mapping[str, str], folder: Path) -> dict[str, Path]:
    """Return the files that the configuration names, by their keys; ``folder`` is its own."""
    return {key: folder / keys[key] for key in keys if key.endswith("_file")}


def context(found: Document, keys: Mapping[str, Any], named: Mapping[str, Path]) -> ssl.SSLContext:
    """Return what TLS is spoken with, noting in ``found`` all that cannot be done.

    ``keys`` is what stands below ``tls_server_config``, and ``named`` the files in it.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _versions(found, keys, made)
    _suites(found, keys, made)
    _clients(found, keys, made)
    for curve in keys.get("curve_preferences", ()):
        made.set_ecdh_curve(_CURVES[curve])
    certificate = named["cert_file"], named["key_file"]
    # Without a password of ours, OpenSSL would ask the terminal for one.
    _take(found, "cert_file", lambda: made.load_cert_chain(*certificate, password=""))
    if issuers := named.get("client_ca_file"):
        _take(found, "client_ca_file", lambda: made.load_verify_locations(issuers))
    return made


def _versions(found: Document, keys: Mapping[str, Any], made: ssl.SSLContext) -> None:
    made.minimum_version = _VERSIONS[keys.get("min_version", "TLS12")]
    made.maximum_version = _VERSIONS[keys.get("max_version", "TLS13")]
    if made.minimum_version > made.maximum_version:
        text = "is newer than 'max_version', so that none is left; turn them round"
        found.complain(text, (_SERVER, "min_version"))


def _suites(found: Document, keys: Mapping[str, Any], made: ssl.SSLContext) -> None:
    if not keys.get("prefer_server_cipher_suites", True):
        made.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    if not (names := keys.get("cipher_suites")):
        return
    where = _SERVER, "cipher_suites"
    if made.minimum_version == ssl.TLSVersion.TLSv1_3:
        text = "chooses among suites of TLS 1.2, and 'min_version' forbids that; remove one of them"
        found.complain(text, where)
    with suppress(ssl.SSLError):  # none of them can be chosen: each is told of below
        made.set_ciphers(":".join(_SUITES.get(name, name) for name in names))
    known = {suite["name"] for suite in made.get_ciphers()}
    for index, name in enumerate(names):
        if name not in _SUITES:
            text = "is of TLS 1.3, whose suites cannot be chosen; remove it"
            found.complain(text, (*where, str(index)))
        elif _SUITES[name] not in known:
            text = "is unknown to the OpenSSL that Python has here; remove it"
            found.complain(text, (*where, str(index)))


def _clients(found: Document, keys: Mapping[str, Any], made: ssl.SSLContext) -> None:
    made.verify_mode = _CLIENTS[keys.get("client_auth_type", "NoClientCert")]
    if (made.verify_mode != ssl.CERT_NONE) != ("client_ca_file" in keys):
        text = "goes with 'client_auth_type' and neither without the other; name both or none"
        found.complain(f"'client_ca_file' {text}", (_SERVER,))
    if allowed := keys.get("client_allowed_sans"):
        made.sslobject_class = _only(frozenset(allowed))
        if made.verify_mode != ssl.CERT_REQUIRED:
            text = "needs 'client_auth_type: RequireAndVerifyClientCert'; add it"
            found.complain(text, (_SERVER, "client_allowed_sans"))


def _only(allowed: frozenset[str]) -> type[ssl.SSLObject]:
    """Return connections that clients have only whose certificates bear one of the names."""

    class Known(ssl.SSLObject):
        def do_handshake(self) -> None:
            """Agree with the client, and let it go if it is none of those that are allowed."""
            super().do_handshake()
            if allowed.isdisjoint(_names(self.getpeercert() or {})):
                raise ssl.SSLCertVerificationError("the client's certificate has no allowed name")

    return Known


def _names(certificate: Mapping[str, Any]) -> list[str]:
    """Return the alternative names that a certificate bears, addresses as they are written.

    >>> _names({"subjectAltName": (("DNS", "a.example"), ("IP Address", "2001:DB8:0:0:0:0:0:1"))})
    ['a.example', '2001:db8::1']
    """
    return [
        str(ipaddress.ip_address(name.strip())) if kind == "IP Address" else name
        for kind, name in certificate.get("subjectAltName", ())
    ]


def _take(found: Document, key: str, load: Callable[[], None]) -> None:
    try:
        load()
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None)
        what = f"cannot be used ({str(reason or type(error).__name__).lower()})"
        fix = "check that the files are there, readable, in PEM, and belong together"
        found.complain(f"{what}; {fix}", (_SERVER, key))
