"""Alerts for hosts: CPU, memory, the clock, and the kernel's tables."""

from alerts.scrape import TargetDown
from exporters.catalog import host, prometheus
from exporters.catalog.family import regex
from generator.drills import Simulated
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

# H7: for five minutes.
MAX_CPU_USED = Limit("host_cpu_used_ratio_max", 0.9)

# H7: for five minutes; beyond, the kernel soon has to kill something.
MAX_MEMORY_USED = Limit("host_memory_used_ratio_max", 0.95)

# Of every ten seconds, in one somebody waits until memory is made free, or read back from swap.
MAX_MEMORY_WAITING = Limit("host_memory_waiting_ratio_max", 0.1)

# Tokens and certificates are a little older or younger than they say; a scrape takes some time.
MAX_CLOCK_OFFSET = Limit("host_clock_offset_seconds_max", 5)

# Beyond its limit new files and connections are refused, everybody's.
MAX_TABLE_USED = Limit("host_table_used_ratio_max", 0.8)

# How far back kills are told of.
KILLS_WITHIN = "15m"

_HOST = {"job": "host", "instance": "a", "service": "s"}

cpu_used = record(
    "instance:host_cpu_used_ratio:rate2m",
    "Share of the time that all CPUs together were at work, over two minutes.",
    f"""
    1 - avg without (cpu) (
      sum without (mode) (rate({host.cpu_seconds_total(mode=regex("idle|iowait"))}[2m]))
    )
    """,
    tests=[
        Reading(
            "one CPU does nothing else, another waits half of the time, for a disk or for work",
            given={
                host.cpu_seconds_total(instance="a", cpu="0", mode="user"): "0+60x10",
                host.cpu_seconds_total(instance="a", cpu="0", mode="idle"): "0x10",
                host.cpu_seconds_total(instance="a", cpu="0", mode="iowait"): "0x10",
                host.cpu_seconds_total(instance="a", cpu="1", mode="user"): "0+30x10",
                host.cpu_seconds_total(instance="a", cpu="1", mode="idle"): "0+15x10",
                host.cpu_seconds_total(instance="a", cpu="1", mode="iowait"): "0+15x10",
            },
            at="10m",
            reads={'{instance="a"}': 0.75},
        ),
        Reading(
            "ten minutes of rest, and two minutes ago work for both CPUs began",
            given={
                host.cpu_seconds_total(instance="a", cpu="0", mode="idle"): "0+60x10 600x5",
                host.cpu_seconds_total(instance="a", cpu="1", mode="idle"): "0+60x10 600x5",
            },
            at="12m",
            reads={'{instance="a"}': 1},
        ),
    ],
)

memory_used = record(
    "instance:host_memory_used:ratio",
    "Share of the memory that no new program could have.",
    f"1 - {host.memory_MemAvailable_bytes} / {host.memory_MemTotal_bytes}",
    tests=[
        Reading(
            "a quarter could be had",
            given={
                host.memory_MemAvailable_bytes(instance="a"): "25x5",
                host.memory_MemTotal_bytes(instance="a"): "100x5",
            },
            at="5m",
            reads={'{instance="a"}': 0.75},
        ),
    ],
)

table_used = record(
    "instance:host_table_used:ratio",
    "Share of a table of the kernel's that is used: open files, or tracked connections.",
    f"""
    label_replace({host.filefd_allocated} / {host.filefd_maximum}, "table", "open files", "", "")
      or
    label_replace(
      {host.nf_conntrack_entries} / {host.nf_conntrack_entries_limit},
      "table", "tracked connections", "", ""
    )
    """,
    labels=("table",),
    tests=[
        Reading(
            "few files are open, and the firewall knows many connections",
            given={
                host.filefd_allocated(instance="a"): "20x5",
                host.filefd_maximum(instance="a"): "200x5",
                host.nf_conntrack_entries(instance="a"): "90x5",
                host.nf_conntrack_entries_limit(instance="a"): "100x5",
            },
            at="5m",
            reads={
                '{instance="a", table="open files"}': 0.1,
                '{instance="a", table="tracked connections"}': 0.9,
            },
        ),
    ],
)

HostCpuSaturated = Alert(
    expr=f"{cpu_used} > {MAX_CPU_USED}",
    for_="5m",
    severity="warning",
    summary="The CPUs of {{ $labels.instance }} are at work "
    "{{ $value | humanizePercentage }} of the time",
    description="What runs there takes turns, and everything takes longer.",
    drill=Simulated("every core of this machine would have to be busy for minutes"),
    tests=[
        Example(
            "for twenty minutes two CPUs rest for five seconds of a minute each",
            given={
                host.cpu_seconds_total(**_HOST, cpu="0", mode="idle"): "0+30x10 305+5x19 430+30x10",
                host.cpu_seconds_total(**_HOST, cpu="1", mode="idle"): "0+30x10 305+5x19 430+30x10",
            },
            silent_at="15m",
            fires_at="16m",
            gone_at="31m",
            says="The CPUs of a are at work 91.67% of the time",
            labels=_HOST,
        ),
        Vanished(
            "the host is so busy that nothing is heard of it any more",
            given={
                host.cpu_seconds_total(**_HOST, cpu="0", mode="idle"): "0x20 stale",
                prometheus.up(**_HOST): "1x20 0x20",
            },
            at="30m",
            instead=TargetDown,
        ),
    ],
)

