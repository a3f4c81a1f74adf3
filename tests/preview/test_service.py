"""The preview's service and files: what is answered when all is well, and when it is not."""

from __future__ import annotations

import json
import re
import socket
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from threading import Thread

import httpx
import pytest
from click.testing import CliRunner

from compose.preview import page
from compose.preview.service import build
from compose.serving import http_server
from generator.cli import cli

ROOT = Path(__file__).parents[2]
RENDERED = ROOT / "compose/generated/grafana"
BOARD = json.loads((RENDERED / "dashboards/cache.json").read_text(encoding="utf-8"))
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
HOSTILE = "</script><script>alert(1)</script>"


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """Serve the stock dashboards where Prometheus refuses connections."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        prometheus = f"127.0.0.1:{taken.getsockname()[1]}"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = http_server(build(RENDERED, prometheus))
        thread = Thread(target=server.run, args=([listener],))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with httpx.Client(base_url=url, timeout=60) as client:
            yield client
        server.should_exit = True
        thread.join()


def answers(name: str) -> dict[str, object]:
    """Return answers as Prometheus gives them: a series of that name in each panel."""
    series = [{"name": name, "values": [1.0, None]}]
    return {"times": [0, 5], "panels": {str(p["id"]): {"series": series} for p in PANELS}}


def test_every_dashboard_has_a_page(client: httpx.Client) -> None:
    """The index leads to every dashboard, each at the address that it has in Grafana."""
    found = re.findall(r'href="(/d/[^"]+)"', client.get("/").text)
    assert found
    assert sorted(found) == sorted(f"/d/{path.stem}" for path in RENDERED.glob("dashboards/*"))
    assert {client.get(address).status_code for address in found} == {200}


def test_prometheus_does_not_answer(client: httpx.Client) -> None:
    """Without Prometheus each panel says so, and the page is there."""
    told = client.get("/api/d/cache").json()
    problems = {panel["problem"] for panel in told["panels"].values()}
    assert problems == {"prometheus: refuses connections"}
    assert len(told["panels"]) == len(PANELS)
    assert told["marks"] == []


def test_links_keep_what_was_chosen(client: httpx.Client) -> None:
    """Other dashboards are offered at the same time, with the same values; a panel is not."""
    asked = "/d/cache?from=now-6h&var-service=shop&viewPanel=panel-1"
    assert 'href="/d/queue?from=now-6h&amp;var-service=shop"' in client.get(asked).text


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/d/cash", "dashboard 'cash': there is none; there are: "),
        ("/d/cache?from=then", "time 'then': not one of Grafana's"),
    ],
)
def test_refused(client: httpx.Client, address: str, said: str) -> None:
    """What is not there is told in a sentence."""
    answer = client.get(address)
    assert answer.status_code == 400
    assert said in answer.text


def test_other_names(client: httpx.Client) -> None:
    """A page elsewhere cannot read this one by a name of its own that leads here."""
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("live", [True, False])
def test_nothing_else_runs(*, live: bool) -> None:
    """The page runs its own script alone, whatever labels hold, and asks nobody else."""
    text = page.dashboard(
        BOARD, answers(HOSTILE), live=live, boards={}, theme="", offered={"instance": [HOSTILE]},
        chosen={}, since="now-1h", until="now", only=0,
    )  # fmt: skip
    scripts = re.findall(r"<script>(.*?)</script>", text, flags=re.DOTALL)
    assert len(scripts) == 1
    wanted = b64encode(sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{wanted}'" in page.policy()
    assert HOSTILE not in text
    assert not re.findall(r"(?:src|href)=\"https?:", text)


def test_a_recorded_range(tmp_path: Path) -> None:
    """Pages are drawn from recorded answers with nobody to ask; missing ones are named."""
    (tmp_path / "answers.json").write_text(json.dumps({"cache": answers("a")}))
    command = ["--definitions", str(ROOT), "preview", "write", "--to", str(tmp_path / "pages")]
    command += ["--recorded", str(tmp_path / "answers.json")]
    done = CliRunner().invoke(cli, [*command, "cache"])
    assert done.output.startswith(f"{tmp_path}/pages: 2 files; open")
    assert '"name":"a"' in (tmp_path / "pages/cache.html").read_text(encoding="utf-8")

    refused = CliRunner().invoke(cli, [*command, "queue"])
    assert "holds no answers for queue; record it anew" in str(refused.exception)
    unknown = CliRunner().invoke(cli, [*command, "cash"])
    assert "dashboard 'cash': there is none; did you mean 'cache'?" in str(unknown.exception)
