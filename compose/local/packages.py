"""Fetch servers from Debian's packages as an ordinary user, installing nothing.

apt verifies the packages with the distribution's keys, in folders of its own;
``dpkg`` only unpacks them. No service is started and nothing outside the folder changes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from compose.local import relocation

PACKAGES = {
    "prometheus": "prometheus",
    "promtool": "promtool",
    "alertmanager": "prometheus-alertmanager",
    "amtool": "prometheus-alertmanager",
}
NEWEST = "sid"
# The newest suite first; without a name, those that the machine itself uses.
ANY = (NEWEST, "")
NAMES = {NEWEST: "newest suite", "": "own suites"}
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

# A configuration of its own: lists, cache and the (empty) list of installed packages
# are private, and hooks that clean the system's cache are not ours to run.
CONFIGURATION = """\
Dir::State "{work}/state";
Dir::State::Lists "{work}/lists";
Dir::State::Status "{work}/status";
Dir::Cache "{work}/cache";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""
# Whatever suite the machine is of: only this one.
ONE_SUITE = """\
Dir::Etc::SourceList "{work}/sources.list";
Dir::Etc::SourceParts "/dev/null";
"""


class PackagesError(Exception):
    """The packages could not be had; the message says why."""


def advice(name: str) -> str:
    """Return the command that brings a program by hand."""
    if shutil.which("apt-get"):
        # Older Debian has promtool in Prometheus' own package, and then no other one.
        package = PACKAGES["prometheus" if name == "promtool" else name]
        return f"sudo apt-get install --no-install-recommends {package}"
    if shutil.which("brew"):
        return (
            f"brew install {'alertmanager' if name in {'alertmanager', 'amtool'} else 'prometheus'}"
        )
    return f"put {name} from https://prometheus.io/download/ on PATH"


def fetch(folder: Path) -> None:
    """Put the four programs into ``folder/bin``: the newest that run here.

    Raises PackagesError when neither the newest suite nor the machine's own has them.
    """

    def take(work: Path) -> None:
        unpack(work, "prometheus", "prometheus-alertmanager")
        if not (work / "tree/usr/bin/promtool").exists():
            unpack(work, "promtool")
        _move(_programs(work), folder / "bin")

    _from(folder, take)


def fetch_whole(
    folder: Path, package: str, works: Callable[[Path], list[str]], suite: str = ""
) -> None:
    """Put a package into ``folder``, with all that it depends on, the C library included.

    ``works`` returns, given where it was unpacked, a command that succeeds where it runs.
    Raises PackagesError as ``fetch`` does, or when the ``suite`` that is named has none.
    """

    def take(work: Path) -> None:
        _apt(work, "install", "--download-only", "--no-install-recommends", "--yes", package)
        for one in (work / "cache/archives").glob("*.deb"):
            _run(["dpkg", "-x", str(one), str(work / "tree")], cwd=work)
        _run(works(work / "tree"), cwd=work)
        (work / "tree").replace(folder)

    folder.parent.mkdir(parents=True, exist_ok=True)
    _from(folder.parent, take, (suite,) if suite else ANY)


def fetch_programs(folder: Path, *names: str) -> None:
    """Put programs into ``folder``, each of a package that has its name and needs no other.

    Raises PackagesError as ``fetch`` does.
    """

    def take(work: Path) -> None:
        unpack(work, *names)
        for name in names:
            _run([str(work / "tree/usr/bin" / name), "--version"], cwd=work)
        for name in names:
            (work / "tree/usr/bin" / name).replace(folder / name)

    folder.mkdir(parents=True, exist_ok=True)
    _from(folder, take)


