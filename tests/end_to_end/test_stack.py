"""From a real fault to a page in the inbox, and back, on a stack started for it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from compose.asking import ask
from compose.demo.sentinels import SERVERS

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Running

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.stack


def test_a_cache_that_stops_pages_and_resolves(
    stack: Running, record_property: Callable[[str, object], None]
) -> None:
    """Stopping Redis brings the right page to the inbox; starting it resolves the page."""
    stack.lightship("demo", "fault", "cache-stopped")
    stopped = time.monotonic()
    (page,) = stack.wait_for(
        lambda: [a for a in stack.alerts("CacheDown") if a["status"] == "firing"]
    )
    paged_after = time.monotonic() - stopped

    assert page["labels"]["severity"] == "critical"
    assert page["labels"]["instance"] == "demo-cache"
    assert page["labels"]["service"] == "shop"
    assert page["receiver"] == "page"
    assert page["annotations"]["summary"] == "Cache demo-cache does not answer"
    _assert_links(stack, page["links"])
    _assert_status_knows(stack, reason="refused", todo="start it")

    stack.lightship("demo", "fault", "cache-stopped", "--off")
    started = time.monotonic()
    stack.wait_for(lambda: not _fires(stack, "CacheDown"))
    resolved_after = time.monotonic() - started

    record_property("measured", f"CacheDown: fault to inbox {paged_after:.1f} s")
    record_property("measured", f"CacheDown: repair to resolve {resolved_after:.1f} s")


def test_status_tells_the_last_failure(stack: Running) -> None:
    """A target that is refused and then hangs is told as one that hangs; `up` names the fault."""
    stack.lightship("demo", "fault", "cache-stopped")
    stack.wait_for(lambda: _target(stack).get("says") == "reason: refused")
    assert "Expect CacheDown" in stack.lightship("demo", "fault", "cache-hung")
    stack.wait_for(lambda: _target(stack).get("says") == "reason: timeout")
    _assert_status_knows(stack, reason="timeout", todo="it hangs")
    assert "fault cache-hung: is on" in stack.lightship("up", ok=False)

    stack.lightship("demo", "fault", "cache-hung", "--off")
    stack.wait_for(lambda: "not measured" not in stack.lightship("status", ok=None))
    # It may have lasted long enough for a page.
    stack.wait_for(lambda: not (_fires(stack, "CacheDown") or _fires(stack, "QueueSourceDown")))


def test_a_failover_is_told(stack: Running) -> None:
    """A5: when a replica takes its master's place, the inbox says so, and writes go on there."""

    def master() -> set[str]:
        """Return whom the three Sentinels take for the master of the sessions."""
        found = ask(stack.address("prometheus"), "sentinel_master_address")
        return {one["metric"]["address"] for one in found}

    first, second = (stack.address(name) for name in SERVERS)
    stack.wait_for(lambda: master() == {first})
    stack.lightship("demo", "fault", "sessions-failed-over")
    stack.wait_for(lambda: master() == {second})
    stack.wait_for(lambda: _fires(stack, "SentinelFailedOver"))
    stack.wait_for(lambda: _ready(stack))

    stack.lightship("demo", "fault", "sessions-failed-over", "--off")
    stack.wait_for(lambda: master() == {first})


def _ready(stack: Running) -> bool:
    """Return whether the demo's workload can use all that it needs."""
    return requests.get(f"http://{stack.address('workload')}/readyz", timeout=5).ok


def _fires(stack: Running, alert: str) -> bool:
    return any(a["status"] == "firing" for a in stack.alerts(alert))


def _assert_status_knows(stack: Running, reason: str, todo: str) -> None:
    """``lightship status`` names the target, why it is not measured now, and what to do."""
    target = _target(stack)
    assert target["state"] == "not measured"
    assert target["says"] == f"reason: {reason}"
    assert target["todo"].startswith(todo)


