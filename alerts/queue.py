"""Alerts for queues: do jobs get done, do too many wait, does anybody do them?"""

from alerts.scrape import TargetDown
from exporters.catalog import prometheus, queue
from generator.drills import Real, Scaled
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

# Whoever waits longer than this for a mail thinks that it was never sent.
MAX_AGE = Limit("queue_oldest_ready_job_age_seconds_max", 300)

# U5: all queues of a target together.
MAX_READY = Limit("queue_jobs_ready_max", 100)
MAX_FAILED = Limit("queue_jobs_failed_max", 10)

# Likewise: of a hundred jobs at most one should fail. Nobody is told: it is a line to look at.
MAX_FAILED_SHARE = 0.01

_TARGET = "job, instance, service, team, system"

# A target of the examples, with every label that it carries.
_SHOP = {"job": "queue", "instance": "a", "service": "shop", "team": "sales", "system": "rq"}

ready = record(
    "instance:queue_jobs_ready:sum",
    "Jobs that wait for a worker, in all queues of a target.",
    f"""sum by ({_TARGET}) ({queue.jobs(state="ready")})""",
    labels=("system",),
    tests=[
        Reading(
            "two queues wait with two jobs and three, and one has failed",
            given={
                queue.jobs(**_SHOP, queue="mail", state="ready"): "2x5",
                queue.jobs(**_SHOP, queue="web", state="ready"): "3x5",
                queue.jobs(**_SHOP, queue="web", state="failed"): "1x5",
            },
            at="5m",
            reads={
                '{job="queue", instance="a", service="shop", team="sales", system="rq"}': 5,
            },
        ),
    ],
)

failed = record(
    "instance:queue_jobs_failed:sum",
    "Failed jobs that are kept, in all queues of a target.",
    f"""sum by ({_TARGET}) ({queue.jobs(state="failed")})""",
    labels=("system",),
    tests=[
        Reading(
            "two queues keep two failed jobs and three, and one waits",
            given={
                queue.jobs(**_SHOP, queue="mail", state="failed"): "2x5",
                queue.jobs(**_SHOP, queue="web", state="failed"): "3x5",
                queue.jobs(**_SHOP, queue="web", state="ready"): "1x5",
            },
            at="5m",
            reads={
                '{job="queue", instance="a", service="shop", team="sales", system="rq"}': 5,
            },
        ),
    ],
)

QueueSourceDown = Alert(
    expr=f"{queue.up} == 0",
    for_="10s",
    severity="critical",
    summary="The server of the queues {{ $labels.instance }} does not answer",
    description="Jobs can be neither added nor done: whatever hands work to a queue fails now.",
    drill=Real("cache-stopped"),
    tests=[
        Example(
            "the server stops answering after one minute and comes back four minutes later",
            given={queue.up(instance="a"): "1x12 0x48 1x12"},
            interval="5s",
            silent_at="1m10s",
            fires_at="1m15s",
            gone_at="5m10s",
            says="The server of the queues a does not answer",
            labels={"instance": "a"},
        ),
        Vanished(
            "the exporter that asked it is gone as well",
            given={
                queue.up(instance="a"): "0x12 stale",
                prometheus.up(job="queue", instance="a"): "1x12 0x24",
            },
            interval="5s",
            at="2m",
            instead=TargetDown,
        ),
    ],
)

QueueStuck = Alert(
    expr=f"{queue.oldest_ready_job_age_seconds} > {MAX_AGE}",
    for_="10s",
    severity="critical",
    summary="The next job of {{ $labels.queue }} has waited for {{ $value | humanizeDuration }}",
    description="Jobs are not done as fast as they come, or not at all: people wait for what they "
    "were promised.",
    drill=Real("queue-stuck", grows_to="queue_oldest_ready_job_age_seconds_max"),
    tests=[
        Example(
            "the next job waits from the start, is taken after seven minutes, and the others soon",
            given={
                queue.oldest_ready_job_age_seconds(
                    instance="a", system="rq", queue="mail"
                ): "0+60x7 2x10"
            },
            silent_at="5m",
            fires_at="7m",
            gone_at="8m",
            says="The next job of mail has waited for 7m 0s",
            labels={"instance": "a", "system": "rq", "queue": "mail"},
        ),
        Vanished(
            "the server of the queues stops answering while a job waits",
            given={
                queue.oldest_ready_job_age_seconds(
                    instance="a", system="rq", queue="mail"
                ): "0+60x10 stale",
                queue.up(instance="a"): "1x10 0x10",
            },
            at="15m",
            instead=QueueSourceDown,
        ),
    ],
)

