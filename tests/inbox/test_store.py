"""Is what was acknowledged on disk, is nothing half there, and is the file bounded?"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from compose.inbox.history import read_incidents, read_notifications
from compose.inbox.notification import Notification, parse
from compose.inbox.retention import Keep
from compose.inbox.store import StorageError, Store
from exporters.errors import UserError

Recorded = Callable[..., dict[str, Any]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open a store that keeps ten of everything."""
    with closing(Store(tmp_path / "inbox.db", keep=Keep(10))) as opened:
        yield opened


def numbered(recorded: Recorded, number: int, status: str = "firing") -> Notification:
    document = recorded("firing") | {"groupKey": f"group {number}", "status": status}
    document["alerts"][0]["fingerprint"] = f"{number:016x}"
    return parse(json.dumps(document).encode(), received_at=1000.0 + number)


def test_a_full_disk_stores_nothing_by_half_and_recovers(store: Store, recorded: Recorded) -> None:
    """A write that fails says so and leaves no trace; the next that fits is stored."""
    (pages,) = store._writer.execute("PRAGMA page_count").fetchone()
    store._writer.execute(f"PRAGMA max_page_count = {pages}")
    large = parse(json.dumps(recorded("firing") | {"x": "x" * 100_000}).encode(), 0)

    with pytest.raises(StorageError, match="full"):
        store.add(large).result()
    with store.reading() as database:
        assert read_incidents(database, "all", limit=9) == []
        assert read_notifications(database, limit=9) == []

    store._writer.execute("PRAGMA max_page_count = 1000000")
    store.add(large).result()
    with store.reading() as database:
        assert len(read_incidents(database, "all", limit=9)) == 1


def test_old_history_is_dropped(store: Store, recorded: Recorded) -> None:
    """The newest notifications and resolved incidents are kept, as many as was said."""
    for number in range(30):
        store.add(numbered(recorded, number)).result()
        store.add(numbered(recorded, number, "resolved")).result()

    with store.reading() as database:
        kept = read_notifications(database, limit=100)
        over = read_incidents(database, "resolved", limit=100)
    assert [one.group_key for one in kept[:2]] == ["group 29", "group 29"]
    assert len(kept) == 10
    assert [one.group_key for one in over] == [f"group {n}" for n in range(29, 19, -1)]


def test_what_is_open_is_never_dropped(store: Store, recorded: Recorded) -> None:
    """An old incident that still fires outlives the history round it."""
    for number in range(30):
        store.add(numbered(recorded, number)).result()

    with store.reading() as database:
        assert len(read_incidents(database, "open", limit=100)) == 30


def test_history_is_bounded_by_its_size_too(tmp_path: Path, recorded: Recorded) -> None:
    """Few large notifications are dropped like many small ones; what is open is kept."""
    limit = 1_000_000
    with closing(Store(tmp_path / "inbox.db", keep=Keep(size=limit))) as store:
        for number in range(60):
            large = {"groupKey": f"group {number}", "x": "x" * 100_000}
            document = recorded("firing") | large
            document["alerts"][0]["fingerprint"] = f"{number:016x}"
            store.add(parse(json.dumps(document).encode(), number)).result()
        with store.reading() as database:
            newest = read_notifications(database, limit=1)
            (count,) = database.execute("SELECT count(*) FROM notifications").fetchone()
            still_open = read_incidents(database, "open", limit=100)

    assert newest[0].group_key == "group 59"
    # Not all of it was dropped, and a batch is dropped only when there is too much.
    assert 1 <= count < 10
    assert len(still_open) == 60
    assert (tmp_path / "inbox.db").stat().st_size < limit + 300_000


def test_resolved_incidents_go_when_notifications_are_not_enough(
    tmp_path: Path, recorded: Recorded
) -> None:
    """When nearly all that is held are incidents, the oldest of those that are over go."""
    with closing(Store(tmp_path / "inbox.db", keep=Keep(size=1_000_000))) as store:
        for number in range(60):
            document = recorded("first-resolves")
            for place, alert in enumerate(document["alerts"]):
                alert["fingerprint"] = f"{number}-{place}"
                alert["annotations"]["description"] = "x" * 50_000
            store.add(parse(json.dumps(document).encode(), number)).result()
            store.add(numbered(recorded, number, "resolved")).result()
        with store.reading() as database:
            (over,) = database.execute(
                "SELECT count(*) FROM alerts WHERE resolved_at IS NOT NULL"
            ).fetchone()
            kept = read_incidents(database, "open", limit=100)

    assert over < 60
    assert len(kept) == 60


def test_notifications_that_arrive_together_are_committed_together(
    tmp_path: Path, recorded: Recorded
) -> None:
    """Many senders share few commits, in the order in which they came."""
    with closing(Store(tmp_path / "inbox.db")) as store:
        commits: list[str] = []
        store._writer.set_trace_callback(
            lambda statement: commits.append(statement) if statement == "COMMIT" else None
        )
        waiting = [store.add(numbered(recorded, number)) for number in range(400)]
        wait(waiting)
        with store.reading() as database:
            kept = database.execute("SELECT group_key FROM notifications ORDER BY id").fetchall()

    assert len(commits) < 200
    assert [key for (key,) in kept] == [f"group {n}" for n in range(400)]


def test_a_reader_can_change_nothing(store: Store) -> None:
    """Pages and API read over connections that refuse to write."""
    with store.reading() as database, pytest.raises(sqlite3.OperationalError, match="readonly"):
        database.execute("DELETE FROM alerts")


def test_a_commit_is_synchronous(store: Store) -> None:
    """Write-ahead log, and a disk flush with every commit: an acknowledgement survives power."""
    assert store._writer.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert store._writer.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_what_waits_when_the_store_closes_is_still_stored(
    tmp_path: Path, recorded: Recorded
) -> None:
    """A clean stop loses nothing that was accepted."""
    store = Store(tmp_path / "inbox.db")
    waiting = [store.add(numbered(recorded, number)) for number in range(50)]
    store.close()

    assert all(one.exception(timeout=0) is None for one in waiting)


def test_a_file_of_a_newer_inbox_is_left_alone(tmp_path: Path) -> None:
    """A format this version does not know is not written to."""
    path = tmp_path / "inbox.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")

    with pytest.raises(UserError, match="newer inbox"):
        Store(path)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """Somebody's notes are not overwritten by a mistyped option."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database, and longer than a header of one hundred bytes " * 4)
    before = path.read_bytes()

    with pytest.raises(UserError, match=r"notes\.txt: cannot keep notifications here"):
        Store(path)
    assert path.read_bytes() == before
