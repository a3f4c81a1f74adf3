"""Alerts for nginx: does it answer, does it take everybody, is there room for more?"""

from alerts.scrape import TargetDown
from exporters.catalog import nginx, prometheus
from generator.drills import Real, Scaled
from generator.rules import Alert, Example, Limit, Vanished

# Four fifths of what nginx has room for unless told otherwise: one worker, worker_connections 512.
# A connection to an upstream takes one of them, too.
MAX_CONNECTIONS = Limit("nginx_connections_active_max", 400)

NginxDown = Alert(
    expr=f"{nginx.up} == 0",
    for_="10s",
    severity="critical",
    summary="Web server {{ $labels.instance }} does not answer",
    description="Whatever is behind it cannot be reached through it.",
    drill=Real("nginx-stopped"),
    tests=[
        Example(
            "nginx is restarted within ten seconds, and later gone for two minutes",
            given={nginx.up(instance="web"): "1x6 0x1 1x6 0x24 1x6"},
            interval="5s",
            silent_at="1m25s",
            fires_at="1m30s",
            gone_at="3m25s",
            says="Web server web does not answer",
            labels={"instance": "web"},
        ),
        Vanished(
            "the exporter that asked it is gone as well",
            given={
                nginx.up(instance="web"): "0x12 stale",
                prometheus.up(job="nginx", instance="web"): "1x12 0x24",
            },
            interval="5s",
            at="2m",
            instead=TargetDown,
        ),
    ],
)

NginxConnectionsDropped = Alert(
    expr=f"""
    rate({nginx.connections_accepted_total}[2m])
      -
    rate({nginx.connections_handled_total}[2m])
      > 0
    """,
    for_="1m",
    severity="critical",
    summary="Web server {{ $labels.instance }} drops {{ $value | humanize }} connections a second",
    description="All connections that its workers may have are taken: whoever comes now is cut "
    "off without an answer, and whoever is connected does not notice.",
    drill=Scaled("connections-held"),
    tests=[
        Example(
            "one count is read a moment after the other; later six in a minute are dropped for ten",
            given={
                nginx.connections_accepted_total(instance="web"): "0+60x5 361 420+60x4 726+66x9 "
                "1380+60x10",
                nginx.connections_handled_total(instance="web"): "0+60x31",
            },
            silent_at="12m",
            fires_at="13m",
            gone_at="25m",
            says="Web server web drops 100m connections a second",
            labels={"instance": "web"},
        ),
        Vanished(
            "it stops answering while it drops connections",
            given={
                nginx.connections_accepted_total(instance="web"): "0+66x10 stale",
                nginx.connections_handled_total(instance="web"): "0+60x10 stale",
                nginx.up(instance="web"): "1x10 0x20",
            },
            at="20m",
            instead=NginxDown,
        ),
    ],
)

NginxConnectionsHigh = Alert(
    expr=f"{nginx.connections_active} > {MAX_CONNECTIONS}",
    for_="2m",
    severity="warning",
    summary="Web server {{ $labels.instance }} holds {{ $value }} connections",
    description="It has room for few more. When all are taken it drops whoever comes.",
    drill=Scaled("connections-held"),
    tests=[
        Example(
            "a crowd for a minute, later one that stays",
            given={nginx.connections_active(instance="web"): "400x5 401x1 400x5 401x10 400x5"},
            silent_at="15m",
            fires_at="16m",
            gone_at="25m",
            says="Web server web holds 401 connections",
            labels={"instance": "web"},
        ),
        Vanished(
            "it stops answering with all its connections taken",
            given={
                nginx.connections_active(instance="web"): "500x10 stale",
                nginx.up(instance="web"): "1x10 0x20",
            },
            at="20m",
            instead=NginxDown,
        ),
    ],
)
