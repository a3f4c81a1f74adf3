"""How something is asked from outside, as its users ask it, and what they expect of it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from exporters import web_address
from exporters.address import AddressError
from exporters.hints import choose

SHAPES = {
    "http": "http://host:port/path",
    "https": "https://host:port/path",
    "tcp": "tcp://host:port",
    "tls": "tls://host:port",
}

# Beyond five minutes Prometheus takes a series for ended; one sample may be missed.
LONGEST_INTERVAL = 120.0


@dataclass(frozen=True)
class Expected:
    """What an answer must be: any status of success, within five seconds, unless said.

    ``text`` must stand in it. ``within`` is Prometheus' duration.
    """

    status: tuple[int, ...] = ()
    text: str = ""
    within: str = "5s"


@dataclass(frozen=True)
class Question:
    """What is asked: a page over ``http``, or a connection over ``tcp``, perhaps with TLS."""

    prober: str
    target: str
    tls: bool


def parse(url: str) -> Question:
    """Return what a URL asks. Raises AddressError that does not repeat it.

    >>> parse("tls://mail.example.org:465")
    Question(prober='tcp', target='mail.example.org:465', tls=True)
    """
    scheme = url.partition(":")[0]
    if scheme not in SHAPES:
        raise AddressError(f"does not begin with a known scheme; {choose(scheme, SHAPES)}")
    if scheme in web_address.PORTS:
        web_address.parse(url)
        return Question("http", url, scheme == "https")
    return Question("tcp", _server(url, SHAPES[scheme]), scheme == "tls")


def _server(url: str, shape: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressError(f"is no URL; write {shape}") from None
    if not (parts.hostname and port) or "@" in url or parts.path or parts.query or parts.fragment:
        raise AddressError(f"is not a host and a port and nothing else; write {shape}")
    return parts.netloc
