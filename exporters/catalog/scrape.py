"""What the exporters say about their own work: did each part answer, how long did it take?"""

from exporters.catalog.family import counter, gauge, info

build_info = info(
    "exporter_build_info",
    "Which version of the exporters runs, on which Python.",
    labels=("version", "python"),
)

config_last_reload_successful = gauge(
    "exporter_config_last_reload_successful",
    "Whether the configuration that lies there is in use (1), or was refused for an older one (0).",
)

config_last_reload_success_timestamp_seconds = gauge(
    "exporter_config_last_reload_success_timestamp_seconds",
    "When a configuration was last taken, in Unix time.",
    unit="seconds",
)

collector_success = gauge(
    "exporter_collector_success",
    "Whether the last run of a collector succeeded (1) or not (0).",
    labels=("collector",),
)

collector_duration_seconds = gauge(
    "exporter_collector_duration_seconds",
    "How long the last run of a collector took.",
    unit="seconds",
    labels=("collector",),
)

collector_last_success_timestamp_seconds = gauge(
    "exporter_collector_last_success_timestamp_seconds",
    "When a collector last succeeded, in Unix time; absent until it first does.",
    unit="seconds",
    labels=("collector",),
)

collector_age_seconds = gauge(
    "exporter_collector_age_seconds",
    "How old what a collector shows is, for those that do not run in every scrape.",
    unit="seconds",
    labels=("collector",),
)

collector_errors_total = counter(
    "exporter_collector_errors_total",
    "Runs that failed: refused, timeout, auth, permission, locked, loading, protocol or other.",
    labels=("collector", "reason"),
)

connections_opened_total = counter(
    "exporter_connections_opened_total",
    "Connections that a collector opened to its target; a steady scrape opens none.",
    labels=("collector",),
)

series_dropped = gauge(
    "exporter_series_dropped",
    "Series left out because a family may have no more of them: the smallest ones are.",
    labels=("family",),
)

scrapes_shared_total = counter(
    "exporter_scrapes_shared_total",
    "Scrapes answered by a collection that another scrape had already started.",
)
