"""What a role needs to look at a server's statistics, and whether it has that."""

from __future__ import annotations

import re

from exporters import dsn
from exporters.defined import right, unreadable
from exporters.failure import CollectionError
from exporters.grants import Grants
from exporters.postgres_client import PostgresClient
from exporters.settings import Target

DEFAULT_USER = "lightship"

# Three connections are kept, and each may be opened anew before the server has missed the old one.
CONNECTIONS = 6

EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_stat_statements;"
PRELOADED = "shared_preload_libraries = 'pg_stat_statements'"

_SECONDS = 5.0
_HAS = """
    SELECT pg_has_role(current_user, 'pg_monitor', 'usage')::int,
      (SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements')
"""


async def grants(target: Target) -> Grants:
    """Return what a role needs, as pg_monitor has it, and lacks."""
    place = dsn.parse(target.url, "postgres")
    name = identifier(target.username or place.user or DEFAULT_USER)
    limits = f"CONNECTION LIMIT {CONNECTIONS} IN ROLE pg_monitor"
    needs = f"as owner, in {identifier(place.database)}; the server needs {PRELOADED}"
    statements = (
        f"CREATE ROLE {name} LOGIN PASSWORD 'PASSWORD' {limits};",
        f"{EXTENSION}  -- {needs}",
        *(right(one.collector, name) for one in target.metrics),
    )
    client = PostgresClient(target, _SECONDS)
    try:
        ((monitors, extensions),) = await client.ask(_HAS)
        unread = await unreadable(target, client)
    except (OSError, CollectionError) as error:
        return Grants(statements, unknown=str(error))
    finally:
        client.close()
    has = {f"GRANT pg_monitor TO {name};": monitors, EXTENSION: extensions}
    lacking = [statement for statement, count in has.items() if count == "0"]
    return Grants(statements, (*lacking, *(right(one, name) for one in unread)))


def identifier(name: str) -> str:
    """Return a name as SQL writes it.

    >>> print(identifier("lightship"), identifier('the "one" of many'))
    lightship "the ""one"" of many"
    """
    if re.fullmatch(r"[a-z_][a-z0-9_]*", name):
        return name
    return '"' + name.replace('"', '""') + '"'
