"""Asks a server of this machine whether it works: what the health checks of containers run."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

from exporters.errors import UserError

_SECONDS = 5


def check(urls: Sequence[str], command: str, certificate: Path | None = None) -> str:
    """Return the first of ``urls`` that answers with 2xx within 5 seconds.

    Raises UserError when none does; ``command`` is what should be running there. With
    a ``certificate``, and its key in the same file, that is shown to a server that asks.
    """
    wrong = []
    for url in urls:
        try:
            _ask(url, command, certificate)
        except UserError as error:
            wrong.append(str(error))
        else:
            return url
    raise UserError("\n".join(wrong))


def _ask(url: str, command: str, certificate: Path | None) -> None:
    try:
        # A proxy for the world has no business between us and ourselves.
        direct = build_opener(ProxyHandler({}), HTTPSHandler(context=_tls(certificate)))
        with direct.open(url, timeout=_SECONDS):
            return
    except HTTPError as error:
        with error:
            says = error.read(200).decode(errors="replace").strip()
        raise UserError(f"{url}: answers {error.code} {says}; see its log") from None
    except (OSError, ValueError, HTTPException) as error:
        why = getattr(error, "reason", error)
        raise UserError(f"{url}: no answer ({why}); is '{command}' up?") from None


def _tls(certificate: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Whether it answers is asked, not who it is; nothing is told to it.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if certificate:
        context.load_cert_chain(certificate)
    return context
