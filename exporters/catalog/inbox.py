"""What the on-call inbox says of itself: what came, what was kept, what is open."""

from exporters.catalog.family import counter, gauge, histogram

notifications_received_total = counter(
    "inbox_notifications_received_total",
    "Requests that came to the webhook, whatever became of them.",
)

notifications_stored_total = counter(
    "inbox_notifications_stored_total",
    "Notifications that were on disk before they were acknowledged.",
)

notifications_refused_total = counter(
    "inbox_notifications_refused_total",
    "Requests to the webhook that were not stored, by reason: foreign, malformed, too_large, "
    "storage. Only those of reason storage are sent again.",
    labels=("reason",),
)

alerts_open = gauge(
    "inbox_alerts_open",
    "Alerts that fire, as far as this inbox was told; 0 is a quiet night.",
)

notification_latency_seconds = histogram(
    "inbox_notification_latency_seconds",
    "From the moment an alert fired to the moment the inbox had stored it, for each new incident.",
    unit="seconds",
    buckets=(0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 300),
)

watchdog_last_seen_timestamp_seconds = gauge(
    "inbox_watchdog_last_seen_timestamp_seconds",
    "When the Watchdog last came, in Unix time; absent until it first does.",
    unit="seconds",
)

peer_up = gauge(
    "inbox_peer_up",
    "Whether Prometheus and Alertmanager answered when the inbox last asked (1) or not (0).",
    labels=("peer",),
)

peer_clock_offset_seconds = gauge(
    "inbox_peer_clock_offset_seconds",
    "By how much the clock of a peer is ahead of the inbox's, to the second.",
    unit="seconds",
    labels=("peer",),
)

storage_size_bytes = gauge(
    "inbox_storage_size_bytes",
    "Size of the file system on which the inbox keeps its history.",
    unit="bytes",
)

storage_free_bytes = gauge(
    "inbox_storage_free_bytes",
    "What is free on the file system on which the inbox keeps its history.",
    unit="bytes",
)
