"""Hosts: rules in the manner of node mixins and collections for node exporters."""

from alerts._words import alert, recorded

cpu = recorded(
    "instance:node_cpu_utilisation:rate5m",
    'sum without (cpu, mode) (1 - avg without (cpu) (rate(node_cpu_seconds_total{mode="idle"}[5m])))',
)
memory = recorded(
    "instance:node_memory_utilisation:ratio",
    "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes",
)
receive = recorded(
    "instance:node_network_receive_bytes:rate5m",
    'sum without (device) (rate(node_network_receive_bytes_total{device!="lo"}[5m]))',
)
transmit = recorded(
    "instance:node_network_transmit_bytes:rate5m",
    'sum without (device) (rate(node_network_transmit_bytes_total{device!="lo"}[5m]))',
)
cpus = recorded(
    "instance:node_num_cpu:sum",
    'count without (cpu, mode) (node_cpu_seconds_total{mode="idle"})',
)
load = recorded("instance:node_load1_per_cpu:ratio", "node_load1 / instance:node_num_cpu:sum")
disk_io = recorded(
    "instance_device:node_disk_io_time_seconds:rate5m",
    "rate(node_disk_io_time_seconds_total[5m])",
    "device",
)

NodeFilesystemSpaceFillingUp = alert(
    """
    node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs"} / node_filesystem_size_bytes < 0.4
      and predict_linear(node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs"}[6h], 24 * 3600) < 0
      and node_filesystem_readonly == 0
    """,
    "1h",
    "warning",
    "{{ $labels.mountpoint }} of {{ $labels.instance }} is full within a day",
)
NodeFilesystemAlmostOutOfSpace = alert(
    'node_filesystem_avail_bytes{fstype!=""} / node_filesystem_size_bytes{fstype!=""} * 100 < 5 '
    "and node_filesystem_readonly == 0",
    "30m",
    "warning",
    "{{ $labels.device }} has {{ $value }}% left",
)
NodeFilesystemAlmostOutOfFiles = alert(
    "node_filesystem_files_free / node_filesystem_files < 0.03 and node_filesystem_readonly == 0",
    "1h",
    "critical",
    "{{ $labels.device }} has {{ $value | humanizePercentage }} inodes left",
)
NodeFilesystemReadonly = alert(
    'node_filesystem_readonly{mountpoint!~"/run.*"} == 1', "5m", "critical", "Read-only"
)
NodeNetworkReceiveErrs = alert(
    "rate(node_network_receive_errs_total[2m]) / rate(node_network_receive_packets_total[2m]) > 0.01",
    "1h",
    "warning",
    "{{ $labels.device }} has {{ $value | humanizePercentage }} bad packets",
)
NodeNetworkTransmitErrs = alert(
    "increase(node_network_transmit_errs_total[5m]) > 10", "15m", "warning", "{{ $labels.device }}"
)
NodeHighNumberConntrackEntriesUsed = alert(
    "node_nf_conntrack_entries / node_nf_conntrack_entries_limit > 0.75",
    "5m",
    "warning",
    "{{ $value | humanizePercentage }} of conntrack entries are used",
)
NodeClockSkewDetected = alert(
    """
    (node_timex_offset_seconds > 0.05 and deriv(node_timex_offset_seconds[5m]) >= 0)
      or
    (node_timex_offset_seconds < -0.05 and deriv(node_timex_offset_seconds[5m]) <= 0)
    """,
    "10m",
    "warning",
    "The clock of {{ $labels.instance }} is wrong",
)
NodeClockNotSynchronising = alert(
    "min_over_time(node_timex_sync_status[5m]) == 0", "10m", "warning", "{{ $labels.instance }}"
)
NodeRAIDDegraded = alert(
    'node_md_disks_required - ignoring (state) node_md_disks{state="active"} > 0',
    "15m",
    "critical",
    "{{ $labels.device }} needs {{ $value }} more disks",
)
NodeRAIDDiskFailure = alert(
    'node_md_disks{state="failed"} > 0', "0s", "warning", "{{ $labels.device }}"
)
NodeFileDescriptorLimit = alert(
    "node_filefd_allocated * 100 / node_filefd_maximum > 70", "15m", "warning", "{{ $value }}%"
)
NodeCPUHighUsage = alert(
    'sum without (mode) (avg without (cpu) (rate(node_cpu_seconds_total{mode!~"idle|iowait"}[2m]))) '
    "* 100 > 90",
    "15m",
    "info",
    "{{ $labels.instance }} uses {{ $value }}%",
)
NodeSystemSaturation = alert(
    'node_load1 / count without (cpu, mode) (node_cpu_seconds_total{mode="idle"}) > 2',
    "15m",
    "warning",
    "{{ $labels.instance }} has a load of {{ $value }} a core",
)
NodeMemoryHighUtilization = alert(
    "100 - (node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes * 100) > 90",
    "15m",
    "warning",
    "{{ $labels.instance }} uses {{ $value }}%",
)
NodeSwapFillingUp = alert(
    "(1 - (node_memory_SwapFree_bytes / node_memory_SwapTotal_bytes)) * 100 > 80",
    "2m",
    "warning",
    "{{ $value }}%",
)
NodeDiskIOSaturation = alert(
    "rate(node_disk_io_time_seconds_total[5m]) > 0.9", "30m", "warning", "{{ $labels.device }}"
)
NodeDiskReadLatency = alert(
    """
    rate(node_disk_read_time_seconds_total[1m]) / rate(node_disk_reads_completed_total[1m]) > 0.1
      and rate(node_disk_reads_completed_total[1m]) > 0
    """,
    "2m",
    "warning",
    "{{ $labels.device }}",
)
NodeOomKillDetected = alert(
    "increase(node_vmstat_oom_kill_total[1m]) > 0", "0s", "warning", "{{ $labels.instance }}"
)
NodeSystemdServiceFailed = alert(
    'node_systemd_unit_state{state="failed"} == 1', "5m", "warning", "{{ $labels.name }} failed"
)
NodeBondingDegraded = alert(
    "node_bonding_slaves - node_bonding_active != 0", "5m", "warning", "{{ $labels.master }}"
)
NodeTemperatureHigh = alert(
    "node_hwmon_temp_celsius > 75", "5m", "warning", "{{ $labels.sensor }}: {{ $value }}"
)
NodeRebooted = alert(
    "node_time_seconds - node_boot_time_seconds < 600", "0s", "info", "{{ $labels.instance }}"
)
NodeContextSwitching = alert(
    "rate(node_context_switches_total[15m]) "
    '/ count without (mode, cpu) (node_cpu_seconds_total{mode="idle"}) > 10000',
    "0s",
    "info",
    "{{ $value }}",
)
NodeNetworkReceiveHigh = alert(
    "sum by (instance) (rate(node_network_receive_bytes_total[2m])) > 100 * 1024 * 1024",
    "5m",
    "warning",
    "{{ $labels.instance }} receives {{ $value | humanize1024 }}B a second",
)
NodeUnusualDiskRead = alert(
    "sum by (instance) (rate(node_disk_read_bytes_total[2m])) / 1024 / 1024 > 50",
    "5m",
    "warning",
    "{{ $labels.instance }}",
)
NodeDown = alert('up{job="node"} == 0', "5m", "critical", "{{ $labels.instance }} is down")
NodeAbsent = alert('absent(up{job="node"} == 1)', "15m", "critical", "No node is seen")
