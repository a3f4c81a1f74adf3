"""What an account needs to look at a server's counters and schemas, and whether it has that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from exporters import dsn
from exporters.defined import right, unreadable
from exporters.failure import CollectionError
from exporters.grants import Grants
from exporters.mysql_client import MARIADB, MysqlClient
from exporters.settings import Target

DEFAULT_USER = "lightship"

# Three connections are kept, and each may be opened anew before the server has missed the old one.
CONNECTIONS = 6

# Whoever may do anything with a table sees that it is there; looking at views is the least.
_SEES_TABLES = """
    SELECT count(*) FROM information_schema.user_privileges
    WHERE privilege_type IN ('SHOW VIEW', 'SELECT')
"""

# What is granted, and a question that is refused without it.
_RIGHTS = {
    "PROCESS ON *.*": "SELECT trx_state FROM information_schema.innodb_trx",
    "SHOW VIEW ON *.*": _SEES_TABLES,
    "SELECT ON performance_schema.*": "SELECT 1 FROM performance_schema.threads LIMIT 1",
    "SELECT ON mysql.innodb_index_stats": "SELECT 1 FROM mysql.innodb_index_stats LIMIT 1",
}
_MYSQL = {"REPLICATION CLIENT ON *.*": "SHOW REPLICA STATUS"}
_MARIADB = {"SLAVE MONITOR ON *.*": "SHOW ALL SLAVES STATUS"}

_SECONDS = 5.0


async def grants(target: Target) -> Grants:
    """Return what an account needs, and lacks."""
    user = target.username or dsn.parse(target.url, "mysql").user or DEFAULT_USER
    name = f"{identifier(user)}@'%'"
    # An account without any right is not let into the database that is named.
    url = urlsplit(target.url)._replace(path="/information_schema").geturl()
    client, own = MysqlClient(replace(target, url=url), _SECONDS), MysqlClient(target, _SECONDS)
    reads = [right(one.collector, name) for one in target.metrics]
    try:
        rights = _RIGHTS | (_MARIADB if await client.version() >= MARIADB else _MYSQL)
        lacking = [r for r, question in rights.items() if not await _has(client, question)]
        unread = await unreadable(target, own)
    except (OSError, CollectionError) as error:
        either = dict.fromkeys(_MYSQL, "MySQL") | dict.fromkeys(_MARIADB, "MariaDB")
        statements = _statements(name, dict.fromkeys(_RIGHTS, "") | either)
        return Grants((*statements, *reads), unknown=str(error))
    finally:
        client.close()
        own.close()
    return Grants(
        (*_statements(name, dict.fromkeys(rights, "")), *reads),
        (
            *(f"GRANT {one} TO {name};" for one in lacking),
            *(right(one, name) for one in unread),
        ),
    )


def _statements(name: str, rights: Mapping[str, str]) -> tuple[str, ...]:
    """Return what makes an account; rights may have a kind of server that they are for."""
    limit = f"WITH MAX_USER_CONNECTIONS {CONNECTIONS}"
    return (
        f"CREATE USER {name} IDENTIFIED BY 'PASSWORD' {limit};",
        *(
            f"GRANT {one} TO {name};{f'  -- {kind}' if kind else ''}"
            for one, kind in rights.items()
        ),
    )


async def _has(client: MysqlClient, question: str) -> bool:
    """Whether a question is answered, and not with 0."""
    try:
        return await client.ask(question) != [("0",)]
    except CollectionError as error:
        if error.reason != "permission":
            raise
        return False


def identifier(name: str) -> str:
    """Return a name as SQL writes it.

    >>> print(identifier("lightship"), identifier("the `one` of many"))
    lightship `the ``one`` of many`
    """
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else f"`{name.replace('`', '``')}`"
