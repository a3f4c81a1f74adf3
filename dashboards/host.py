"""Hosts: how much of each thing is used, who waits for it, and what goes wrong."""

from alerts.host import (
    MAX_CLOCK_OFFSET,
    MAX_CPU_USED,
    MAX_MEMORY_USED,
    MAX_MEMORY_WAITING,
    MAX_TABLE_USED,
    HostClockSkewed,
    HostCpuSaturated,
    HostMemoryNearlyExhausted,
    HostMemoryThrashing,
    HostProcessesKilled,
    HostTableNearlyFull,
    cpu_used,
    memory_used,
    table_used,
)
from alerts.host_filesystems import (
    MIN_FREE,
    MIN_INODES_FREE,
    HostFilesystemFullSoon,
    HostFilesystemNearlyFull,
    HostInodesNearlyExhausted,
    free,
    free_tomorrow,
    inodes_free,
)
from alerts.host_io import (
    MAX_NETWORK_ERRORS,
    MAX_OPERATION_SECONDS,
    HostDiskSlow,
    HostNetworkFailing,
)
from exporters.catalog import host
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, bars, stat, timeseries

service = Variable("service", host.load1)
instance = Variable("instance", host.load1)


def rate(family: str) -> str:
    """Return how quickly something rises."""
    return f"rate({family}[$__rate_interval])"


busiest = stat(
    "Busiest CPUs",
    f"max({cpu_used(service, instance)})",
    unit="percentunit",
    line=MAX_CPU_USED,
    help="Of the host whose CPUs are at work most. The colour changes where we warn.",
)

fullest = stat(
    "Fullest memory",
    f"max({memory_used(service, instance)})",
    unit="percentunit",
    line=MAX_MEMORY_USED,
    help="Of the host with the least memory left. The colour changes where we page.",
)

least_room = stat(
    "Least room",
    f"min({free(service, instance)})",
    unit="percentunit",
    line=MIN_FREE,
    bad="below",
    help="Of the file system with the least. The colour changes where we page.",
)

cpus = timeseries(
    "CPU used",
    Query(cpu_used(service, instance), legend="{{instance}}"),
    unit="percentunit",
    line=MAX_CPU_USED,
    help="Share of the time that all CPUs together are at work. The line is where we warn.",
    alerts=[HostCpuSaturated],
)

modes = bars(
    "CPUs by mode",
    Query(
        f"sum by (mode) ({rate(host.cpu_seconds_total(service, instance))})",
        legend="{{mode}}",
    ),
    unit="short",
    help="CPUs busy in each mode. iowait: they wait for disks; steal: another machine has them.",
)

load = timeseries(
    "Load",
    Query(host.load1(service, instance), legend="{{instance}}"),
    unit="short",
    help="Processes that run or wait for a CPU or a disk, mean of a minute. Worry when it stays "
    "above the number of CPUs.",
)

waiting = timeseries(
    "Somebody waits",
    Query(
        rate(host.pressure_cpu_waiting_seconds_total(service, instance)),
        legend="{{instance}} for a CPU",
    ),
    Query(
        rate(host.pressure_io_waiting_seconds_total(service, instance)),
        legend="{{instance}} for a disk",
    ),
    unit="percentunit",
    help="Share of the time in which at least one task waits. This is what being too small "
    "feels like.",
)

memory = timeseries(
    "Memory used",
    Query(memory_used(service, instance), legend="{{instance}}"),
    unit="percentunit",
    line=MAX_MEMORY_USED,
    help="Share that no new program could have; what caches hold could be had. The line is where "
    "we page.",
    alerts=[HostMemoryNearlyExhausted],
)

memory_waiting = timeseries(
    "Somebody waits for memory",
    Query(
        rate(host.pressure_memory_waiting_seconds_total(service, instance)),
        legend="{{instance}}",
    ),
    unit="percentunit",
    line=MAX_MEMORY_WAITING,
    help="Share of the time in which a task waits until memory is freed or read back. The line "
    "is where we warn.",
    alerts=[HostMemoryThrashing],
)

swapped = timeseries(
    "Pages swapped",
    Query(f"deriv({host.vmstat_pswpin(service, instance)}[5m])", legend="{{instance}} read back"),
    Query(f"deriv({host.vmstat_pswpout(service, instance)}[5m])", legend="{{instance}} written"),
    unit="ops",
    help="Pages a second. Some are written once and never missed; worry when many are read back.",
)

killed = timeseries(
    "Processes killed",
    Query(host.vmstat_oom_kill(service, instance), legend="{{instance}}"),
    unit="short",
    help="By the kernel, for want of memory, since the host started. We warn at each step.",
    alerts=[HostProcessesKilled],
)

room = timeseries(
    "Room on file systems",
    Query(free(service, instance), legend="{{instance}} {{mountpoint}}"),
    unit="percentunit",
    line=MIN_FREE,
    bad="below",
    help="Share that is free for users other than root. The line is where we page.",
    alerts=[HostFilesystemNearlyFull],
)

