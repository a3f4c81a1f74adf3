"""Which version of Prometheus and Alertmanager files are rendered for, and what it lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from exporters.errors import UserError

Product = Literal["prometheus", "alertmanager"]
Version = tuple[int, int]


@dataclass(frozen=True)
class Versions:
    """The versions that rendered files must work on"""

    prometheus: Version = (3, 5)
    alertmanager: Version = (0, 33)


# What compose pins, and what everything is rendered for unless told otherwise.
CURRENT = Versions()


@dataclass(frozen=True)
class Feature:
    """Something that rendered files may say, and the first version that understands it."""

    product: Product
    name: str
    since: Version

    @property
    def first(self) -> str:
        """The first version that understands it, as people write it."""
        return ".".join(str(number) for number in self.since)

    def known(self, versions: Versions) -> bool:
        """Whether the target version understands this feature."""
        target: Version = getattr(versions, self.product)
        return target >= self.since


# Prometheus' and Alertmanager's own changelogs are the source of these numbers.
KEEP_FIRING_FOR = Feature("prometheus", "keep_firing_for", (2, 42))
PAGERDUTY_KEY_FILE = Feature("alertmanager", "pagerduty routing_key_file", (0, 25))
EMAIL_PASSWORD_FILE = Feature("alertmanager", "email auth_password_file", (0, 25))
WEBHOOK_URL_FILE = Feature("alertmanager", "webhook url_file", (0, 26))
TIME_INTERVALS = Feature("alertmanager", "time intervals with a location", (0, 25))
INHIBITION_NAMES = Feature("alertmanager", "inhibit rule names", (0, 30))

# Options that a settings file may give to an integration, and that not every version knows.
OPTIONS = {
    ("webhook", "url_file"): WEBHOOK_URL_FILE,
    ("pagerduty", "routing_key_file"): PAGERDUTY_KEY_FILE,
    ("email", "auth_password_file"): EMAIL_PASSWORD_FILE,
}


# What nobody misses where it is unknown: rendered files do without, and say so.
_OPTIONAL = (INHIBITION_NAMES,)


def left_out(versions: Versions) -> list[str]:
    """Return what rendered files do without, each with the first version that has it."""
    return [f"{f.name} ({f.product} {f.first})" for f in _OPTIONAL if not f.known(versions)]


def parse(text: str) -> Version:
    """Return the first two numbers of a version such as ``3.5`` or ``v0.33.1``.

    Raises UserError when there are none.
    """
    match = re.match(r"v?(\d+)\.(\d+)", text)
    if not match:
        raise UserError(f"version {text!r}: not a version; write it like 3.5")
    return int(match[1]), int(match[2])
