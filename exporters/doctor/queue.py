"""Are jobs done: how many wait, since when, who does them, how many fail?"""

from __future__ import annotations

from collections.abc import Iterator

from exporters.catalog import queue
from exporters.diagnosis import Diagnosis, Table, Value
from exporters.doctor import Limits
from exporters.samples import Samples

_QUEUES = {
    "system": "",
    "queue": "",
    "ready": "",
    "delayed": "",
    "reserved": "",
    "failed": "",
    "oldest_ready_age": "seconds",
    "workers": "",
}
_WORK = {"jobs_per_minute": "", "failed_share": "ratio", "mean_duration": "seconds"}


def examine(samples: Samples, limits: Limits, diagnosis: Diagnosis) -> None:
    """Add the queues one by one, the work that is done, and what is wrong with either."""
    diagnosis.tables.append(Table("queues", _QUEUES, list(_queues(samples))))
    diagnosis.tables.append(Table("work", _WORK, [_work(samples)]))
    _judge_jobs(samples, limits, diagnosis)
    _judge_workers(samples, diagnosis)


def _queues(samples: Samples) -> Iterator[list[Value]]:
    names = {(labels["system"], labels["queue"]) for labels, _ in samples.of(queue.jobs)}
    for system, name in sorted(names):
        labels = {"system": system, "queue": name}
        counts = (
            samples.total(queue.jobs, **labels, state=state)
            for state in ("ready", "delayed", "reserved", "failed")
        )
        age = samples.largest(queue.oldest_ready_job_age_seconds, **labels)
        # Where queues are not told apart, the name is empty.
        yield [system, name or "(all)", *counts, age, samples.total(queue.workers, **labels)]


def _work(samples: Samples) -> list[Value]:
    """Return jobs per minute now; share and duration are of all jobs that were counted."""
    done, failed = samples.total(queue.jobs_processed_total), samples.total(queue.jobs_failed_total)
    seconds, rate = (
        samples.total(queue.jobs_seconds_total),
        samples.rate(queue.jobs_processed_total),
    )
    return [
        None if rate is None else 60 * rate,
        failed / done if done and failed is not None else None,
        seconds / done if done and seconds is not None else None,
    ]


def _judge_jobs(samples: Samples, limits: Limits, diagnosis: Diagnosis) -> None:
    ready = samples.total(queue.jobs, state="ready") or 0
    if ready > (most := limits("queue_jobs_ready_max", 100)):
        todo = "see whether workers keep up, and start more of them"
        diagnosis.complain(f"{ready:.0f} jobs wait, all queues together; {most:g} may", todo)
    failed = samples.total(queue.jobs, state="failed") or 0
    if failed > (most := limits("queue_jobs_failed_max", 10)):
        todo = "read why they failed, then retry or remove them"
        diagnosis.complain(f"{failed:.0f} jobs have failed; {most:g} may", todo)
    age = samples.largest(queue.oldest_ready_job_age_seconds) or 0
    if age > (most := limits("queue_oldest_ready_job_age_seconds_max", 300)):
        todo = "see whether a worker serves that queue, and what it does"
        diagnosis.complain(f"the next job has waited for {age:.0f} s; {most:g} s are allowed", todo)


def _judge_workers(samples: Samples, diagnosis: Diagnosis) -> None:
    if samples.total(queue.workers) == 0:
        diagnosis.complain("no worker runs", "start the workers", fails=True)
    if samples.total(queue.paused):
        diagnosis.complain("workers were told to take no jobs", "resume them when that is over")
