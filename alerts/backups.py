"""Alerts for backups: is there a fresh one, are they made, can they be restored?"""

from alerts.database import DatabaseDown
from exporters.catalog import backups, database
from generator.drills import Real, Scaled
from generator.rules import Alert, Example, Limit, Vanished

# H10: an hour may be lost, and the next backup takes its time.
MAX_HOURLY_AGE = Limit("backup_hourly_age_seconds_max", 75 * 60)
MAX_DAILY_AGE = Limit("backup_daily_age_seconds_max", 25 * 3600)

# One that fails is made up for by the next.
MAX_FAILURES = Limit("backup_failures_max", 1)

# H10: monthly at least.
MAX_UNTESTED_SECONDS = Limit("backup_untested_seconds_max", 31 * 86_400)

BackupLate = Alert(
    expr=f"""
    time() - {backups.last_success_timestamp_seconds(schedule="hourly")} > {MAX_HOURLY_AGE}
      or
    time() - {backups.last_success_timestamp_seconds(schedule="daily")} > {MAX_DAILY_AGE}
    """,
    for_="1m",
    severity="critical",
    summary="The last {{ $labels.schedule }} backup of {{ $labels.instance }} is "
    "{{ $value | humanizeDuration }} old",
    description="What has been written since is lost if the database is: more than was promised.",
    drill=Real("backups-stopped", grows_to="backup_hourly_age_seconds_max"),
    tests=[
        Example(
            "hourly backups stop for two hours; the daily one is not late yet",
            given={
                backups.last_success_timestamp_seconds(
                    instance="a", schedule="hourly"
                ): "0x120 7200x30",
                backups.last_success_timestamp_seconds(instance="a", schedule="daily"): "0x150",
                backups.last_success_timestamp_seconds(
                    instance="a", schedule="yearly"
                ): "-9000000x150",
            },
            silent_at="76m",
            fires_at="77m",
            gone_at="121m",
            says="The last hourly backup of a is 1h 17m 0s old",
            labels={"instance": "a", "schedule": "hourly"},
        ),
        Example(
            "the daily backup is not made on the second day, and again on the third",
            given={
                backups.last_success_timestamp_seconds(
                    instance="a", schedule="daily"
                ): "0x2880 172800x60",
            },
            silent_at="1501m",
            fires_at="1502m",
            gone_at="2881m",
            says="The last daily backup of a is 1d 1h 2m 0s old",
            labels={"instance": "a", "schedule": "daily"},
        ),
        Vanished(
            "the database that backups are noted in stops answering",
            given={
                backups.last_success_timestamp_seconds(
                    instance="a", schedule="hourly"
                ): "0x100 stale",
                database.up(instance="a"): "1x100 0x20",
            },
            at="110m",
            instead=DatabaseDown,
        ),
    ],
)

BackupFailing = Alert(
    expr=f"{backups.failures} > {MAX_FAILURES}",
    for_="1m",
    severity="warning",
    summary="{{ $value }} {{ $labels.schedule }} backups of {{ $labels.service }} have failed "
    "in a row",
    description="The next one will not succeed by itself.",
    drill=Scaled("backups-failing"),
    tests=[
        Example(
            "one fails and is made up for; then two fail in a row",
            given={
                backups.failures(instance="a", service="s", schedule="hourly"): "1x60 2x60 0x10",
            },
            silent_at="61m",
            fires_at="62m",
            gone_at="122m",
            says="2 hourly backups of s have failed in a row",
            labels={"instance": "a", "service": "s", "schedule": "hourly"},
        ),
        Vanished(
            "the database that backups are noted in stops answering",
            given={
                backups.failures(instance="a", schedule="hourly"): "3x20 stale",
                database.up(instance="a"): "1x20 0x20",
            },
            at="30m",
            instead=DatabaseDown,
        ),
    ],
)

RestoreNotTested = Alert(
    expr=f"time() - {backups.restore_tested_timestamp_seconds} > {MAX_UNTESTED_SECONDS}",
    for_="1h",
    severity="warning",
    summary="No backup of {{ $labels.service }} was restored for {{ $value | humanizeDuration }}",
    description="Whether a backup can be restored, and how long that takes, nobody knows until it "
    "is needed.",
    drill=Scaled("restores-untested"),
    tests=[
        Example(
            "the test of the first of the month is forgotten, and made up for a day later",
            # 31 days are 44,640 minutes; the next test is a day after them.
            given={
                backups.restore_tested_timestamp_seconds(
                    instance="a", service="s"
                ): "0x768 2764800x20"
            },
            interval="1h",
            silent_at="745h",
            fires_at="746h",
            gone_at="769h",
            says="No backup of s was restored for 31d 2h 0m 0s",
            labels={"instance": "a", "service": "s"},
        ),
        Vanished(
            "the database that backups are noted in stops answering",
            given={
                backups.restore_tested_timestamp_seconds(instance="a"): "0x760 stale",
                database.up(instance="a"): "1x760 0x20",
            },
            interval="1h",
            at="770h",
            instead=DatabaseDown,
        ),
    ],
)
