"""Requests and probes: rules in the manner of collections for proxies, services and black boxes."""

from alerts._words import alert, recorded

requests = recorded("job:http_requests:rate5m", "sum by (job) (rate(http_requests_total[5m]))")
errors = recorded(
    "job:http_requests_errors:ratio_rate5m",
    'sum by (job) (rate(http_requests_total{code=~"5.."}[5m])) / sum by (job) (rate(http_requests_total[5m]))',
)
errors_1h = recorded(
    "job:http_requests_errors:ratio_rate1h",
    'sum by (job) (rate(http_requests_total{code=~"5.."}[1h])) / sum by (job) (rate(http_requests_total[1h]))',
)
latency = recorded(
    "job_le:http_request_duration_seconds_bucket:rate5m",
    "sum by (job, le) (rate(http_request_duration_seconds_bucket[5m]))",
    "le",
)

ErrorBudgetBurn = alert(
    "job:http_requests_errors:ratio_rate1h > 14.4 * 0.001 and job:http_requests_errors:ratio_rate5m > 14.4 * 0.001",
    "2m",
    "critical",
    "{{ $labels.job }} burns its budget",
)
HttpLatencyHigh = alert(
    "histogram_quantile(0.99, job_le:http_request_duration_seconds_bucket:rate5m) > 1",
    "5m",
    "warning",
    "{{ $labels.job }}: {{ $value }}s",
)
HttpMeanLatencyHigh = alert(
    """
    sum by (job, handler) (rate(http_request_duration_seconds_sum[5m]))
      / (sum by (job, handler) (rate(http_request_duration_seconds_count[5m])) > 1) > 0.5
    """,
    "10m",
    "warning",
    "{{ $labels.handler }}",
)
HttpTrafficDropped = alert(
    "sum by (job) (rate(http_requests_total[5m])) < 0.5 * sum by (job) (rate(http_requests_total[5m] offset 1w))",
    "30m",
    "warning",
    "{{ $labels.job }}",
)
HttpNoTraffic = alert("job:http_requests:rate5m == 0", "10m", "warning", "{{ $labels.job }}")
ApdexLow = alert(
    """
    (
      sum by (job) (rate(http_request_duration_seconds_bucket{le="0.25"}[5m]))
        + sum by (job) (rate(http_request_duration_seconds_bucket{le="1"}[5m]))
    ) / 2 / sum by (job) (rate(http_request_duration_seconds_count[5m])) < 0.8
    """,
    "10m",
    "warning",
    "{{ $labels.job }}",
)
GrpcErrorsHigh = alert(
    """
    sum by (grpc_service) (rate(grpc_server_handled_total{grpc_code!="OK"}[5m]))
      / sum by (grpc_service) (rate(grpc_server_handled_total[5m])) > 0.05
    """,
    "5m",
    "warning",
    "{{ $labels.grpc_service }}",
)
GrpcSlow = alert(
    "histogram_quantile(0.99, sum by (grpc_method, le) (rate(grpc_server_handling_seconds_bucket[5m]))) > 3",
    "5m",
    "warning",
    "{{ $labels.grpc_method }}",
)
NginxDown = alert("nginx_up == 0", "1m", "critical", "{{ $labels.instance }}")
NginxDropsConnections = alert(
    "rate(nginx_connections_accepted_total[5m]) - rate(nginx_connections_handled_total[5m]) > 0",
    "5m",
    "warning",
    "{{ $value }}",
)
IngressErrors4xx = alert(
    'sum(rate(nginx_ingress_controller_requests_total{status=~"^4.."}[1m])) '
    "/ sum(rate(nginx_ingress_controller_requests_total[1m])) * 100 > 5",
    "1m",
    "critical",
    "{{ $value }}%",
)
IngressErrors5xx = alert(
    'sum by (ingress) (rate(nginx_ingress_controller_requests_total{status=~"5.."}[5m])) '
    "/ sum by (ingress) (rate(nginx_ingress_controller_requests_total[5m])) > 0.05",
    "5m",
    "critical",
    "{{ $labels.ingress }}",
)
IngressSlow = alert(
    "histogram_quantile(0.99, sum by (ingress, le) "
    "(rate(nginx_ingress_controller_request_duration_seconds_bucket[5m]))) > 3",
    "2m",
    "warning",
    "{{ $labels.ingress }}",
)
HaproxyErrors = alert(
    'sum by (proxy) (rate(haproxy_backend_http_responses_total{code="5xx"}[1m])) '
    "/ sum by (proxy) (rate(haproxy_backend_http_responses_total[1m])) * 100 > 5",
    "1m",
    "critical",
    "{{ $labels.proxy }}",
)
HaproxyServerErrors = alert(
    "sum by (proxy) (rate(haproxy_server_connection_errors_total[1m])) > 100",
    "0s",
    "critical",
    "{{ $labels.proxy }}",
)
HaproxyNoServer = alert(
    "haproxy_backend_active_servers == 0", "1m", "critical", "{{ $labels.proxy }}"
)
HaproxySessionsHigh = alert(
    "haproxy_backend_current_sessions / haproxy_backend_limit_sessions * 100 > 80",
    "2m",
    "warning",
    "{{ $labels.proxy }}",
)
TraefikErrors = alert(
    'sum by (service_name) (rate(traefik_service_requests_total{code=~"5.*"}[3m])) '
    "/ sum by (service_name) (rate(traefik_service_requests_total[3m])) * 100 > 5",
    "1m",
    "critical",
    "{{ $labels.service_name }}",
)
ProbeFailed = alert("probe_success == 0", "1m", "critical", "{{ $labels.instance }}")
ProbeSlow = alert("avg_over_time(probe_duration_seconds[1m]) > 1", "1m", "warning", "{{ $value }}s")
ProbeStatus = alert(
    "probe_http_status_code <= 199 or probe_http_status_code >= 400",
    "1m",
    "critical",
    "{{ $value }}",
)
CertificateExpiresSoon = alert(
    "3 <= (last_over_time(probe_ssl_earliest_cert_expiry_timestamp_seconds[10m]) - time()) / 86400 < 20",
    "0s",
    "warning",
    "{{ $value }} days",
)
CertificateExpired = alert(
    "(last_over_time(probe_ssl_earliest_cert_expiry_timestamp_seconds[10m]) - time()) / 86400 < 0",
    "0s",
    "critical",
    "Expired",
)
InterfaceDown = alert(
    'snmp_if_oper_status{ifDescr!~"lo.*"} == 2', "5m", "warning", "{{ $labels.ifDescr }}"
)
