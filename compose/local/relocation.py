"""Make Debian's Alertmanager start without being installed.

It exits unless ``/usr/share/prometheus/alertmanager/*.tmpl`` exist, a path that no
flag changes and that an ordinary user cannot write. The path is a constant of the
program, so our copy gets one of the same length that leads to the folder it is
started in, where the package's own templates lie.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

BUILT_IN = b"/usr/share/prometheus/alertmanager"
ASSETS = "alertmanager-assets"
RELOCATED = b"/proc/self/cwd/" + ASSETS.encode()

# A Go program knows its strings by length: nothing may move.
assert len(RELOCATED) == len(BUILT_IN)  # noqa: S101  # holds or the module is wrong

# The templates, the web pages and their stand-in: more would be a build we do not know.
MAX_PLACES = 8

CONFIGURATION = "route: {receiver: none}\nreceivers: [{name: none}]\n"


class RelocationError(Exception):
    """The program is not what we know how to relocate; the message says what is wrong."""


def relocate(folder: Path, assets: Path) -> None:
    """Let ``folder/alertmanager`` find its assets in the folder it is started in, and prove it.

    Raises RelocationError when the program does not start afterwards.
    """
    program = folder / "alertmanager"
    content = program.read_bytes()
    places = content.count(BUILT_IN)
    if places > MAX_PLACES:
        raise RelocationError(
            f"alertmanager: names its assets {places} times, a build unknown here"
        )
    # A hard link or a running copy must not change under someone's feet: write a new file.
    program.unlink()
    program.write_bytes(content.replace(BUILT_IN, RELOCATED))
    program.chmod(0o755)
    if assets.exists():
        shutil.copytree(assets, folder / ASSETS)
    else:
        (folder / ASSETS).mkdir()
    prove(folder)


def prove(folder: Path, seconds: float = 20) -> None:
    """Start ``folder/alertmanager`` for a moment. Raises RelocationError when it ends instead."""
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        configuration = Path(temporary, "alertmanager.yml")
        configuration.write_text(CONFIGURATION)
        command = [
            str(folder / "alertmanager"),
            f"--config.file={configuration}",
            f"--storage.path={temporary}/data",
            "--web.listen-address=127.0.0.1:0",
            "--cluster.listen-address=",
        ]
        last = _listens(command, folder, seconds)
    if last is not None:
        raise RelocationError(f"alertmanager: does not start relocated: {last}")


def _listens(command: list[str], folder: Path, seconds: float) -> str | None:
    """Return None once the program listens, or its last line if it ended before that."""
    last = "no output"
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        try:
            for line in process.stderr or ():
                if "Listening on" in line:
                    return None
                last = line.strip()
        finally:
            timer.cancel()
            process.kill()
    return last