tomorrow = timeseries(
    "Room in a day",
    Query(free_tomorrow(service, instance), legend="{{instance}} {{mountpoint}}"),
    unit="percentunit",
    line=0,
    bad="below",
    help="At the pace of the last six hours. Below the line it is full before.",
    alerts=[HostFilesystemFullSoon],
)

inodes = timeseries(
    "Inodes free",
    Query(inodes_free(service, instance), legend="{{instance}} {{mountpoint}}"),
    unit="percentunit",
    line=MIN_INODES_FREE,
    bad="below",
    help="Each file needs one, however small it is. The line is where we page.",
    alerts=[HostInodesNearlyExhausted],
)

disks = timeseries(
    "Disks at work",
    Query(
        rate(host.disk_io_time_seconds_total(service, instance)),
        legend="{{instance}} {{device}}",
    ),
    unit="percentunit",
    help="Share of the time in which anything was asked of a disk. Those that do many things at "
    "once can do more even at 100 %.",
)

slow = timeseries(
    "Time of a read or write",
    Query(
        f"""
        (
          {rate(host.disk_read_time_seconds_total(service, instance))}
            +
          {rate(host.disk_write_time_seconds_total(service, instance))}
        )
          /
        (
          {rate(host.disk_reads_completed_total(service, instance))}
            +
          {rate(host.disk_writes_completed_total(service, instance))}
            > 0
        )
        """,
        legend="{{instance}} {{device}}",
    ),
    unit="s",
    line=MAX_OPERATION_SECONDS,
    help="Waiting included, on average. The line is where we warn, if there are not just a few.",
    alerts=[HostDiskSlow],
)

throughput = timeseries(
    "Read and written",
    Query(
        rate(host.disk_read_bytes_total(service, instance)),
        legend="{{instance}} {{device}} read",
    ),
    Query(
        rate(host.disk_written_bytes_total(service, instance)),
        legend="{{instance}} {{device}} written",
    ),
    unit="Bps",
    help="Bytes a second. What a disk can do at most, its maker says.",
)

traffic = timeseries(
    "Received and sent",
    Query(
        rate(host.network_receive_bytes_total(service, instance)),
        legend="{{instance}} {{device}} received",
    ),
    Query(
        rate(host.network_transmit_bytes_total(service, instance)),
        legend="{{instance}} {{device}} sent",
    ),
    unit="Bps",
    help="Bytes a second, by network device. Worry when it stays at what the line can carry.",
)

lost = timeseries(
    "Packets lost",
    Query(
        f"""
        (
          {rate(host.network_receive_errs_total(service, instance))}
            +
          {rate(host.network_transmit_errs_total(service, instance))}
        )
          /
        (
          {rate(host.network_receive_packets_total(service, instance))}
            +
          {rate(host.network_transmit_packets_total(service, instance))}
            > 0
        )
        """,
        legend="{{instance}} {{device}}",
    ),
    unit="percentunit",
    line=MAX_NETWORK_ERRORS,
    help="Share that came broken or could not be sent. The line is where we warn.",
    alerts=[HostNetworkFailing],
)

clocks = timeseries(
    "Clock offset",
    Query(
        f"""
        {host.time_seconds(service, instance)}
          -
        timestamp({host.time_seconds(service, instance)})
        """,
        legend="{{instance}}",
    ),
    unit="s",
    line=MAX_CLOCK_OFFSET,
    help="How far a clock is from that of Prometheus, and how long a scrape took. The line is "
    "where we warn, on either side.",
    alerts=[HostClockSkewed],
)

synchronised = timeseries(
    "Clock synchronised",
    Query(host.timex_sync_status(service, instance), legend="{{instance}}"),
    unit="none",
    help="1 while somebody tells the clock the time; at 0 it drifts, slowly.",
)

tables = timeseries(
    "Tables of the kernel",
    Query(table_used(service, instance), legend="{{instance}} {{table}}"),
    unit="percentunit",
    line=MAX_TABLE_USED,
    help="Share in use of what all processes have together. The line is where we warn.",
    alerts=[HostTableNearlyFull],
)


dashboard = Dashboard(
    "Hosts",
    "Of CPUs, memory, disks and network: how much is used, who waits, what goes wrong.",
    links=("scrape", "stack"),
    variables=[service, instance],
    annotations=[firing(service, instance)],
    rows={
        "Is a host in trouble?": [busiest, fullest, least_room],
        "CPUs: are there enough?": [cpus, waiting, load, modes],
        "Memory: is there enough?": [memory, memory_waiting, swapped, killed],
        "File systems: is there room?": [room, tomorrow, inodes],
        "Disks: are they quick enough?": [disks, slow, throughput],
        "Network: does it get through?": [traffic, lost],
        "What else runs out, or goes wrong?": [tables, clocks, synchronised],
    },
)
