"""A Prometheus of one's own: it finds the targets by the configuration that the docs show."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from compose.local import tools
from compose.local.ports import reserve

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/exporters.md"


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Start a Prometheus with a configuration; return its address."""
    started: list[subprocess.Popen[bytes]] = []

    def start(configuration: str) -> str:
        (tmp_path / "prometheus.yml").write_text(configuration)
        address = f"127.0.0.1:{reserve()}"
        arguments = [
            str(tools.obtain(ROOT / tools.FOLDER).prometheus.path),
            f"--config.file={tmp_path}/prometheus.yml",
            f"--storage.tsdb.path={tmp_path}/data",
            f"--web.listen-address={address}",
        ]
        log = (tmp_path / "prometheus.log").open("wb")
        started.append(subprocess.Popen(arguments, stderr=log))
        log.close()
        return address

    yield start
    for process in started:
        process.kill()
        process.wait()


def up(address: str) -> set[tuple[str, ...]]:
    """Return job, instance, service and value of everything that is scraped."""
    try:
        answer = requests.get(f"http://{address}/api/v1/query?query=up", timeout=5).json()
    except requests.RequestException:
        return set()
    return {
        (
            *(one["metric"].get(label, "") for label in ("job", "instance", "service")),
            one["value"][1],
        )
        for one in answer["data"]["result"]
    }


def test_documented(
    run_exporters: Callable[..., Any],
    start_cache: Callable[..., Any],
    prometheus: Callable[[str], str],
    wait: Callable[..., None],
) -> None:
    """Every target is scraped with the labels of the stack; one that is added is found."""
    redis = f"kind: redis, url: '{start_cache().url}', service: shop"
    settings = f"targets: {{sessions: {{{redis}}}}}\nservices: {{shop: {{}}}}\n"
    exporters = run_exporters(settings)
    (shown,) = re.findall(r"```yaml prometheus\.yml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    ours = f"127.0.0.1:{exporters.port}"
    quick = "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
    address = prometheus(quick + shown.replace("127.0.0.1:19101", ours).replace("1m", "1s"))
    target = ("cache", "sessions", "shop", "1")
    wait(lambda: up(address) == {target, ("exporters", ours, "", "1")}, "targets that are up")

    more = settings.replace("targets: {", f"targets: {{carts: {{{redis}}}, ")
    (Path(exporters.log).parent / "lightship.yaml").write_text(more)
    wait(lambda: ("cache", "carts", "shop", "1") in up(address), "the new target")
