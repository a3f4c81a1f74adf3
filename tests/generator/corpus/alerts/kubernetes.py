"""Clusters: rules in the manner of Kubernetes' mixins, and of those for etcd and DNS."""

from alerts._words import alert, recorded

container_cpu = recorded(
    "cluster_namespace_pod_container:container_cpu_usage_seconds:rate5m",
    'sum by (cluster, namespace, pod, container) (rate(container_cpu_usage_seconds_total{container!=""}[5m]))',
    "cluster",
    "namespace",
    "pod",
    "container",
)
container_memory = recorded(
    "cluster_namespace_pod:container_memory_working_set_bytes:sum",
    'sum by (cluster, namespace, pod) (container_memory_working_set_bytes{container!=""})',
    "cluster",
    "namespace",
    "pod",
)
pod_owner = recorded(
    "namespace_workload_pod:kube_pod_owner:relabel",
    """
    max by (cluster, namespace, workload, pod) (
      label_replace(kube_pod_owner{owner_kind="ReplicaSet"}, "workload", "$1", "owner_name", "(.*)-.*")
    )
    """,
    "cluster",
    "namespace",
    "workload",
    "pod",
)
requests_cpu = recorded(
    "namespace:kube_pod_container_resource_requests_cpu:sum",
    'sum by (cluster, namespace) (kube_pod_container_resource_requests{resource="cpu"})',
    "cluster",
    "namespace",
)
apiserver_p99 = recorded(
    "cluster_quantile:apiserver_request_duration_seconds:histogram_quantile",
    "histogram_quantile(0.99, sum by (le, verb, resource) "
    "(rate(apiserver_request_duration_seconds_bucket[5m])))",
    "verb",
    "resource",
)
apiserver_errors = recorded(
    "code:apiserver_request_errors:ratio_rate5m",
    'sum(rate(apiserver_request_total{code=~"5.."}[5m])) / sum(rate(apiserver_request_total[5m]))',
)

