"""Kubernetes / Workloads, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

cluster = variable("cluster", "kube_deployment_spec_replicas")
namespace = variable("namespace", "kube_deployment_spec_replicas")

dashboard = page(
    "Kubernetes / Workloads",
    [cluster, namespace],
    {
        "Replicas": [
            panel(
                "Deployments not complete",
                "short",
                'count(kube_deployment_spec_replicas{cluster=~"$cluster", namespace=~"$namespace"} != kube_deployment_status_replicas_available{cluster=~"$cluster", namespace=~"$namespace"}) or vector(0)',
                kind="stat",
            ),
            panel(
                "Available replicas",
                "short",
                'kube_deployment_status_replicas_available{cluster=~"$cluster", namespace=~"$namespace"}',
                legend="{{deployment}}",
            ),
            panel(
                "Stateful sets ready",
                "percentunit",
                'kube_statefulset_status_replicas_ready{cluster=~"$cluster", namespace=~"$namespace"} / kube_statefulset_replicas{cluster=~"$cluster", namespace=~"$namespace"}',
                legend="{{statefulset}}",
            ),
            panel(
                "Autoscalers at their limit",
                "short",
                'count(kube_horizontalpodautoscaler_status_current_replicas{cluster=~"$cluster", namespace=~"$namespace"} >= kube_horizontalpodautoscaler_spec_max_replicas)',
                kind="stat",
            ),
        ],
    },
)
