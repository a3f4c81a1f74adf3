"""NGINX Ingress, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

ingress = variable("ingress", "nginx_ingress_controller_requests_total")

dashboard = page(
    "NGINX Ingress",
    [ingress],
    {
        "Traffic": [
            panel(
                "Ingress requests",
                "ops",
                'round(sum by (ingress) (irate(nginx_ingress_controller_requests_total{ingress=~"$ingress"}[2m])), 0.001)',
                legend="{{ingress}}",
            ),
            panel(
                "Ingress success rate",
                "percentunit",
                'sum by (ingress) (rate(nginx_ingress_controller_requests_total{ingress=~"$ingress", status!~"[4-5].*"}[$__rate_interval])) / sum by (ingress) (rate(nginx_ingress_controller_requests_total{ingress=~"$ingress"}[$__rate_interval]))',
                legend="{{ingress}}",
            ),
            panel(
                "Ingress p95",
                "s",
                'histogram_quantile(0.95, sum by (le, ingress) (rate(nginx_ingress_controller_request_duration_seconds_bucket{ingress=~"$ingress"}[2m])))',
                legend="{{ingress}}",
            ),
            panel(
                "Requests by status",
                "short",
                'sum by (status) (increase(nginx_ingress_controller_requests_total{ingress=~"$ingress"}[$__range]))',
                legend="{{status}}",
                kind="pie",
            ),
        ],
    },
)
