"""Hosts, as node_exporter tells them: what of it dashboards and alerts use."""

from exporters.catalog.family import counter, gauge

_FILESYSTEM = ("device", "fstype", "mountpoint", "device_error")

cpu_seconds_total = counter(
    "node_cpu_seconds_total",
    "Time that each CPU spent in each mode.",
    unit="seconds",
    labels=("cpu", "mode"),
    source="node_exporter, /proc/stat",
)

load1 = gauge(
    "node_load1", "Processes that run or wait, mean of a minute.", source="node_exporter, loadavg"
)

pressure_cpu_waiting_seconds_total = counter(
    "node_pressure_cpu_waiting_seconds_total",
    "Time in which at least one task waited for a CPU.",
    unit="seconds",
    source="node_exporter, /proc/pressure/cpu",
)

pressure_memory_waiting_seconds_total = counter(
    "node_pressure_memory_waiting_seconds_total",
    "Time in which at least one task waited for memory.",
    unit="seconds",
    source="node_exporter, /proc/pressure/memory",
)

pressure_io_waiting_seconds_total = counter(
    "node_pressure_io_waiting_seconds_total",
    "Time in which at least one task waited for a disk.",
    unit="seconds",
    source="node_exporter, /proc/pressure/io",
)

memory_MemTotal_bytes = gauge(  # noqa: N816 - theirs
    "node_memory_MemTotal_bytes",
    "Memory that the system has.",
    unit="bytes",
    source="node_exporter, /proc/meminfo MemTotal",
)

memory_MemAvailable_bytes = gauge(  # noqa: N816 - theirs
    "node_memory_MemAvailable_bytes",
    "Memory that new programs could have without swapping.",
    unit="bytes",
    source="node_exporter, /proc/meminfo MemAvailable",
)

vmstat_pswpin = gauge(
    "node_vmstat_pswpin",
    "Pages read back from swap since the start; they call it untyped.",
    source="node_exporter, /proc/vmstat pswpin",
)

vmstat_pswpout = gauge(
    "node_vmstat_pswpout",
    "Pages written to swap since the start; they call it untyped.",
    source="node_exporter, /proc/vmstat pswpout",
)

vmstat_oom_kill = gauge(
    "node_vmstat_oom_kill",
    "Processes that the kernel killed for want of memory since the start; they call it untyped.",
    source="node_exporter, /proc/vmstat oom_kill",
)

filesystem_size_bytes = gauge(
    "node_filesystem_size_bytes",
    "Size of a file system.",
    unit="bytes",
    labels=_FILESYSTEM,
    source="node_exporter, statfs",
)

filesystem_avail_bytes = gauge(
    "node_filesystem_avail_bytes",
    "What is free of a file system for users other than root.",
    unit="bytes",
    labels=_FILESYSTEM,
    source="node_exporter, statfs",
)

filesystem_files = gauge(
    "node_filesystem_files",
    "How many inodes a file system has; 0 where it makes them as it needs them.",
    labels=_FILESYSTEM,
    source="node_exporter, statfs",
)

filesystem_files_free = gauge(
    "node_filesystem_files_free",
    "How many inodes are free.",
    labels=_FILESYSTEM,
    source="node_exporter, statfs",
)

filesystem_readonly = gauge(
    "node_filesystem_readonly",
    "Whether a file system can only be read (1) or written too (0).",
    labels=_FILESYSTEM,
    source="node_exporter, mount options",
)

disk_io_time_seconds_total = counter(
    "node_disk_io_time_seconds_total",
    "Time in which a disk was at work.",
    unit="seconds",
    labels=("device",),
    source="node_exporter, /proc/diskstats",
)

disk_read_bytes_total = counter(
    "node_disk_read_bytes_total",
    "Bytes read from a disk.",
    unit="bytes",
    labels=("device",),
    source="node_exporter, /proc/diskstats",
)

disk_written_bytes_total = counter(
    "node_disk_written_bytes_total",
    "Bytes written to a disk.",
    unit="bytes",
    labels=("device",),
    source="node_exporter, /proc/diskstats",
)

disk_read_time_seconds_total = counter(
    "node_disk_read_time_seconds_total",
    "Time that all reads took, waiting included.",
    unit="seconds",
    labels=("device",),
    source="node_exporter, /proc/diskstats",
)

disk_write_time_seconds_total = counter(
    "node_disk_write_time_seconds_total",
    "Time that all writes took, waiting included.",
    unit="seconds",
    labels=("device",),
    source="node_exporter, /proc/diskstats",
)

disk_reads_completed_total = counter(
    "node_disk_reads_completed_total",
    "Reads that a disk has done.",
    labels=("device",),
    source="node_exporter, /proc/diskstats",
)

disk_writes_completed_total = counter(
    "node_disk_writes_completed_total",
    "Writes that a disk has done.",
    labels=("device",),
    source="node_exporter, /proc/diskstats",
)

network_receive_bytes_total = counter(
    "node_network_receive_bytes_total",
    "Bytes received by a network device.",
    unit="bytes",
    labels=("device",),
    source="node_exporter, netlink",
)

network_transmit_bytes_total = counter(
    "node_network_transmit_bytes_total",
    "Bytes sent by a network device.",
    unit="bytes",
    labels=("device",),
    source="node_exporter, netlink",
)

network_receive_packets_total = counter(
    "node_network_receive_packets_total",
    "Packets received by a network device.",
    labels=("device",),
    source="node_exporter, netlink",
)

network_transmit_packets_total = counter(
    "node_network_transmit_packets_total",
    "Packets sent by a network device.",
    labels=("device",),
    source="node_exporter, netlink",
)

network_receive_errs_total = counter(
    "node_network_receive_errs_total",
    "Packets that came broken.",
    labels=("device",),
    source="node_exporter, netlink",
)

network_transmit_errs_total = counter(
    "node_network_transmit_errs_total",
    "Packets that could not be sent.",
    labels=("device",),
    source="node_exporter, netlink",
)

filefd_allocated = gauge(
    "node_filefd_allocated",
    "Files that all processes have open.",
    source="node_exporter, /proc/sys/fs/file-nr",
)

filefd_maximum = gauge(
    "node_filefd_maximum",
    "Files that all processes may have open together.",
    source="node_exporter, /proc/sys/fs/file-nr",
)

nf_conntrack_entries = gauge(
    "node_nf_conntrack_entries",
    "Connections that the firewall keeps in mind; absent where it keeps none.",
    source="node_exporter, nf_conntrack_count",
)

nf_conntrack_entries_limit = gauge(
    "node_nf_conntrack_entries_limit",
    "Connections that it can keep in mind: beyond them new ones are dropped.",
    source="node_exporter, nf_conntrack_max",
)

time_seconds = gauge(
    "node_time_seconds",
    "What the host takes for the time, in Unix time.",
    unit="seconds",
    source="node_exporter",
)

timex_sync_status = gauge(
    "node_timex_sync_status",
    "Whether somebody tells the clock the time (1) or not (0).",
    source="node_exporter, adjtimex",
)
