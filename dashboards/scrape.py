"""The measuring itself: does Prometheus reach everything, and how long does it take?"""

from alerts.scrape import TargetDown
from exporters.catalog import cache, database, prometheus, python, queue, scrape
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, timeseries

job = Variable("job", prometheus.up)

targets = timeseries(
    "Targets answering",
    Query(prometheus.up(job), legend="{{job}} {{instance}}"),
    unit="none",
    line=1,
    bad="below",
    help="1 while a target's last scrape succeeded. Worry at 0: its other alerts stay silent.",
    alerts=[TargetDown],
)

answering = timeseries(
    "Targets answering the exporters",
    Query(
        " or ".join(family(job) for family in (cache.up, queue.up, database.up, python.up)),
        legend="{{job}} {{instance}}",
    ),
    unit="none",
    line=1,
    bad="below",
    help="1 while a server answers the exporters; 0 while it is gone, hangs or refuses them.",
)

collectors = timeseries(
    "Collectors succeeding",
    Query(scrape.collector_success(job), legend="{{instance}} {{collector}}"),
    unit="none",
    line=1,
    bad="below",
    help="1 while a collector's last run succeeded; 0 says that part of a target is not seen.",
)

durations = timeseries(
    "Collector duration",
    Query(scrape.collector_duration_seconds(job), legend="{{instance}} {{collector}}"),
    unit="s",
    help="How long the last run of each collector took. Worry when it nears the scrape interval.",
)

errors = timeseries(
    "Collector errors",
    Query(
        f"""
        sum by (instance, reason) (
          rate({scrape.collector_errors_total(job)}[$__rate_interval])
        )
        """,
        legend="{{instance}} {{reason}}",
    ),
    unit="ops",
    help="Failed runs per second, by reason.",
)


dashboard = Dashboard(
    "Scrape",
    "Do we still see what we watch?",
    links=("cache", "queue"),
    variables=[job],
    annotations=[firing(job)],
    rows={
        "Does Prometheus reach everything?": [targets],
        "Do the exporters reach their targets?": [answering, collectors, durations, errors],
    },
)
