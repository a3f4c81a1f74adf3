"""HAProxy, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

proxy = variable("proxy", "haproxy_backend_active_servers")

dashboard = page(
    "HAProxy",
    [proxy],
    {
        "Backends": [
            panel(
                "Responses by code",
                "ops",
                'sum by (code) (rate(haproxy_backend_http_responses_total{proxy=~"$proxy"}[$__rate_interval]))',
                legend="{{code}}",
            ),
            panel(
                "Sessions",
                "short",
                'haproxy_backend_current_sessions{proxy=~"$proxy"}',
                'haproxy_backend_limit_sessions{proxy=~"$proxy"}',
                legend="{{proxy}}",
            ),
            panel(
                "Active servers",
                "short",
                'sum by (proxy) (haproxy_backend_active_servers{proxy=~"$proxy"})',
                legend="{{proxy}}",
            ),
        ],
    },
)
