"""Records what a real Alertmanager sends to a webhook: `record.py ALERTMANAGER_BINARY VERSION`.

Starts the given Alertmanager on a free port, walks an alert group through its life, and
writes each notification, byte for byte, to `recorded/alertmanager-VERSION-STEP.json`.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import requests

from compose.local.ports import reserve

RECORDED = Path(__file__).parent / "recorded"
CONFIG = """
route:
  receiver: page
  group_by: [alertname, service]
  group_wait: 100ms
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: page
    webhook_configs:
      - url: http://127.0.0.1:{port}/webhook
"""

received: queue.Queue[bytes] = queue.Queue()


class Webhook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        received.put(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def alert(name: str, instance: str, severity: str, summary: str, **more: Any) -> dict[str, Any]:
    began = datetime.now(UTC) - timedelta(seconds=4)
    return {
        "startsAt": began.isoformat(),
        "endsAt": (began + timedelta(hours=1)).isoformat(),
        "generatorURL": f"http://prometheus.example:9090/graph?g0.expr=cache_up+%3D%3D+0#{name}",
        "labels": {
            "alertname": name,
            "instance": instance,
            "job": "cache",
            "service": "sessions",
            "severity": severity,
            "team": "platform",
            **more.get("labels", {}),
        },
        "annotations": {
            "summary": summary,
            "description": more.get("description", "Users are logged out at each request."),
            "runbook_url": f"http://127.0.0.1:19080/runbooks/{name}",
            "dashboard_url": "http://127.0.0.1:3001/d/cache/cache?viewPanel=1&var-instance="
            + instance,
        },
    }


def resolved(sent: dict[str, Any]) -> dict[str, Any]:
    return sent | {"endsAt": datetime.now(UTC).isoformat()}


def main(binary: str, version: str) -> None:
    webhook = HTTPServer(("127.0.0.1", 0), Webhook)
    Thread(target=webhook.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        port = reserve()
        config = Path(folder, "alertmanager.yml")
        config.write_text(CONFIG.format(port=webhook.server_port))
        process = subprocess.Popen(
            [
                binary,
                f"--config.file={config}",
                f"--storage.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{port}",
                "--web.external-url=http://alertmanager.example:9093",
                "--cluster.listen-address=",
            ]
        )
        try:
            walk(f"http://127.0.0.1:{port}", version)
        finally:
            process.terminate()
            process.wait()


def walk(url: str, version: str) -> None:
    deadline = time.monotonic() + 20
    while not _ready(url) and time.monotonic() < deadline:
        time.sleep(0.1)
    first = alert(
        "CacheDown", "sessions-1:6379", "critical", "sessions-1:6379 has not answered for 1 min"
    )
    second = alert(
        "CacheDown", "sessions-2:6379", "critical", "sessions-2:6379 has not answered for 1 min"
    )
    hostile = alert(
        "CacheMemoryNearLimit",
        '"><script>alert(1)</script>',
        "warning",
        "<img src=x onerror=alert(1)> {{ 7*7 }}",
        labels={"tenant": 'a b&c="d" é\\ü'},
        description="</p><script src=//evil.example/x.js></script>",
    )
    steps = {
        "firing": [first],
        "second-fires": [second],
        "first-resolves": [resolved(first)],
        "resolved": [resolved(second)],
        "hostile": [hostile],
    }
    for step, alerts in steps.items():
        requests.post(f"{url}/api/v2/alerts", json=alerts, timeout=5).raise_for_status()
        body = received.get(timeout=20)
        (RECORDED / f"alertmanager-{version}-{step}.json").write_bytes(body)
        print(step, json.loads(body).get("notification_reason", "-"))  # noqa: T201 - a script


def _ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/-/ready", timeout=1).ok
    except requests.ConnectionError:
        return False


if __name__ == "__main__":
    main(*sys.argv[1:])
