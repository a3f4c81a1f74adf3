"""Notifications that an application sends to people: do they arrive, and how soon?"""

from exporters.catalog.family import counter, gauge

notifications_total = counter(
    "business_notifications_total",
    "Notifications, by channel (mail, sms) and outcome: delivered or failed.",
    labels=("channel", "outcome"),
    source="SQL",
)

notifications_waiting = gauge(
    "business_notifications_waiting",
    "Notifications that wait to be sent, by channel.",
    labels=("channel",),
    source="SQL",
)

notification_delivery_seconds = gauge(
    "business_notification_delivery_seconds",
    "Mean time from asking for a notification to its delivery, of the last hour.",
    unit="seconds",
    labels=("channel",),
    source="SQL",
)
