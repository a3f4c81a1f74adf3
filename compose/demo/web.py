"""The hosting panel's web servers: what they are called, and their configuration anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

NGINX = "demo-web"
NGINX_STATUS = "/status/nginx"
PHPFPM = "demo-php"
# Where it answers for its status, beside where it answers pages.
PHPFPM_STATUS = "demo-php-status"

# The page, which both name by its folder.
PAGES = Path(__file__).parent


def nginx_configuration(listen: str, php: str) -> str:
    """Return what nginx is told where it listens, and finds PHP-FPM, elsewhere."""
    instead = {"listen 8080;": f"listen {listen};", "demo-php:9000": php, "/srv/panel": str(PAGES)}
    return _changed("nginx.conf", instead)


def phpfpm_configuration(listen: str, status: str) -> str:
    """Return what PHP-FPM is told where it listens elsewhere."""
    return _changed("php-fpm.conf", {"0.0.0.0:9000": listen, "0.0.0.0:9001": status})


def _changed(name: str, instead: Mapping[str, str]) -> str:
    """Return a file with what stands ``instead`` of parts of it."""
    text = (PAGES / name).read_text(encoding="utf-8")
    for here, there in instead.items():
        text = text.replace(here, there)
    return text
