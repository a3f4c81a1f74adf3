"""Find and import the user's dashboards and alerts, wherever they keep them."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field, is_dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from exporters.catalog import family
from exporters.errors import UserError
from exporters.hints import nearest
from generator.bytecode import compiled_ahead
from generator.deadlines import EndlessError, at_most
from generator.problems import Problem
from generator.rules import Alert, Source, alerts_made, limits
from generator.typed import Wrong, wrong_in

FOLDERS = ("alerts", "dashboards")

# Seconds of the processor, and of the clock, for one file with all that it imports: hundreds of
# times what they need.
_WORK = 10
_PATIENCE = 120

_STOCK = Path(__file__).parent / "stock"

DEMO_SETTINGS = Path(__file__).parents[1] / "compose/demo/lightship.yaml"


@dataclass(frozen=True)
class Definitions:
    """What a definitions folder holds: its modules, every alert made, what went wrong."""

    root: Path
    modules: Mapping[str, ModuleType]
    alerts: tuple[Alert, ...]
    problems: tuple[Problem, ...] = field(default=())

    def named(self, folder: str) -> dict[str, ModuleType]:
        """Return the modules of one folder, by the stem of their file."""
        return {
            name.partition(".")[2]: module
            for name, module in self.modules.items()
            if name.startswith(f"{folder}.")
        }


def stock_root() -> Path:
    """Return the folder of the definitions that Lightship ships."""
    return _STOCK if _STOCK.is_dir() else Path(__file__).parents[1]


def find(given: Path | None) -> Path:
    """Return the definitions folder: the given one, else the current one, else the stock.

    Raises UserError when the given folder holds no definitions.
    """
    if given is None:
        here = Path.cwd()
        return here if _has_definitions(here) else stock_root()
    if not _has_definitions(given):
        raise UserError(
            f"{given}: no definitions here; point --definitions at a folder that holds "
            f"{' or '.join(repr(f) for f in FOLDERS)}, or start one: lightship init {given}"
        )
    return given.resolve()


def rendered(root: Path) -> Path:
    """Return where the files rendered from a definitions folder go, unless told otherwise.

    That is a folder beside the definitions; the stock's go into the repository, or, where
    they came in a wheel, into the current folder.
    """
    if root != stock_root():
        return root / "rendered"
    return Path("rendered") if root == _STOCK else root / "compose" / "generated"


def settings_file(given: Path | None) -> Path:
    """Return the settings file: the given one, else lightship.yaml here, else the demo's."""
    here = Path("lightship.yaml")
    return given or (here if here.is_file() else DEMO_SETTINGS)


def _has_definitions(root: Path) -> bool:
    return any((root / folder).is_dir() for folder in FOLDERS)


def load(root: Path, of_service: Mapping[str, float] | None = None) -> Definitions:
    """Import every definition file under ``root``; a file that raises becomes a problem.

    ``of_service`` are the limits that a service sets for itself: they stand in for
    the stock values while the files are read.
    """
    modules: dict[str, ModuleType] = {}
    problems: set[Problem] = set()
    # What definitions print is no part of what we do.
    with (
        _packages_of(root),
        limits(of_service or {}),
        alerts_made() as alerts,
        redirect_stdout(sys.stderr),
        compiled_ahead([root / folder for folder in FOLDERS]),
    ):
        for name in _names(root):
            try:
                with at_most(work=_WORK, patience=_PATIENCE):
                    modules[name] = import_module(name)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001 -- a user's file may raise anything
                problems.add(_problem(error, root, name))
    judged: dict[int, list[Wrong]] = {}
    for module in modules.values():
        problems.update(_ill_typed(module, alerts, judged))
    return Definitions(root, modules, tuple(alerts), tuple(sorted(problems)))


def _ill_typed(
    module: ModuleType, alerts: list[Alert], judged: dict[int, list[Wrong]]
) -> Iterator[Problem]:
    """Find definitions of wrong types, and take them out: nobody could read them."""
    for name, value in list(vars(module).items()):
        if not is_dataclass(value) or not type(value).__module__.startswith("generator."):
            continue
        wrong = wrong_in(value, judged)
        for source, what in wrong:
            known = source or Source(str(module.__file__), 1)
            yield Problem(known.file, known.line, what)
        if wrong:
            delattr(module, name)
            alerts[:] = [alert for alert in alerts if alert is not value]


def _names(root: Path) -> list[str]:
    return [
        f"{folder}.{file.stem}"
        for folder in FOLDERS
        for file in sorted((root / folder).glob("*.py"))
        if not file.stem.startswith("_")
    ]


def _problem(error: BaseException, root: Path, name: str) -> Problem:
    """Say where in the user's own files an import failed, and why."""
    if isinstance(error, SyntaxError):
        return Problem(error.filename or name, error.lineno or 1, f"syntax error: {error.msg}")
    file, line = str(root / f"{name.replace('.', '/')}.py"), 1
    for frame in traceback.extract_tb(error.__traceback__):
        there = Path(frame.filename)
        if there.is_relative_to(root) and there.suffix == ".py" and not _is_word(there):
            file, line = frame.filename, frame.lineno or 1
    return Problem(file, line, _told(error, f"{file}:{line}: "))


def _is_word(file: Path) -> bool:
    """Whether a file holds the words that definitions are written with: a mistake is not there."""
    return file.is_relative_to(Path(__file__).parent) or file == Path(family.__file__)


def _told(error: BaseException, where: str) -> str:
    if isinstance(error, UserError):
        return str(error).removeprefix(where)
    if isinstance(error, SystemExit):
        return "ends the program; leave that to whoever runs it"
    if isinstance(error, EndlessError):
        return f"does not end: {error}"
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 -- an exception of the user's own may not even say what it is
        text = "it does not say what is wrong"
    if isinstance(error, AttributeError) and error.name:
        text += nearest(error.name, dir(error.obj), before="; ")
    return f"{type(error).__name__}: {text}; mend the definition"


@contextmanager
def _packages_of(root: Path) -> Iterator[None]:
    """Let ``import dashboards`` and ``import alerts`` mean those under ``root``.

    The packages are made by hand, not searched for: a folder without
    ``__init__.py`` loses to a regular package of the same name anywhere on
    ``sys.path``, however early its own entry stands.
    """
    before = _take_out()
    for folder in FOLDERS:
        package = ModuleType(folder)
        package.__path__ = [str(root / folder)]
        sys.modules[folder] = package
    try:
        yield
    finally:
        _take_out()
        sys.modules.update(before)


def _take_out() -> dict[str, ModuleType]:
    taken = {n: m for n, m in sys.modules.items() if n.partition(".")[0] in FOLDERS}
    for name in taken:
        del sys.modules[name]
    return taken
