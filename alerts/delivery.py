"""Alerts for the way from an alert to a person: does every word arrive?"""

from alerts.scrape import TargetDown
from exporters.catalog import alertmanager, inbox, prometheus
from generator.drills import Real, Scaled, Simulated
from generator.rules import Alert, Example, Vanished

_TARGET = "job, instance, service"

# Who takes part, in the examples.
_PROMETHEUS = {"job": "prometheus", "instance": "p", "service": "lightship"}
_ALERTMANAGER = {"job": "alertmanager", "instance": "a", "service": "lightship"}
_INBOX = {"job": "inbox", "instance": "i", "service": "lightship"}

AlertsNotSent = Alert(
    expr=f"""
    sum by ({_TARGET}) (increase({prometheus.notifications_errors_total}[2m])) > 0
    """,
    for_="10s",
    severity="critical",
    summary='Alertmanager did not take {{ $value | printf "%.0f" }} alerts',
    description="Alerts fire and nobody is told: what pages you now came by another way.",
    drill=Real("alertmanager-stopped"),
    tests=[
        Example(
            "Alertmanager refuses three alerts after a minute, and none after that",
            given={
                prometheus.notifications_errors_total(**_PROMETHEUS, alertmanager="a"): "0x6 3x40",
                prometheus.notifications_errors_total(**_PROMETHEUS, alertmanager="b"): "0x46",
            },
            interval="10s",
            silent_at="1m10s",
            fires_at="1m30s",
            gone_at="3m20s",
            says="Alertmanager did not take 3 alerts",
            labels=_PROMETHEUS,
        ),
        Vanished(
            "Prometheus itself is gone, and only the inbox can miss it",
            given={
                prometheus.notifications_errors_total(
                    **_PROMETHEUS, alertmanager="a"
                ): "0+3x6 stale",
            },
            interval="10s",
            at="5m",
            instead=None,
        ),
    ],
)

NotificationsFailing = Alert(
    expr=f"""
    sum by ({_TARGET}, integration) (increase({alertmanager.notifications_failed_total}[2m])) > 0
    """,
    for_="10s",
    severity="critical",
    summary='{{ $value | printf "%.0f" }} notifications by {{ $labels.integration }} failed',
    description="Somebody who should know does not: the inbox has what was sent to others.",
    drill=Scaled("inbox-stopped"),
    tests=[
        Example(
            "the chat refuses two messages after a minute, the inbox none",
            given={
                alertmanager.notifications_failed_total(
                    **_ALERTMANAGER, integration="slack", receiver_name="ticket", reason="other"
                ): "0x6 1x40",
                alertmanager.notifications_failed_total(
                    **_ALERTMANAGER, integration="slack", receiver_name="page", reason="other"
                ): "0x6 1x40",
                alertmanager.notifications_failed_total(
                    **_ALERTMANAGER, integration="webhook", receiver_name="page", reason="other"
                ): "0x46",
            },
            interval="10s",
            silent_at="1m10s",
            fires_at="1m30s",
            gone_at="3m20s",
            says="2 notifications by slack failed",
            labels={**_ALERTMANAGER, "integration": "slack"},
        ),
        Vanished(
            "Alertmanager itself is gone, and with it everybody's notifications",
            given={
                alertmanager.notifications_failed_total(
                    **_ALERTMANAGER, integration="slack", receiver_name="page", reason="other"
                ): "0+1x6 stale",
                prometheus.up(**_ALERTMANAGER): "1x6 0x30",
            },
            interval="10s",
            at="5m",
            instead=TargetDown,
        ),
    ],
)

InboxNotStoring = Alert(
    expr=f"""increase({inbox.notifications_refused_total(reason="storage")}[2m]) > 0""",
    for_="10s",
    severity="critical",
    summary='The inbox could not store {{ $value | printf "%.0f" }} notifications',
    description="Alertmanager sends them again, for a while: what the inbox shows is not all.",
    drill=Simulated("the disk of the inbox would have to be full"),
    tests=[
        Example(
            "one notification is refused after a minute, and a malformed one before it",
            given={
                inbox.notifications_refused_total(**_INBOX, reason="storage"): "0x6 1x40",
                inbox.notifications_refused_total(**_INBOX, reason="malformed"): "0x2 9x44",
            },
            interval="10s",
            silent_at="1m10s",
            fires_at="1m30s",
            gone_at="3m20s",
            says="The inbox could not store 1 notifications",
            labels={**_INBOX, "reason": "storage"},
        ),
        Vanished(
            "the inbox is gone altogether",
            given={
                inbox.notifications_refused_total(**_INBOX, reason="storage"): "0+1x6 stale",
                prometheus.up(**_INBOX): "1x6 0x30",
            },
            interval="10s",
            at="5m",
            instead=TargetDown,
        ),
    ],
)
