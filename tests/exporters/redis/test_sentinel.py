"""The Sentinel collector, on three real Sentinels that watch a master and its replica."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exporters.collectors.sentinel import described, facts, usable
from exporters.failure import CollectionError

COUNT, QUORUM = 3, 2


@dataclass
class Group:
    """A master, its replica, and those who watch them."""

    master: Any
    replica: Any
    sentinels: list[Any]
    scraper: Callable[..., Any]

    def eventually(self, *lines: str, of: int = 0) -> list[str]:
        """Wait until a Sentinel shows all the lines; return all that it shows then."""
        scraper = self.scraper("sentinel", self.sentinels[of].url)
        deadline = time.monotonic() + 40
        shown: list[str] = []
        while missing := set(lines) - set(shown):
            assert time.monotonic() < deadline, missing
            shown = scraper.text().splitlines()
            time.sleep(0.1)
        return shown


@pytest.fixture
def group(start_cache: Callable[..., Any], scraper: Callable[..., Any], tmp_path: Path) -> Group:
    """Start all of them; a master that is silent for a second is down."""
    master = start_cache()
    replica = start_cache("--replicaof", "127.0.0.1", str(master.port))
    sentinels = []
    for number in range(COUNT):
        file = tmp_path / f"sentinel{number}.conf"
        file.write_text(
            f"sentinel monitor shop 127.0.0.1 {master.port} {QUORUM}\n"
            "sentinel down-after-milliseconds shop 1000\n"
            "sentinel failover-timeout shop 2000\n"
        )
        sentinels.append(start_cache(before=(str(file), "--sentinel")))
    return Group(master, replica, sentinels, scraper)


def test_all_well(group: Group) -> None:
    """Each of them sees the master, its replica and the other two."""
    for number in range(COUNT):
        group.eventually(
            "sentinel_masters 1",
            "sentinel_tilt 0",
            'sentinel_master_suspected{master="shop"} 0',
            'sentinel_master_down{master="shop"} 0',
            'sentinel_quorum{master="shop"} 2.0',
            'sentinel_quorum_reachable{master="shop"} 1',
            'sentinel_sentinels{master="shop"} 3.0',
            'sentinel_sentinels_reachable{master="shop"} 3',
            'sentinel_replicas{master="shop"} 1.0',
            'sentinel_replicas_usable{master="shop"} 1',
            'sentinel_master_epoch{master="shop"} 0.0',
            f'sentinel_master_address{{master="shop",address="127.0.0.1:{group.master.port}"}} 1',
            of=number,
        )


def test_failover(group: Group) -> None:
    """A master that dies is replaced: the epoch rises, and nobody is left to be promoted."""
    group.eventually(
        'sentinel_sentinels_reachable{master="shop"} 3',
        'sentinel_replicas_usable{master="shop"} 1',
    )
    group.master.kill()
    at = f"127.0.0.1:{group.replica.port}"
    shown = group.eventually(
        f'sentinel_master_address{{master="shop",address="{at}"}} 1',
        'sentinel_master_down{master="shop"} 0',
        'sentinel_replicas_usable{master="shop"} 0',
    )
    (epoch,) = (line for line in shown if line.startswith("sentinel_master_epoch{"))
    assert float(epoch.split()[1]) > 0
    assert group.replica.client.info("replication")["role"] == "master"


def test_quorum_lost(group: Group) -> None:
    """One Sentinel of three that is left says that it can agree with nobody."""
    group.eventually('sentinel_sentinels_reachable{master="shop"} 3')
    for sentinel in group.sentinels[1:]:
        sentinel.kill()

    group.eventually(
        'sentinel_quorum_reachable{master="shop"} 0',
        'sentinel_sentinels_reachable{master="shop"} 1',
        'sentinel_sentinels{master="shop"} 3.0',
    )


def test_no_sentinel(start_cache: Callable[..., Any], scraper: Callable[..., Any]) -> None:
    """A server that is no Sentinel is told apart."""
    with pytest.raises(CollectionError, match="SENTINEL"):
        scraper("sentinel", start_cache().url).text()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, True),
        ({"flags": "slave,s_down"}, False),
        ({"flags": "slave,disconnected"}, False),
        ({"master-link-status": "err"}, False),
        ({"slave-priority": "0"}, False),
    ],
)
def test_usable(more: dict[str, str], expected: bool) -> None:
    """A replica that is away, has lost its master or must not be promoted is of no use."""
    replica = {"flags": "slave", "master-link-status": "ok", "slave-priority": "100"}
    assert usable(replica | more) is expected


ANYTHING = st.recursive(st.integers() | st.text() | st.none(), st.lists)


@given(st.dictionaries(st.text(), st.text()), ANYTHING, ANYTHING, ANYTHING)
@example({"config-epoch": "²", "quorum": "-1"}, [["flags"]], [], "")
def test_any_answer(master: dict[str, str], replicas: Any, others: Any, quorum: Any) -> None:
    """Whatever a server answers, there are numbers or nothing."""
    assert all(
        isinstance(value, int | float) for _, value in facts(master, replicas, others, quorum)
    )


@given(ANYTHING)
def test_any_list(reply: Any) -> None:
    """What is no list of descriptions is refused, or read as far as it goes."""
    try:
        found = list(described(reply))
    except CollectionError as error:
        assert error.reason == "protocol"  # noqa: PT017 - both ends are right
    else:
        assert all(isinstance(one, dict) for one in found)
