"""An uptime monitor's results: which sites were up, how quick, and what is still open."""

from __future__ import annotations

from compose.demo.businesses.book import DAY, Book
from compose.demo.faults import EXPIRING

SITES = ("shop", "blog", "api", "docs", "login", "status", "cdn", "mail", "wiki", "admin")
CHECKS = 2

# U4: so many checks fail, and so long do the others take.
DOWN_SHARE = 0.05
SECONDS = (0.05, 0.5)

# So long an alert is open before somebody has looked.
OPEN_SECONDS = 300

SEEDED_CHECKS = 2_000

# What is left of a certificate that nobody renews.
EXPIRING_DAYS = 3


class Monitor(Book):
    """Checks ten sites, and remembers each check for a day."""

    name = "uptime"
    schema = """
        CREATE TABLE IF NOT EXISTS monitors (id integer PRIMARY KEY, name text, expires int);
        CREATE TABLE IF NOT EXISTS checks (monitor int, at real, ok int, seconds real);
        CREATE TABLE IF NOT EXISTS counts (monitor int, outcome text, checks int,
          PRIMARY KEY (monitor, outcome));
        CREATE TABLE IF NOT EXISTS alerts (monitor int, opened real, resolved real);
        CREATE INDEX IF NOT EXISTS checks_at ON checks (at);
    """

    def fill(self, now: float) -> None:
        """Write the sites, with certificates of a month to three, and a day of checks."""
        expire = [int(now) + self.chance.randint(30, 90) * DAY for _ in SITES]
        sites = list(zip(_ids(), SITES, expire, strict=True))
        self.run_for("INSERT INTO monitors VALUES (?, ?, ?)", sites)
        self.run_for(
            "INSERT INTO counts VALUES (?, ?, 0)",
            [(site, outcome) for site in _ids() for outcome in ("succeeded", "failed")],
        )
        for _ in range(SEEDED_CHECKS):
            self._check(now - self.chance.uniform(0, DAY))

    def work(self, now: float) -> None:
        """Check some sites, forget what is older than a day, renew what is about to expire."""
        for _ in range(CHECKS):
            self._check(now)
        self.run("DELETE FROM checks WHERE at < ?", now - DAY)
        self.run(
            "UPDATE alerts SET resolved = ? WHERE opened < ? AND resolved IS NULL",
            now,
            now - OPEN_SECONDS,
        )
        self.run("DELETE FROM alerts WHERE resolved < ?", now - DAY)
        if EXPIRING in self.faults.on:
            self.run("UPDATE monitors SET expires = ? WHERE id = 1", now + EXPIRING_DAYS * DAY)
        else:
            self.run(
                "UPDATE monitors SET expires = ? WHERE expires < ?", now + 90 * DAY, now + 20 * DAY
            )

    def _check(self, at: float) -> None:
        site = self.chance.choice(_ids())
        ok = self.chance.random() >= DOWN_SHARE
        seconds = self.chance.uniform(*SECONDS)
        outcome = "succeeded" if ok else "failed"
        self.run("INSERT INTO checks VALUES (?, ?, ?, ?)", site, at, ok, seconds)
        self.run(
            "UPDATE counts SET checks = checks + 1 WHERE monitor = ? AND outcome = ?", site, outcome
        )
        if not ok:
            self.run("INSERT INTO alerts VALUES (?, ?, NULL)", site, at)


def _ids() -> range:
    return range(1, len(SITES) + 1)
