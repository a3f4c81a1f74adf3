"""The hosting panel's web server: what it is called, and its configuration wherever it runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

NGINX = "demo-web"
NGINX_STATUS = "/status/nginx"

_CONFIGURATION = Path(__file__).with_name("nginx.conf")


def configuration(instead: Mapping[str, str]) -> str:
    """Return nginx's configuration with what stands ``instead`` of parts of it elsewhere."""
    text = _CONFIGURATION.read_text(encoding="utf-8")
    for here, there in instead.items():
        text = text.replace(here, there)
    return text
