"""A team's task list: what is to be done, what is late, and who signs in."""

from __future__ import annotations

from compose.demo.businesses.book import DAY, Book
from compose.demo.faults import GUESSED, RENAMED

TASKS, USERS = 80, 30
STATES = ("open", "open", "in progress", "done")

# Attempts in a second to sign in: of people, and of somebody who tries passwords.
SIGN_IN_SHARE, WRONG_SHARE, GUESSES = 0.5, 0.08, 5
DONE_SHARE = 0.05


class Tasks(Book):
    """Knows what a team has to do."""

    name = "tasks"
    schema = """
        CREATE TABLE IF NOT EXISTS tasks (id integer PRIMARY KEY, state text, due real, done real);
        CREATE TABLE IF NOT EXISTS sign_ins (outcome text PRIMARY KEY, many int);
        CREATE TABLE IF NOT EXISTS users (id integer PRIMARY KEY, seen real);
    """

    def fill(self, now: float) -> None:
        """Write the tasks and the users."""
        for _ in range(TASKS):
            self._add(self.chance.choice(STATES), now + self.chance.uniform(-1, 20) * DAY)
        self.run("INSERT INTO sign_ins VALUES ('succeeded', 0), ('failed', 0)")
        seen = [(now - self.chance.uniform(0, 2) * DAY,) for _ in range(USERS)]
        self.run_for("INSERT INTO users (seen) VALUES (?)", seen)

    def work(self, now: float) -> None:
        """Let somebody sign in, and now and then finish a task and find another."""
        self._name()
        if self.chance.random() < SIGN_IN_SHARE:
            self._sign_in(now, succeeds=self.chance.random() >= WRONG_SHARE)
        for _ in range(GUESSES if GUESSED in self.faults.on else 0):
            self._sign_in(now, succeeds=False)
        if self.chance.random() < DONE_SHARE:
            self.run(
                "UPDATE tasks SET state = 'done', done = ? WHERE id = "
                "(SELECT id FROM tasks WHERE state <> 'done' ORDER BY due LIMIT 1)",
                now,
            )
            self.run("DELETE FROM tasks WHERE done < ?", now - DAY)
            self._add("open", now + self.chance.uniform(1, 20) * DAY)

    def _name(self) -> None:
        """Give the column of when users were seen its name, or, while the fault is on, another."""
        known = self.ask("SELECT name FROM pragma_table_info('users') WHERE cid = 1")
        wanted = "last_seen" if RENAMED in self.faults.on else "seen"
        if known != wanted:
            self.run(f"ALTER TABLE users RENAME COLUMN {known} TO {wanted}")

    def _add(self, state: str, due: float) -> None:
        self.run("INSERT INTO tasks (state, due) VALUES (?, ?)", state, due)

    def _sign_in(self, now: float, *, succeeds: bool) -> None:
        outcome = "succeeded" if succeeds else "failed"
        self.run("UPDATE sign_ins SET many = many + 1 WHERE outcome = ?", outcome)
        if succeeds and RENAMED not in self.faults.on:
            user = self.chance.randint(1, USERS)
            self.run("UPDATE users SET seen = ? WHERE id = ?", now, user)
