"""What the on-call inbox says of itself: what came, what was kept, what is open."""

from exporters.catalog.family import counter, gauge

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
