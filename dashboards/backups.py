"""Backups: is there a fresh one, can it be restored, what does it take?"""

from alerts.backups import (
    MAX_FAILURES,
    MAX_HOURLY_AGE,
    MAX_UNTESTED_SECONDS,
    BackupFailing,
    BackupLate,
    RestoreNotTested,
)
from exporters.catalog import backups
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, timeseries

service = Variable("service", backups.last_success_timestamp_seconds)

age = timeseries(
    "Age of the last backup",
    Query(
        f"time() - {backups.last_success_timestamp_seconds(service)}",
        legend="{{service}} {{schedule}}",
    ),
    unit="s",
    line=MAX_HOURLY_AGE,
    help="What has been written since is lost if the database is. The line is where we alert on "
    "hourly ones; on daily ones after 25 hours.",
    alerts=[BackupLate],
)

failures = timeseries(
    "Failed in a row",
    Query(backups.failures(service), legend="{{service}} {{schedule}}"),
    unit="short",
    line=MAX_FAILURES,
    help="Since the last one that succeeded. Above the line we alert.",
    alerts=[BackupFailing],
)

tested = timeseries(
    "Time since a backup was restored",
    Query(f"time() - {backups.restore_tested_timestamp_seconds(service)}", legend="{{service}}"),
    unit="s",
    line=MAX_UNTESTED_SECONDS,
    help="To see that it can be. The line is where we alert.",
    alerts=[RestoreNotTested],
)

size = timeseries(
    "Size",
    Query(backups.size_bytes(service), legend="{{service}} {{schedule}}"),
    unit="bytes",
    help="Of the last one that succeeded. Worry at a sudden fall: what is missing?",
)

duration = timeseries(
    "Duration",
    Query(backups.duration_seconds(service), legend="{{service}} {{schedule}}"),
    unit="s",
    help="Of the last one that succeeded. Worry when it nears the schedule.",
)


dashboard = Dashboard(
    "Backups",
    "Is there a fresh one, and can it be restored?",
    links=("business",),
    variables=[service],
    annotations=[firing(service)],
    rows={
        "How much would be lost?": [age, failures],
        "Can it be restored?": [tested],
        "What does it take?": [size, duration],
    },
)
