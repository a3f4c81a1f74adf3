"""Prometheus / Overview, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

job = variable("job", "prometheus_tsdb_head_series")
instance = variable("instance", "prometheus_tsdb_head_series")

dashboard = page(
    "Prometheus / Overview",
    [job, instance],
    {
        "Itself": [
            panel(
                "Head series",
                "short",
                'prometheus_tsdb_head_series{job=~"$job", instance=~"$instance"}',
                legend="{{instance}}",
            ),
            panel(
                "Samples appended",
                "ops",
                'rate(prometheus_tsdb_head_samples_appended_total{job=~"$job", instance=~"$instance"}[5m])',
                legend="{{instance}}",
            ),
            panel("Targets by job", "short", "count by (job) (up)", legend="{{job}}", kind="pie"),
            panel(
                "Rule failures",
                "short",
                'sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total{job=~"$job", instance=~"$instance"}[$__rate_interval]))',
                legend="{{rule_group}}",
                kind="bars",
            ),
            panel(
                "Prometheus memory",
                "bytes",
                'process_resident_memory_bytes{job=~"$job", instance=~"$instance"}',
                legend="{{instance}}",
            ),
        ],
    },
)
