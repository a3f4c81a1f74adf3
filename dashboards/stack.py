"""The stack itself: would we hear of anything, if it went wrong now?"""

from alerts.delivery import AlertsNotSent, InboxNotStoring, NotificationsFailing
from alerts.evaluation import (
    ConfigurationRefused,
    PrometheusStorageFailing,
    RuleFailing,
    RulesLate,
)
from alerts.stack import (
    MAX_CLOCK_OFFSET,
    MAX_SAMPLE_AGE,
    MIN_DISK_FREE,
    ClockSkewed,
    StackDiskNearlyFull,
    Watchdog,
)
from exporters.catalog import alertmanager, inbox, prometheus, scrape
from generator.annotations import firing, reloads
from generator.panels import Dashboard, Query, stat, timeseries

age = stat(
    "Newest sample",
    f"time() - max(timestamp({prometheus.up}))",
    unit="s",
    line=MAX_SAMPLE_AGE,
    help="How old the newest sample is. Beyond the line the Watchdog ends: nothing is measured.",
    alerts=[Watchdog],
)

heartbeat = stat(
    "Last Watchdog",
    f"time() - max({inbox.watchdog_last_seen_timestamp_seconds})",
    unit="s",
    help="How long ago the Watchdog was last in the inbox; it comes every ten seconds.",
)

configuration = stat(
    "Configuration in force",
    f"""
    min(
      {prometheus.config_last_reload_successful}
        or
      {alertmanager.config_last_reload_successful}
        or
      {scrape.config_last_reload_successful}
    )
    """,
    unit="none",
    line=1,
    bad="below",
    help="1 while Prometheus, Alertmanager and the exporters work by what they were given last.",
    alerts=[ConfigurationRefused],
)

open_incidents = stat(
    "Open incidents",
    f"sum({inbox.alerts_open})",
    help="What the inbox shows as open now.",
)

sent = timeseries(
    "Alerts to Alertmanager",
    Query(
        f"sum by (instance) (rate({prometheus.notifications_sent_total}[$__rate_interval]))",
        legend="sent",
    ),
    Query(
        f"sum by (instance) (rate({prometheus.notifications_errors_total}[$__rate_interval]))",
        legend="not taken",
    ),
    unit="ops",
    help="Alerts per second that Prometheus sent, and those that were not taken.",
    alerts=[AlertsNotSent],
)

notifications = timeseries(
    "Notifications",
    Query(
        f"""
        sum by (integration) (rate({alertmanager.notifications_total}[$__rate_interval]))
        """,
        legend="{{integration}} tried",
    ),
    Query(
        f"""
        sum by (integration) (rate({alertmanager.notifications_failed_total}[$__rate_interval]))
        """,
        legend="{{integration}} failed",
    ),
    unit="ops",
    help="Messages per second by kind of receiver, and those that did not arrive.",
    alerts=[NotificationsFailing],
)

held = timeseries(
    "Alerts held",
    Query(f"sum by (state) ({alertmanager.alerts})", legend="{{state}}"),
    unit="short",
    help="What Alertmanager holds: active is told, suppressed is silenced or inhibited.",
)

latency = timeseries(
    "From firing to the inbox",
    Query(
        f"""
        histogram_quantile(
          0.95,
          sum by (le) (rate({inbox.notification_latency_seconds.bucket}[$__range]))
        )
        """,
        legend="95 in 100 are faster",
    ),
    unit="s",
    help="How long new incidents took from the moment they fired until they were stored.",
)

stored = timeseries(
    "Notifications in the inbox",
    Query(f"rate({inbox.notifications_stored_total}[$__rate_interval])", legend="stored"),
    Query(
        f"sum by (reason) (rate({inbox.notifications_refused_total}[$__rate_interval]))",
        legend="refused: {{reason}}",
    ),
    unit="ops",
    help="What was stored per second, and what was not. Only what is refused for storage is sent "
    "again.",
    alerts=[InboxNotStoring],
)

failing = timeseries(
    "Rules failing",
    Query(
        f"rate({prometheus.rule_evaluation_failures_total}[$__rate_interval])",
        legend="{{rule_group}}",
    ),
    unit="ops",
    help="Evaluations per second that ended in an error: those alerts cannot fire.",
    alerts=[RuleFailing],
)

missed = timeseries(
    "Rules left out",
    Query(
        f"rate({prometheus.rule_group_iterations_missed_total}[$__rate_interval])",
        legend="{{rule_group}}",
    ),
    unit="ops",
    help="Evaluations per second that were skipped, because the one before was not done.",
    alerts=[RulesLate],
)

durations = timeseries(
    "Rule evaluation",
    Query(f"{prometheus.rule_group_last_duration_seconds}", legend="{{rule_group}}"),
    unit="s",
    help="How long each group's last evaluation took. Worry when it nears the interval.",
)

storage = timeseries(
    "Storage errors",
    Query(f"rate({prometheus.tsdb_wal_writes_failed_total}[$__rate_interval])", legend="writes"),
    Query(f"rate({prometheus.tsdb_wal_corruptions_total}[$__rate_interval])", legend="damage"),
    Query(f"rate({prometheus.tsdb_compactions_failed_total}[$__rate_interval])", legend="blocks"),
    unit="ops",
    help="What Prometheus could not write, per second.",
    alerts=[PrometheusStorageFailing],
)

series = timeseries(
    "Series in memory",
    Query(f"{prometheus.tsdb_head_series}", legend="{{instance}}"),
    unit="short",
    help="What Prometheus holds in memory; its memory grows with it.",
)

disk = timeseries(
    "Disk left",
    Query(f"{inbox.storage_free_bytes} / {inbox.storage_size_bytes}", legend="{{instance}}"),
    unit="percentunit",
    line=MIN_DISK_FREE,
    bad="below",
    help="Of the disk that the stack's data are on, what is free. The line is where we page.",
    alerts=[StackDiskNearlyFull],
)

clocks = timeseries(
    "Clock offset",
    Query(f"{inbox.peer_clock_offset_seconds}", legend="{{peer}}"),
    unit="s",
    line=MAX_CLOCK_OFFSET,
    help="By how much a peer's clock is ahead of the inbox's. From 40 s alerts end while they "
    "fire.",
    alerts=[ClockSkewed],
)

dashboard = Dashboard(
    "Stack",
    "Would we hear of anything, if it went wrong now?",
    variables=[],
    annotations=[firing(), reloads()],
    rows={
        "Is the monitoring alive?": [age, heartbeat, configuration, open_incidents],
        "Is everybody told?": [sent, notifications, held, latency, stored],
        "Do the rules run?": [failing, missed, durations],
        "Can it be stored?": [storage, series, disk, clocks],
    },
)
