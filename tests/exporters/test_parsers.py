"""Whatever comes from outside, as bytes, URLs, names or rows: it is read, or refused in words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from exporters import address, dsn, mounted
from exporters.address import AddressError
from exporters.catalog import database
from exporters.exposition import Exposition
from exporters.failure import CollectionError
from exporters.queue_page import QueuePage
from exporters.resp import Connection
from exporters.server import deadline

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
URLS = TEXT | st.text(alphabet="redis:postgqlunixyhn/@?&=#%[]1.me")
ANSWERS = st.lists(
    st.binary(max_size=20)
    | st.sampled_from(
        [b"+OK\r\n", b"$3\r\n", b"*2\r\n", b"-ERR x\r\n", b":1\r\n", b"%1\r\n", b"_"]
    ),
    max_size=8,
)


class Silent(asyncio.Transport):
    """The way to a server that takes everything."""

    def is_closing(self) -> bool:
        return False

    def write(self, data: object) -> None:
        pass

    def abort(self) -> None:
        pass


@given(ANSWERS, st.integers(1, 3))
@example([b"*1000000000\r\n"], 1)
@example([b"$9999999999\r\n", b"x"], 1)
@example([b"*1\r\n"] * 50, 1)
@example([b"%1\r\n*0\r\n+x\r\n"], 1)
@example([b"+\r\n", b"+\r\n"], 1)
def test_any_bytes(answers: list[bytes], questions: int) -> None:
    """A server may send any bytes in any pieces: there are so many replies, or a reason."""

    async def go() -> None:
        connection = Connection()
        connection.connection_made(Silent())
        asking = asyncio.create_task(connection.ask([("PING",)] * questions))
        await asyncio.sleep(0)
        for answer in answers:
            connection.data_received(answer)
        connection.connection_lost(None)
        with suppress(ConnectionError, CollectionError):
            assert len(await asking) == questions

    asyncio.run(go())


@pytest.mark.parametrize(
    "parse",
    [
        address.parse,
        address.file,
        mounted.parse,
        *(partial(dsn.parse, kind=k) for k in dsn.SCHEMES),
    ],
)
@given(url=URLS)
def test_any_url(parse: Callable[[str], object], url: str) -> None:
    """A URL is understood, or refused without being repeated."""
    told = ""
    try:
        parse(url)
    except AddressError as error:
        told = str(error)
    assert len(url) < 8 or url not in told


@given(st.dictionaries(TEXT, st.integers(0, 10), max_size=20))
def test_any_name(queues: dict[str, int]) -> None:
    """A queue may have any name: it comes back from the text as it was."""
    page = Exposition()
    queue_page = QueuePage(page, "rq")
    for name, count in queues.items():
        queue_page.jobs(name, {"ready": count})
    found = {
        sample.labels["queue"]: sample.value
        for family in text_string_to_metric_families(page.text())
        for sample in family.samples
    }
    assert found == queues


@given(
    st.text() | st.floats().map(repr) | st.sampled_from(["1_0", " 1", "1\n", "\uff11", "infinity"])
)
def test_any_number(text: str) -> None:
    """What a database calls a number is one that Prometheus reads, or is refused."""
    page = Exposition()
    writer = page.writer(database.uptime_seconds)
    try:
        writer.add_text(text, ())
    except ValueError:
        return
    (family,) = text_string_to_metric_families(page.text())
    assert repr(float(family.samples[0].value)) == repr(float(text))
    assert text == text.strip()
    assert text.isascii()


@given(st.text() | st.floats().map(str))
def test_any_timeout(header: str) -> None:
    """Whatever a scraper says of its timeout, there is one."""
    assert 0 < deadline(header) < float("inf")


def test_any_timeout_is_kept() -> None:
    """Half a second is left to send the answer, or half of the time."""
    told: list[Any] = ["30", "1", "0.1", "x", "-1", "nan"]
    assert [deadline(one) for one in told] == [29.5, 0.5, 0.05, 5, 5, 5]
