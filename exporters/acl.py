"""Access rules of Redis: the least that lets an account ask certain commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import hiredis

from exporters import address
from exporters.failure import CollectionError
from exporters.grants import Grants
from exporters.redis_client import NAMING, Command, RedisClient
from exporters.settings import Target

DEFAULT_USER = "lightship"

# Commands whose second word says what they do, and is allowed or not by itself.
_CONTAINERS = frozenset(
    {"ACL", "CLIENT", "CLUSTER", "CONFIG", "LATENCY", "MEMORY", "SENTINEL", "SLOWLOG"}
)

# Since then reading a key can be allowed without writing it.
_READ_ONLY_KEYS_SINCE = 7

# Answered to whoever is logged in, whatever its rules; it says the version.
_HELLO: Command = ("HELLO",)


async def grants(target: Target, asked: Sequence[Command], keys: Sequence[str] = ()) -> Grants:
    """Return what an account needs in order to ask these commands, and lacks.

    The commands are sent, so they must be harmless, and whole; ``keys`` are the patterns
    of all keys that they may name.
    """
    needed = [NAMING, *asked]
    client = RedisClient(target, in_database=bool(keys))
    try:
        replies = await client.ask([_HELLO, *needed])
    except (OSError, TimeoutError, CollectionError) as error:
        unknown = str(error) or type(error).__name__
        return Grants((rule(target, needed, keys, 0),), unknown=unknown)
    finally:
        client.close()
    hello, *answers = replies
    lacking = {
        _lacking(command, str(answer), keys)
        for command, answer in zip(needed, answers, strict=True)
        if isinstance(answer, hiredis.ReplyError) and str(answer).startswith("NOPERM")
    }
    return Grants((rule(target, needed, keys, major(hello)),), tuple(sorted(lacking)))


def rule(target: Target, asked: Sequence[Command], keys: Sequence[str], major: int) -> str:
    """Return the command that makes the account; a ``major`` version of 0 is any that has ACLs."""
    name = target.username or DEFAULT_USER
    mark = "%R~" if major >= _READ_ONLY_KEYS_SINCE else "~"
    allowed = {permission(command) for command in asked}
    if keys and address.parse(target.url).database:
        allowed.add("+select")
    patterns = [f"{mark}{key}" for key in keys]
    words = [name, "on", ">PASSWORD", "-@all", "resetkeys", *patterns, *sorted(allowed)]
    return f"ACL SETUSER {' '.join(words)}"


def _lacking(command: Command, answer: str, keys: Sequence[str]) -> str:
    """Return what would have allowed a command: it may be the key that is not allowed."""
    return f"~{' ~'.join(keys)}" if " key" in answer else permission(command)


def permission(command: Command) -> str:
    """Return what allows a command.

    >>> permission(("LLEN", "celery")), permission(("SLOWLOG", "LEN"))
    ('+llen', '+slowlog|len')
    """
    words = command[:2] if command[0] in _CONTAINERS else command[:1]
    return f"+{'|'.join(words).lower()}"


def major(hello: Any) -> int:
    """Return a server's major version from what it says of itself; 0 where that is not said.

    >>> major(["server", "redis", "version", "7.0.15"])
    7
    """
    if not isinstance(hello, list) or "version" not in hello[:-1]:
        return 0
    first = str(hello[hello.index("version") + 1]).partition(".")[0]
    return int(first) if first.isdecimal() else 0
