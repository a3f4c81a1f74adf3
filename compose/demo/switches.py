"""The demo's faults, as people switch them: of the cache's server, and of what uses it."""

from __future__ import annotations

from difflib import get_close_matches

from compose.demo.faults import GONE, MEANINGS, MEMORY, MISSES, STUCK
from compose.demo.place import HUNG, RUNNING, STOPPED, Place
from exporters.errors import UserError

SERVER = {
    "cache-stopped": (STOPPED, "the cache's server is stopped: connections are refused"),
    "cache-hung": (HUNG, "the cache's server hangs: it takes connections and says nothing"),
}
USE = {
    "cache-misses": MISSES,
    "cache-memory": MEMORY,
    "queue-stuck": STUCK,
    "queue-workers-gone": GONE,
}
FAULTS = {name: meaning for name, (_, meaning) in SERVER.items()} | {
    name: MEANINGS[fault] for name, fault in USE.items()
}


def states(place: Place) -> dict[str, bool]:
    """Return which faults are on."""
    cache, workload = place.cache(), place.workload("GET", "/faults")
    return {name: state == cache for name, (state, _) in SERVER.items()} | {
        name: workload[fault] for name, fault in USE.items()
    }


def switch(place: Place, name: str, *, on: bool) -> None:
    """Switch a fault on or off. Raises UserError for an unknown one, or if no demo runs."""
    if name in SERVER:
        state = SERVER[name][0]
        if on:
            place.set_cache(state)
        elif place.cache() == state:
            place.set_cache(RUNNING)
    elif name in USE:
        place.workload("PUT" if on else "DELETE", f"/faults/{USE[name]}")
    else:
        close = get_close_matches(name, FAULTS, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"choose from {', '.join(FAULTS)}"
        raise UserError(f"fault {name!r}: unknown; {hint}")
