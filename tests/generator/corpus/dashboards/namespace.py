"""Kubernetes / Compute Resources / Namespace, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

cluster = variable("cluster", "kube_pod_owner")
namespace = variable("namespace", "kube_pod_owner")

dashboard = page(
    "Kubernetes / Compute Resources / Namespace",
    [cluster, namespace],
    {
        "CPU": [
            panel(
                "CPU by pod",
                "short",
                'sum by (pod) (cluster_namespace_pod_container:container_cpu_usage_seconds:rate5m{cluster=~"$cluster", namespace=~"$namespace"})',
                'sum(kube_pod_container_resource_requests{cluster=~"$cluster", namespace=~"$namespace", resource="cpu"})',
                legend="{{pod}}",
            ),
            panel(
                "CPU throttling",
                "percentunit",
                'sum by (container) (increase(container_cpu_cfs_throttled_periods_total{cluster=~"$cluster", namespace=~"$namespace"}[$__rate_interval])) / sum by (container) (increase(container_cpu_cfs_periods_total{cluster=~"$cluster", namespace=~"$namespace"}[$__rate_interval]))',
                legend="{{container}}",
            ),
        ],
        "Memory and restarts": [
            panel(
                "Memory by workload",
                "bytes",
                'sum by (workload) (cluster_namespace_pod:container_memory_working_set_bytes:sum{cluster=~"$cluster", namespace=~"$namespace"} * on (cluster, namespace, pod) group_left (workload) namespace_workload_pod:kube_pod_owner:relabel)',
                legend="{{workload}}",
            ),
            panel(
                "Restarts in the time shown",
                "short",
                'sum by (container) (increase(kube_pod_container_status_restarts_total{cluster=~"$cluster", namespace=~"$namespace"}[$__range]))',
                legend="{{container}}",
                kind="bars",
            ),
        ],
    },
)
