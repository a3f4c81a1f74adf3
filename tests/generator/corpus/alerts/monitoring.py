"""The monitoring itself and processes: rules in the manner of Prometheus' own mixins."""

from alerts._words import alert, recorded

append_rate = recorded(
    "instance:prometheus_tsdb_head_samples_appended:rate5m",
    "rate(prometheus_tsdb_head_samples_appended_total[5m])",
)
notification_errors = recorded(
    "alertmanager:prometheus_notifications_errors:ratio_rate5m",
    "rate(prometheus_notifications_errors_total[5m]) / rate(prometheus_notifications_sent_total[5m])",
    "alertmanager",
)

Watchdog = alert("vector(1)", "0s", "info", "Always")
TargetsDown = alert(
    "100 * (count by (job) (up == 0) / count by (job) (up)) > 10",
    "10m",
    "warning",
    "{{ $labels.job }}",
)
PrometheusBadConfig = alert(
    "max_over_time(prometheus_config_last_reload_successful[5m]) == 0", "10m", "critical", "Bad"
)
PrometheusRestarted = alert(
    'changes(process_start_time_seconds{job=~"prometheus|pushgateway"}[15m]) > 2',
    "0s",
    "warning",
    "Often",
)
PrometheusNotificationQueueRunningFull = alert(
    """
    predict_linear(prometheus_notifications_queue_length[5m], 60 * 30)
      > min_over_time(prometheus_notifications_queue_capacity[5m])
    """,
    "15m",
    "warning",
    "{{ $labels.instance }}",
)
PrometheusErrorSendingAlerts = alert(
    "alertmanager:prometheus_notifications_errors:ratio_rate5m * 100 > 1",
    "15m",
    "warning",
    "{{ $labels.alertmanager }}",
)
PrometheusDropsNotifications = alert(
    "rate(prometheus_notifications_dropped_total[5m]) > 0", "5m", "warning", "{{ $value }}"
)
PrometheusReloadsFailing = alert(
    "increase(prometheus_tsdb_reloads_failures_total[3h]) > 0", "4h", "warning", "{{ $value }}"
)
PrometheusCompactionsFailing = alert(
    "increase(prometheus_tsdb_compactions_failed_total[3h]) > 0", "4h", "warning", "{{ $value }}"
)
PrometheusNotIngesting = alert(
    """
    instance:prometheus_tsdb_head_samples_appended:rate5m <= 0
      and on (instance) count by (instance) (prometheus_tsdb_head_series) > 0
    """,
    "10m",
    "warning",
    "{{ $labels.instance }}",
)
PrometheusRuleFailures = alert(
    "increase(prometheus_rule_evaluation_failures_total[5m]) > 0",
    "15m",
    "critical",
    "{{ $labels.rule_group }}",
)
PrometheusTargetLimitHit = alert(
    "increase(prometheus_target_scrapes_exceeded_sample_limit_total[5m]) > 0",
    "15m",
    "warning",
    "{{ $value }}",
)
PrometheusSeriesGrowing = alert(
    "prometheus_tsdb_head_series > 2 * (prometheus_tsdb_head_series offset 1d)",
    "1h",
    "warning",
    "{{ $value }}",
)
AlertmanagerBadConfig = alert(
    "max_over_time(alertmanager_config_last_reload_successful[5m]) == 0", "10m", "critical", "Bad"
)
AlertmanagerMembersInconsistent = alert(
    """
    max_over_time(alertmanager_cluster_members[5m])
      < on (job) group_left () count by (job) (max_over_time(alertmanager_cluster_members[5m]))
    """,
    "15m",
    "critical",
    "{{ $labels.instance }}",
)
AlertmanagerFailsToSend = alert(
    "rate(alertmanager_notifications_failed_total[5m]) "
    "/ ignoring (reason) group_left () rate(alertmanager_notifications_total[5m]) > 0.01",
    "5m",
    "warning",
    "{{ $labels.integration }}",
)
FileDescriptorsShort = alert(
    "process_open_fds / process_max_fds * 100 > 80", "5m", "warning", "{{ $labels.job }}"
)
ProcessMemoryGrows = alert(
    "deriv(process_resident_memory_bytes[1h]) > 10 * 1024 * 1024",
    "2h",
    "warning",
    "{{ $labels.job }}",
)
ProcessCpuHigh = alert(
    "rate(process_cpu_seconds_total[5m]) > 0.95", "15m", "warning", "{{ $labels.job }}"
)
GoroutinesLeak = alert("go_goroutines > 10000", "15m", "warning", "{{ $value }}")
JvmMemoryFilling = alert(
    'sum by (instance) (jvm_memory_used_bytes{area="heap"}) / sum by (instance) (jvm_memory_max_bytes{area="heap"}) > 0.8',
    "2m",
    "warning",
    "{{ $labels.instance }}",
)
JvmGcBusy = alert(
    "sum by (instance) (rate(jvm_gc_collection_seconds_total[5m])) > 0.1",
    "10m",
    "warning",
    "{{ $labels.instance }}",
)
WindowsMemoryLow = alert(
    "100 - windows_os_physical_memory_free_bytes / windows_cs_physical_memory_bytes * 100 > 90",
    "2m",
    "warning",
    "{{ $value }}%",
)
LokiFailures = alert(
    'sum by (route) (rate(loki_request_failures_total{route!="tail"}[5m])) > 0.1',
    "15m",
    "warning",
    "{{ $labels.route }}",
)
ThanosCompactFails = alert(
    "rate(thanos_compact_group_compactions_failures_total[5m]) > 0",
    "15m",
    "warning",
    "{{ $value }}",
)
