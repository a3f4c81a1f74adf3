"""A hosting panel's sites, servers, subscriptions, invoices and backups, tenant by tenant."""

from __future__ import annotations

from compose.demo.businesses.book import DAY, HOUR, Book
from compose.demo.faults import BACKUPS, BACKUPS_FAILING, NOISY, UNTESTED

TENANTS = 40
SITES, SERVERS = 120, 12
SITE_STATES = ("running", "running", "running", "stopped", "suspended")
INVOICES = 60

# Operations in a second: of all tenants, and of one that imports without end.
OPERATIONS, NOISE = 2, 60
NOISY_TENANT = 7

# The demo is in a hurry: what is hourly elsewhere is made so often here, and daily ones.
EVERY_SECONDS = {"hourly": 20, "daily": 600}
BACKUP_BYTES = 2_000_000_000
PAID_SHARE = 0.1

# Days since somebody has tried whether a backup can be restored.
TESTED_DAYS = {False: 9, True: 40}


class Hosting(Book):
    """Serves forty tenants."""

    name = "hosting"
    schema = """
        CREATE TABLE IF NOT EXISTS sites (id integer PRIMARY KEY, tenant int, state text);
        CREATE TABLE IF NOT EXISTS servers (id integer PRIMARY KEY, state text);
        CREATE TABLE IF NOT EXISTS subscriptions (tenant integer PRIMARY KEY, state text);
        CREATE TABLE IF NOT EXISTS invoices
          (id integer PRIMARY KEY, tenant int, cents int, due real, paid real);
        CREATE TABLE IF NOT EXISTS takings (currency text PRIMARY KEY, cents int);
        CREATE TABLE IF NOT EXISTS operations (tenant int, at real);
        CREATE TABLE IF NOT EXISTS backups
          (schedule text, began real, seconds real, bytes int, ok int);
        CREATE TABLE IF NOT EXISTS restores (at real, ok int);
        CREATE INDEX IF NOT EXISTS operations_at ON operations (at);
    """

    def fill(self, now: float) -> None:
        """Write tenants with what is theirs, and a backup of each kind."""
        choice = self.chance.choice
        sites = [(self._tenant(), choice(SITE_STATES)) for _ in range(SITES)]
        self.run_for("INSERT INTO sites (tenant, state) VALUES (?, ?)", sites)
        servers = [("healthy" if n % 6 else "degraded",) for n in range(1, SERVERS + 1)]
        self.run_for("INSERT INTO servers (state) VALUES (?)", servers)
        tenants = [(n, "active" if n % 8 else "cancelled") for n in range(1, TENANTS + 1)]
        self.run_for("INSERT INTO subscriptions VALUES (?, ?)", tenants)
        self.run("INSERT INTO takings VALUES ('EUR', 0)")
        for _ in range(INVOICES):
            self._bill(now + self.chance.uniform(-3, 14) * DAY)
        for schedule in EVERY_SECONDS:
            self._back_up(schedule, now)
        self.run("INSERT INTO restores VALUES (?, 1)", now)

    def work(self, now: float) -> None:
        """Serve tenants, take money and ask for more, back up what is due."""
        for _ in range(OPERATIONS):
            self.run("INSERT INTO operations VALUES (?, ?)", self._tenant(), now)
        if NOISY in self.faults.on:
            noise = [(NOISY_TENANT, now)] * NOISE
            self.run_for("INSERT INTO operations VALUES (?, ?)", noise)
        self.run("DELETE FROM operations WHERE at < ?", now - HOUR)
        if self.chance.random() < PAID_SHARE:
            self._settle(now)
        tested = now - TESTED_DAYS[UNTESTED in self.faults.on] * DAY
        self.run("UPDATE restores SET at = ?", tested)
        for schedule, every in EVERY_SECONDS.items():
            if BACKUPS not in self.faults.on and self._is_due(schedule, every, now):
                self._back_up(schedule, now)

    def _tenant(self) -> int:
        return self.chance.randint(1, TENANTS)

    def _bill(self, due: float) -> None:
        cents = self.chance.randint(500, 20_000)
        self.run(
            "INSERT INTO invoices (tenant, cents, due) VALUES (?, ?, ?)", self._tenant(), cents, due
        )

    def _settle(self, now: float) -> None:
        """Let the oldest open invoice be paid, forget the one, and write another."""
        invoice = self.ask("SELECT id FROM invoices WHERE paid IS NULL ORDER BY due LIMIT 1")
        self.run("UPDATE invoices SET paid = ? WHERE id = ?", now, invoice)
        self.run(
            "UPDATE takings SET cents = cents + (SELECT cents FROM invoices WHERE id = ?)", invoice
        )
        self.run("DELETE FROM invoices WHERE paid < ?", now - HOUR)
        self._bill(now + 14 * DAY)

    def _is_due(self, schedule: str, every: float, now: float) -> bool:
        """Whether a backup is to be made; one that has failed is tried again at once."""
        last = self.ask("SELECT max(began) FROM backups WHERE schedule = ?", schedule)
        ok = self.ask("SELECT ok FROM backups WHERE schedule = ? AND began = ?", schedule, last)
        return now - last >= every or not ok or BACKUPS_FAILING in self.faults.on

    def _back_up(self, schedule: str, now: float) -> None:
        size = int(BACKUP_BYTES * self.chance.uniform(0.95, 1.05))
        seconds = self.chance.uniform(40, 80)
        ok = BACKUPS_FAILING not in self.faults.on
        self.run("INSERT INTO backups VALUES (?, ?, ?, ?, ?)", schedule, now, seconds, size, ok)
        self.run("DELETE FROM backups WHERE began < ?", now - DAY)