HostMemoryNearlyExhausted = Alert(
    expr=f"{memory_used} > {MAX_MEMORY_USED}",
    for_="5m",
    severity="critical",
    summary="{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its memory",
    description="The kernel soon kills what uses most of it, a database as likely as not.",
    drill=Simulated("this machine would have to run out of memory"),
    tests=[
        Example(
            "a program takes more and more, and is restarted after half an hour",
            given={
                host.memory_MemAvailable_bytes(**_HOST): "50x5 5x5 4x19 60x10",
                host.memory_MemTotal_bytes(**_HOST): "100x42",
            },
            silent_at="16m",
            fires_at="17m",
            gone_at="32m",
            says="a uses 96% of its memory",
            labels=_HOST,
        ),
        Vanished(
            "the exporter of the host is killed itself",
            given={
                host.memory_MemAvailable_bytes(**_HOST): "1x20 stale",
                host.memory_MemTotal_bytes(**_HOST): "100x20 stale",
                prometheus.up(**_HOST): "1x20 0x20",
            },
            at="30m",
            instead=TargetDown,
        ),
    ],
)

HostProcessesKilled = Alert(
    expr=f"""
    {host.vmstat_oom_kill} - min_over_time({host.vmstat_oom_kill}[{KILLS_WITHIN}]) > 0
    """,
    for_="0s",
    severity="warning",
    summary="The kernel of {{ $labels.instance }} killed {{ $value }} processes for want of memory",
    description="Whatever they did is not done; who starts them anew brings it about again.",
    drill=Simulated("the kernel would have to kill a process of this machine"),
    tests=[
        Example(
            "two processes are killed, and after a restart of the host nothing is",
            given={host.vmstat_oom_kill(**_HOST): "3x9 5x30 0x20"},
            silent_at="9m",
            fires_at="10m",
            gone_at="25m",
            says="The kernel of a killed 2 processes for want of memory",
            labels=_HOST,
        ),
        Vanished(
            "the exporter of the host is killed itself",
            given={
                host.vmstat_oom_kill(**_HOST): "0x9 1x2 stale",
                prometheus.up(**_HOST): "1x11 0x20",
            },
            at="20m",
            instead=TargetDown,
        ),
    ],
)

HostMemoryThrashing = Alert(
    expr=f"rate({host.pressure_memory_waiting_seconds_total}[5m]) > {MAX_MEMORY_WAITING}",
    for_="10m",
    severity="warning",
    summary="Programs on {{ $labels.instance }} wait for memory "
    "{{ $value | humanizePercentage }} of the time",
    description="Pages are thrown out and read back, over and over: all of it is slow.",
    drill=Simulated("this machine would have to run out of memory"),
    tests=[
        Example(
            "too many programs run for half an hour, and wait a fifth of the time",
            given={host.pressure_memory_waiting_seconds_total(**_HOST): "0+6x20 132+12x29 480x20"},
            silent_at="30m",
            fires_at="31m",
            gone_at="54m",
            says="Programs on a wait for memory 20% of the time",
            labels=_HOST,
        ),
        Vanished(
            "nothing is heard of the host any more",
            given={
                host.pressure_memory_waiting_seconds_total(**_HOST): "0+60x20 stale",
                prometheus.up(**_HOST): "1x20 0x20",
            },
            at="30m",
            instead=TargetDown,
        ),
    ],
)

HostClockSkewed = Alert(
    expr=f"abs({host.time_seconds} - timestamp({host.time_seconds})) > {MAX_CLOCK_OFFSET}",
    for_="2m",
    severity="warning",
    summary="The clock of {{ $labels.instance }} is {{ $value | humanizeDuration }} off",
    description="Sessions and tokens end too early or too late, and logs tell things in the wrong "
    "order.",
    drill=Simulated("one machine has one clock"),
    tests=[
        Example(
            "a clock that nobody sets is five seconds late, then six, and is set at last",
            # Samples are a minute apart, as the clock's should be.
            given={host.time_seconds(**_HOST): "-5+60x9 594+60x10 1260+60x10"},
            silent_at="11m",
            fires_at="12m",
            gone_at="21m",
            says="The clock of a is 6s off",
            labels=_HOST,
        ),
        Vanished(
            "nothing is heard of the host any more",
            given={
                host.time_seconds(**_HOST): "0x20 stale",
                prometheus.up(**_HOST): "1x20 0x20",
            },
            at="30m",
            instead=TargetDown,
        ),
    ],
)

HostTableNearlyFull = Alert(
    expr=f"{table_used} > {MAX_TABLE_USED}",
    for_="5m",
    severity="warning",
    summary="{{ $labels.instance }} has {{ $value | humanizePercentage }} of its "
    "{{ $labels.table }} in use",
    description="When it is full new ones are refused, to everybody.",
    drill=Simulated("this machine would have to run out of files or connections"),
    tests=[
        Example(
            "a program forgets to close its connections, and is restarted",
            given={
                host.nf_conntrack_entries(**_HOST): "10x5 80x5 81x19 10x10",
                host.nf_conntrack_entries_limit(**_HOST): "100x43",
            },
            silent_at="16m",
            fires_at="17m",
            gone_at="32m",
            says="a has 81% of its tracked connections in use",
            labels={**_HOST, "table": "tracked connections"},
        ),
        Vanished(
            "nothing is heard of the host any more",
            given={
                host.nf_conntrack_entries(**_HOST): "100x20 stale",
                host.nf_conntrack_entries_limit(**_HOST): "100x20 stale",
                host.filefd_allocated(**_HOST): "100x20 stale",
                host.filefd_maximum(**_HOST): "100x20 stale",
                prometheus.up(**_HOST): "1x20 0x20",
            },
            at="30m",
            instead=TargetDown,
        ),
    ],
)
