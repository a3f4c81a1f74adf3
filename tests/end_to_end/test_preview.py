"""The preview of dashboards under the demo's load: as a link opens it, as a browser draws it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.end_to_end.conftest import Running

pytestmark = pytest.mark.stack

WIDTHS = (1280, 390)

# Runs in the page when all is drawn: what is empty, and what is wider than its place.
LOOK = """
<pre id="seen"></pre><script>
const named = (one) => one.closest(".panel")?.querySelector("summary").textContent ?? "page";
const wide = (one) => one.scrollWidth > one.clientWidth + 1;
const text = [...document.querySelectorAll(".number b, .legend, .panel > p, header, .row")];
document.getElementById("seen").textContent = JSON.stringify({
  drawn: document.querySelectorAll(".panel").length,
  empty: [...document.querySelectorAll(".empty")].map((one) => `${named(one)}: ${one.textContent}`),
  cut: [...text, document.documentElement].filter(wide).map(named),
});
</script></body>
"""


def test_a_links_panel_is_drawn(stack: Running) -> None:
    """The link of an alert leads to one panel, and its values are asked for."""
    rendered = json.loads((stack.state / "rendered/grafana/dashboards/cache.json").read_text())
    (panel,) = [one["id"] for one in rendered["panels"] if one["title"] == "Hit ratio"]
    address = f"http://{stack.address('preview')}"
    asked = f"/d/cache?viewPanel=panel-{panel}&from=now-5m&var-instance=demo-cache"
    assert f'"only":{panel}' in requests.get(f"{address}{asked}", timeout=10).text

    def values() -> list[Any]:
        told = requests.get(f"{address}/api{asked}", timeout=10).json()
        return [v for s in told["panels"][str(panel)]["series"] for v in s["values"] if v]

    assert 0 < stack.wait_for(values)[-1] <= 1


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_drawn(stack: Running, tmp_path: Path, width: int) -> None:
    """In a browser no panel is empty, nothing is cut off, and the console stays silent."""
    address = f"http://{stack.address('preview')}"
    found = re.findall(r'href="(/d/[^"]+)"', requests.get(address, timeout=10).text)
    stack.wait_for(lambda: all(_answered(address, path) for path in found))
    for path in found:
        page = requests.get(f"{address}{path}?from=now-15m", timeout=10).text
        file = tmp_path / f"{path.rpartition('/')[2]}.html"
        # Its own policy lets nobody look into it.
        open_page = re.sub(r"<meta http-equiv=.Content-Security-Policy.*?>", "", page)
        file.write_text(open_page.replace("</body>", LOOK), encoding="utf-8")
        seen = json.loads(re.findall(r'id="seen">(.*?)</pre>', _browse(file.as_uri(), width)[0])[0])
        assert seen["drawn"] > 0
        assert seen["empty"] == [], path
        assert seen["cut"] == [], path
        assert "CONSOLE" not in _browse(f"{address}{path}", width)[1], path


def _answered(address: str, path: str) -> bool:
    told = requests.get(f"{address}/api{path}?from=now-15m", timeout=10).json()
    return all(panel["series"] for panel in told["panels"].values())


def _browse(address: str, width: int) -> tuple[str, str]:
    """Return a page's document when it is drawn, and what the browser logged."""
    program = shutil.which("chromium-headless-shell")
    assert program, "no chromium-headless-shell on PATH; run: make test-browser"
    options = ["--no-sandbox", f"--window-size={width},2000", "--virtual-time-budget=2000"]
    done = subprocess.run(
        [program, *options, "--enable-logging=stderr", "--dump-dom", address],
        capture_output=True,
        check=True,
        text=True,
        timeout=120,
    )
    return done.stdout, done.stderr
