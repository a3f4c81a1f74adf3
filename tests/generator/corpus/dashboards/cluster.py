"""Kubernetes / Compute Resources / Cluster, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

cluster = variable("cluster", "kube_node_status_allocatable")

dashboard = page(
    "Kubernetes / Compute Resources / Cluster",
    [cluster],
    {
        "Headlines": [
            panel(
                "CPU requests commitment",
                "percentunit",
                'sum(namespace:kube_pod_container_resource_requests_cpu:sum{cluster=~"$cluster"}) / sum(kube_node_status_allocatable{resource="cpu", cluster=~"$cluster"})',
                kind="stat",
            ),
            panel(
                "Nodes",
                "short",
                'count(kube_node_spec_unschedulable{cluster=~"$cluster"})',
                kind="stat",
            ),
            panel(
                "Pods by phase",
                "short",
                'sum by (phase) (kube_pod_status_phase{cluster=~"$cluster"})',
                legend="{{phase}}",
                kind="pie",
            ),
        ],
        "Usage": [
            panel(
                "CPU by namespace",
                "short",
                'sum by (namespace) (cluster_namespace_pod_container:container_cpu_usage_seconds:rate5m{cluster=~"$cluster"})',
                legend="{{namespace}}",
            ),
            panel(
                "Memory by namespace",
                "bytes",
                'sum by (namespace) (cluster_namespace_pod:container_memory_working_set_bytes:sum{cluster=~"$cluster"})',
                legend="{{namespace}}",
            ),
            panel(
                "Received by namespace",
                "Bps",
                'sum by (namespace) (rate(container_network_receive_bytes_total{cluster=~"$cluster"}[$__rate_interval]))',
                legend="{{namespace}}",
            ),
        ],
    },
)
