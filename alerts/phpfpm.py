"""Alerts for PHP-FPM: does it answer, does anybody wait, are there enough processes?"""

from alerts.scrape import TargetDown
from exporters.catalog import phpfpm, prometheus
from generator.drills import Real, Scaled
from generator.rules import Alert, Example, Limit, Vanished

# Who waits at all is slower than need be, and soon refused where more come.
MAX_LISTEN_QUEUE = Limit("phpfpm_listen_queue_max", 0)

# One request in so many seconds that is slower than the pool's own limit is chance, more are not.
MAX_SLOW_REQUESTS = Limit("phpfpm_slow_requests_per_second_max", 0.05)

PhpFpmDown = Alert(
    expr=f"{phpfpm.up} == 0",
    for_="10s",
    severity="critical",
    summary="PHP-FPM {{ $labels.instance }} does not answer",
    description="The web server before it answers with 502 or 504 whatever PHP should do.",
    drill=Real("phpfpm-stopped"),
    tests=[
        Example(
            "it is restarted within ten seconds, and later gone for two minutes",
            given={phpfpm.up(instance="php"): "1x6 0x1 1x6 0x24 1x6"},
            interval="5s",
            silent_at="1m25s",
            fires_at="1m30s",
            gone_at="3m25s",
            says="PHP-FPM php does not answer",
            labels={"instance": "php"},
        ),
        Vanished(
            "the exporter that asked it is gone as well",
            given={
                phpfpm.up(instance="php"): "0x12 stale",
                prometheus.up(job="phpfpm", instance="php"): "1x12 0x24",
            },
            interval="5s",
            at="2m",
            instead=TargetDown,
        ),
    ],
)

PhpFpmSaturated = Alert(
    expr=f"{phpfpm.listen_queue} > {MAX_LISTEN_QUEUE}",
    for_="30s",
    severity="critical",
    summary="{{ $value }} requests wait for a process of PHP-FPM {{ $labels.pool }}",
    description="All of its processes are busy. Users wait before anything is done for them, and "
    "the web server gives up on those who wait too long.",
    drill=Real("phpfpm-saturated"),
    tests=[
        Example(
            "a burst that is over after a quarter of a minute, and later a minute of waiting",
            given={
                phpfpm.listen_queue(instance="php", pool="www"): "0x6 9x3 0x6 1x12 0x6",
            },
            interval="5s",
            silent_at="1m55s",
            fires_at="2m",
            gone_at="2m35s",
            says="1 requests wait for a process of PHP-FPM www",
            labels={"instance": "php", "pool": "www"},
        ),
        Vanished(
            "it stops answering with a full queue",
            given={
                phpfpm.listen_queue(instance="php", pool="www"): "9x12 stale",
                phpfpm.up(instance="php"): "1x12 0x24",
            },
            interval="5s",
            at="2m",
            instead=PhpFpmDown,
        ),
    ],
)

PhpFpmAllBusy = Alert(
    # Without the second half: a pool that has no process while nobody asks (pm = ondemand).
    expr=f"""
    {phpfpm.idle_processes} == 0
      and
    {phpfpm.active_processes} > 0
    """,
    for_="5m",
    severity="warning",
    summary="No process of PHP-FPM {{ $labels.pool }} was free for five minutes",
    description="Whoever comes may have to wait. Over a Unix socket this is all that can be seen "
    "of those who do.",
    drill=Scaled("phpfpm-saturated"),
    tests=[
        Example(
            "all are busy for four minutes, later for ten",
            given={
                phpfpm.idle_processes(instance="php", pool="www"): "1x5 0x3 1x5 0x10 1x5",
                phpfpm.active_processes(instance="php", pool="www"): "1x40",
            },
            silent_at="20m",
            fires_at="21m",
            gone_at="27m",
            says="No process of PHP-FPM www was free for five minutes",
            labels={"instance": "php", "pool": "www"},
        ),
        Example(
            "a pool that starts processes on demand has none, then one that never ends",
            given={
                phpfpm.idle_processes(instance="php", pool="www"): "0x40",
                phpfpm.active_processes(instance="php", pool="www"): "0x15 1x10 0x5",
            },
            silent_at="20m",
            fires_at="22m",
            gone_at="27m",
            says="No process of PHP-FPM www was free for five minutes",
            labels={"instance": "php", "pool": "www"},
        ),
        Vanished(
            "it stops answering while all are busy",
            given={
                phpfpm.idle_processes(instance="php", pool="www"): "0x10 stale",
                phpfpm.active_processes(instance="php", pool="www"): "2x10 stale",
                phpfpm.up(instance="php"): "1x10 0x20",
            },
            at="20m",
            instead=PhpFpmDown,
        ),
    ],
)

PhpFpmChildrenExhausted = Alert(
    expr=f"increase({phpfpm.max_children_reached_total}[10m]) > 0",
    for_="10s",
    severity="warning",
    summary="PHP-FPM {{ $labels.pool }} wanted more processes than it may have",
    description="It had as many as pm.max_children allows, and all of them were busy.",
    drill=Scaled("phpfpm-saturated"),
    tests=[
        Example(
            "it happens once",
            given={
                phpfpm.max_children_reached_total(instance="php", pool="www"): "3x10 4x150",
            },
            interval="5s",
            silent_at="1m",
            fires_at="1m5s",
            gone_at="10m50s",
            says="PHP-FPM www wanted more processes than it may have",
            labels={"instance": "php", "pool": "www"},
        ),
        Vanished(
            "it stops answering just after it happened: that is told to its end",
            given={
                phpfpm.max_children_reached_total(instance="php", pool="www"): "3x10 4x2 stale",
                phpfpm.up(instance="php"): "1x12 0x10",
            },
            at="15m",
            instead="this",
        ),
    ],
)

PhpFpmRequestsSlow = Alert(
    expr=f"rate({phpfpm.slow_requests_total}[5m]) > {MAX_SLOW_REQUESTS}",
    for_="2m",
    severity="warning",
    summary="{{ $value | humanize }} requests a second are slow in PHP-FPM {{ $labels.pool }}",
    description="They take longer than the pool's request_slowlog_timeout. Each holds a process "
    "meanwhile; the slow log says where in the code.",
    drill=Scaled("phpfpm-saturated"),
    tests=[
        Example(
            "three slow requests a minute for a quarter of an hour, then six for as long",
            given={
                phpfpm.slow_requests_total(instance="php", pool="www"): "0+3x15 51+6x14 135x15",
            },
            silent_at="17m",
            fires_at="18m",
            gone_at="34m",
            says="87.5m requests a second are slow in PHP-FPM www",
            labels={"instance": "php", "pool": "www"},
        ),
        Vanished(
            "it stops answering, slow as it is",
            given={
                phpfpm.slow_requests_total(instance="php", pool="www"): "0+60x10 stale",
                phpfpm.up(instance="php"): "1x10 0x20",
            },
            at="25m",
            instead=PhpFpmDown,
        ),
    ],
)
