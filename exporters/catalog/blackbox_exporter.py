"""What blackbox_exporter, which asks from outside, says of itself."""

from exporters.catalog.family import gauge

config_last_reload_successful = gauge(
    "blackbox_exporter_config_last_reload_successful",
    "Whether it took the configuration that it read last (1), or works by an older one (0).",
    source="blackbox_exporter /metrics",
)
