"""The demo's MariaDB: a primary and its replica, and who may do what in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

PRIMARY, REPLICA = "demo-mariadb", "demo-mariadb-replica"
SERVERS = (PRIMARY, REPLICA)
NAME = "uptime"
AGENT, MONITOR = "uptime", "lightship"


def setup(root: str, agent: str, monitor: str) -> Iterator[str]:
    """Yield the statements that make the accounts of either server, given their passwords.

    The agent owns the database, lets the replica follow, and follows with the same
    account; who measures it may look at statistics and at rows, and change nothing.
    """
    # Each server makes its own: what is replicated would then be there already.
    yield "SET SESSION sql_log_bin = 0;"
    yield f"ALTER USER root@localhost IDENTIFIED BY PASSWORD '{verifier(root)}';"
    yield f"CREATE USER {AGENT}@'%' IDENTIFIED BY PASSWORD '{verifier(agent)}';"
    yield f"GRANT ALL ON {NAME}.* TO {AGENT}@'%';"
    yield f"GRANT REPLICATION SLAVE, REPLICATION SLAVE ADMIN, SLAVE MONITOR ON *.* TO {AGENT}@'%';"
    yield (
        f"CREATE USER {MONITOR}@'%' IDENTIFIED BY PASSWORD '{verifier(monitor)}' "
        "WITH MAX_USER_CONNECTIONS 6;"
    )
    yield f"GRANT PROCESS, SHOW VIEW, SLAVE MONITOR ON *.* TO {MONITOR}@'%';"
    yield f"GRANT SELECT ON performance_schema.* TO {MONITOR}@'%';"
    yield f"GRANT SELECT ON mysql.innodb_index_stats TO {MONITOR}@'%';"
    yield f"GRANT SELECT ON {NAME}.* TO {MONITOR}@'%';"
    yield f"CREATE DATABASE {NAME};"


def verifier(password: str) -> str:
    """Return what MariaDB stores of a password: statements with one in them would be seen.

    >>> verifier("secret")
    '*14E65567ABDB5135D0CFD9A70B3032C179A49EE7'
    """
    once = hashlib.sha1(password.encode(), usedforsecurity=False).digest()
    return f"*{hashlib.sha1(once, usedforsecurity=False).hexdigest().upper()}"
