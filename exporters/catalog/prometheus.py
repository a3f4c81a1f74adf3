"""What Prometheus itself says of every target that it scrapes."""

from exporters.catalog.family import gauge

up = gauge(
    "up",
    "Whether the last scrape of a target succeeded (1) or not (0).",
    source="written by Prometheus beside every scrape",
)
