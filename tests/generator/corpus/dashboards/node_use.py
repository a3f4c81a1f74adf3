"""Node Exporter / USE Method / Cluster, in the manner of published dashboards."""

from dashboards._words import page, panel


dashboard = page(
    "Node Exporter / USE Method / Cluster",
    [],
    {
        "CPU": [
            panel(
                "Cluster CPU utilisation",
                "percentunit",
                "instance:node_cpu_utilisation:rate5m * instance:node_num_cpu:sum / scalar(sum(instance:node_num_cpu:sum))",
                legend="{{instance}}",
            ),
            panel(
                "Cluster CPU saturation",
                "percentunit",
                "instance:node_load1_per_cpu:ratio / scalar(count(instance:node_load1_per_cpu:ratio))",
                legend="{{instance}}",
            ),
        ],
        "Memory and network": [
            panel(
                "Cluster memory utilisation",
                "percentunit",
                "instance:node_memory_utilisation:ratio / scalar(count(instance:node_memory_utilisation:ratio))",
                legend="{{instance}}",
            ),
            panel(
                "Cluster network utilisation",
                "Bps",
                "instance:node_network_receive_bytes:rate5m",
                "instance:node_network_transmit_bytes:rate5m",
                legend="{{instance}}",
            ),
            panel(
                "Cluster disk utilisation",
                "percentunit",
                "instance_device:node_disk_io_time_seconds:rate5m / scalar(count(instance_device:node_disk_io_time_seconds:rate5m))",
                legend="{{instance}} {{device}}",
            ),
        ],
    },
)
