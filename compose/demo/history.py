"""The uptime monitor's history, in MariaDB: results, their summaries, incidents, and a replica."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pymysql
from pymysql.cursors import Cursor, DictCursor

from compose.demo.faults import CLOSING, LATE, UNFOLLOWED, Faults
from compose.demo.mariadb import AGENT, NAME, PRIMARY, REPLICA, SERVERS

# ruff: noqa: S608 - what the statements are made of stands here

AGENTS = 3
PAUSE_SECONDS = 0.4
LOOK_SECONDS = 0.5
TIMEOUT_SECONDS = 5

# Ten monitors, and what there is of them when the demo begins.
MONITORS = 10
SEEDED_RESULTS, SEEDED_INCIDENTS = 8_000, 1_500
KEPT_RESULTS = 20_000

# Every so many steps an agent does what is wide, is refused, or makes room.
SEARCH_EVERY, MISTAKE_EVERY, TIDY_EVERY = 10, 40, 200

# Whoever closes the day's books holds its summaries: now and then, or all the time.
CLOSING_SECONDS = {False: 0.25, True: 1.0}
CLOSING_PAUSE_SECONDS = {False: 15.0, True: 0.5}

# How far the replica stays behind while it is late: longer than is allowed.
DELAY_SECONDS = 300

# Two indexes say the same, and the one of notes is used by nobody; none leads to what is open.
SCHEMA = (
    """
    CREATE TABLE IF NOT EXISTS results (
      id bigint AUTO_INCREMENT PRIMARY KEY, monitor int NOT NULL, at datetime(3) NOT NULL,
      ok bool NOT NULL, seconds float NOT NULL, note varchar(60) NOT NULL,
      KEY results_at (at), KEY results_monitor (monitor, at),
      KEY results_monitor_again (monitor, at), KEY results_note (note)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS summaries (
      monitor int, day date, checks int NOT NULL, failed int NOT NULL, PRIMARY KEY (monitor, day)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS incidents (
      id bigint AUTO_INCREMENT PRIMARY KEY, monitor int NOT NULL, opened datetime NOT NULL,
      resolved datetime
    )
    """,
)
SEED = (
    f"""
    INSERT INTO results (monitor, at, ok, seconds, note)
      SELECT 1 + seq % {MONITORS}, now(3) - INTERVAL seq * 10 SECOND, seq % 20 > 0,
        0.05 + rand() / 2, concat('check ', seq)
      FROM seq_1_to_{SEEDED_RESULTS}
    """,
    f"""
    INSERT INTO incidents (monitor, opened, resolved)
      SELECT 1 + seq % {MONITORS}, now() - INTERVAL seq HOUR, now() - INTERVAL seq HOUR
      FROM seq_1_to_{SEEDED_INCIDENTS}
    """,
)

DAY = """
    SELECT count(*), avg(seconds) FROM results
    WHERE monitor = %s AND at > now() - INTERVAL 1 DAY
"""
COUNT = """
    INSERT INTO summaries VALUES (%s, curdate(), 1, %s)
    ON DUPLICATE KEY UPDATE checks = checks + 1, failed = failed + VALUES(failed)
"""
RESULT = "INSERT INTO results (monitor, at, ok, seconds, note) VALUES (%s, now(3), %s, %s, %s)"

Server: TypeAlias = "pymysql.Connection[Any]"


@dataclass
class History:
    """Uses the primary, with several agents at once; the replica follows it.

    ``at`` says where the servers are, by their names.
    """

    at: Mapping[str, str]
    password_file: Path
    seed: int
    faults: Faults

    async def work(self, begun: Callable[[], None]) -> None:
        """Work until something fails."""
        await asyncio.to_thread(self._begin)
        begun()
        async with asyncio.TaskGroup() as together:
            for number in range(AGENTS):
                chance = random.Random(self.seed + number)  # noqa: S311 - a seed is asked for
                together.create_task(self._agent(chance))
            together.create_task(self._close())

    async def follow(self, begun: Callable[[], None]) -> None:
        """Let the replica follow the primary, as the faults want it to, until something fails."""
        with await asyncio.to_thread(self.connect, REPLICA, DictCursor) as server:
            begun()
            while True:
                await asyncio.to_thread(self._arrange, server)
                await asyncio.sleep(LOOK_SECONDS)

    def connect(self, server: str, cursor: type[Cursor] = Cursor) -> Server:
        """Open a connection. The password is read anew each time: it may have been changed."""
        host, _, port = self.at[server].rpartition(":")
        return pymysql.connect(
            host=host,
            port=int(port),
            user=AGENT,
            password=self._password(),
            database=NAME,
            autocommit=True,
            connect_timeout=TIMEOUT_SECONDS,
            cursorclass=cursor,
        )

    def _password(self) -> str:
        return self.password_file.read_text(encoding="utf-8").strip()

    def _begin(self) -> None:
        """Make the tables, and what they hold, unless they are there."""
        with self.connect(PRIMARY) as server, server.cursor() as cursor:
            for table in SCHEMA:
                cursor.execute(table)
            cursor.execute("SELECT count(*) FROM (SELECT 1 FROM results LIMIT 1) AS r")
            if cursor.fetchone() == (0,):
                for rows in SEED:
                    cursor.execute(rows)

    async def _agent(self, chance: random.Random) -> None:
        with self.connect(PRIMARY) as server:
            agent = Agent(server, chance)
            while True:
                await asyncio.to_thread(agent.step)
                await asyncio.sleep(chance.uniform(0.5, 1.5) * PAUSE_SECONDS)

    async def _close(self) -> None:
        """Hold the day's summaries for oneself: whoever counts waits."""
        with self.connect(PRIMARY) as server, server.cursor() as cursor:
            while True:
                held = CLOSING in self.faults.on
                with _together(server):
                    await asyncio.to_thread(
                        cursor.execute, "SELECT * FROM summaries WHERE day = curdate() FOR UPDATE"
                    )
                    await asyncio.sleep(CLOSING_SECONDS[held])
                for _ in range(round(CLOSING_PAUSE_SECONDS[held] / LOOK_SECONDS)):
                    await asyncio.sleep(LOOK_SECONDS)
                    if (CLOSING in self.faults.on) != held:
                        break

    def _arrange(self, server: Server) -> None:
        with server.cursor() as cursor:
            cursor.execute("SHOW SLAVE STATUS")
            found = cursor.fetchone() or {}
            runs = found.get("Slave_IO_Running", "No") != "No"
            delay = DELAY_SECONDS if LATE in self.faults.on else 0
            if UNFOLLOWED in self.faults.on:
                if runs:
                    cursor.execute("STOP SLAVE")
            elif not runs or found["SQL_Delay"] != delay:
                cursor.execute("STOP SLAVE")
                cursor.execute(self._primary(delay))
                cursor.execute("START SLAVE")

    def _primary(self, delay: int) -> str:
        """Return the statement that says whom to follow; passwords of ours need no quoting."""
        host, _, port = self.at[PRIMARY].rpartition(":")
        return (
            f"CHANGE MASTER TO MASTER_HOST = '{host}', MASTER_PORT = {port}, "
            f"MASTER_USER = '{AGENT}', MASTER_PASSWORD = '{self._password()}', "
            f"MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = slave_pos, MASTER_DELAY = {delay}"
        )


@dataclass
class Agent:
    """One connection, and what is done over it."""

    server: Server
    chance: random.Random
    steps: int = field(default=0, init=False)

    def step(self) -> None:
        """Note a result, read what a page shows; the rarer things when it is their turn."""
        self.steps += 1
        monitor = self.chance.randint(1, MONITORS)
        with self.server.cursor() as cursor:
            self._note(cursor, monitor)
            cursor.execute(DAY, [monitor])
            # No index leads to these: all of the table is read.
            cursor.execute("SELECT count(*) FROM incidents WHERE resolved IS NULL")
            if self.steps % SEARCH_EVERY == 0:
                self._report(cursor)
            if self.steps % MISTAKE_EVERY == 0:
                with suppress(pymysql.IntegrityError), _together(self.server):
                    cursor.execute(RESULT, [monitor, True, 0.1, "mistake"])
                    cursor.execute(
                        "INSERT INTO incidents (id, monitor, opened) VALUES (1, 1, now())"
                    )
            if self.steps % TIDY_EVERY == 0:
                cursor.execute(
                    "DELETE FROM results WHERE id < (SELECT id FROM "
                    "(SELECT max(id) - %s AS id FROM results) AS kept)",
                    [KEPT_RESULTS],
                )

    def _note(self, cursor: Cursor, monitor: int) -> None:
        """Note one result and count it, in one transaction."""
        ok = self.chance.random() > 0.05
        seconds, note = self.chance.uniform(0.05, 0.5), f"check {self.chance.getrandbits(32)}"
        with _together(self.server):
            cursor.execute(RESULT, [monitor, ok, seconds, note])
            cursor.execute(COUNT, [monitor, not ok])
            if not ok:
                cursor.execute(
                    "INSERT INTO incidents (monitor, opened) VALUES (%s, now())", [monitor]
                )
        if not ok:
            # It locks whatever it reads: not together with anything else.
            cursor.execute(
                "UPDATE incidents SET resolved = now() "
                "WHERE resolved IS NULL AND opened < now() - INTERVAL 5 MINUTE"
            )

    def _report(self, cursor: Cursor) -> None:
        """Ask for what is sorted and grouped without an index, over two tables."""
        cursor.execute(
            "SELECT r.note, count(*) FROM results AS r JOIN incidents AS i ON i.opened = r.at "
            "WHERE r.note LIKE %s GROUP BY r.note ORDER BY count(*) DESC",
            [f"%{self.chance.randint(100, 999)}%"],
        )


@contextmanager
def _together(server: Server) -> Iterator[None]:
    """Do all of it or nothing."""
    server.begin()
    try:
        yield
    except BaseException:
        server.rollback()
        raise
    server.commit()


def here(secrets: Path, seed: int, faults: Faults) -> History:
    """Return the history of this demo, whose servers the environment names."""
    at = {name: os.environ.get(name.upper().replace("-", "_"), f"{name}:3306") for name in SERVERS}
    return History(at, secrets / "demo-mariadb-agent/password", seed, faults)
