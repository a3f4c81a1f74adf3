"""Kubernetes / Persistent Volumes, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

namespace = variable("namespace", "kubelet_volume_stats_capacity_bytes")
persistentvolumeclaim = variable("persistentvolumeclaim", "kubelet_volume_stats_capacity_bytes")

dashboard = page(
    "Kubernetes / Persistent Volumes",
    [namespace, persistentvolumeclaim],
    {
        "Usage": [
            panel(
                "Volume used",
                "bytes",
                'kubelet_volume_stats_capacity_bytes{namespace=~"$namespace", persistentvolumeclaim=~"$persistentvolumeclaim"} - kubelet_volume_stats_available_bytes{namespace=~"$namespace", persistentvolumeclaim=~"$persistentvolumeclaim"}',
                legend="{{persistentvolumeclaim}}",
            ),
            panel(
                "Volume used, share",
                "percentunit",
                'max without (instance, node) ((kubelet_volume_stats_capacity_bytes{namespace=~"$namespace", persistentvolumeclaim=~"$persistentvolumeclaim"} - kubelet_volume_stats_available_bytes{namespace=~"$namespace", persistentvolumeclaim=~"$persistentvolumeclaim"}) / kubelet_volume_stats_capacity_bytes{namespace=~"$namespace", persistentvolumeclaim=~"$persistentvolumeclaim"})',
            ),
        ],
    },
)
