"""Records what node_exporter and blackbox_exporter expose, for the catalog to be held against.

``python -m tests.exporters.upstream.record`` asks those that the stack runs once each, and
writes ``recorded/<program>-<version>.prom`` beside this file. Nothing of this machine's name
and nothing of the programs' own processes is kept.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from compose.local import ports, upstream

HERE = Path(__file__).parent
PATIENCE = 20.0

MODULES = "modules: {http: {prober: http, http: {tls_config: {ca_file: %s}}}}\n"


def main() -> None:
    """Record both."""
    _write("node_exporter", "node_", *_node())
    with tempfile.TemporaryDirectory() as folder:
        _write("blackbox_exporter", "probe_", *_blackbox(Path(folder)))


def _node() -> tuple[str, str]:
    with _running("demo-host", *upstream.NODE_FLAGS) as (version, url):
        return version, requests.get(f"{url}/metrics", timeout=PATIENCE).text


def _blackbox(place: Path) -> tuple[str, str]:
    certificate, key, port = place / "certificate", place / "key", ports.reserve()
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out"]
    subprocess.run([*made, str(certificate)], check=True, capture_output=True)
    (place / "modules.yml").write_text(MODULES % certificate)
    serve = ["openssl", "s_server", "-accept", str(port), "-key", str(key), "-www", "-quiet"]
    page = subprocess.Popen([*serve, "-cert", str(certificate)], stdout=subprocess.DEVNULL)
    try:
        file = f"--config.file={place}/modules.yml"
        with _running("blackbox", file) as (version, url):
            asked = {"target": f"https://127.0.0.1:{port}", "module": "http"}
            return version, requests.get(f"{url}/probe", asked, timeout=PATIENCE).text
    finally:
        page.kill()
        page.wait()


@contextmanager
def _running(service: str, *arguments: str) -> Iterator[tuple[str, str]]:
    """Run the program of a service; yield its version and where it answers."""
    program = upstream.obtain()[service]
    address = f"127.0.0.1:{ports.reserve()}"
    command = [str(program.path), f"--web.listen-address={address}", *arguments]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://{address}/")
        yield program.version, f"http://{address}"
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            requests.get(url, timeout=PATIENCE)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)


def _write(program: str, prefix: str, version: str, text: str) -> None:
    kept = re.compile(rf"(# (HELP|TYPE) )?{prefix}(?!exporter_|scrape_)")
    lines = [line for line in text.splitlines(keepends=True) if kept.match(line)]
    (HERE / "recorded" / f"{program}-{version}.prom").write_text("".join(lines))


if __name__ == "__main__":
    main()
