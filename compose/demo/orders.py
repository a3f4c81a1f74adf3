"""The shop's orders and risks, in PostgreSQL: clerks ask for little, now and then for too much."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from compose.demo.database import MONITOR
from compose.demo.faults import (
    CONNECTIONS,
    DEADLOCKS,
    FORGOTTEN,
    GROWN,
    LOCKED,
    QUERIES_SLOW,
    Faults,
)
from compose.demo.trouble import Connection, deadlock, grow, report, shrink

CLERKS = 5
PAUSE_SECONDS = 0.25
LOOK_SECONDS = 0.2
CUSTOMERS = 200
KEPT_ORDERS = 20_000

# So many ask for reports while the fault is on, beside the clerks.
REPORTS = 20

# Beyond the limit at which an alert fires, and below what the server takes.
LEAKED = 42

# Every so many steps a clerk does what is slow, is refused, or makes room.
SEARCH_EVERY, MISTAKE_EVERY, TIDY_EVERY = 20, 50, 400

CONNECT_SECONDS = 2

# The index of notes is used by nobody: that is what unused ones look like.
SCHEMA = f"""
    CREATE TABLE IF NOT EXISTS customers (id int PRIMARY KEY, name text NOT NULL);
    CREATE TABLE IF NOT EXISTS orders (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      customer int NOT NULL REFERENCES customers,
      total int NOT NULL,
      note text NOT NULL,
      state text NOT NULL DEFAULT 'new',
      made timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX IF NOT EXISTS orders_customer ON orders (customer);
    CREATE INDEX IF NOT EXISTS orders_note ON orders (note);
    CREATE INDEX IF NOT EXISTS orders_made ON orders (made);
    CREATE TABLE IF NOT EXISTS risks (
      id int PRIMARY KEY, level text NOT NULL, state text NOT NULL, review timestamptz NOT NULL
    );
    INSERT INTO risks
      SELECT n, (ARRAY['low', 'medium', 'high'])[n % 3 + 1],
        (ARRAY['open', 'accepted', 'mitigated', 'closed'])[n % 4 + 1],
        now() + (n - 5) * interval '1 day'
      FROM generate_series(1, 60) AS n ON CONFLICT DO NOTHING;
    INSERT INTO customers VALUES (1, 'customer 1') ON CONFLICT DO NOTHING;
    INSERT INTO orders (customer, total, note)
      SELECT 1, 10, 'so that nobody ever finds an empty table'
      WHERE NOT EXISTS (SELECT FROM orders);
    GRANT SELECT ON customers, orders, risks TO {MONITOR};
"""  # noqa: S608 - all of it is ours

# What takes the log to an archive has a slot, so that nothing is thrown away before.
SLOT = "archive"
MAKE_SLOT = f"""
    SELECT pg_create_physical_replication_slot('{SLOT}', true)
    WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '{SLOT}')
