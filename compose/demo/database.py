"""The demo's database: who may do what in it, and how passwords are told to it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64encode
from collections.abc import Iterator

NAME = "shop"
SHOP, MONITOR = "shop", "lightship"

ITERATIONS = 4096
SALT_BYTES = 16


def setup(shop: str, monitor: str) -> Iterator[str]:
    """Yield the statements that make the accounts, given their passwords.

    The shop owns its database; who measures it may look at statistics, and at what
    the shop lets it read, and change nothing.
    """
    # Whoever replicates may have a slot, too.
    yield f"CREATE ROLE {SHOP} LOGIN REPLICATION PASSWORD '{verifier(shop)}';"
    yield f"ALTER DATABASE {NAME} OWNER TO {SHOP};"
    yield f"GRANT CREATE ON SCHEMA public TO {SHOP};"
    yield f"CREATE ROLE {MONITOR} LOGIN CONNECTION LIMIT 4 PASSWORD '{verifier(monitor)}';"
    yield f"GRANT pg_monitor TO {MONITOR};"
    yield "CREATE EXTENSION pg_stat_statements;"


def verifier(password: str) -> str:
    """Return what PostgreSQL stores of a password: it can be checked by it, not read from it.

    Statements with a password in them would be seen in logs and statistics.
    """
    salt = secrets.token_bytes(SALT_BYTES)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    stored = hashlib.sha256(client).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    told, kept, known = (b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${ITERATIONS}:{told}${kept}:{known}"
