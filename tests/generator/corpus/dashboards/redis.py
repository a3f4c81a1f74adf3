"""Redis, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

instance = variable("instance", "redis_up")

dashboard = page(
    "Redis",
    [instance],
    {
        "Server": [
            panel(
                "Redis clients",
                "short",
                'sum(redis_connected_clients{instance=~"$instance"})',
                kind="stat",
            ),
            panel(
                "Redis memory",
                "percentunit",
                '100 * redis_memory_used_bytes{instance=~"$instance"} / redis_memory_max_bytes{instance=~"$instance"}',
                kind="stat",
            ),
            panel(
                "Redis commands",
                "ops",
                'sum(rate(redis_commands_processed_total{instance=~"$instance"}[1m]))',
                legend="commands",
            ),
            panel(
                "Hits and misses",
                "ops",
                'irate(redis_keyspace_hits_total{instance=~"$instance"}[5m])',
                'irate(redis_keyspace_misses_total{instance=~"$instance"}[5m])',
                legend="{{instance}}",
            ),
            panel(
                "Evicted",
                "ops",
                'sum by (instance) (rate(redis_evicted_keys_total{instance=~"$instance"}[$__rate_interval]))',
                legend="{{addr}}",
            ),
        ],
    },
)
