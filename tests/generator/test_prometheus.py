"""What Prometheus is told to scrape."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import yaml

from exporters import settings as settings_file
from exporters.settings import Target
from generator import prometheus
from generator.model import Model
from generator.proofs import promtool


def test_who_exposes_is_asked_directly(stack: Model) -> None:
    """An application is asked where it is, by name and service, and not through the exporters."""
    url = "https://web.example.org/metrics"
    targets = {"web": Target("web", "application", url, "shop")}
    changed = replace(stack, settings=replace(stack.settings, targets=targets))

    jobs = prometheus.configuration(changed)["scrape_configs"]

    (job,) = (job for job in jobs if job["job_name"] == "http")
    (group,) = job["static_configs"]
    assert group == {
        "targets": ["web.example.org:443"],
        "labels": {
            "instance": "web",
            "service": "shop",
            "team": "sales",
            "__scheme__": "https",
            "__metrics_path__": "/metrics",
        },
    }
    assert "relabel_configs" not in job
    assert job["sample_limit"] == prometheus.SAMPLE_LIMIT


GUARDED = """\
targets: {sessions: {kind: redis, url: "redis://127.0.0.1:1", service: shop}}
services: {shop: {}}
exporters:
  web_config_file: web.yml
  tls_config: {ca_file: ca.pem, server_name: exporters}
  basic_auth: {username: prometheus, password_file: password}
"""


def test_guarded_exporters(stack: Model, tmp_path: Path) -> None:
    """Exporters that are guarded are asked over HTTPS and with a password, and nobody else is."""
    (tmp_path / "lightship.yaml").write_text(GUARDED)
    for name in ("ca.pem", "password"):
        (tmp_path / name).touch()
    loaded = settings_file.load(tmp_path / "lightship.yaml")

    told = prometheus.configuration(replace(stack, settings=loaded))

    asked = {job["job_name"] for job in told["scrape_configs"] if "basic_auth" in job}
    assert asked == {"exporters", "cache"}
    for job in told["scrape_configs"]:
        if job["job_name"] in asked:
            assert job["scheme"] == "https"
            ca = str(tmp_path / "ca.pem")
            assert job["tls_config"] == {"ca_file": ca, "server_name": "exporters"}
            file = str(tmp_path / "password")
            assert job["basic_auth"] == {"username": "prometheus", "password_file": file}
        else:
            assert "scheme" not in job
    (tmp_path / "prometheus.yml").write_text(yaml.dump(told))
    program = promtool.find()
    assert program, "no promtool; run: lightship tools"
    check = [program, "check", "config", str(tmp_path / "prometheus.yml")]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
