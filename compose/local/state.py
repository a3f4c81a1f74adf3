"""The state folder: where everything of one local stack lies, and what it remembers."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from exporters.errors import UserError

# A socket's path has room for 107 bytes, and supervisord adds its pid while it binds.
MAX_SOCKET_PATH = 90


@dataclass(frozen=True)
class Record:
    """What a stack was started with: its settings file, ports, and versions by service.

    ``digests`` are of the files that services read, to see what has changed since;
    ``pace`` is how many times as often is asked what is asked seldom.
    """

    settings: str
    demo: bool
    ports: Mapping[str, int]
    versions: Mapping[str, str]
    digests: Mapping[str, str]
    pace: float = 1


@dataclass(frozen=True)
class State:
    """The folder of one stack; everything in it may be deleted when the stack is down.

    ``owner`` is whose data is meant: each settings file has its own, or what the demo
    measured last would fire alerts of a stack that tells somebody else.
    """

    folder: Path
    owner: str = ""

    @classmethod
    def at(cls, folder: Path) -> State:
        """Return the state at a folder, which need not exist."""
        return cls(folder.absolute())

    @property
    def rendered(self) -> Path:
        """Prometheus', Alertmanager's and Grafana's files."""
        return self.folder / "rendered"

    @property
    def secrets(self) -> Path:
        """Passwords that were made at the first start."""
        return self.folder / "secrets"

    @property
    def logs(self) -> Path:
        """One log file per service."""
        return self.folder / "logs"

    @property
    def pids(self) -> Path:
        """One file per process: its pid and when it started."""
        return self.folder / "pids"

    @property
    def configuration(self) -> Path:
        """What supervisord reads."""
        return self.folder / "supervisord.conf"

    def of(self, record: Record) -> State:
        """Return this state with the data of a settings file, named after it."""
        path = hashlib.sha256(os.fsencode(record.settings)).hexdigest()[:8]
        owner = "demo" if record.demo else f"{Path(record.settings).stem}-{path}"
        return replace(self, owner=owner)

    def data(self, service: str) -> Path:
        """Return the folder of a service's own data."""
        return self.folder / "data" / self.owner / service

    def create(self) -> None:
        """Make the folders. Raises UserError when that is not allowed."""
        try:
            for folder in (self.logs, self.pids, self.folder / "data"):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"{self.folder}: cannot be written ({error.strerror}); choose with --state DIR"
            ) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one command at a time change the stack."""
        self.create()
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def load(self) -> Record | None:
        """Return what the last start remembered, None before the first."""
        try:
            return Record(**json.loads((self.folder / "stack.json").read_text()))
        except FileNotFoundError:
            return None
        except (TypeError, ValueError) as error:
            raise UserError(f"{self.folder}/stack.json: not ours ({error}); delete it") from error

    def save(self, record: Record) -> None:
        """Remember what this start was given."""
        text = json.dumps(asdict(record), indent=2, sort_keys=True)
        fresh = self.folder / "stack.json.new"
        fresh.write_text(text + "\n")
        fresh.replace(self.folder / "stack.json")

    @property
    def socket(self) -> Path:
        """Where supervisord listens: in the folder unless its path is too long for a socket."""
        path = self.folder / "supervisord.sock"
        if len(os.fsencode(path)) <= MAX_SOCKET_PATH:
            return path
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"lightship-{os.getuid()}-{name}" / "supervisord.sock"

    def create_socket_folder(self) -> None:
        """Make the socket's folder ours alone. Raises UserError when someone else owns it."""
        folder = self.socket.parent
        if folder == self.folder:
            return
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise UserError(f"{folder}: not ours alone; remove it, or choose a shorter --state DIR")
