"""Service: RED, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

job = variable("job", "http_requests_total")
handler = variable("handler", "http_requests_total")

dashboard = page(
    "Service: RED",
    [job, handler],
    {
        "Rate, errors, duration": [
            panel(
                "Requests",
                "ops",
                'sum by (handler) (rate(http_requests_total{job=~"$job", handler=~"$handler"}[$__rate_interval]))',
                legend="{{handler}}",
            ),
            panel(
                "Errors a second",
                "ops",
                'sum by (code) (rate(http_requests_total{job=~"$job", handler=~"$handler", code=~"5.."}[$__rate_interval]))',
                legend="{{code}}",
            ),
            panel(
                "Error share by job",
                "percentunit",
                'job:http_requests_errors:ratio_rate5m{job=~"$job"}',
                legend="{{job}}",
            ),
            panel(
                "Durations",
                "s",
                'histogram_quantile(0.5, sum by (le) (rate(http_request_duration_seconds_bucket{job=~"$job", handler=~"$handler"}[$__rate_interval])))',
                'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{job=~"$job", handler=~"$handler"}[$__rate_interval])))',
            ),
            panel(
                "Under a quarter of a second",
                "percentunit",
                'sum(rate(http_request_duration_seconds_bucket{le="0.25", job=~"$job"}[$__rate_interval])) / sum(rate(http_request_duration_seconds_count{job=~"$job"}[$__rate_interval]))',
            ),
        ],
    },
)
