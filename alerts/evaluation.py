"""Alerts for what judges: are the rules that are written the ones that are evaluated, in time?"""

from alerts.scrape import TargetDown
from exporters.catalog import alertmanager, blackbox_exporter, prometheus, scrape
from generator.drills import Scaled, Simulated
from generator.rules import Alert, Example, Vanished

_TARGET = "job, instance, service"

# Who judges, who tells and who measures, in the examples.
_PROMETHEUS = {"job": "prometheus", "instance": "p", "service": "lightship"}
_ALERTMANAGER = {"job": "alertmanager", "instance": "a", "service": "lightship"}
_EXPORTERS = {"job": "exporters", "instance": "e", "service": "lightship"}
_BLACKBOX = {"job": "blackbox", "instance": "b", "service": "lightship"}

ConfigurationRefused = Alert(
    expr=f"""
    {prometheus.config_last_reload_successful} == 0
      or
    {alertmanager.config_last_reload_successful} == 0
      or
    {scrape.config_last_reload_successful} == 0
      or
    {blackbox_exporter.config_last_reload_successful} == 0
    """,
    for_="1m",
    severity="warning",
    summary="{{ $labels.instance }} works by an older configuration: it refused the newest",
    description="What was changed last is not in force, and nothing is after the next restart.",
    drill=Scaled("configuration-refused"),
    tests=[
        Example(
            "Prometheus refuses a file after a minute, and takes the next one",
            given={
                prometheus.config_last_reload_successful(**_PROMETHEUS): "1x2 0x5 1x10",
                alertmanager.config_last_reload_successful(**_ALERTMANAGER): "1x17",
            },
            silent_at="3m",
            fires_at="4m",
            gone_at="9m",
            says="p works by an older configuration: it refused the newest",
            labels=_PROMETHEUS,
        ),
        Example(
            "Alertmanager refuses one, and Prometheus does not",
            given={
                prometheus.config_last_reload_successful(**_PROMETHEUS): "1x17",
                alertmanager.config_last_reload_successful(**_ALERTMANAGER): "1x2 0x5 1x10",
            },
            silent_at="3m",
            fires_at="4m",
            gone_at="9m",
            says="a works by an older configuration: it refused the newest",
            labels=_ALERTMANAGER,
        ),
        Example(
            "the exporters refuse a settings file, and take the one that is mended",
            given={
                prometheus.config_last_reload_successful(**_PROMETHEUS): "1x17",
                alertmanager.config_last_reload_successful(**_ALERTMANAGER): "1x17",
                scrape.config_last_reload_successful(**_EXPORTERS): "1x2 0x5 1x10",
            },
            silent_at="3m",
            fires_at="4m",
            gone_at="9m",
            says="e works by an older configuration: it refused the newest",
            labels=_EXPORTERS,
        ),
        Example(
            "blackbox_exporter refuses how it is to ask, and the exporters take theirs",
            given={
                scrape.config_last_reload_successful(**_EXPORTERS): "1x17",
                blackbox_exporter.config_last_reload_successful(**_BLACKBOX): "1x2 0x5 1x10",
            },
            silent_at="3m",
            fires_at="4m",
            gone_at="9m",
            says="b works by an older configuration: it refused the newest",
            labels=_BLACKBOX,
        ),
        Vanished(
            "the server that refused it is gone",
            given={
                prometheus.config_last_reload_successful(**_PROMETHEUS): "1x15 stale",
                scrape.config_last_reload_successful(**_EXPORTERS): "1x15 stale",
                blackbox_exporter.config_last_reload_successful(**_BLACKBOX): "1x15 stale",
                alertmanager.config_last_reload_successful(**_ALERTMANAGER): "0x5 stale",
                prometheus.up(**_ALERTMANAGER): "1x5 0x10",
            },
            at="15m",
            instead=TargetDown,
        ),
    ],
)

RuleFailing = Alert(
    expr=f"""
    sum by ({_TARGET}, rule_group) (increase({prometheus.rule_evaluation_failures_total}[2m])) > 0
    """,
    for_="10s",
    severity="critical",
    summary='{{ $value | printf "%.0f" }} evaluations in {{ $labels.rule_group }} failed',
    description="Alerts of this group cannot fire, and what they watch may be down.",
    drill=Scaled("rule-failing"),
    tests=[
        Example(
            "one evaluation fails after a minute, and none of another group",
            given={
                prometheus.rule_evaluation_failures_total(
                    **_PROMETHEUS, rule_group="cache"
                ): "0x6 1x40",
                prometheus.rule_evaluation_failures_total(
                    **_PROMETHEUS, rule_group="queue"
                ): "0x46",
            },
            interval="10s",
            silent_at="1m10s",
            fires_at="1m30s",
            gone_at="3m20s",
            says="1 evaluations in cache failed",
            labels={**_PROMETHEUS, "rule_group": "cache"},
        ),
        Vanished(
            "the group is taken out of the definitions",
            given={
                prometheus.rule_evaluation_failures_total(
                    **_PROMETHEUS, rule_group="cache"
                ): "0+1x6 stale",
            },
            interval="10s",
            at="5m",
            instead=None,
        ),
    ],
)

