"""The demo's faults, as people switch them: of the servers, and of their use."""

from __future__ import annotations

from difflib import get_close_matches

from compose.demo.faults import (
    CONNECTIONS,
    FLOODED,
    GONE,
    HORIZON_PAUSED,
    HORIZON_STOPPED,
    LOCKED,
    MEANINGS,
    MEMORY,
    MISSES,
    STUCK,
)
from compose.demo.place import CACHE, DATABASE, HUNG, RUNNING, STOPPED, Place
from exporters.errors import UserError

SERVER = {
    "cache-stopped": (CACHE, STOPPED, "the cache's server is stopped: connections are refused"),
    "cache-hung": (CACHE, HUNG, "the cache's server hangs: it takes connections and says nothing"),
    "database-stopped": (DATABASE, STOPPED, "the database's server is stopped"),
}
USE = {
    "cache-misses": MISSES,
    "cache-memory": MEMORY,
    "queue-stuck": STUCK,
    "queue-workers-gone": GONE,
    "queue-flooded": FLOODED,
    "horizon-paused": HORIZON_PAUSED,
    "horizon-stopped": HORIZON_STOPPED,
    "database-connections": CONNECTIONS,
    "database-locked": LOCKED,
}
FAULTS = {name: meaning for name, (_, _, meaning) in SERVER.items()} | {
    name: MEANINGS[fault] for name, fault in USE.items()
}


def states(place: Place) -> dict[str, bool]:
    """Return which faults are on."""
    workload = place.workload("GET", "/faults")
    return {name: state == place.server(at) for name, (at, state, _) in SERVER.items()} | {
        name: workload[fault] for name, fault in USE.items()
    }


def switch(place: Place, name: str, *, on: bool) -> None:
    """Switch a fault on or off. Raises UserError for an unknown one, or if no demo runs."""
    if name in SERVER:
        server, state, _ = SERVER[name]
        if on:
            place.set_server(server, state)
        elif place.server(server) == state:
            place.set_server(server, RUNNING)
    elif name in USE:
        place.workload("PUT" if on else "DELETE", f"/faults/{USE[name]}")
    else:
        close = get_close_matches(name, FAULTS, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"choose from {', '.join(FAULTS)}"
        raise UserError(f"fault {name!r}: unknown; {hint}")
