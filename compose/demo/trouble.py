"""What goes wrong in the shop's database while a fault is on: deadlocks, growth, slow reports."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg

REPORT_SECONDS = 5

# So many that a count of them is slow, and more bytes than a day is to bring.
IMPORTED, NAME_CHARACTERS = 1_500_000, 190
OLD_ORDERS = 10
OLD_DAYS = 100

Connection = psycopg.AsyncConnection[Any]

# Beside the customers and counted with them, so that it is gone at once when it is to go.
IMPORT = f"""
    CREATE TABLE imported () INHERITS (customers);
    INSERT INTO imported
      SELECT n, rpad('customer ' || n, {NAME_CHARACTERS}, '.')
      FROM generate_series(1000, 1000 + {IMPORTED}) AS n;
    ANALYZE imported;
    INSERT INTO orders (customer, total, note, made)
      SELECT 1, n, 'long ago', now() - interval '{OLD_DAYS} days'
      FROM generate_series(1, {OLD_ORDERS}) AS n;
"""  # noqa: S608 - all of it is ours
TIDY = "DROP TABLE IF EXISTS imported; DELETE FROM orders WHERE note = 'long ago'"


async def report(connection: Connection) -> None:
    """Ask for what takes seconds."""
    await connection.execute("SELECT pg_sleep(%s)", [REPORT_SECONDS])


async def deadlock(one: Connection, other: Connection) -> None:
    """Let two transactions change the same customers, each beginning with another one."""
    await asyncio.gather(_change(one, 1, 2), _change(other, 2, 1))


async def _change(connection: Connection, *customers: int) -> None:
    try:
        async with connection.transaction():
            for customer in customers:
                await connection.execute(
                    "UPDATE customers SET name = name WHERE id = %s", [customer]
                )
                # Until the other has changed the one that is wanted next.
                await asyncio.sleep(0.1)
    except psycopg.errors.DeadlockDetected:
        pass  # as it was meant to be


async def grow(connection: Connection) -> None:
    """Import customers, and orders that should have been deleted."""
    await connection.execute(IMPORT)


async def shrink(connection: Connection) -> None:
    """Take back what was imported."""
    await connection.execute(TIDY)
