"""Alerts for what hosts read, write and send: is it quick enough, and does it get through?"""

from alerts.scrape import TargetDown
from exporters.catalog import host, prometheus
from generator.drills import Simulated
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

# A spinning disk takes a hundredth of a second; ten wait for each other then.
MAX_OPERATION_SECONDS = Limit("host_disk_operation_seconds_max", 0.1)
MIN_OPERATIONS = Limit("host_disk_operations_per_second_min", 1)

# A good cable loses none.
MAX_NETWORK_ERRORS = Limit("host_network_error_ratio_max", 0.01)
MIN_PACKETS = Limit("host_network_packets_per_second_min", 10)

_HOST = {"job": "host", "instance": "a", "service": "s"}
_SDA = {**_HOST, "device": "sda"}
_ETH0 = {**_HOST, "device": "eth0"}

operation_seconds = record(
    "instance:host_disk_operation_seconds:rate5m",
    "Mean time of a read or a write, waiting included, over five minutes; absent for few.",
    f"""
    (
      rate({host.disk_read_time_seconds_total}[5m])
        +
      rate({host.disk_write_time_seconds_total}[5m])
    )
      /
    (
      rate({host.disk_reads_completed_total}[5m])
        +
      rate({host.disk_writes_completed_total}[5m])
        >= {MIN_OPERATIONS}
    )
    """,
    labels=("device",),
    tests=[
        Reading(
            "ten minutes of rest, then a read a second of 10 ms, and half a write of 100 ms",
            given={
                host.disk_reads_completed_total(instance="a", device="d"): "0x10 60+60x9",
                host.disk_read_time_seconds_total(instance="a", device="d"): "0x10 0.6+0.6x9",
                host.disk_writes_completed_total(instance="a", device="d"): "0x10 30+30x9",
                host.disk_write_time_seconds_total(instance="a", device="d"): "0x10 3+3x9",
            },
            at="17m",
            reads={'{instance="a", device="d"}': 0.04},
        ),
        Reading(
            "fifty operations a minute say nothing",
            given={
                host.disk_reads_completed_total(instance="a", device="d"): "0+25x10",
                host.disk_read_time_seconds_total(instance="a", device="d"): "0+25x10",
                host.disk_writes_completed_total(instance="a", device="d"): "0+25x10",
                host.disk_write_time_seconds_total(instance="a", device="d"): "0+25x10",
            },
            at="10m",
            reads={},
        ),
    ],
)

network_errors = record(
    "instance:host_network_error_ratio:rate5m",
    "Share of the packets that come broken or cannot be sent, over five minutes; absent for few.",
    f"""
    (
      rate({host.network_receive_errs_total}[5m]) + rate({host.network_transmit_errs_total}[5m])
    )
      /
    (
      rate({host.network_receive_packets_total}[5m])
        +
      rate({host.network_transmit_packets_total}[5m])
        >= {MIN_PACKETS}
    )
    """,
    labels=("device",),
    tests=[
        Reading(
            "ten minutes of rest, then fifteen packets a second, and of a hundred three are lost",
            given={
                host.network_receive_packets_total(instance="a", device="d"): "0x10 450+450x9",
                host.network_transmit_packets_total(instance="a", device="d"): "0x10 450+450x9",
                host.network_receive_errs_total(instance="a", device="d"): "0x10 9+9x9",
                host.network_transmit_errs_total(instance="a", device="d"): "0x10 18+18x9",
            },
            at="17m",
            reads={'{instance="a", device="d"}': 0.03},
        ),
        Reading(
            "nine packets a second say nothing",
            given={
                host.network_receive_packets_total(instance="a", device="d"): "0+270x10",
                host.network_transmit_packets_total(instance="a", device="d"): "0+270x10",
                host.network_receive_errs_total(instance="a", device="d"): "0+12x10",
                host.network_transmit_errs_total(instance="a", device="d"): "0+24x10",
            },
            at="10m",
            reads={},
        ),
    ],
)

HostDiskSlow = Alert(
    expr=f"{operation_seconds} > {MAX_OPERATION_SECONDS}",
    for_="10m",
    severity="warning",
    summary="A read or write on {{ $labels.device }} of {{ $labels.instance }} takes "
    "{{ $value | humanizeDuration }}",
    description="Whatever waits for that disk is slow: databases first.",
    drill=Simulated("a disk of this machine would have to be slow"),
    tests=[
        Example(
            "a disk that does ten writes a second takes a quarter of a second for each",
            given={
                host.disk_reads_completed_total(**_SDA): "0x60",
                host.disk_read_time_seconds_total(**_SDA): "0x60",
                host.disk_writes_completed_total(**_SDA): "0+600x60",
                host.disk_write_time_seconds_total(**_SDA): "0+6x10 210+150x29 4566+6x20",
            },
            silent_at="21m",
            fires_at="22m",
            gone_at="44m",
            says="A read or write on sda of a takes 250ms",
            labels=_SDA,
        ),
        Vanished(
            "nothing is heard of the host any more",
            given={
                host.disk_reads_completed_total(**_SDA): "0+600x30 stale",
                host.disk_read_time_seconds_total(**_SDA): "0+150x30 stale",
                host.disk_writes_completed_total(**_SDA): "0+600x30 stale",
                host.disk_write_time_seconds_total(**_SDA): "0+150x30 stale",
                prometheus.up(**_HOST): "1x30 0x30",
            },
            at="40m",
            instead=TargetDown,
        ),
    ],
)

HostNetworkFailing = Alert(
    expr=f"{network_errors} > {MAX_NETWORK_ERRORS}",
    for_="10m",
    severity="warning",
    summary="{{ $value | humanizePercentage }} of the packets of {{ $labels.device }} of "
    "{{ $labels.instance }} are lost",
    description="What is lost is sent again, later: connections are slow, and some break.",
    drill=Simulated("a network of this machine would have to lose packets"),
    tests=[
        Example(
            "a cable is bent for half an hour",
            given={
                host.network_receive_packets_total(**_ETH0): "0+6000x60",
                host.network_transmit_packets_total(**_ETH0): "0+6000x60",
                host.network_receive_errs_total(**_ETH0): "0x10 300+300x29 9000x20",
                host.network_transmit_errs_total(**_ETH0): "0x60",
            },
            silent_at="22m",
            fires_at="23m",
            gone_at="44m",
            says="2.5% of the packets of eth0 of a are lost",
            labels=_ETH0,
        ),
        Vanished(
            "nothing is heard of the host any more",
            given={
                host.network_receive_packets_total(**_ETH0): "0+6000x30 stale",
                host.network_transmit_packets_total(**_ETH0): "0+6000x30 stale",
                host.network_receive_errs_total(**_ETH0): "0+600x30 stale",
                host.network_transmit_errs_total(**_ETH0): "0+600x30 stale",
                prometheus.up(**_HOST): "1x30 0x30",
            },
            at="40m",
            instead=TargetDown,
        ),
    ],
)
