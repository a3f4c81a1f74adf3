"""Alerts for what a business counts: is it counted, does anything happen, is anybody in the way?"""

from alerts.database import DatabaseDown
from alerts.scrape import TargetDown
from exporters.catalog import business, database, prometheus, scrape
from exporters.catalog.family import differs, regex
from generator.drills import Real, Scaled
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

# Whatever happens by day and by night happens once in this time; a service sets its own.
MAX_IDLE_SECONDS = Limit("business_idle_seconds_max", 3600)

# A7: one tenant's noise must not hide the others.
MAX_TENANT_SHARE = Limit("business_tenant_share_max", 0.5)
# Fewer operations of all tenants in an hour than this are no noise.
MIN_TENANT_OPERATIONS = Limit("business_tenant_operations_min", 100)

MAX_LOGINS_FAILED = Limit("business_logins_failed_ratio_max", 0.5)
# Fewer attempts a second than this say nothing.
MIN_LOGINS = Limit("business_logins_per_second_min", 0.1)

revenue = record(
    "instance:business_revenue:increase1h",
    "What was paid within an hour, in units of the currency.",
    f"increase({business.revenue_total}[1h])",
    labels=("currency",),
    tests=[
        Reading(
            "two euros are paid every minute",
            given={business.revenue_total(instance="a", currency="EUR"): "100+2x90"},
            at="80m",
            reads={'{instance="a", currency="EUR"}': 120},
        ),
    ],
)

logins_failed_ratio = record(
    "instance:business_logins_failed_ratio:rate5m",
    "Share of attempts to sign in that failed over five minutes; absent for few of them.",
    f"""
    rate({business.logins_total(outcome="failed")}[5m])
      / ignoring (outcome)
    (sum without (outcome) (rate({business.logins_total}[5m])) >= {MIN_LOGINS})
    """,
    tests=[
        Reading(
            "one of four fails; elsewhere one in twelve seconds is few",
            given={
                business.logins_total(instance="a", outcome="succeeded"): "0+9x20",
                business.logins_total(instance="a", outcome="failed"): "0+3x20",
                business.logins_total(instance="b", outcome="succeeded"): "0+3x20",
                business.logins_total(instance="b", outcome="failed"): "0+2.9x20",
            },
            at="15m",
            reads={'{instance="a"}': 0.25},
        ),
    ],
)

BusinessQueryFailing = Alert(
    expr=f"{scrape.collector_success(collector=regex('metrics[.].+'))} == 0",
    for_="10m",
    severity="warning",
    summary="{{ $labels.collector }} of {{ $labels.instance }} cannot be asked",
    description="What it gave last is shown for three intervals, and then nothing: alerts on it "
    "are silent, come what may.",
    drill=Scaled("column-renamed"),
    tests=[
        Example(
            "a release renames a column; half an hour later the query follows",
            given={
                scrape.collector_success(instance="a", collector="metrics.orders"): "1x5 0x30 1x5",
                scrape.collector_success(instance="a", collector="sizes"): "0x40",
            },
            silent_at="15m",
            fires_at="16m",
            gone_at="37m",
            says="metrics.orders of a cannot be asked",
            labels={"instance": "a", "collector": "metrics.orders"},
        ),
        Vanished(
            "the exporter that asks is gone as well",
            given={
                scrape.collector_success(instance="a", collector="metrics.orders"): "0x20 stale",
                prometheus.up(job="database", instance="a"): "1x20 0x20",
            },
            at="30m",
            instead=TargetDown,
        ),
    ],
)

BusinessIdle = Alert(
    expr=f"time() - {business.last_event_timestamp_seconds} > {MAX_IDLE_SECONDS}",
    for_="1m",
    severity="critical",
    summary="No {{ $labels.event }} in {{ $labels.instance }} for {{ $value | humanizeDuration }}",
    description="Everything may look healthy, and nobody buys, books or checks anything: "
    "something between people and the database is broken.",
    drill=Real("bookings-stopped", grows_to="business_idle_seconds_max"),
    tests=[
        Example(
            "the last sale is an hour old, and the next comes half an hour later",
            given={
                business.last_event_timestamp_seconds(instance="a", event="sale"): "0x91 5460x10"
            },
            silent_at="61m",
            fires_at="62m",
            gone_at="92m",
            says="No sale in a for 1h 2m 0s",
            labels={"instance": "a", "event": "sale"},
        ),
        Vanished(
            "the database stops answering while nothing is sold",
            given={
                business.last_event_timestamp_seconds(instance="a", event="sale"): "0x90 stale",
                database.up(instance="a"): "1x90 0x20",
            },
            at="100m",
            instead=DatabaseDown,
        ),
    ],
)

