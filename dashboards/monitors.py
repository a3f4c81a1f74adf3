"""What an uptime monitor knows: are the sites up, how quick are they, do certificates hold?"""

from alerts.deliveries import MIN_CERTIFICATE_SECONDS, MonitorCertificateExpiring
from alerts.probe import (
    LAST_CERTIFICATE_SECONDS,
    ProbeCertificateExpiring,
    ProbeCertificateNearlyExpired,
)
from exporters.catalog import monitors, probe
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, timeseries

service = Variable("service", monitors.monitor_up_ratio)
monitor = Variable("monitor", monitors.monitor_up_ratio)

up = timeseries(
    "Uptime",
    Query(monitors.monitor_up_ratio(service, monitor), legend="{{monitor}}"),
    unit="percentunit",
    help="Share of the last day's checks that succeeded.",
)

response = timeseries(
    "Response time",
    Query(monitors.monitor_response_seconds(service, monitor), legend="{{monitor}}"),
    unit="s",
    help="Mean of the last day's checks.",
)

checks = timeseries(
    "Checks",
    Query(
        f"""
        sum by (service, outcome) (
          rate({monitors.monitor_checks_total(service, monitor)}[$__rate_interval])
        )
        """,
        legend="{{service}} {{outcome}}",
    ),
    unit="ops",
    help="By outcome. Worry when there are none: nobody is watched then.",
)

alerts_open = timeseries(
    "Open alerts",
    Query(monitors.monitor_alerts_open(service, monitor), legend="{{monitor}}"),
    unit="short",
    help="That nobody has resolved, by monitor.",
)

certificates = timeseries(
    "Certificates expire in",
    Query(
        f"""
        {monitors.monitor_certificate_expiry_timestamp_seconds(service, monitor)} - time()
          or
        {probe.ssl_last_chain_expiry_timestamp_seconds(service)} - time()
        """,
        legend="{{monitor}} {{instance}}",
    ),
    unit="s",
    line=(LAST_CERTIFICATE_SECONDS, MIN_CERTIFICATE_SECONDS),
    bad="below",
    help="Of the sites that are watched, and of what is asked from outside. Below the upper line "
    "we warn: renewal has been tried for two weeks by then. Below the lower one we page.",
    alerts=[
        MonitorCertificateExpiring,
        ProbeCertificateExpiring,
        ProbeCertificateNearlyExpired,
    ],
)


dashboard = Dashboard(
    "Monitors",
    "What the uptime monitor knows of the sites that it watches.",
    links=("business", "probe"),
    variables=[service, monitor],
    annotations=[firing(service)],
    rows={
        "Are the sites up?": [up, alerts_open],
        "How quick are they?": [response, checks],
        "Will browsers trust them?": [certificates],
    },
)
