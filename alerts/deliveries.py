"""Alerts for what is sent to people, and for certificates that a monitor sees: does it arrive?"""

from alerts.database import DatabaseDown
from exporters.catalog import database, deliveries, monitors
from generator.drills import Scaled
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

# A6: of twenty notifications one may fail.
MAX_FAILED = Limit("notifications_failed_ratio_max", 0.05)
# Fewer a second than this say nothing.
MIN_NOTIFICATIONS = Limit("notifications_per_second_min", 0.05)

MAX_WAITING = Limit("notifications_waiting_max", 100)

# Renewal is tried from thirty days on; what is not renewed by now is not going to be.
MIN_CERTIFICATE_SECONDS = Limit("monitor_certificate_seconds_min", 14 * 86_400)

failed_ratio = record(
    "instance:business_notifications_failed_ratio:rate15m",
    "Share of notifications that failed over a quarter of an hour, by channel; absent for few.",
    f"""
    rate({deliveries.notifications_total(outcome="failed")}[15m])
      / ignoring (outcome)
    (sum without (outcome) (rate({deliveries.notifications_total}[15m])) >= {MIN_NOTIFICATIONS})
    """,
    labels=("channel",),
    tests=[
        Reading(
            "one mail of five fails; fewer than three texts a minute say nothing",
            given={
                deliveries.notifications_total(
                    instance="a", channel="mail", outcome="delivered"
                ): "0+4x40",
                deliveries.notifications_total(
                    instance="a", channel="mail", outcome="failed"
                ): "0+1x40",
                deliveries.notifications_total(
                    instance="a", channel="sms", outcome="delivered"
                ): "0+1x40",
                deliveries.notifications_total(
                    instance="a", channel="sms", outcome="failed"
                ): "0+1.9x40",
            },
            at="30m",
            reads={'{instance="a", channel="mail"}': 0.2},
        ),
    ],
)

DeliveriesFailing = Alert(
    expr=f"{failed_ratio} > {MAX_FAILED}",
    for_="1m",
    severity="warning",
    summary="{{ $value | humanizePercentage }} of the {{ $labels.channel }} notifications of "
    "{{ $labels.service }} fail",
    description="People wait for what does not come, and nobody tells them.",
    drill=Scaled("notifications-refused"),
    tests=[
        Example(
            "the mail provider refuses every fifth mail for twenty minutes",
            given={
                deliveries.notifications_total(
                    instance="a", service="s", channel="mail", outcome="delivered"
                ): "0+8x80",
                deliveries.notifications_total(
                    instance="a", service="s", channel="mail", outcome="failed"
                ): "0+0x20 2+2x20 40+0x40",
            },
            silent_at="24m",
            fires_at="25m",
            gone_at="60m",
            says="7.692% of the mail notifications of s fail",
            labels={"instance": "a", "service": "s", "channel": "mail"},
        ),
        Vanished(
            "the database stops answering meanwhile",
            given={
                deliveries.notifications_total(
                    instance="a", channel="mail", outcome="failed"
                ): "0+60x30 stale",
                database.up(instance="a"): "1x30 0x20",
            },
            at="47m",
            instead=DatabaseDown,
        ),
    ],
)

DeliveriesWaiting = Alert(
    expr=f"{deliveries.notifications_waiting} > {MAX_WAITING}",
    for_="10m",
    severity="warning",
    summary="{{ $value }} {{ $labels.channel }} notifications of {{ $labels.service }} wait",
    description="More is asked for than is sent: reminders come after what they remind of.",
    drill=Scaled("notifications-held"),
    tests=[
        Example(
            "a newsletter is longer than what is sent in half an hour",
            given={
                deliveries.notifications_waiting(
                    instance="a", service="s", channel="mail"
                ): "100x5 101x30 0x5"
            },
            silent_at="15m",
            fires_at="16m",
            gone_at="37m",
            says="101 mail notifications of s wait",
            labels={"instance": "a", "service": "s", "channel": "mail"},
        ),
        Vanished(
            "the database stops answering meanwhile",
            given={
                deliveries.notifications_waiting(instance="a", channel="mail"): "900x20 stale",
                database.up(instance="a"): "1x20 0x20",
            },
            at="30m",
            instead=DatabaseDown,
        ),
    ],
)

MonitorCertificateExpiring = Alert(
    expr=f"""
    {monitors.monitor_certificate_expiry_timestamp_seconds} - time() < {MIN_CERTIFICATE_SECONDS}
    """,
    for_="1h",
    severity="warning",
    summary="The certificate of {{ $labels.monitor }} expires in {{ $value | humanizeDuration }}",
    description="It was to be renewed before: after that day browsers show a warning instead of "
    "the site.",
    drill=Scaled("certificate-expiring"),
    tests=[
        Example(
            "renewal does not work for two days",
            # It expires after 20 days, 1,728,000 seconds: after six of them two weeks are left.
            given={
                monitors.monitor_certificate_expiry_timestamp_seconds(
                    instance="a", monitor="shop"
                ): "1728000x192 9504000x20"
            },
            interval="1h",
            silent_at="145h",
            fires_at="146h",
            gone_at="193h",
            says="The certificate of shop expires in 13d 22h 0m 0s",
            labels={"instance": "a", "monitor": "shop"},
        ),
        Vanished(
            "the monitor's database stops answering meanwhile",
            given={
                monitors.monitor_certificate_expiry_timestamp_seconds(
                    instance="a", monitor="shop"
                ): "0x20 stale",
                database.up(instance="a"): "1x20 0x20",
            },
            interval="1h",
            at="30h",
            instead=DatabaseDown,
        ),
    ],
)