KubePodCrashLooping = alert(
    'max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m]) >= 1',
    "15m",
    "warning",
    "{{ $labels.namespace }}/{{ $labels.pod }} keeps crashing",
)
KubePodNotReady = alert(
    """
    sum by (namespace, pod, cluster) (
      max by (namespace, pod, cluster) (kube_pod_status_phase{phase=~"Pending|Unknown|Failed"})
      * on (namespace, pod, cluster) group_left (owner_kind) topk by (namespace, pod, cluster) (
        1, max by (namespace, pod, owner_kind, cluster) (kube_pod_owner{owner_kind!="Job"})
      )
    ) > 0
    """,
    "15m",
    "warning",
    "{{ $labels.namespace }}/{{ $labels.pod }} is not ready",
)
KubePodRestartsOften = alert(
    "increase(kube_pod_container_status_restarts_total[1h]) > 5",
    "0s",
    "warning",
    "{{ $labels.container }} restarted {{ $value }} times",
)
KubeDeploymentGenerationMismatch = alert(
    "kube_deployment_status_observed_generation != kube_deployment_metadata_generation",
    "15m",
    "warning",
    "{{ $labels.deployment }}",
)
KubeDeploymentReplicasMismatch = alert(
    "kube_deployment_spec_replicas > kube_deployment_status_replicas_available",
    "15m",
    "warning",
    "{{ $labels.namespace }}/{{ $labels.deployment }}",
)
KubeStatefulSetReplicasMismatch = alert(
    "kube_statefulset_status_replicas_ready != kube_statefulset_replicas",
    "15m",
    "warning",
    "{{ $labels.statefulset }}",
)
KubeDaemonSetNotReady = alert(
    "kube_daemonset_status_number_ready / kube_daemonset_status_desired_number_scheduled < 1",
    "15m",
    "warning",
    "{{ $value | humanizePercentage }} of {{ $labels.daemonset }} are ready",
)
KubeJobFailed = alert(
    "kube_job_status_failed > 0", "15m", "warning", "{{ $labels.job_name }} failed"
)
KubeJobNotCompleted = alert(
    "time() - max by (namespace, job_name, cluster) (kube_job_status_start_time_seconds > 0) > 43200",
    "0s",
    "warning",
    "{{ $labels.job_name }} takes long",
)
KubeHpaMaxedOut = alert(
    "kube_horizontalpodautoscaler_status_current_replicas "
    "== kube_horizontalpodautoscaler_spec_max_replicas",
    "15m",
    "warning",
    "{{ $labels.horizontalpodautoscaler }}",
)
KubeCPUOvercommit = alert(
    """
    sum by (cluster) (namespace:kube_pod_container_resource_requests_cpu:sum)
      / sum by (cluster) (kube_node_status_allocatable{resource="cpu"}) > 1.5
    """,
    "10m",
    "warning",
    "{{ $labels.cluster }}",
)
KubeQuotaAlmostFull = alert(
    """
    max by (cluster, namespace, resource) (kube_resourcequota{type="used"})
      / on (cluster, namespace, resource)
    max by (cluster, namespace, resource) (kube_resourcequota{type="hard"} > 0) > 0.9
    """,
    "15m",
    "info",
    "{{ $labels.namespace }} uses {{ $value | humanizePercentage }}",
)
KubeNodeNotReady = alert(
    'kube_node_status_condition{condition="Ready", status="true"} == 0 '
    "and on (cluster, node) kube_node_spec_unschedulable == 0",
    "15m",
    "warning",
    "{{ $labels.node }} is not ready",
)
KubeNodeReadinessFlapping = alert(
    'sum by (cluster, node) (changes(kube_node_status_condition{condition="Ready", status="true"}[15m])) > 2',
    "15m",
    "warning",
    "{{ $labels.node }}",
)
KubeletTooManyPods = alert(
    "max by (cluster, node) (kubelet_running_pods) / on (cluster, node) "
    'max by (cluster, node) (kube_node_status_allocatable{resource="pods"} != 1) > 0.95',
    "15m",
    "info",
    "{{ $labels.node }}",
)
KubePersistentVolumeFillingUp = alert(
    """
    kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.15
      and predict_linear(kubelet_volume_stats_available_bytes[6h], 4 * 24 * 3600) < 0
    """,
    "1h",
    "warning",
    "{{ $labels.persistentvolumeclaim }}",
)
KubeVolumeAlmostFull = alert(
    "kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.03",
    "1m",
    "critical",
    "{{ $labels.persistentvolumeclaim }}",
)
CPUThrottlingHigh = alert(
    """
    sum by (cluster, container, pod, namespace) (increase(container_cpu_cfs_throttled_periods_total{container!=""}[5m]))
      /
    sum by (cluster, container, pod, namespace) (increase(container_cpu_cfs_periods_total[5m])) > 0.25
    """,
    "15m",
    "info",
    "{{ $value | humanizePercentage }} of {{ $labels.container }}",
)
ContainerMemoryNearLimit = alert(
    "container_memory_working_set_bytes / (container_spec_memory_limit_bytes > 0) * 100 > 80",
    "2m",
    "warning",
    "{{ $labels.container }}: {{ $value }}%",
)
KubeAPIErrorsHigh = alert(
    "code:apiserver_request_errors:ratio_rate5m > 0.03", "10m", "warning", "{{ $value }}"
)
KubeAPILatencyHigh = alert(
    'cluster_quantile:apiserver_request_duration_seconds:histogram_quantile{verb!~"LIST|WATCH"} > 1',
    "10m",
    "warning",
    "{{ $labels.verb }} {{ $labels.resource }}",
)
KubeClientErrors = alert(
    """
    sum by (instance, job) (rate(rest_client_requests_total{code=~"5.."}[5m]))
      / sum by (instance, job) (rate(rest_client_requests_total[5m])) > 0.01
    """,
    "15m",
    "warning",
    "{{ $labels.job }} sees errors",
)
KubeClientCertificateRejected = alert(
    "rate(apiserver_client_certificate_rejected_total[5m]) > 0", "10m", "info", "Rejected"
)
KubeAPIDown = alert('absent(up{job="apiserver"} == 1)', "15m", "critical", "Gone")
KubeletDown = alert('absent(up{job="kubelet"} == 1)', "15m", "critical", "Gone")
WorkqueueGrows = alert(
    "workqueue_depth > 100 and rate(workqueue_adds_total[5m]) > 1",
    "10m",
    "warning",
    "{{ $labels.name }}",
)
WorkqueueSlow = alert(
    "histogram_quantile(0.95, sum by (name, le) (rate(workqueue_queue_duration_seconds_bucket[5m]))) > 60",
    "10m",
    "warning",
    "{{ $labels.name }}",
)
CoreDNSLatencyHigh = alert(
    "histogram_quantile(0.99, sum without (pod) (rate(coredns_dns_request_duration_seconds_bucket[5m]))) > 4",
    "10m",
    "critical",
    "{{ $labels.zone }}",
)
CoreDNSErrorsHigh = alert(
    'sum without (rcode, zone, instance) (rate(coredns_dns_responses_total{rcode="SERVFAIL"}[5m])) '
    "/ sum without (rcode, zone, instance) (rate(coredns_dns_responses_total[5m])) > 0.03",
    "10m",
    "critical",
    "{{ $value | humanizePercentage }}",
)
CoreDNSForwardErrors = alert(
    'sum by (to) (rate(coredns_forward_responses_total{rcode="SERVFAIL"}[5m])) > 1',
    "10m",
    "warning",
    "{{ $labels.to }}",
)
EtcdInsufficientMembers = alert(
    'sum by (job) (up{job=~".*etcd.*"} == bool 1) < ((count by (job) (up{job=~".*etcd.*"}) + 1) / 2)',
    "3m",
    "critical",
    "{{ $labels.job }}",
)
EtcdNoLeader = alert("etcd_server_has_leader == 0", "1m", "critical", "{{ $labels.instance }}")
EtcdManyLeaderChanges = alert(
    "increase(etcd_server_leader_changes_seen_total[15m]) > 4", "5m", "warning", "{{ $value }}"
)
EtcdProposalsFail = alert(
    "rate(etcd_server_proposals_failed_total[15m]) > 5", "15m", "warning", "{{ $value }}"
)
EtcdFsyncSlow = alert(
    "histogram_quantile(0.99, rate(etcd_disk_wal_fsync_duration_seconds_bucket[5m])) > 0.5",
    "10m",
    "warning",
    "{{ $value }}s",
)
EtcdCommitSlow = alert(
    "histogram_quantile(0.99, rate(etcd_disk_backend_commit_duration_seconds_bucket[5m])) > 0.25",
    "10m",
    "warning",
    "{{ $value }}s",
)
EtcdDatabaseFull = alert(
    "last_over_time(etcd_mvcc_db_total_size_in_use_bytes[5m]) "
    "/ last_over_time(etcd_server_quota_backend_bytes[5m]) * 100 > 95",
    "10m",
    "critical",
    "{{ $value }}%",
)
