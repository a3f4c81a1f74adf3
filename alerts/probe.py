"""Alerts for what is asked from outside: do users get an answer, and soon enough?"""

from alerts.scrape import TargetDown
from exporters.catalog import probe, prometheus
from generator.drills import Real, Simulated
from generator.rules import Alert, Example, Limit, Vanished

# After so long most people have left a page that shows nothing yet.
MAX_SECONDS = Limit("probe_seconds_max", 3)

# Certificates for 90 days are renewed when 30 are left (certbot): by now that has failed often.
MIN_CERTIFICATE_SECONDS = Limit("probe_certificate_seconds_min", 14 * 86_400)
# A weekend, and a day to do it by hand.
LAST_CERTIFICATE_SECONDS = Limit("probe_certificate_last_seconds_min", 3 * 86_400)

# What Prometheus writes of a target that is asked from outside, in the examples.
_PROBE = {"job": "probe", "instance": "page", "service": "shop"}

_LEFT = f"{probe.ssl_last_chain_expiry_timestamp_seconds} - time()"

ProbeFailed = Alert(
    expr=f"{probe.success} == 0",
    for_="10s",
    severity="critical",
    summary="{{ $labels.instance }} does not answer as it should",
    description="Whoever uses {{ $labels.service }} sees an error, or waits in vain.",
    drill=Real("shop-unhealthy"),
    tests=[
        Example(
            "the page answers with an error for four minutes, once it does so by accident",
            given={probe.success(**_PROBE): "1x12 0x48 1x12 0 1x6"},
            interval="5s",
            silent_at="1m10s",
            fires_at="1m15s",
            gone_at="5m10s",
            says="page does not answer as it should",
            explains="Whoever uses shop sees an error, or waits in vain.",
            labels=_PROBE,
        ),
        Vanished(
            "who asks is gone: it may be up or down, and that nobody knows is told",
            given={
                probe.success(**_PROBE): "0x12 stale",
                prometheus.up(**_PROBE): "1x12 0x24",
            },
            interval="5s",
            at="2m",
            instead=TargetDown,
        ),
    ],
)

ProbeSlow = Alert(
    expr=f"min_over_time({probe.duration_seconds}[2m]) > {MAX_SECONDS}",
    for_="3m",
    severity="warning",
    summary="{{ $labels.instance }} takes {{ $value | humanizeDuration }} to answer",
    description="It answers, and people leave before it does.",
    drill=Simulated("what is asked from outside answers at once, however slow the pages are"),
    tests=[
        Example(
            "the page takes four seconds, a little more than is allowed, for ten minutes",
            given={probe.duration_seconds(**_PROBE): "0.2x20 3x20 3.5 4x39 0.2x20"},
            interval="15s",
            silent_at="15m",
            fires_at="15m15s",
            gone_at="20m45s",
            says="page takes 4s to answer",
            labels=_PROBE,
        ),
        Vanished(
            "it stops answering at all",
            given={
                probe.duration_seconds(**_PROBE): "4x40 stale",
                probe.success(**_PROBE): "1x40 0x40",
            },
            interval="15s",
            at="13m",
            instead=ProbeFailed,
        ),
    ],
)

ProbeCertificateExpiring = Alert(
    expr=f"{_LEFT} < {MIN_CERTIFICATE_SECONDS}",
    for_="1h",
    severity="warning",
    summary="The certificate of {{ $labels.instance }} expires in {{ $value | humanizeDuration }}",
    description="It was to be renewed before: after that day nobody gets in.",
    drill=Simulated("what is asked from outside has no certificate in the demo"),
    tests=[
        Example(
            "renewal does not work for two days",
            # It expires after 20 days, 1,728,000 seconds: after six of them two weeks are left.
            given={
                probe.ssl_last_chain_expiry_timestamp_seconds(**_PROBE): "1728000x192 9504000x20"
            },
            interval="1h",
            silent_at="145h",
            fires_at="146h",
            gone_at="193h",
            says="The certificate of page expires in 13d 22h 0m 0s",
            labels=_PROBE,
        ),
        Vanished(
            "it has expired, and nobody who asks gets in",
            given={
                probe.ssl_last_chain_expiry_timestamp_seconds(**_PROBE): "3600x20 stale",
                probe.success(**_PROBE): "1x20 0x20",
            },
            interval="1h",
            at="30h",
            instead=ProbeFailed,
        ),
    ],
)

ProbeCertificateNearlyExpired = Alert(
    expr=f"{_LEFT} < {LAST_CERTIFICATE_SECONDS}",
    for_="10m",
    severity="critical",
    summary="The certificate of {{ $labels.instance }} expires in {{ $value | humanizeDuration }}",
    description="After that browsers show a warning instead of the page, and programs refuse it.",
    drill=Simulated("what is asked from outside has no certificate in the demo"),
    tests=[
        Example(
            "an hour more than three days are left, and somebody renews it an hour later",
            given={
                probe.ssl_last_chain_expiry_timestamp_seconds(**_PROBE): "262800x119 8640000x20"
            },
            silent_at="70m",
            fires_at="71m",
            gone_at="120m",
            says="The certificate of page expires in 2d 23h 49m 0s",
            labels=_PROBE,
        ),
        Vanished(
            "it has expired, and nobody who asks gets in",
            given={
                probe.ssl_last_chain_expiry_timestamp_seconds(**_PROBE): "3600x20 stale",
                probe.success(**_PROBE): "1x20 0x20",
            },
            interval="1h",
            at="30h",
            instead=ProbeFailed,
        ),
    ],
)
