"""MySQL Overview, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

instance = variable("instance", "mysql_up")

dashboard = page(
    "MySQL Overview",
    [instance],
    {
        "Queries": [
            panel(
                "MySQL uptime",
                "s",
                'mysql_global_status_uptime_seconds{instance=~"$instance"}',
                kind="stat",
            ),
            panel(
                "Queries a second",
                "ops",
                'rate(mysql_global_status_queries_total{instance=~"$instance"}[$__interval])',
                legend="{{instance}}",
            ),
            panel(
                "Slow queries",
                "ops",
                'rate(mysql_global_status_slow_queries_total{instance=~"$instance"}[$__rate_interval]) or irate(mysql_global_status_slow_queries_total{instance=~"$instance"}[5m])',
                legend="{{instance}}",
            ),
            panel(
                "MySQL connections used",
                "percentunit",
                'mysql_global_status_threads_connected{instance=~"$instance"} / mysql_global_variables_max_connections{instance=~"$instance"}',
                legend="{{instance}}",
            ),
            panel(
                "Replica lag",
                "s",
                'mysql_slave_status_seconds_behind_master{instance=~"$instance"}',
                legend="{{master_host}}",
            ),
        ],
    },
)
