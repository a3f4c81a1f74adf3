"""Alerts for the stack itself: would we hear of anything, if it went wrong now?"""

from alerts.scrape import TargetDown
from exporters.catalog import alertmanager, inbox, prometheus
from generator.rules import Alert, Example, Limit, Vanished

# The stack's own jobs are scraped every 15 s or oftener: two rounds without a sample.
MAX_SAMPLE_AGE = 30

# Prometheus' alerts end 40 s after they were last sent: a clock that is off by that much ends them.
MAX_CLOCK_OFFSET = 10

# The last twentieth of the disk: below it databases, and we, begin to lose what they write.
MIN_DISK_FREE = Limit("stack_disk_free_ratio_min", 0.05)

_TARGET = "job, instance, service"

# The stack's own targets, in the examples.
_PROMETHEUS = {"job": "prometheus", "instance": "p", "service": "lightship"}
_ALERTMANAGER = {"job": "alertmanager", "instance": "a", "service": "lightship"}
_INBOX = {"job": "inbox", "instance": "i", "service": "lightship"}

Watchdog = Alert(
    expr=f"""
    vector(1)
      and on ()
    time() - max(timestamp({prometheus.up})) < {MAX_SAMPLE_AGE}
    """,
    for_="0s",
    severity="info",
    summary="Samples are fresh, and alerts find their way",
    description="This alert always fires; the inbox says so when it stops coming.",
    tests=[
        Example(
            "the first samples come after a minute, and the disk is full five minutes later",
            given={prometheus.up(job="inbox", instance="inbox"): "_x5 1x20"},
            interval="15s",
            silent_at="1m",
            fires_at="6m30s",
            gone_at="6m45s",
            says="Samples are fresh, and alerts find their way",
        ),
        Vanished(
            "nothing is scraped any more: the inbox misses the Watchdog, and says so itself",
            given={prometheus.up(job="inbox", instance="inbox"): "1x4 stale"},
            interval="15s",
            at="2m",
            instead=None,
        ),
    ],
)

