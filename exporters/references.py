"""What no schema can see in a settings file: addresses, services, and times that do not fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exporters import address, dsn, fastcgi_address, mounted, outside, web_address
from exporters.document import Document, Keys, mapping
from exporters.duration import seconds
from exporters.hints import choose

# How often targets are measured unless said.
INTERVAL = "15s"

# Kinds of targets that have a page to ask for.
PAGES = frozenset({"nginx", "phpfpm"})

# Kinds of targets that expose metrics themselves: Prometheus asks them, not the exporters.
EXPOSING = frozenset({"application", "host"})

# Those that are asked from outside, as users ask: Prometheus lets blackbox_exporter do it.
PROBED = frozenset({"probe"})


def check(found: Document) -> None:
    """Note what no schema can see: addresses, and services that are not declared."""
    top = mapping(found.value)
    services = mapping(top.get("services"))
    for name, target in mapping(top.get("targets")).items():
        keys = ("targets", name)
        _check_address(found, keys, mapping(target))
        _check_failed_jobs(found, (*keys, "failed_jobs"), mapping(target).get("failed_jobs"))
        _check_times(found, keys, mapping(target), str(top.get("scrape_interval", INTERVAL)))
        service = mapping(target).get("service")
        if isinstance(service, str) and service not in services:
            text = f"'{service}' is not declared under 'services'; {choose(service, services)}"
            found.complain(text, (*keys, "service"))


def database_kind(url: str) -> str:
    """Return what kind of a database a URL names; nothing where nobody knows."""
    scheme, kinds = url.partition(":")[0], {**dsn.SCHEMES, "sqlite": ("file",)}
    return next((kind for kind, names in kinds.items() if scheme in names), "")


def _check_address(found: Document, keys: Keys, target: Mapping[str, Any]) -> None:
    """Note what is wrong with where a target is, and with who logs in there."""
    url = target.get("url")
    if not isinstance(url, str) or not url:
        return
    kind = str(target.get("kind"))
    try:
        if kind in PROBED:
            outside.parse(url)
        elif kind == "phpfpm" and not web_address.is_one(url):
            _check_fastcgi(found, keys, target)
        elif kind in EXPOSING | PAGES:
            web_address.parse(url)
        elif kind == "python":
            mounted.parse(url)
        elif kind == "sqlite":
            address.file(url)
        elif kind not in dsn.SCHEMES:
            address.parse(url)
        elif dsn.parse(url, kind).user and "username" in target:
            text = "the URL names a user already; keep one of them"
            found.complain(text, (*keys, "username"))
    except address.AddressError as error:
        found.complain(str(error), (*keys, "url"))


def _check_fastcgi(found: Document, keys: Keys, target: Mapping[str, Any]) -> None:
    """Note a password that nobody asks for. Raises AddressError."""
    fastcgi_address.parse(target["url"])
    if "password_file" in target:
        found.complain("is of no use: FastCGI asks for none; remove it", (*keys, "password_file"))


def _check_failed_jobs(found: Document, keys: Keys, value: Any) -> None:
    """Note what is wrong with where failed jobs are kept."""
    url = mapping(value).get("url")
    if isinstance(url, str) and (kind := database_kind(url)):
        _check_address(found, keys, {**mapping(value), "kind": kind})


def _check_times(found: Document, keys: Keys, target: Mapping[str, Any], usual: str) -> None:
    """Note a probe that is seldom asked, and one that may take longer than until the next."""
    interval = seconds(str(target.get("interval", usual)))
    if "interval" in target and interval > outside.LONGEST_INTERVAL:
        text = "is longer than two minutes: between them nothing would be known; write 2m or less"
        found.complain(text, (*keys, "interval"))
    within = mapping(target.get("expected")).get("within")
    if within and seconds(str(within)) >= interval:
        text = "is as long as until it is asked again; write less, or a longer 'interval'"
        found.complain(text, (*keys, "expected", "within"))
