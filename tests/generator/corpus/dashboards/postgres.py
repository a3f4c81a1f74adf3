"""PostgreSQL, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

instance = variable("instance", "pg_up")
datname = variable("datname", "pg_stat_activity_count")

dashboard = page(
    "PostgreSQL",
    [instance, datname],
    {
        "Activity": [
            panel(
                "PostgreSQL connections",
                "short",
                'sum by (state) (pg_stat_activity_count{instance=~"$instance", datname=~"$datname"})',
                legend="{{state}}",
            ),
            panel(
                "Transactions",
                "ops",
                'sum by (datname) (rate(pg_stat_database_xact_commit_total{instance=~"$instance", datname=~"$datname"}[$__rate_interval]))',
                'sum by (datname) (rate(pg_stat_database_xact_rollback_total{instance=~"$instance", datname=~"$datname"}[$__rate_interval]))',
                legend="{{datname}}",
            ),
            panel(
                "Block cache hits",
                "percentunit",
                'sum(rate(pg_stat_database_blks_hit_total{instance=~"$instance", datname=~"$datname"}[5m])) / sum(rate(pg_stat_database_blks_hit_total{instance=~"$instance", datname=~"$datname"}[5m]) + rate(pg_stat_database_blks_read_total{instance=~"$instance", datname=~"$datname"}[5m]))',
                kind="stat",
            ),
            panel(
                "Replication lag",
                "s",
                'max(pg_replication_lag_seconds{instance=~"$instance"})',
                legend="lag",
            ),
            panel(
                "Deadlocks",
                "ops",
                'rate(pg_stat_database_deadlocks_total{instance=~"$instance", datname=~"$datname"}[$__rate_interval])',
                legend="{{datname}}",
            ),
        ],
    },
)
