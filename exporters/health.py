"""Asks a server of this machine whether it works: what the health checks of containers run."""

from __future__ import annotations

from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from exporters.errors import UserError

_SECONDS = 5


def check(url: str, command: str) -> None:
    """Return when ``url`` answers with 2xx within 5 seconds.

    Raises UserError for anything else; ``command`` is what should be running there.
    """
    # A proxy for the world has no business between us and ourselves.
    direct = build_opener(ProxyHandler({}))
    try:
        with direct.open(url, timeout=_SECONDS):
            return
    except HTTPError as error:
        with error:
            says = error.read(200).decode(errors="replace").strip()
        raise UserError(f"{url}: answers {error.code} {says}; see its log") from None
    except (OSError, ValueError, HTTPException) as error:
        why = getattr(error, "reason", error)
        raise UserError(f"{url}: no answer ({why}); is '{command}' up?") from None
