"""Kubernetes / API server, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

instance = variable("instance", "apiserver_request_total")

dashboard = page(
    "Kubernetes / API server",
    [instance],
    {
        "Requests": [
            panel(
                "Requests by verb",
                "ops",
                'sum by (verb) (rate(apiserver_request_total{instance=~"$instance"}[$__rate_interval]))',
                legend="{{verb}}",
            ),
            panel(
                "Errors, share",
                "percentunit",
                'sum(rate(apiserver_request_total{code=~"5..", instance=~"$instance"}[5m])) / sum(rate(apiserver_request_total{instance=~"$instance"}[5m]))',
                legend="errors",
            ),
            panel(
                "Request duration p99",
                "s",
                'histogram_quantile(0.99, sum by (verb, le) (rate(apiserver_request_duration_seconds_bucket{instance=~"$instance"}[$__rate_interval])))',
                legend="{{verb}}",
            ),
            panel(
                "Mean request duration",
                "s",
                'sum(rate(apiserver_request_duration_seconds_sum{instance=~"$instance"}[$__rate_interval])) / sum(rate(apiserver_request_duration_seconds_count{instance=~"$instance"}[$__rate_interval]))',
                legend="mean",
            ),
        ],
        "Queues": [
            panel(
                "Work queue adds",
                "ops",
                'sum by (name) (rate(workqueue_adds_total{instance=~"$instance"}[$__rate_interval]))',
                legend="{{name}}",
            ),
            panel(
                "Work queue depth",
                "short",
                'sum by (name) (workqueue_depth{instance=~"$instance"})',
                legend="{{name}}",
            ),
            panel(
                "Goroutines", "short", 'go_goroutines{instance=~"$instance"}', legend="{{instance}}"
            ),
        ],
    },
)
