"""CoreDNS, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

instance = variable("instance", "coredns_dns_responses_total")

dashboard = page(
    "CoreDNS",
    [instance],
    {
        "Answers": [
            panel(
                "Answers by code",
                "ops",
                'sum by (rcode) (rate(coredns_dns_responses_total{instance=~"$instance"}[5m]))',
                legend="{{rcode}}",
            ),
            panel(
                "DNS duration",
                "s",
                'histogram_quantile(0.5, sum by (le) (rate(coredns_dns_request_duration_seconds_bucket{instance=~"$instance"}[$__rate_interval])))',
                'histogram_quantile(0.99, sum by (le) (rate(coredns_dns_request_duration_seconds_bucket{instance=~"$instance"}[$__rate_interval])))',
            ),
        ],
    },
)
