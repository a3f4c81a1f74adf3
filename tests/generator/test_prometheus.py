"""What Prometheus is told to scrape."""

from __future__ import annotations

from dataclasses import replace

from exporters.settings import Target
from generator import prometheus
from generator.model import Model


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