"""  # noqa: S608 - all of it is ours
TAKE_LOG = f"SELECT pg_replication_slot_advance('{SLOT}', pg_current_wal_lsn())"

LOCK = "BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE"


@dataclass
class Orders:
    """Uses the database, with several clerks at once."""

    url: str
    password_file: Path
    seed: int
    faults: Faults

    async def work(self, begun: Callable[[], None]) -> None:
        """Work until something fails."""
        async with await self.connect() as connection:
            await connection.execute(SCHEMA)
            await connection.execute(
                "INSERT INTO customers SELECT n, 'customer ' || n FROM generate_series(1, %s) AS n "
                "ON CONFLICT DO NOTHING",
                [CUSTOMERS],
            )
        begun()
        async with asyncio.TaskGroup() as together:
            for number in range(CLERKS):
                chance = random.Random(self.seed + number)  # noqa: S311 - a seed is asked for
                together.create_task(self._clerk(chance))
            together.create_task(self._leak())
            together.create_task(self._lock())
            together.create_task(self._archive())
            together.create_task(self._while(DEADLOCKS, self._deadlock))
            together.create_task(self._grow())
            for _ in range(REPORTS):
                together.create_task(self._while(QUERIES_SLOW, report))

    async def connect(self) -> Connection:
        """Open a connection. The password is read anew each time: it may have been changed."""
        return await psycopg.AsyncConnection.connect(
            self.url,
            password=self.password_file.read_text().strip(),
            application_name="demo-workload",
            connect_timeout=CONNECT_SECONDS,
            autocommit=True,
        )

    async def _clerk(self, chance: random.Random) -> None:
        async with await self.connect() as connection:
            clerk = Clerk(connection, chance)
            while True:
                if QUERIES_SLOW in self.faults.on:
                    await report(connection)
                await clerk.step()
                await asyncio.sleep(chance.uniform(0.5, 1.5) * PAUSE_SECONDS)

    async def _leak(self) -> None:
        """Open connections and give none back, while the fault is on."""
        async with AsyncExitStack() as held:
            count = 0
            while True:
                if CONNECTIONS in self.faults.on and count < LEAKED:
                    await held.enter_async_context(await self.connect())
                    count += 1
                elif CONNECTIONS not in self.faults.on:
                    await held.aclose()
                    count = 0
                await asyncio.sleep(LOOK_SECONDS)

    async def _lock(self) -> None:
        """Hold the table of orders for oneself, while the fault is on."""
        async with await self.connect() as connection:
            held = False
            while True:
                wanted = LOCKED in self.faults.on
                if wanted != held:
                    await connection.execute(LOCK if wanted else "ROLLBACK")
                    held = wanted
                await asyncio.sleep(LOOK_SECONDS)

    async def _archive(self) -> None:
        """Take the log for the archive, unless that is forgotten."""
        async with await self.connect() as connection:
            await connection.execute(MAKE_SLOT)
            while True:
                if FORGOTTEN not in self.faults.on:
                    await connection.execute(TAKE_LOG)
                await asyncio.sleep(LOOK_SECONDS)

    async def _while(self, fault: str, work: Callable[[Connection], Awaitable[None]]) -> None:
        """Do some work again and again while a fault is on, over a connection of its own."""
        while True:
            if fault in self.faults.on:
                async with await self.connect() as connection:
                    while fault in self.faults.on:
                        await work(connection)
            await asyncio.sleep(LOOK_SECONDS)

    async def _deadlock(self, connection: Connection) -> None:
        async with await self.connect() as other:
            await deadlock(connection, other)

    async def _grow(self) -> None:
        """Import more customers than there have been, while the fault is on."""
        async with await self.connect() as connection:
            await shrink(connection)
            grown = False
            while True:
                wanted = GROWN in self.faults.on
                if wanted != grown:
                    await (grow if wanted else shrink)(connection)
                    grown = wanted
                await asyncio.sleep(LOOK_SECONDS)


@dataclass
class Clerk:
    """One connection, and what is done over it."""

    connection: Connection
    chance: random.Random
    steps: int = field(default=0, init=False)

    async def step(self) -> None:
        """Take an order, look one up, change one; the rarer things when it is their turn."""
        self.steps += 1
        customer = self.chance.randint(1, CUSTOMERS)
        await self._order(customer)
        await self.connection.execute(
            "SELECT id, total, state FROM orders WHERE customer = %s ORDER BY id DESC LIMIT 10",
            [customer],
        )
        if self.steps % SEARCH_EVERY == 0:
            # No index helps here: all of the table is read.
            pattern = f"%{self.chance.randint(100, 999)}%"
            await self.connection.execute(
                "SELECT count(*) FROM orders WHERE note LIKE %s", [pattern]
            )
        if self.steps % MISTAKE_EVERY == 0:
            with suppress(psycopg.errors.ForeignKeyViolation):
                await self._order(customer=0)
        if self.steps % TIDY_EVERY == 0:
            await self.connection.execute(
                "DELETE FROM orders WHERE id < (SELECT max(id) FROM orders) - %s", [KEPT_ORDERS]
            )
            # The shop knows its risks, too, and looks at one of them again.
            await self.connection.execute(
                "UPDATE risks SET review = now() + interval '60 days' "
                "WHERE id = (SELECT id FROM risks ORDER BY review LIMIT 1)"
            )

    async def _order(self, customer: int) -> None:
        """Take an order and pay it, in one transaction."""
        async with self.connection.transaction():
            cursor = await self.connection.execute(
                "INSERT INTO orders (customer, total, note) VALUES (%s, %s, %s) RETURNING id",
                [customer, self.chance.randint(1, 500), f"parcel {self.chance.getrandbits(64)}"],
            )
            await self.connection.execute(
                "UPDATE orders SET state = 'paid' WHERE id = %s", await cursor.fetchone()
            )
