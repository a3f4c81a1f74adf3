"""gRPC services, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

grpc_service = variable("grpc_service", "grpc_server_handled_total")

dashboard = page(
    "gRPC services",
    [grpc_service],
    {
        "Calls": [
            panel(
                "Calls by code",
                "ops",
                'sum by (grpc_code) (rate(grpc_server_handled_total{grpc_service=~"$grpc_service"}[$__rate_interval]))',
                legend="{{grpc_code}}",
            ),
            panel(
                "Calls that fail",
                "percentunit",
                'sum(rate(grpc_server_handled_total{grpc_service=~"$grpc_service", grpc_code!="OK"}[$__rate_interval])) / sum(rate(grpc_server_handled_total{grpc_service=~"$grpc_service"}[$__rate_interval]))',
                legend="share",
            ),
            panel(
                "Five slowest methods",
                "s",
                "topk(5, histogram_quantile(0.99, sum by (grpc_method, le) (rate(grpc_server_handling_seconds_bucket[$__rate_interval]))))",
                legend="{{grpc_method}}",
            ),
        ],
    },
)
