"""Go and JVM processes, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

job = variable("job", "process_open_fds")
instance = variable("instance", "process_open_fds")

dashboard = page(
    "Go and JVM processes",
    [job, instance],
    {
        "Process": [
            panel(
                "CPU seconds",
                "percentunit",
                'rate(process_cpu_seconds_total{job=~"$job", instance=~"$instance"}[$__rate_interval])',
                legend="{{instance}}",
            ),
            panel(
                "Resident memory",
                "bytes",
                'process_resident_memory_bytes{job=~"$job", instance=~"$instance"}',
                legend="{{instance}}",
            ),
            panel(
                "Descriptors used",
                "percentunit",
                'process_open_fds{job=~"$job", instance=~"$instance"} / process_max_fds{job=~"$job", instance=~"$instance"}',
                legend="{{instance}}",
            ),
            panel(
                "Up for",
                "s",
                'time() - process_start_time_seconds{job=~"$job", instance=~"$instance"}',
                kind="stat",
            ),
            panel(
                "JVM memory",
                "bytes",
                'jvm_memory_used_bytes{job=~"$job", instance=~"$instance", area="$area"}',
                legend="{{area}}",
            ),
            panel(
                "GC time",
                "percentunit",
                'sum by (gc) (rate(jvm_gc_collection_seconds_total{job=~"$job", instance=~"$instance"}[$__rate_interval]))',
                legend="{{gc}}",
            ),
        ],
    },
)
