"""Looks after the monitoring while the inbox runs: is it alive, and who answers?"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from threading import Event, Thread

from compose.client import NoAnswerError
from compose.inbox import peers, watchdog
from compose.inbox.history import read_incidents
from compose.inbox.peers import Seen
from compose.inbox.reconciliation import Reconciliation
from compose.inbox.store import Store
from compose.inbox.surroundings import Surroundings, SurroundingsFile
from compose.inbox.watchdog import Watchdog
from exporters import log

_TICK_SECONDS = 1.0
_PEERS_SECONDS = 5.0
_RECONCILE_SECONDS = 10.0


class Watch:
    """A thread that notices the monitoring's death, and tells it to the inbox itself."""

    def __init__(self, store: Store, file: SurroundingsFile, timer: Watchdog) -> None:
        self._store = store
        self._file = file
        self._watchdog = timer
        self._seen: Sequence[Seen] = ()
        self._looked = -_PEERS_SECONDS
        self._reconciliation = Reconciliation(store)
        self._reconciled = time.monotonic()
        self._over = Event()
        self._thread = Thread(target=self._run, name="inbox-watch", daemon=True)

    @property
    def seen(self) -> Sequence[Seen]:
        """How the peers were when they were last asked."""
        return self._seen

    @property
    def surroundings(self) -> Surroundings:
        """What is known of the stack round the inbox now."""
        return self._file.read()

    @property
    def blind(self) -> bool:
        """Whether Prometheus is known not to work: an alert that ends now may not be over."""
        away = any(one.name == "prometheus" and not one.up for one in self._seen)
        return away or self._watchdog.is_dead(self.surroundings)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._over.set()
        if self._thread.ident:
            self._thread.join()

    def _run(self) -> None:
        dead = self._is_told()
        while not self._over.wait(_TICK_SECONDS):
            try:
                dead = self._look(dead)
            except Exception as error:  # noqa: BLE001 - a watch that ends would miss the death
                log.warning("watch failed", problem=f"{type(error).__name__}: {error}")

    def _look(self, was_dead: bool) -> bool:
        surroundings = self.surroundings
        if time.monotonic() - self._looked >= _PEERS_SECONDS:
            self._seen = tuple(peers.look(surroundings))
            self._looked = time.monotonic()
        dead = self._watchdog.is_dead(surroundings)
        if dead != was_dead:
            log.warning("monitoring is dead" if dead else "monitoring is back")
            last = self._watchdog.last
            sent = watchdog.notification(last, surroundings, self._seen, dead=dead)
            self._store.add(sent).result()
        elif not dead and surroundings.peers:
            self._reconcile(surroundings)
        return dead

    def _reconcile(self, surroundings: Surroundings) -> None:
        if time.monotonic() - self._reconciled >= _RECONCILE_SECONDS:
            self._reconciled = time.monotonic()
            with suppress(NoAnswerError):
                self._reconciliation.run(surroundings)

    def _is_told(self) -> bool:
        """Whether the incident stands open from before a restart."""
        with self._store.reading() as database:
            incidents = read_incidents(database, "open", limit=100, alertname="MonitoringDead")
        return any(one.receiver == watchdog.RECEIVER for one in incidents)
