"""What Laravel's queues are called, and which Redis keys belong to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

DEFAULT_QUEUE = "default"

_SUFFIXES = (":delayed", ":reserved", ":notify")
_BRACES = re.compile(r"^\{([^{}]+)\}$")
_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\*?[]"})


def key(prefix: str, queue: str) -> str:
    """Return the key of a queue's list; the keys of what belongs to it begin with it."""
    return f"{prefix}queues:{queue}"


def pattern(prefix: str) -> str:
    r"""Return the pattern that the keys of all queues match.

    >>> print(pattern("shop[1]_"))
    shop\[1\]_queues:*
    """
    return f"{prefix.translate(_SPECIAL)}queues:*"


def of_keys(prefix: str, keys: Iterable[str]) -> set[str]:
    """Return the queues that keys belong to.

    >>> sorted(of_keys("shop_", ["shop_queues:mail", "shop_queues:{web}:delayed"]))
    ['mail', '{web}']
    """
    found = set()
    for one in keys:
        name = one.removeprefix(f"{prefix}queues:")
        suffix = next((s for s in _SUFFIXES if name.endswith(s)), "")
        found.add(name.removesuffix(suffix))
    return found - {""}


def of_supervisor(served: str) -> list[str]:
    """Return the queues that a pool of processes serves, as Horizon writes them.

    >>> of_supervisor("redis:mail,default")
    ['mail', 'default']
    """
    return [name for name in served.partition(":")[2].split(",") if name]


def labels(queues: Iterable[str]) -> Mapping[str, str]:
    """Return what each queue is called: without the braces that keep its keys on one node.

    >>> labels(["{mail}", "{web}", "web"])
    {'web': 'web', '{mail}': 'mail', '{web}': '{web}'}
    """
    known = set(queues)
    bare = {name: _BRACES.sub(r"\1", name) for name in sorted(known)}
    # Both may be there: one name for two queues would be one series for both.
    return {name: name if bare[name] in known else bare[name] for name in bare}
