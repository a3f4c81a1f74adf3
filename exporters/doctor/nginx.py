"""Does nginx take all its clients: how many are there, is any dropped?"""

from __future__ import annotations

from exporters.catalog import nginx
from exporters.diagnosis import Diagnosis, Table
from exporters.doctor import Limits
from exporters.samples import Samples

_NGINX = {
    "active": "",
    "reading": "",
    "writing": "",
    "waiting": "",
    "requests_per_second": "",
    "dropped": "",
}


def examine(samples: Samples, limits: Limits, diagnosis: Diagnosis) -> None:
    """Add its connections, and what is wrong with them."""
    if samples.total(nginx.up) != 1:
        return
    active = samples.total(nginx.connections_active)
    accepted = samples.total(nginx.connections_accepted_total) or 0
    dropped = accepted - (samples.total(nginx.connections_handled_total) or 0)
    row = [
        active,
        samples.total(nginx.connections_reading),
        samples.total(nginx.connections_writing),
        samples.total(nginx.connections_waiting),
        samples.rate(nginx.http_requests_total),
        dropped,
    ]
    diagnosis.tables.append(Table("nginx", _NGINX, [row]))
    if (active or 0) > (most := limits("nginx_connections_active_max", 400)):
        todo = "see who holds them, and raise worker_connections"
        diagnosis.complain(f"{active:.0f} connections are open; {most:g} may", todo)
    if dropped:
        todo = "raise worker_connections, and the limit of open files with it"
        diagnosis.complain(f"{dropped:.0f} connections were dropped since it started", todo)