TenantNoisy = Alert(
    expr=f"""
      {business.tenant_operations(tenant=differs("other"))}
        / ignoring (tenant) group_left ()
      (sum without (tenant) ({business.tenant_operations}) >= {MIN_TENANT_OPERATIONS})
        > {MAX_TENANT_SHARE}
    and ignoring (tenant)
      count without (tenant) ({business.tenant_operations}) > 1
    """,
    for_="10m",
    severity="warning",
    summary="Tenant {{ $labels.tenant }} makes {{ $value | humanizePercentage }} of what "
    "{{ $labels.service }} does",
    description="What all tenants share is theirs to wait for: they pay for one tenant's import, "
    "loop or attack.",
    drill=Scaled("tenant-noisy"),
    tests=[
        Example(
            "one of three tenants begins an import of forty minutes",
            given={
                business.tenant_operations(
                    instance="a", service="s", tenant="7"
                ): "60x5 300x40 0x5",
                business.tenant_operations(instance="a", service="s", tenant="8"): "60x50",
                business.tenant_operations(instance="a", service="s", tenant="other"): "90x50",
            },
            silent_at="15m",
            fires_at="16m",
            gone_at="47m",
            says="Tenant 7 makes 66.67% of what s does",
            labels={"instance": "a", "service": "s", "tenant": "7"},
        ),
        Example(
            "nobody else's noise: a single tenant, few operations, and all the small ones together",
            given={
                business.tenant_operations(instance="one", tenant="1"): "900x40",
                business.tenant_operations(instance="few", tenant="1"): "90x9 150x31 0x5",
                business.tenant_operations(instance="few", tenant="2"): "9x9 10x36",
                business.tenant_operations(instance="small", tenant="1"): "100x40",
                business.tenant_operations(instance="small", tenant="other"): "900x40",
            },
            silent_at="19m",
            fires_at="20m",
            gone_at="42m",
            says="Tenant 1 makes 93.75% of what  does",
            labels={"instance": "few", "tenant": "1"},
        ),
        Vanished(
            "the database stops answering under the noise",
            given={
                business.tenant_operations(instance="a", tenant="7"): "900x20 stale",
                business.tenant_operations(instance="a", tenant="8"): "10x20 stale",
                database.up(instance="a"): "1x20 0x20",
            },
            at="30m",
            instead=DatabaseDown,
        ),
    ],
)

LoginsFailing = Alert(
    expr=f"{logins_failed_ratio} > {MAX_LOGINS_FAILED}",
    for_="5m",
    severity="warning",
    summary="{{ $value | humanizePercentage }} of the attempts to sign in to "
    "{{ $labels.service }} fail",
    description="Either nobody gets in any more, or somebody tries passwords.",
    drill=Scaled("passwords-guessed"),
    tests=[
        Example(
            "after ten minutes somebody tries passwords, for twenty minutes",
            given={
                business.logins_total(instance="a", service="s", outcome="succeeded"): "0+20x60",
                business.logins_total(
                    instance="a", service="s", outcome="failed"
                ): "0+1x10 11+60x20 1212+1x30",
            },
            silent_at="16m",
            fires_at="18m",
            gone_at="34m",
            says="75% of the attempts to sign in to s fail",
            labels={"instance": "a", "service": "s"},
        ),
        Vanished(
            "the database stops answering under the attempts",
            given={
                business.logins_total(instance="a", outcome="succeeded"): "0+1x30 stale",
                business.logins_total(instance="a", outcome="failed"): "0+60x30 stale",
                database.up(instance="a"): "1x30 0x20",
            },
            at="40m",
            instead=DatabaseDown,
        ),
    ],
)
