"""Finding the programs: what counts as found, which versions, and what is said when they lack."""

from __future__ import annotations

from pathlib import Path

import pytest

from compose.local import packages, tools
from compose.local.relocation import BUILT_IN, RELOCATED, RelocationError, relocate
from exporters.errors import UserError

VERSIONS = {
    "prometheus, version 2.42.0+ds (branch: debian/sid, revision: 2.42.0+ds-5)": "2.42.0",
    "prometheus, version 3.5.3+ds1 (branch: debian/sid, revision: 3.5.3+ds1-6)": "3.5.3",
    "alertmanager, version 0.25.0 (branch: HEAD, revision: 258fab7)": "0.25.0",
    "amtool, version 0.33.1 (branch: debian/sid)\n  go version: go1.27.1": "0.33.1",
}


def program(path: Path, text: str) -> None:
    """Write a program that prints something and ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(("text", "version"), VERSIONS.items())
def test_version(text: str, version: str) -> None:
    """A version is read from what each program prints, whoever built it."""
    assert tools.parse_version(text, Path("prometheus")) == version


def test_version_unknown(tmp_path: Path) -> None:
    """A program that does not say its version is named, with what to do."""
    program(tmp_path / "prometheus", "echo hello")
    with pytest.raises(UserError, match="prometheus: does not say its version; remove it"):
        tools.version(tmp_path / "prometheus")


def test_folder_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of fetched programs wins over PATH."""
    for place, number in (("tools/bin", "3.5.3"), ("path", "2.42.0")):
        for name in tools.NAMES:
            program(tmp_path / place / name, f"echo {name}, version {number}")
    monkeypatch.setenv("PATH", f"{tmp_path}/path:/usr/bin:/bin")
    found = tools.find(tmp_path / "tools")
    assert found is not None
    assert found.versions.prometheus == (3, 5)
    assert found.alertmanager.path == tmp_path / "tools/bin/alertmanager"
    assert found.alertmanager.directory == tmp_path / "tools/bin"


def test_debian_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alertmanager is found under the name that Debian gives it."""
    for name in ("prometheus", "promtool", "prometheus-alertmanager", "amtool"):
        program(tmp_path / name, f"echo {name}, version 0.25.0")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    found = tools.find(tmp_path / "tools")
    assert found is not None
    assert found.alertmanager.path == tmp_path / "prometheus-alertmanager"
    assert found.versions.alertmanager == (0, 25)


def test_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every missing program is listed with a command when nothing can be fetched."""
    program(tmp_path / "path/promtool", "echo promtool, version 2.42.0")
    monkeypatch.setenv("PATH", f"{tmp_path}/path")
    with pytest.raises(UserError) as caught:
        tools.obtain(tmp_path / "tools")
    text = str(caught.value)
    assert text.startswith("programs: 3 not found in")
    assert "apt-get and dpkg are not here" in text
    for name in ("prometheus", "alertmanager", "amtool"):
        assert f"\n  {name}: " in text
    assert "\n  promtool: " not in text


def test_fetch_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Apt's own last words are told when it can fetch nothing, with the command to run by hand."""
    program(
        tmp_path / "path/apt-get", "echo 'E: Unable to locate package prometheus' >&2; exit 100"
    )
    program(tmp_path / "path/dpkg", "exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}/path")
    with pytest.raises(UserError) as caught:
        tools.obtain(tmp_path / "tools")
    text = str(caught.value)
    assert "E: Unable to locate package prometheus" in text
    assert "sudo apt-get install --no-install-recommends prometheus-alertmanager" in text
    assert [p.name for p in (tmp_path / "tools").iterdir()] == ["lock"]


def test_folder_that_cannot_be_made() -> None:
    """A folder for programs that cannot be made is told with the flag that chooses another."""
    with pytest.raises(UserError, match=r"^/proc/none: cannot be written .*; choose with --tools"):
        tools.obtain(Path("/proc/none"))


UNPACKED = {
    "lacks one": ("prometheus promtool prometheus-alertmanager", "the packages lack amtool"),
    "lacks all": ("", "the packages lack prometheus, promtool, alertmanager, amtool"),
    "runs none": (
        "prometheus promtool prometheus-alertmanager amtool",
        "prometheus: cannot be run (Permission denied)",
    ),
}


@pytest.mark.parametrize("case", UNPACKED)
def test_packages_of_another_kind(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Packages without a program, or a disk that runs none, are told as what could not be had."""
    names, says = UNPACKED[case]
    program(tmp_path / "path/apt-get", "case $* in *download*) touch x.deb ;; esac")
    # Files that may not be run, as on a disk that is mounted so.
    made = f'for name in {names}; do touch "$3/usr/bin/$name"; done'
    program(tmp_path / "path/dpkg", f'mkdir -p "$3/usr/bin"; {made}')
    monkeypatch.setenv("PATH", f"{tmp_path}/path")
    for name in ("mkdir", "touch"):
        (tmp_path / "path" / name).symlink_to(f"/usr/bin/{name}")
    with pytest.raises(UserError) as caught:
        tools.obtain(tmp_path / "tools")
    assert says in str(caught.value)


def test_advice() -> None:
    """Promtool is asked for in the package that every Debian has it in, or depends on."""
    assert packages.advice("promtool") == packages.advice("prometheus")


def test_relocation_keeps_length(tmp_path: Path) -> None:
    """Only the path changes in a relocated program, and nothing moves."""
    script = b"#!/bin/sh\necho 'Listening on' >&2; sleep 60\n# "
    (tmp_path / "bin").mkdir()
    target = tmp_path / "bin/alertmanager"
    target.write_bytes(script + BUILT_IN + b"/ui/" + BUILT_IN + b" end")
    target.chmod(0o755)
    relocate(tmp_path / "bin", tmp_path / "assets")
    assert target.read_bytes() == script + RELOCATED + b"/ui/" + RELOCATED + b" end"


def test_relocation_is_proven(tmp_path: Path) -> None:
    """A program that ends instead of listening is not taken; its last words are told."""
    program(tmp_path / "alertmanager", "echo starting >&2; echo no templates >&2; exit 1")
    with pytest.raises(RelocationError, match="does not start relocated: no templates"):
        relocate(tmp_path, tmp_path / "assets")
