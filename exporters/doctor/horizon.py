"""Does Horizon run: masters, supervisors, is it paused, how much does it do?"""

from __future__ import annotations

from exporters.catalog import horizon
from exporters.diagnosis import Diagnosis, Table
from exporters.doctor import Limits
from exporters.samples import Samples

_HORIZON = {
    "masters": "",
    "paused_masters": "",
    "supervisors": "",
    "paused_supervisors": "",
    "jobs_per_minute": "",
}


def examine(samples: Samples, _: Limits, diagnosis: Diagnosis) -> None:
    """Add what Horizon says of itself; that it does not run is a failure."""
    masters, supervisors = samples.total(horizon.masters), samples.total(horizon.supervisors)
    paused = samples.total(horizon.masters, status="paused")
    row = [
        masters,
        paused,
        supervisors,
        samples.total(horizon.supervisors, status="paused"),
        samples.total(horizon.jobs_per_minute),
    ]
    diagnosis.tables.append(Table("horizon", _HORIZON, [row]))
    if masters == 0:
        todo = "start it, and read its log: php artisan horizon"
        diagnosis.complain("Horizon does not run", todo, fails=True)
    if paused:
        diagnosis.complain("Horizon is paused", "let it go on: php artisan horizon:continue")
