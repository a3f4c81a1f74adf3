"""Node Exporter / Nodes, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

instance = variable("instance", "node_load1")

dashboard = page(
    "Node Exporter / Nodes",
    [instance],
    {
        "CPU": [
            panel(
                "CPU usage",
                "percentunit",
                '(1 - sum without (mode) (rate(node_cpu_seconds_total{mode=~"idle|iowait|steal", instance=~"$instance"}[$__rate_interval]))) / ignoring (cpu) group_left () count without (cpu, mode) (node_cpu_seconds_total{mode="idle", instance=~"$instance"})',
                legend="{{cpu}}",
            ),
            panel(
                "Load average",
                "short",
                'node_load1{instance=~"$instance"}',
                'node_load5{instance=~"$instance"}',
                'count(node_cpu_seconds_total{instance=~"$instance", mode="idle"})',
            ),
        ],
        "Memory": [
            panel(
                "Memory usage",
                "bytes",
                'node_memory_MemTotal_bytes{instance=~"$instance"} - node_memory_MemAvailable_bytes{instance=~"$instance"}',
                legend="used",
            ),
            panel(
                "Memory used",
                "percentunit",
                '1 - avg(node_memory_MemAvailable_bytes{instance=~"$instance"}) / avg(node_memory_MemTotal_bytes{instance=~"$instance"})',
                kind="stat",
            ),
        ],
        "Disk and network": [
            panel(
                "Disk I/O",
                "Bps",
                'rate(node_disk_read_bytes_total{instance=~"$instance"}[$__rate_interval])',
                'rate(node_disk_written_bytes_total{instance=~"$instance"}[$__rate_interval])',
                legend="{{device}}",
            ),
            panel(
                "Disk I/O time",
                "percentunit",
                'rate(node_disk_io_time_seconds_total{instance=~"$instance"}[$__rate_interval])',
                legend="{{device}}",
            ),
            panel(
                "Network received",
                "Bps",
                'rate(node_network_receive_bytes_total{instance=~"$instance", device!="lo"}[$__rate_interval])',
                legend="{{device}}",
            ),
            panel(
                "Network transmitted",
                "Bps",
                'rate(node_network_transmit_bytes_total{instance=~"$instance", device!="lo"}[$__rate_interval])',
                legend="{{device}}",
            ),
        ],
    },
)
