"""Backups as whoever makes them has noted it: are they made, how long do they take?"""

from exporters.catalog.family import gauge

last_success_timestamp_seconds = gauge(
    "business_backup_last_success_timestamp_seconds",
    "When the last backup that succeeded was begun, in Unix time, by schedule: hourly or daily.",
    unit="seconds",
    labels=("schedule",),
    source="SQL",
)

duration_seconds = gauge(
    "business_backup_duration_seconds",
    "How long the last backup that succeeded took.",
    unit="seconds",
    labels=("schedule",),
    source="SQL",
)

size_bytes = gauge(
    "business_backup_size_bytes",
    "How large the last backup that succeeded is.",
    unit="bytes",
    labels=("schedule",),
    source="SQL",
)

failures = gauge(
    "business_backup_failures",
    "Backups that failed since the last one that succeeded; 0 while all is well.",
    labels=("schedule",),
    source="SQL",
)

restore_tested_timestamp_seconds = gauge(
    "business_backup_restore_tested_timestamp_seconds",
    "When a backup was last restored to see that it can be, in Unix time.",
    unit="seconds",
    source="SQL",
)
