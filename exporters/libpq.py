"""Asks PostgreSQL over one connection: questions asked at once travel together, and fail apart."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import pq

from exporters.failure import CollectionError

Row = tuple[str | None, ...]

# What SQLSTATEs mean, the whole code or the class that it begins with.
_REASONS = {
    "08": "refused",
    "28": "auth",
    "42501": "permission",
    "53300": "refused",
    "55P03": "locked",
    "57014": "timeout",
    "57P01": "refused",
    "57P02": "refused",
    "57P03": "loading",
}

# A table has changed since a question was prepared: next time it is prepared anew.
_STALE = "0A000"

# What is wrong with a question itself, for whoever wrote it.
_MISTAKES = {
    "25006": "it would write",
    "42601": "it is no SQL",
    "42703": "a column that it names is not there",
    "42P01": "a table that it names is not there; write schema.table",
    "42883": "a function or operator that it names is not there",
}
_FAILED = (pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.PIPELINE_ABORTED)


@dataclass
class _Question:
    sql: str
    answer: asyncio.Future[list[Row]]
    prepared_as: bytes = b""
    results: list[pq.abc.PGresult] = field(default_factory=list)


class Connection:
    """One connection in pipeline mode. Every question is a transaction of its own."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        # Kept, for it ends the connection when it is collected.
        self._connection = connection
        self._pg = connection.pgconn
        self._pg.nonblocking = 1
        self._pg.enter_pipeline_mode()
        self._waiting: deque[_Question] = deque()
        self._prepared: dict[str, bytes] = {}
        self._names = itertools.count()
        self._open = True
        self._loop = asyncio.get_running_loop()
        self._socket = self._pg.socket
        self._loop.add_reader(self._socket, self._readable)

    @property
    def alive(self) -> bool:
        """Whether questions can be asked, as far as is known."""
        return self._open and self._pg.status == pq.ConnStatus.OK

    @property
    def version(self) -> int:
        """The server's version, as in 170004 for 17.4."""
        return self._pg.server_version

    async def ask(self, sql: str) -> list[Row]:
        """Return the rows that a statement gives, values as text.

        Raises ConnectionError when the connection breaks and CollectionError when the
        server refuses. Whoever stops waiting drops the connection.
        """
        if not self.alive:
            raise ConnectionResetError("the connection is closed")
        question = _Question(sql, self._loop.create_future())
        self._waiting.append(question)
        try:
            self._send(question)
            return await question.answer
        except asyncio.CancelledError:
            self.drop()
            raise

    def drop(self) -> None:
        """Close at once, without waiting for the other side."""
        if self._open:
            self._open = False
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._pg.finish()
        for question in self._waiting:
            if not question.answer.done():
                question.answer.set_exception(ConnectionResetError("the connection was closed"))
        self._waiting.clear()

    def _send(self, question: _Question) -> None:
        name = self._prepared.get(question.sql)
        try:
            if name is None:
                name = question.prepared_as = b"lightship_%d" % next(self._names)
                self._pg.send_prepare(name, question.sql.encode())
            self._pg.send_query_prepared(name, None)
            # Ends the transaction: what fails takes nothing else with it.
            self._pg.pipeline_sync()
            self._flush()
        except psycopg.OperationalError:
            self.drop()

    def _flush(self) -> None:
        if self._pg.flush():
            self._loop.add_writer(self._socket, self._writable)
        else:
            self._loop.remove_writer(self._socket)

    def _writable(self) -> None:
        try:
            self._flush()
        except psycopg.OperationalError:
            self.drop()

    def _readable(self) -> None:
        try:
            self._pg.consume_input()
            self._take()
        except psycopg.OperationalError:
            self.drop()

    def _take(self) -> None:
        """Sort the results that have arrived to their questions."""
        ended = False
        while not self._pg.is_busy():
            result = self._pg.get_result()
            if result is not None and result.status == pq.ExecStatus.PIPELINE_SYNC:
                self._answer(self._waiting.popleft())
            elif result is not None:
                self._waiting[0].results.append(result)
            elif ended:
                return  # nothing between two ends: nothing more is there
            ended = result is None

    def _answer(self, question: _Question) -> None:
        statuses = [result.status for result in question.results]
        if question.prepared_as and statuses[0] == pq.ExecStatus.COMMAND_OK:
            self._prepared[question.sql] = question.prepared_as
        if question.answer.done():
            return
        failed = [r for r in question.results if r.status in _FAILED]
        if failed:
            if _code(failed[0]) == _STALE:
                self._prepared.pop(question.sql, None)
            question.answer.set_exception(_refusal(failed[0]))
        else:
            question.answer.set_result(_rows(question.results[-1]))


def _rows(result: pq.abc.PGresult) -> list[Row]:
    value, rows, columns = result.get_value, range(result.ntuples), range(result.nfields)
    found = [value(row, column) for row in rows for column in columns]
    texts = [None if one is None else one.decode("utf-8", "replace") for one in found]
    return list(zip(*[iter(texts)] * len(columns), strict=True))


def _refusal(result: pq.abc.PGresult) -> CollectionError:
    """Return why a statement failed. Of what the server says, only its code is repeated."""
    code = _code(result)
    why = _REASONS.get(code) or _REASONS.get(code[:2], "other")
    what = f"the server refused a question (SQLSTATE {code})"
    return CollectionError(why, f"{what}: {_MISTAKES[code]}" if code in _MISTAKES else what)


def _code(result: pq.abc.PGresult) -> str:
    return (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode("ascii", "replace")[:5]
