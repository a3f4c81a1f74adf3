"""The sessions at a glance: do we see them, do they answer, do they fit?"""

from alerts.sessions import MAX_MEMORY, SessionsDown, SessionsNearLimit, memory_ratio
from alerts.targets import TargetDown
from exporters.catalog import cache, prometheus
from generator.panels import Dashboard, Query, Variable, stat, timeseries

service = Variable("service", cache.up)
instance = Variable("instance", cache.up)

answering = stat(
    "Answering",
    f"avg({cache.up(service, instance)})",
    unit="percentunit",
    line=1,
    bad="below",
    help="Share of the servers that answered their last scrape. Worry below 100 %.",
    alerts=[SessionsDown],
)

scraped = timeseries(
    "Scraped",
    Query(prometheus.up(service, instance), legend="{{job}} {{instance}}"),
    unit="none",
    line=1,
    bad="below",
    help="1 while a target's last scrape succeeded. Worry at 0: its other alerts stay silent.",
    alerts=[TargetDown],
)

memory = timeseries(
    "Memory, share of the limit",
    Query(memory_ratio(service, instance), legend="{{instance}}"),
    unit="percentunit",
    line=MAX_MEMORY,
    help="How full the servers are. The line is where we open a ticket.",
    alerts=[SessionsNearLimit],
)

operations = timeseries(
    "Operations",
    Query(
        f"sum by (instance) (rate({cache.operations_total(service, instance)}[$__rate_interval]))",
        legend="{{instance}}",
    ),
    unit="ops",
    help="Commands a second. A sudden fall means that nobody asks, or that everybody waits.",
)

dashboard = Dashboard(
    "Sessions",
    "Can people sign in, and will they still tomorrow?",
    variables=[service, instance],
    rows={
        "Do they answer?": [answering, scraped],
        "Do they fit, and what do they do?": [memory, operations],
    },
)
