"""Alerts for the file systems of hosts: is there room, and how long will it last?"""

from alerts.scrape import TargetDown
from exporters.catalog import host, prometheus
from generator.drills import Simulated
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

# The last twentieth: databases and logs begin to lose what they write.
MIN_FREE = Limit("host_filesystem_free_ratio_min", 0.05)
MIN_INODES_FREE = Limit("host_inodes_free_ratio_min", 0.05)

# What is emptier than this has time, however quickly it fills just now.
FORECAST_BELOW = Limit("host_filesystem_forecast_ratio_max", 0.4)

# How far ahead the room of a file system is told, by the last six hours.
FORECAST_SECONDS = 86_400

# Smaller ones, such as those that a machine boots from, are full on purpose.
MIN_SIZE_BYTES = 100_000_000

_FILESYSTEM = ("device", "fstype", "mountpoint", "device_error")

_HOST = {"job": "host", "instance": "a", "service": "s"}
_ROOT = {**_HOST, "device": "/dev/sda1", "fstype": "ext4", "mountpoint": "/"}
_READ_ONLY = {**_ROOT, "mountpoint": "/media"}

free = record(
    "instance:host_filesystem_free:ratio",
    "Share of a file system that can be written by users other than root; of those that are "
    "written, and not tiny.",
    f"""
    {host.filesystem_avail_bytes} / ({host.filesystem_size_bytes} > {MIN_SIZE_BYTES})
      unless
    {host.filesystem_readonly} == 1
    """,
    labels=_FILESYSTEM,
    tests=[
        Reading(
            "a disk with room, a medium that cannot be written, and a small one",
            given={
                host.filesystem_avail_bytes(instance="a", mountpoint="/"): "30e6x5",
                host.filesystem_size_bytes(instance="a", mountpoint="/"): "120e6x5",
                host.filesystem_readonly(instance="a", mountpoint="/"): "0x5",
                host.filesystem_avail_bytes(instance="a", mountpoint="/media"): "0x5",
                host.filesystem_size_bytes(instance="a", mountpoint="/media"): "12e9x5",
                host.filesystem_readonly(instance="a", mountpoint="/media"): "1x5",
                host.filesystem_avail_bytes(instance="a", mountpoint="/boot"): "1e6x5",
                host.filesystem_size_bytes(instance="a", mountpoint="/boot"): "80e6x5",
            },
            at="5m",
            reads={'{instance="a", mountpoint="/"}': 0.25},
        ),
    ],
)

free_tomorrow = record(
    "instance:host_filesystem_free_tomorrow:ratio",
    "The share of a file system that is free in a day, at the pace of the last six hours; below "
    "zero where it is full before.",
    f"""
    predict_linear({host.filesystem_avail_bytes}[6h], {FORECAST_SECONDS})
      /
    ({host.filesystem_size_bytes} > {MIN_SIZE_BYTES})
    """,
    labels=_FILESYSTEM,
    tests=[
        Reading(
            "six hours of rest, then it loses a hundredth every hour; a small one is left out",
            given={
                host.filesystem_avail_bytes(
                    instance="a", mountpoint="/"
                ): "108e6x6 106.8e6-1.2e6x9",
                host.filesystem_size_bytes(instance="a", mountpoint="/"): "120e6x16",
                host.filesystem_avail_bytes(instance="a", mountpoint="/boot"): "1e6x16",
                host.filesystem_size_bytes(instance="a", mountpoint="/boot"): "80e6x16",
            },
            interval="1h",
            at="13h",
            reads={'{instance="a", mountpoint="/"}': 0.59},
        ),
    ],
)

inodes_free = record(
    "instance:host_inodes_free:ratio",
    "Share of the inodes of a file system that are free; of those that have a number of them.",
    f"""
    {host.filesystem_files_free} / ({host.filesystem_files} > 0)
      unless
    {host.filesystem_readonly} == 1
    """,
    labels=_FILESYSTEM,
    tests=[
        Reading(
            "one has a number of them, one makes them as it needs them, one cannot be written",
            given={
                host.filesystem_files_free(instance="a", mountpoint="/"): "50x5",
                host.filesystem_files(instance="a", mountpoint="/"): "200x5",
                host.filesystem_readonly(instance="a", mountpoint="/"): "0x5",
                host.filesystem_files_free(instance="a", mountpoint="/data"): "0x5",
                host.filesystem_files(instance="a", mountpoint="/data"): "0x5",
                host.filesystem_files_free(instance="a", mountpoint="/media"): "0x5",
                host.filesystem_files(instance="a", mountpoint="/media"): "9x5",
                host.filesystem_readonly(instance="a", mountpoint="/media"): "1x5",
            },
            at="5m",
            reads={'{instance="a", mountpoint="/"}': 0.25},
        ),
    ],
)

