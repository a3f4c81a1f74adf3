"""Which class of cached value, and which tenant's, is a key?"""

from __future__ import annotations

import re
from collections.abc import Mapping

OTHER = "other"
TENANT = "{tenant}"

# What the parts of a pattern stand for; everything else stands for itself.
_PARTS = {"*": ".*", TENANT: "(?P<tenant>[^:]+)"}


class Patterns:
    """Tells classes apart by the patterns of their keys; the first that fits decides."""

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self._patterns = [(name, compiled(pattern)) for name, pattern in patterns.items()]

    def of(self, key: str) -> tuple[str, str]:
        """Return class and tenant of a key; the tenant is empty where the pattern names none."""
        for name, pattern in self._patterns:
            if match := pattern.fullmatch(key):
                return name, match.groupdict().get("tenant", "")
        return OTHER, ""


def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern as a regular expression.

    >>> compiled("shop:{tenant}:cart:*").fullmatch("shop:7:cart:12")["tenant"]
    '7'
    """
    parts = re.split(r"(\*|\{tenant\})", pattern)
    return re.compile("".join(_PARTS.get(part) or re.escape(part) for part in parts), re.DOTALL)