def _from(folder: Path, take: Callable[[Path], None], suites: tuple[str, ...] = ANY) -> None:
    """Take packages from the first of the suites from which that can be."""
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise PackagesError("apt-get and dpkg are not here")
    reasons: list[str] = []
    for suite in suites:
        with tempfile.TemporaryDirectory(prefix="fetch-", dir=folder) as temporary:
            work = Path(temporary).absolute()
            try:
                prepare(work, suite)
                take(work)
            except PackagesError as error:
                reasons.append(f"{NAMES.get(suite, suite)}: {error}")
                continue
            return
    raise PackagesError("; ".join(reasons))


def prepare(work: Path, suite: str) -> None:
    """Learn what packages a suite has (the machine's own if none is named), in ``work``.

    Raises PackagesError.
    """
    for part in ("state", "lists/partial", "cache/archives/partial", "debs", "tree"):
        (work / part).mkdir(parents=True)
    (work / "status").touch()
    configuration = CONFIGURATION
    if suite:
        if not KEYRING.exists():
            raise PackagesError(f"{KEYRING} is missing")
        configuration += ONE_SUITE
        line = f"deb [signed-by={KEYRING}] {_mirror()} {suite} main\n"
        (work / "sources.list").write_text(line)
    (work / "apt.conf").write_text(configuration.format(work=work))
    # A source of the machine's that fails (a foreign one, say) need not matter.
    _apt(work, "update", check=bool(suite))


def unpack(work: Path, *packages: str) -> None:
    """Unpack packages into ``work/tree``, and nothing that they depend on. Raises PackagesError."""
    _apt(work, "download", *packages)
    for package in (work / "debs").glob("*.deb"):
        _run(["dpkg", "-x", str(package), str(work / "tree")], cwd=work)
        package.unlink()


def _apt(work: Path, *arguments: str, check: bool = True) -> None:
    command = ["apt-get", "--quiet=2", f"--config-file={work}/apt.conf", *arguments]
    _run(command, cwd=work / "debs", check=check)


def _run(command: list[str], *, cwd: Path, check: bool = True) -> None:
    try:
        done = subprocess.run(
            command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise PackagesError(f"{command[0]} took more than five minutes") from error
    except OSError as error:
        raise PackagesError(f"{command[0]}: cannot be run ({error.strerror})") from error
    if check and done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise PackagesError(f"{command[0]}: {lines[-1]}")


def _programs(work: Path) -> Path:
    """Return the folder of programs that were unpacked, shown to run here."""
    programs = work / "tree/usr/bin"
    unpacked = programs / "prometheus-alertmanager"
    if unpacked.exists():
        unpacked.rename(programs / "alertmanager")
    if lacking := [name for name in PACKAGES if not (programs / name).exists()]:
        raise PackagesError(f"the packages lack {', '.join(lacking)}")
    for name in PACKAGES:
        _run([str(programs / name), "--version"], cwd=work)
    try:
        relocation.relocate(programs, work / "tree/usr/share/prometheus/alertmanager")
    except relocation.RelocationError as error:
        raise PackagesError(str(error)) from error
    return programs


def _move(programs: Path, into: Path) -> None:
    """Move everything into place, the programs last: who finds all four can start them."""
    into.mkdir(parents=True, exist_ok=True)
    assets = into / relocation.ASSETS
    if assets.exists():
        shutil.rmtree(assets)
    (programs / relocation.ASSETS).rename(assets)
    for name in PACKAGES:
        (programs / name).replace(into / name)


def _mirror() -> str:
    """Return the Debian mirror that this machine already uses. Raises PackagesError."""
    for mirror in _mirrors():
        return mirror
    raise PackagesError("no Debian mirror in /etc/apt/sources.list or sources.list.d")


def _mirrors() -> Iterator[str]:
    folder = Path("/etc/apt/sources.list.d")
    files = [Path("/etc/apt/sources.list"), *sorted(folder.glob("*.list"))]
    for file in [*files, *sorted(folder.glob("*.sources"))]:
        if file.is_file():
            for line in file.read_text(errors="replace").splitlines():
                if not line.lstrip().startswith("#"):
                    yield from re.findall(r"https?://\S+/debian(?=/?(?:\s|$))", line)