HostFilesystemNearlyFull = Alert(
    expr=f"{free} < {MIN_FREE}",
    for_="5m",
    severity="critical",
    summary="{{ $labels.mountpoint }} of {{ $labels.instance }} has "
    "{{ $value | humanizePercentage }} left",
    description="When it is full, whatever writes there fails: databases stop, logs end.",
    drill=Simulated("a disk of this machine would have to be filled"),
    tests=[
        Example(
            "logs fill the disk, and are thrown away; a medium that cannot be written is full",
            given={
                host.filesystem_avail_bytes(**_ROOT): "6e9x5 5e9x5 4e9x19 50e9x10",
                host.filesystem_size_bytes(**_ROOT): "100e9x43",
                host.filesystem_readonly(**_ROOT): "0x43",
                host.filesystem_avail_bytes(**_READ_ONLY): "0x43",
                host.filesystem_size_bytes(**_READ_ONLY): "100e9x43",
                host.filesystem_readonly(**_READ_ONLY): "1x43",
            },
            silent_at="16m",
            fires_at="17m",
            gone_at="32m",
            says="/ of a has 4% left",
            labels=_ROOT,
        ),
        Vanished(
            "nothing is heard of the host any more",
            given={
                host.filesystem_avail_bytes(**_ROOT): "0x20 stale",
                host.filesystem_size_bytes(**_ROOT): "100e9x20 stale",
                prometheus.up(**_HOST): "1x20 0x20",
            },
            at="30m",
            instead=TargetDown,
        ),
    ],
)

HostFilesystemFullSoon = Alert(
    expr=f"""
    {free} < {FORECAST_BELOW}
      and
    {free_tomorrow} < 0
    """,
    for_="1h",
    severity="warning",
    summary="{{ $labels.mountpoint }} of {{ $labels.instance }} has "
    "{{ $value | humanizePercentage }} left, and is full within a day",
    description="At the pace of the last six hours. When it is full, whatever writes there fails.",
    drill=Simulated("a disk of this machine would have to be filled"),
    tests=[
        Example(
            "it loses 2 GB every hour of the 45 that are left, until somebody clears it",
            given={
                host.filesystem_avail_bytes(**_ROOT): "45e9x6 43e9-2e9x9 80e9x9",
                host.filesystem_size_bytes(**_ROOT): "100e9x26",
            },
            interval="1h",
            silent_at="10h",
            fires_at="11h",
            gone_at="17h",
            says="/ of a has 35% left, and is full within a day",
            labels=_ROOT,
        ),
        Vanished(
            "nothing is heard of the host any more",
            given={
                host.filesystem_avail_bytes(**_ROOT): "30e9-2e9x12 stale",
                host.filesystem_size_bytes(**_ROOT): "100e9x12 stale",
                prometheus.up(**_HOST): "1x12 0x12",
            },
            interval="1h",
            at="15h",
            instead=TargetDown,
        ),
    ],
)

HostInodesNearlyExhausted = Alert(
    expr=f"{inodes_free} < {MIN_INODES_FREE}",
    for_="5m",
    severity="critical",
    summary="{{ $labels.mountpoint }} of {{ $labels.instance }} has "
    "{{ $value | humanizePercentage }} of its inodes left",
    description="When they are used up no file can be made there, however much room there is.",
    drill=Simulated("a disk of this machine would have to be filled"),
    tests=[
        Example(
            "sessions are kept in a file each, until the old ones are deleted",
            given={
                host.filesystem_files_free(**_ROOT): "6x5 5x5 4x19 50x10",
                host.filesystem_files(**_ROOT): "100x43",
                host.filesystem_readonly(**_ROOT): "0x43",
            },
            silent_at="16m",
            fires_at="17m",
            gone_at="32m",
            says="/ of a has 4% of its inodes left",
            labels=_ROOT,
        ),
        Vanished(
            "nothing is heard of the host any more",
            given={
                host.filesystem_files_free(**_ROOT): "0x20 stale",
                host.filesystem_files(**_ROOT): "100x20 stale",
                prometheus.up(**_HOST): "1x20 0x20",
            },
            at="30m",
            instead=TargetDown,
        ),
    ],
)