QueueDepthHigh = Alert(
    expr=f"{ready} > {MAX_READY}",
    for_="5m",
    severity="warning",
    summary="{{ $value }} jobs wait in {{ $labels.instance }}",
    description="More jobs come than are done: what is asked for now is done late.",
    drill=Scaled("queue-flooded"),
    tests=[
        Example(
            "two queues that are not long by themselves are together, until one is emptied",
            given={
                queue.jobs(
                    instance="a", system="rq", queue="mail", state="ready"
                ): "40x3 41x20 0x5",
                queue.jobs(instance="a", system="rq", queue="web", state="ready"): "60x28",
                queue.jobs(instance="a", system="rq", queue="web", state="failed"): "10x28",
            },
            silent_at="8m",
            fires_at="9m",
            gone_at="25m",
            says="101 jobs wait in a",
            labels={"instance": "a", "system": "rq"},
        ),
        Vanished(
            "the server of the queues stops answering while many jobs wait",
            given={
                queue.jobs(instance="a", system="rq", queue="mail", state="ready"): "200x10 stale",
                queue.up(instance="a"): "1x10 0x10",
            },
            at="15m",
            instead=QueueSourceDown,
        ),
    ],
)

QueueWorkersGone = Alert(
    expr=f"""
    {queue.jobs(state="ready")} > 0
      and ignoring (state)
    {queue.workers} == 0
    """,
    for_="1m",
    severity="critical",
    summary="No worker takes jobs from {{ $labels.queue }}, and {{ $value }} wait",
    description="Jobs are added and none is done, until a worker is started.",
    drill=Real("queue-workers-gone"),
    tests=[
        Example(
            "the only worker ends at once; the first job comes after three minutes, a worker "
            "five minutes later",
            given={
                queue.jobs(instance="a", system="rq", queue="mail", state="ready"): "0x2 1x20",
                queue.workers(instance="a", system="rq", queue="mail"): "0x7 1x14",
                queue.workers(instance="a", system="rq", queue="web"): "0x21",
            },
            silent_at="3m",
            fires_at="4m",
            gone_at="8m",
            says="No worker takes jobs from mail, and 1 wait",
            labels={"instance": "a", "system": "rq", "queue": "mail", "state": "ready"},
        ),
        Vanished(
            "the server of the queues stops answering while no worker runs",
            given={
                queue.jobs(instance="a", system="rq", queue="mail", state="ready"): "1x10 stale",
                queue.workers(instance="a", system="rq", queue="mail"): "0x10 stale",
                queue.up(instance="a"): "1x10 0x10",
            },
            at="15m",
            instead=QueueSourceDown,
        ),
    ],
)

QueueFailedJobs = Alert(
    expr=f"{failed} > {MAX_FAILED}",
    for_="1m",
    severity="warning",
    summary="{{ $value }} jobs of {{ $labels.instance }} have failed",
    description="They are kept, and nobody tries them again by itself: somebody has to look.",
    drill=Scaled("jobs-failing"),
    tests=[
        Example(
            "jobs of two queues fail until they are more than ten, and are removed",
            given={
                queue.jobs(instance="a", system="rq", queue="mail", state="failed"): "5x2 6x10 0x5",
                queue.jobs(instance="a", system="rq", queue="web", state="failed"): "5x17",
                queue.jobs(instance="a", system="rq", queue="web", state="ready"): "9x17",
            },
            silent_at="3m",
            fires_at="4m",
            gone_at="14m",
            says="11 jobs of a have failed",
            labels={"instance": "a", "system": "rq"},
        ),
        Vanished(
            "the server of the queues stops answering while failed jobs are kept",
            given={
                queue.jobs(instance="a", system="rq", queue="mail", state="failed"): "20x10 stale",
                queue.up(instance="a"): "1x10 0x10",
            },
            at="15m",
            instead=QueueSourceDown,
        ),
    ],
)
