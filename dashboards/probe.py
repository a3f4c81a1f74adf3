"""What users reach, asked from outside as they ask it: does it answer, and how soon?"""

from alerts.probe import MAX_SECONDS, ProbeFailed, ProbeSlow
from exporters.catalog import probe
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, bars, stat, timeseries

service = Variable("service", probe.success)
instance = Variable("instance", probe.success)

failing = stat(
    "Failing now",
    f"sum(1 - {probe.success(service, instance)})",
    line=1,
    help="How many do not answer as they should. The colour changes with the first.",
)

asked = stat(
    "Asked",
    f"sum(count_over_time({probe.success(service, instance)}[$__range]))",
    help="How often anything was asked, in the time shown.",
)

failed = stat(
    "Failed",
    f"sum(count_over_time({probe.success(service, instance)}[$__range])) "
    f"- sum(sum_over_time({probe.success(service, instance)}[$__range]))",
    help="How often there was no answer, or a wrong one, in the time shown.",
)

answering = timeseries(
    "Answering",
    Query(probe.success(service, instance), legend="{{instance}}"),
    unit="none",
    line=1,
    bad="below",
    help="1 while the answer is as expected, 0 while it is wrong, late or none. We page at 0.",
    alerts=[ProbeFailed],
)

uptime = timeseries(
    "Uptime",
    Query(
        f"avg_over_time({probe.success(service, instance)}[$__range])",
        legend="{{instance}}",
    ),
    unit="percentunit",
    help="Share of right answers over as long as is shown.",
)

statuses = timeseries(
    "Status",
    Query(probe.http_status_code(service, instance), legend="{{instance}}"),
    unit="none",
    help="The status of HTTP: 5xx is the server's fault, 0 that there was no answer.",
)

durations = timeseries(
    "Time to answer",
    Query(probe.duration_seconds(service, instance), legend="{{instance}}"),
    unit="s",
    line=MAX_SECONDS,
    help="All of it, from the name to the last byte. The line is where we warn.",
    alerts=[ProbeSlow],
)

phases = bars(
    "Mean time by phase",
    Query(
        f"avg by (phase) ({probe.http_duration_seconds(service, instance)})",
        legend="{{phase}}",
    ),
    unit="s",
    help="resolve: the name; connect: the network; tls: the handshake; processing: the server; "
    "transfer: the page. Choose one instance to see what makes it slow.",
)


dashboard = Dashboard(
    "Probes",
    "What users reach, asked from outside as they ask it.",
    links=("http", "monitors", "scrape"),
    variables=[service, instance],
    annotations=[firing(service, instance)],
    rows={
        "Does everything answer?": [failing, asked, failed],
        "What does not, and since when?": [answering, uptime, statuses],
        "How soon do answers come?": [durations, phases],
    },
)
