"""Alertmanager / Overview, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

instance = variable("instance", "alertmanager_notifications_total")

dashboard = page(
    "Alertmanager / Overview",
    [instance],
    {
        "Notifications": [
            panel(
                "Sent",
                "ops",
                'sum by (integration) (rate(alertmanager_notifications_total{instance=~"$instance"}[$__rate_interval]))',
                'sum by (integration) (rate(alertmanager_notifications_failed_total{instance=~"$instance"}[$__rate_interval]))',
                legend="{{integration}}",
            ),
            panel(
                "Members",
                "short",
                'max(alertmanager_cluster_members{instance=~"$instance"})',
                kind="stat",
            ),
        ],
    },
)
