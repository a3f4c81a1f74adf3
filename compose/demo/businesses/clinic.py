"""An appointment platform: bookings, reminders by mail and text, and whether people like it."""

from __future__ import annotations

from compose.demo.businesses.book import DAY, HOUR, Book
from compose.demo.faults import BOOKINGS, REFUSED, UNSENT

TENANTS, STAFF, USERS = 8, 25, 200
STATES = ("booked", "confirmed", "kept", "kept", "kept", "cancelled", "missed")
SEEDED = 400

FEATURES = {"reminders": 0.97, "waiting list": 0.92, "online booking": 0.94}
POLICIES = {"cancelled in time": 0.9, "answered within a day": 0.97}
CHANNELS = {"mail": 0.7, "sms": 0.3}

BOOKED_SHARE = 0.3
FAILED_SHARE, REFUSED_SHARE = 0.01, 0.5
BROKEN_OFF_SHARE = 0.03

# Reminders that are asked for in a second: for a day's visits, and for all patients at once.
REMINDERS = {False: 1, True: 30}


class Clinic(Book):
    """Serves practices, whose staff people meet."""

    name = "clinic"
    schema = """
        CREATE TABLE IF NOT EXISTS appointments
          (id integer PRIMARY KEY, tenant int, staff int, state text, made real);
        CREATE TABLE IF NOT EXISTS sent (channel text, outcome text, many int,
          PRIMARY KEY (channel, outcome));
        CREATE TABLE IF NOT EXISTS notifications (channel text, asked real, sent real);
        CREATE TABLE IF NOT EXISTS visits (person int, at real, broken_off int);
        CREATE TABLE IF NOT EXISTS uses (person int, feature text, at real);
        CREATE TABLE IF NOT EXISTS answers (at real, score real);
        CREATE TABLE IF NOT EXISTS tickets (at real, about text);
        CREATE TABLE IF NOT EXISTS cases (policy text, at real, kept int);
    """

    def fill(self, now: float) -> None:
        """Write a day of visits and appointments, and a month of answers and tickets."""
        rows = [(channel, how) for channel in CHANNELS for how in ("delivered", "failed")]
        self.run_for("INSERT INTO sent VALUES (?, ?, 0)", rows)
        for _ in range(SEEDED):
            at = now - self.chance.uniform(0, DAY)
            self._visit(at)
            self._book(at, self.chance.choice(STATES))
            score = min(10, self.chance.gauss(8.8, 0.8))
            self.run("INSERT INTO answers VALUES (?, ?)", at - 2 * DAY, score)
        self.run("INSERT INTO tickets VALUES (?, 'slow')", now - 3 * DAY)

    def work(self, now: float) -> None:
        """Receive a visitor, who may book; send what waits; forget what is old."""
        self._visit(now)
        if BOOKINGS not in self.faults.on and self.chance.random() < BOOKED_SHARE:
            self._book(now, "booked")
            self.run(
                "UPDATE appointments SET state = 'kept' WHERE id = (SELECT id FROM appointments "
                "WHERE state IN ('booked', 'confirmed') ORDER BY made LIMIT 1)"
            )
        self._remind(now)
        for table, column in {"appointments": "made", "visits": "at", "uses": "at"}.items():
            self.run(f"DELETE FROM {table} WHERE {column} < ?", now - DAY)  # noqa: S608 - ours
        self.run("DELETE FROM cases WHERE at < ?", now - DAY)
        self.run("DELETE FROM notifications WHERE sent < ?", now - HOUR)

    def _visit(self, at: float) -> None:
        person = self.chance.randint(1, USERS)
        self.run(
            "INSERT INTO visits VALUES (?, ?, ?)",
            person,
            at,
            self.chance.random() < BROKEN_OFF_SHARE,
        )
        for feature, share in FEATURES.items():
            # By person: the one has found it, the other not.
            if person <= share * USERS:
                self.run("INSERT INTO uses VALUES (?, ?, ?)", person, feature, at)

    def _book(self, at: float, state: str) -> None:
        tenant, staff = self.chance.randint(1, TENANTS), self.chance.randint(1, STAFF)
        self.run(
            "INSERT INTO appointments (tenant, staff, state, made) VALUES (?, ?, ?, ?)",
            tenant, staff, state, at,
        )  # fmt: skip
        for policy, share in POLICIES.items():
            self.run("INSERT INTO cases VALUES (?, ?, ?)", policy, at, self.chance.random() < share)

    def _remind(self, now: float) -> None:
        """Ask for a reminder, and send those of the second before."""
        waiting = self.connection.execute(
            "SELECT rowid, channel FROM notifications WHERE sent IS NULL"
        ).fetchall()
        unsent = UNSENT in self.faults.on
        refused = REFUSED_SHARE if REFUSED in self.faults.on else FAILED_SHARE
        for row, channel in () if unsent else waiting:
            outcome = "failed" if self.chance.random() < refused else "delivered"
            self.run("UPDATE notifications SET sent = ? WHERE rowid = ?", now, row)
            self.run(
                "UPDATE sent SET many = many + 1 WHERE channel = ? AND outcome = ?",
                channel,
                outcome,
            )
        for channel in self.chance.choices(
            list(CHANNELS), list(CHANNELS.values()), k=REMINDERS[unsent]
        ):
            self.run("INSERT INTO notifications VALUES (?, ?, NULL)", channel, now)