AlertsNotSent = Alert(
    expr=f"""
    sum by ({_TARGET}) (increase({prometheus.notifications_errors_total}[2m])) > 0
    """,
    for_="10s",
    severity="critical",
    summary='Alertmanager did not take {{ $value | printf "%.0f" }} alerts',
    description="Alerts fire and nobody is told: what pages you now came by another way.",
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

ConfigurationRefused = Alert(
    expr=f"""
    {prometheus.config_last_reload_successful} == 0
      or
    {alertmanager.config_last_reload_successful} == 0
    """,
    for_="1m",
    severity="warning",
    summary="{{ $labels.instance }} works by an older configuration: it refused the newest",
    description="What was changed last is not in force, and nothing is after the next restart.",
    tests=[
        Example(
            "Prometheus refuses a file after a minute, and takes the next one",
            given={
                prometheus.config_last_reload_successful(**_PROMETHEUS): "1x2 0x5 1x10",
                alertmanager.config_last_reload_successful(**_ALERTMANAGER): "1x17",
            },
            silent_at="3m",
            fires_at="4m",
            gone_at="9m",
            says="p works by an older configuration: it refused the newest",
            labels=_PROMETHEUS,
        ),
        Example(
            "Alertmanager refuses one, and Prometheus does not",
            given={
                prometheus.config_last_reload_successful(**_PROMETHEUS): "1x17",
                alertmanager.config_last_reload_successful(**_ALERTMANAGER): "1x2 0x5 1x10",
            },
            silent_at="3m",
            fires_at="4m",
            gone_at="9m",
            says="a works by an older configuration: it refused the newest",
            labels=_ALERTMANAGER,
        ),
        Vanished(
            "the server that refused it is gone",
            given={
                prometheus.config_last_reload_successful(**_PROMETHEUS): "1x15 stale",
                alertmanager.config_last_reload_successful(**_ALERTMANAGER): "0x5 stale",
                prometheus.up(**_ALERTMANAGER): "1x5 0x10",
            },
            at="15m",
            instead=TargetDown,
        ),
    ],
)

RuleFailing = Alert(
    expr=f"""
    sum by ({_TARGET}, rule_group) (increase({prometheus.rule_evaluation_failures_total}[2m])) > 0
    """,
    for_="10s",
    severity="critical",
    summary='{{ $value | printf "%.0f" }} evaluations in {{ $labels.rule_group }} failed',
    description="Alerts of this group cannot fire, and what they watch may be down.",
    tests=[
        Example(
            "one evaluation fails after a minute, and none of another group",
            given={
                prometheus.rule_evaluation_failures_total(
                    **_PROMETHEUS, rule_group="cache"
                ): "0x6 1x40",
                prometheus.rule_evaluation_failures_total(
                    **_PROMETHEUS, rule_group="queue"
                ): "0x46",
            },
            interval="10s",
            silent_at="1m10s",
            fires_at="1m30s",
            gone_at="3m20s",
            says="1 evaluations in cache failed",
            labels={**_PROMETHEUS, "rule_group": "cache"},
        ),
        Vanished(
            "the group is taken out of the definitions",
            given={
                prometheus.rule_evaluation_failures_total(
                    **_PROMETHEUS, rule_group="cache"
                ): "0+1x6 stale",
            },
            interval="10s",
            at="5m",
            instead=None,
        ),
    ],
)

RulesLate = Alert(
    expr=f"""
    sum by ({_TARGET}, rule_group) (
      increase({prometheus.rule_group_iterations_missed_total}[5m])
    ) > 0
    """,
    for_="1m",
    severity="warning",
    summary='{{ $labels.rule_group }} was not evaluated {{ $value | printf "%.0f" }} times',
    description="Its alerts fire later than they say, for each evaluation takes too long.",
    tests=[
        Example(
            "three evaluations are left out after two minutes, and none of another group",
            given={
                prometheus.rule_group_iterations_missed_total(
                    **_PROMETHEUS, rule_group="cache"
                ): "0x2 3x20",
                prometheus.rule_group_iterations_missed_total(
                    **_PROMETHEUS, rule_group="queue"
                ): "0x22",
            },
            silent_at="3m",
            fires_at="4m",
            gone_at="9m",
            says="cache was not evaluated 3 times",
            labels={**_PROMETHEUS, "rule_group": "cache"},
        ),
        Vanished(
            "the group is taken out of the definitions",
            given={
                prometheus.rule_group_iterations_missed_total(
                    **_PROMETHEUS, rule_group="cache"
                ): "0+3x5 stale",
            },
            at="15m",
            instead=None,
        ),
    ],
)

PrometheusStorageFailing = Alert(
    expr=f"""
    increase({prometheus.tsdb_wal_writes_failed_total}[2m])
      + increase({prometheus.tsdb_wal_corruptions_total}[2m])
      + increase({prometheus.tsdb_compactions_failed_total}[2m])
      > 0
    """,
    for_="10s",
    severity="critical",
    summary='Prometheus failed to store samples {{ $value | printf "%.0f" }} times',
    description="Samples are lost now, or at the next restart: alerts come late or wrongly.",
    tests=[
        Example(
            "one write fails after a minute",
            given={
                prometheus.tsdb_wal_writes_failed_total(**_PROMETHEUS): "0x6 1x40",
                prometheus.tsdb_wal_corruptions_total(**_PROMETHEUS): "0x46",
                prometheus.tsdb_compactions_failed_total(**_PROMETHEUS): "0x46",
            },
            interval="10s",
            silent_at="1m10s",
            fires_at="1m30s",
            gone_at="3m20s",
            says="Prometheus failed to store samples 1 times",
            labels=_PROMETHEUS,
        ),
        Example(
            "damage is found after a minute",
            given={
                prometheus.tsdb_wal_writes_failed_total(**_PROMETHEUS): "0x46",
                prometheus.tsdb_wal_corruptions_total(**_PROMETHEUS): "0x6 1x40",
                prometheus.tsdb_compactions_failed_total(**_PROMETHEUS): "0x46",
            },
            interval="10s",
            silent_at="1m10s",
            fires_at="1m30s",
            gone_at="3m20s",
            says="Prometheus failed to store samples 1 times",
            labels=_PROMETHEUS,
        ),
        Example(
            "the disk has no room for a block after a minute",
            given={
                prometheus.tsdb_wal_writes_failed_total(**_PROMETHEUS): "0x46",
                prometheus.tsdb_wal_corruptions_total(**_PROMETHEUS): "0x46",
                prometheus.tsdb_compactions_failed_total(**_PROMETHEUS): "0x6 1x40",
            },
            interval="10s",
            silent_at="1m10s",
            fires_at="1m30s",
            gone_at="3m20s",
            says="Prometheus failed to store samples 1 times",
            labels=_PROMETHEUS,
        ),
        Vanished(
            "Prometheus itself is gone, and only the inbox can miss it",
            given={
                prometheus.tsdb_wal_writes_failed_total(**_PROMETHEUS): "0+1x6 stale",
                prometheus.tsdb_wal_corruptions_total(**_PROMETHEUS): "0x6 stale",
                prometheus.tsdb_compactions_failed_total(**_PROMETHEUS): "0x6 stale",
            },
            interval="10s",
            at="5m",
            instead=None,
        ),
    ],
)

StackDiskNearlyFull = Alert(
    expr=f"{inbox.storage_free_bytes} / {inbox.storage_size_bytes} < {MIN_DISK_FREE}",
    for_="1m",
    severity="critical",
    summary="The stack's disk has {{ $value | humanizePercentage }} left",
    description="A full disk blinds Prometheus without a word, and the inbox can store nothing.",
    tests=[
        Example(
            "the disk fills up, and something is deleted five minutes later",
            given={
                inbox.storage_free_bytes(**_INBOX): "5x2 4x5 6x10",
                inbox.storage_size_bytes(**_INBOX): "100x17",
            },
            silent_at="3m",
            fires_at="4m",
            gone_at="9m",
            says="The stack's disk has 4% left",
            labels=_INBOX,
        ),
        Vanished(
            "the inbox is gone, that measured it",
            given={
                inbox.storage_free_bytes(**_INBOX): "4x5 stale",
                inbox.storage_size_bytes(**_INBOX): "100x5 stale",
                prometheus.up(**_INBOX): "1x5 0x10",
            },
            at="15m",
            instead=TargetDown,
        ),
    ],
)

ClockSkewed = Alert(
    expr=f"abs({inbox.peer_clock_offset_seconds}) > {MAX_CLOCK_OFFSET}",
    for_="1m",
    severity="critical",
    summary="The clock of {{ $labels.peer }} is {{ $value | humanizeDuration }} off",
    description="From 40 s on alerts count as resolved while they fire, and nobody is told.",
    tests=[
        Example(
            "a clock goes wrong by minus eleven seconds and is set right, another's by nine",
            given={
                inbox.peer_clock_offset_seconds(**_INBOX, peer="prometheus"): "0x2 -11x5 0x10",
                inbox.peer_clock_offset_seconds(**_INBOX, peer="alertmanager"): "9x17",
            },
            silent_at="3m",
            fires_at="4m",
            gone_at="9m",
            says="The clock of prometheus is 11s off",
            labels={**_INBOX, "peer": "prometheus"},
        ),
        Vanished(
            "the inbox is gone, that compared the clocks",
            given={
                inbox.peer_clock_offset_seconds(**_INBOX, peer="prometheus"): "60x5 stale",
                prometheus.up(**_INBOX): "1x5 0x10",
            },
            at="15m",
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
