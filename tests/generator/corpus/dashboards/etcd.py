"""etcd, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

instance = variable("instance", "etcd_server_has_leader")

dashboard = page(
    "etcd",
    [instance],
    {
        "Health": [
            panel(
                "Has a leader",
                "short",
                'sum(etcd_server_has_leader{instance=~"$instance"})',
                kind="stat",
            ),
            panel(
                "Database size",
                "bytes",
                'etcd_mvcc_db_total_size_in_use_bytes{instance=~"$instance"}',
                legend="{{instance}}",
            ),
            panel(
                "Leader changes a day",
                "short",
                'changes(etcd_server_leader_changes_seen_total{instance=~"$instance"}[1d])',
                legend="{{instance}}",
            ),
        ],
        "Disk": [
            panel(
                "Disk sync duration",
                "s",
                'histogram_quantile(0.99, sum by (instance, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket{instance=~"$instance"}[$__rate_interval])))',
                'histogram_quantile(0.99, sum by (instance, le) (rate(etcd_disk_backend_commit_duration_seconds_bucket{instance=~"$instance"}[$__rate_interval])))',
                legend="{{instance}}",
            ),
        ],
    },
)