RulesLate = Alert(
    expr=f"""
    sum by ({_TARGET}, rule_group) (
      increase({prometheus.rule_group_iterations_missed_total}[5m])
    ) > 0
    """,
    for_="1m",
    severity="warning",
    summary='{{ $labels.rule_group }} was not evaluated {{ $value | printf "%.0f" }} times',
    description="Its alerts fire later than they say, for each evaluation takes too long.",
    drill=Scaled("prometheus-hung"),
    tests=[
        Example(
            "three evaluations are left out after two minutes, and none of another group",
            given={
                prometheus.rule_group_iterations_missed_total(
                    **_PROMETHEUS, rule_group="cache"
                ): "0x2 3x20",
                prometheus.rule_group_iterations_missed_total(
                    **_PROMETHEUS, rule_group="queue"
                ): "0x22",
            },
            silent_at="3m",
            fires_at="4m",
            gone_at="9m",
            says="cache was not evaluated 3 times",
            labels={**_PROMETHEUS, "rule_group": "cache"},
        ),
        Vanished(
            "the group is taken out of the definitions",
            given={
                prometheus.rule_group_iterations_missed_total(
                    **_PROMETHEUS, rule_group="cache"
                ): "0+3x5 stale",
            },
            at="15m",
            instead=None,
        ),
    ],
)

PrometheusStorageFailing = Alert(
    expr=f"""
    increase({prometheus.tsdb_wal_writes_failed_total}[2m])
      + increase({prometheus.tsdb_wal_corruptions_total}[2m])
      + increase({prometheus.tsdb_compactions_failed_total}[2m])
      > 0
    """,
    for_="10s",
    severity="critical",
    summary='Prometheus failed to store samples {{ $value | printf "%.0f" }} times',
    description="Samples are lost now, or at the next restart: alerts come late or wrongly.",
    drill=Simulated("the disk of Prometheus would have to be full"),
    tests=[
        Example(
            "one write fails after a minute",
            given={
                prometheus.tsdb_wal_writes_failed_total(**_PROMETHEUS): "0x6 1x40",
                prometheus.tsdb_wal_corruptions_total(**_PROMETHEUS): "0x46",
                prometheus.tsdb_compactions_failed_total(**_PROMETHEUS): "0x46",
            },
            interval="10s",
            silent_at="1m10s",
            fires_at="1m30s",
            gone_at="3m20s",
            says="Prometheus failed to store samples 1 times",
            labels=_PROMETHEUS,
        ),
        Example(
            "damage is found after a minute",
            given={
                prometheus.tsdb_wal_writes_failed_total(**_PROMETHEUS): "0x46",
                prometheus.tsdb_wal_corruptions_total(**_PROMETHEUS): "0x6 1x40",
                prometheus.tsdb_compactions_failed_total(**_PROMETHEUS): "0x46",
            },
            interval="10s",
            silent_at="1m10s",
            fires_at="1m30s",
            gone_at="3m20s",
            says="Prometheus failed to store samples 1 times",
            labels=_PROMETHEUS,
        ),
        Example(
            "the disk has no room for a block after a minute",
            given={
                prometheus.tsdb_wal_writes_failed_total(**_PROMETHEUS): "0x46",
                prometheus.tsdb_wal_corruptions_total(**_PROMETHEUS): "0x46",
                prometheus.tsdb_compactions_failed_total(**_PROMETHEUS): "0x6 1x40",
            },
            interval="10s",
            silent_at="1m10s",
            fires_at="1m30s",
            gone_at="3m20s",
            says="Prometheus failed to store samples 1 times",
            labels=_PROMETHEUS,
        ),
        Vanished(
            "Prometheus itself is gone, and only the inbox can miss it",
            given={
                prometheus.tsdb_wal_writes_failed_total(**_PROMETHEUS): "0+1x6 stale",
                prometheus.tsdb_wal_corruptions_total(**_PROMETHEUS): "0x6 stale",
                prometheus.tsdb_compactions_failed_total(**_PROMETHEUS): "0x6 stale",
            },
            interval="10s",
            at="5m",
            instead=None,
        ),
    ],
)
