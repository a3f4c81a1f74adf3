"""Takes up a changed configuration: all of it, or, if anything is wrong with it, nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from exporters import log, settings, web
from exporters.errors import UserError
from exporters.settings import Settings, SettingsError
from exporters.web import Web

Marks = tuple[int, ...]

# How often the files are looked at, in seconds.
_LOOK_SECONDS = 2.0


@dataclass(frozen=True)
class Configuration:
    """What the exporters were told: the settings file, and who may ask."""

    settings: Settings
    web: Web = field(default_factory=Web)

    @property
    def files(self) -> tuple[Path, ...]:
        """All files that were read."""
        return (self.settings.path, *self.settings.metrics_files, *self.web.files)


def read(settings_file: Path, web_file: Path | None) -> Configuration:
    """Read both files; without a ``web_file`` the one that the settings name, if they do.

    Raises SettingsError with the problems of one of them, or with why they do not agree.
    """
    loaded = settings.load(settings_file)
    file = web_file or loaded.scraping.web_config_file
    guard = web.load(file) if file else Web()
    if not web_file and (problems := list(loaded.scraping.problems(guard))):
        where = f"{loaded.where('exporters')}: key 'exporters'"
        raise SettingsError([f"{where}: {problem}" for problem in problems])
    return Configuration(loaded, guard)


class Reloader:
    """The configuration in use, and how the last attempt to take up another one went."""

    def __init__(
        self,
        now: Configuration,
        read: Callable[[], Configuration],
        use: Callable[[Settings], None],
    ) -> None:
        self.now = now
        self._read = read
        self._use = use
        self.successful = True
        self.succeeded_at = time.time()
        self._seen = _looked_at(self.now.files)
        self._told: list[str] = []
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Let the files be read again, whether or not they have changed."""
        self._asked.set()

    async def watch(self) -> None:
        """Reload when asked to, when a file has changed, and while one is refused; without end."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._asked.wait()
            seen = await asyncio.to_thread(_looked_at, self.now.files)
            if self._asked.is_set() or seen != self._seen or not self.successful:
                self._asked.clear()
                await self._reload(seen)

    async def _reload(self, seen: Mapping[Path, Marks]) -> None:
        try:
            new = await asyncio.to_thread(self._read)
            self._require_same_scheme(new.web)
            self._use(new.settings)
        except Exception as error:  # noqa: BLE001 - what works goes on, whatever is wrong
            self._refuse(error)
            return
        self.now = new
        # What was seen before it was read: what has changed since is read again.
        fresh = _looked_at(new.files)
        self._seen = {file: seen.get(file, marks) for file, marks in fresh.items()}
        self.successful, self.succeeded_at, self._told = True, time.time(), []
        log.info("configuration reloaded", targets=sorted(new.settings.targets))

    def _require_same_scheme(self, web: Web) -> None:
        if (web.tls is None) != (self.now.web.tls is None):
            raise UserError("TLS was switched on or off; restart the exporters for that")

    def _refuse(self, error: Exception) -> None:
        self.successful = False
        problems = error.problems if isinstance(error, SettingsError) else [str(error)]
        if problems != self._told:
            self._told = problems
            unforeseen = None if isinstance(error, UserError) else error
            log.warning("configuration refused", unforeseen, problems=problems)


def _looked_at(files: Iterable[Path]) -> dict[Path, Marks]:
    """Return, for each file, what changes when it does."""
    return {file: _marks(file) for file in files}


def _marks(file: Path) -> Marks:
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino
