"""The shop's jobs: mails and reports, put into RQ's queues for a worker to do."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import timedelta

from redis import Redis
from rq import Queue

from compose.demo.faults import JOBS_FAILING, JOBS_OLD, Faults

MAIL, REPORTS = "mail", "reports"
QUEUES = (MAIL, REPORTS)

# A worker is busy a quarter of its time, so that a rest of some seconds is soon made up for.
SECONDS_PER_STEP = 0.5
MAIL_SECONDS = 0.05
REPORT_SECONDS = 0.3
REPORT_SHARE = 0.25

# Fewer than is promised (alerts/objectives.py): the demo keeps its promises until a fault is on.
BAD_ADDRESS_SHARE = {False: 0.005, True: 0.5}

# Kept that long to be looked at; more would fill the demo's small memory.
RESULT_SECONDS = 60
FAILURE_SECONDS = 60

# So long ago was asked for what a worker that hangs has not done.
OLD = timedelta(minutes=10)


class BadAddressError(Exception):
    """A mail that cannot be sent, however often it is tried."""


def send_mail(*, good: bool) -> None:
    """Take the time that a mail takes. Raises BadAddressError for a bad address."""
    time.sleep(MAIL_SECONDS)
    if not good:
        raise BadAddressError("nobody lives there")


def write_report() -> None:
    """Take the time that a report takes."""
    time.sleep(REPORT_SECONDS)


@dataclass(frozen=True)
class Desk:
    """Where the shop's jobs come from."""

    connection: Redis
    chance: random.Random
    faults: Faults

    def step(self) -> None:
        """Ask for a mail, and now and then for a report."""
        good = self.chance.random() >= BAD_ADDRESS_SHARE[JOBS_FAILING in self.faults.on]
        self._enqueue(MAIL, "send_mail", good=good)
        if self.chance.random() < REPORT_SHARE:
            self._enqueue(REPORTS, "write_report")

    def _enqueue(self, queue: str, job: str, **arguments: bool) -> None:
        waiting = Queue(queue, connection=self.connection).enqueue(
            f"{__name__}.{job}",
            kwargs=arguments,
            result_ttl=RESULT_SECONDS,
            failure_ttl=FAILURE_SECONDS,
        )
        if JOBS_OLD in self.faults.on and waiting.enqueued_at:
            waiting.enqueued_at -= OLD
            waiting.save()