def _target(stack: Running) -> dict[str, str]:
    """Return what ``lightship status`` says of the demo's cache; nothing while all is well.

    Its queues are told apart.
    """
    told = json.loads(stack.lightship("status", "--json", ok=None))
    named = (s for s in told["services"] if s["name"] == "target demo-cache (redis)")
    return next(named, {})


def _assert_links(stack: Running, links: dict[str, str]) -> None:
    """Every link leads where it says: the runbook opens, the panel is the one that alerts."""
    runbook = requests.get(links["runbook"], timeout=5)
    assert runbook.status_code == 200
    assert "CacheDown" in runbook.text

    dashboard = urlsplit(links["dashboard"])
    chosen = parse_qs(dashboard.query)
    assert dashboard.path == "/d/cache"
    assert chosen["var-instance"] == ["demo-cache"]
    assert chosen["var-service"] == ["shop"]
    panel = int(chosen["viewPanel"][0].removeprefix("panel-"))
    rendered = json.loads((stack.state / "rendered/grafana/dashboards/cache.json").read_text())
    assert [p["title"] for p in rendered["panels"] if p["id"] == panel] == ["Answering"]

    assert links["graph"].startswith(f"http://{stack.address('prometheus')}/graph?")
    assert links["silence"].startswith(f"http://{stack.address('alertmanager')}/#/silences/new?")


def test_the_readme_shows_what_up_prints(stack: Running) -> None:
    """Ports and seconds apart, the README's first command prints what it shows."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^\$ make up\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)

    # On a busy machine a server may not have answered yet, and is told besides.
    told = re.sub(r"^  target .*\n", "", stack.told[0], flags=re.MULTILINE)
    assert re.sub(r"[\d.]+", "0", shown) == re.sub(r"[\d.]+", "0", told)


def test_a_second_up_changes_nothing(stack: Running) -> None:
    """Starting a stack that runs says so, and leaves every process as it is."""
    assert "nothing to do" in stack.lightship("up")


def test_status_tells_every_service(stack: Running) -> None:
    """Every service of the stack works, and says so to programs too."""
    told = json.loads(stack.lightship("status", "--json"))

    assert told["works"]
    names = {service["name"] for service in told["services"]}
    assert {"prometheus", "alertmanager", "exporters", "inbox", "demo-cache"} <= names
    assert "target demo-cache (3 collectors)" in names


def test_every_panel_shows_data(stack: Running) -> None:
    """Under the demo's load every query of every dashboard is answered with data.

    A host tells what its kernel does: some give no pressure, some show a container no disk.
    """
    url = f"http://{stack.address('prometheus')}/api/v1/query"
    kernel = stack.wait_for(lambda: _of_the_kernel(stack))

    def empty() -> list[str]:
        found = []
        for file in sorted((stack.state / "rendered/grafana/dashboards").glob("*.json")):
            for panel in json.loads(file.read_text())["panels"]:
                for target in panel.get("targets", ()):
                    if not kernel.issuperset(re.findall(r"\bnode_\w+", target["expr"])):
                        continue
                    answer = requests.get(url, {"query": _as_asked(target["expr"])}, timeout=5)
                    if not answer.json()["data"]["result"]:
                        found.append(f"{file.stem}: {panel['title']}: {target['expr']}")
        return found

    stack.wait_for(lambda: not empty(), instead=empty)


def _of_the_kernel(stack: Running) -> set[str]:
    """Return the families that node_exporter tells of this machine, once it has been scraped."""
    url = f"http://{stack.address('prometheus')}/api/v1/label/__name__/values"
    return {name for name in requests.get(url, timeout=5).json()["data"] if name[:5] == "node_"}


def _as_asked(query: str) -> str:
    """Fill in a panel's variables as Grafana does when all values are chosen."""
    query = re.sub(r'"\$\w+"', '".*"', query)
    for macro in ("$__rate_interval", "$__range"):
        query = query.replace(macro, "1m")
    return query
