"""The definitions of an older revision, taken out of git and loaded in a process of their own."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import exporters
from exporters import document, metrics
from exporters.errors import UserError
from exporters.hints import nearest
from generator.definitions import FOLDERS
from generator.model import Model
from generator.pickles import UnpicklableError, loads

# A definition that never ends must not keep a pull request waiting for ever.
_PATIENCE = 300


@dataclass(frozen=True)
class Repository:
    """A git repository that holds a definitions folder."""

    top: Path

    @classmethod
    def of(cls, root: Path) -> Repository:
        """Return the repository around a folder. Raises UserError when there is none."""
        done = _git(root, "rev-parse", "--show-toplevel")
        if done.returncode:
            raise UserError(
                f"{root}: not in a git repository; lightship diff compares definitions with "
                "what git knows of them: run git init, and commit them"
            )
        return cls(Path(done.stdout.decode().strip()))

    def commit(self, revision: str) -> str:
        """Return the commit that a revision names; of ``REV...`` where it and HEAD parted.

        Raises UserError when there is no such revision.
        """
        name = revision.removesuffix("...")
        done = self._git("rev-parse", "--verify", "-q", "--end-of-options", f"{name}^{{commit}}")
        if done.returncode == 0 and name != revision:
            done = self._git("merge-base", done.stdout.decode().strip(), "HEAD")
        if done.returncode:
            raise UserError(self._unknown(name))
        return done.stdout.decode().strip()

    def _unknown(self, name: str) -> str:
        if self._git("rev-parse", "--verify", "--quiet", "HEAD").returncode:
            return f"{self.top}: git has no commit yet; commit the definitions first"
        listed = self._git("for-each-ref", "--format=%(refname:short)").stdout.decode().split()
        meant = nearest(name, ["HEAD", *listed])
        fix = meant or "git branch --all and git tag list them"
        return f"unknown revision {name!r}; {fix} (a clone that CI made may lack it: git fetch)"

    def has(self, commit: str, path: str) -> bool:
        """Whether a commit holds a file or folder of this path."""
        return bool(self._git("ls-tree", commit, "--", path).stdout)

    def extract(self, commit: str, paths: Sequence[str], to: Path) -> None:
        """Write files and folders of a commit, as they were."""
        there = [path for path in paths if self.has(commit, path)]
        if there:
            done = self._git("archive", "--format=tar", commit, "--", *there)
            with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
                archive.extractall(to, filter="data")

    def _git(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return _git(self.top, *arguments)


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, check=False
        )
    except FileNotFoundError:
        what = "git is not installed; lightship diff reads older definitions from it"
        raise UserError(what) from None


def load(root: Path, settings: Path, revision: str) -> Model:
    """Return the model of the definitions under ``root`` as they were at a revision.

    The settings are those of that revision where git knows the file, else those of today.
    So is the catalog, where it lies in the same repository. Raises UserError when there is
    no such revision, or when its definitions do not load.
    """
    repository = Repository.of(root)
    commit = repository.commit(revision)
    with TemporaryDirectory(prefix="lightship-") as folder:
        there = Path(folder).resolve()
        inside = _inside(repository.top, root)
        catalog = _inside(repository.top, Path(exporters.__file__).parent / "catalog")
        own = _inside(repository.top, settings)
        paths = [f"{inside}/{name}".removeprefix("./") for name in FOLDERS]
        repository.extract(commit, [*paths, *filter(None, (catalog, own))], there)
        if own and repository.has(commit, own):
            named = metrics.files(document.read(there / own))
            repository.extract(commit, [*filter(None, (_inside(there, f) for f in named))], there)
        if not any(repository.has(commit, path) for path in paths):
            raise UserError(f"{revision}: no definitions under {inside!r} there; name a later one")
        return _loaded(
            revision,
            there,
            there / inside,
            (there / own if own and repository.has(commit, own) else settings),
            there / catalog if catalog and repository.has(commit, catalog) else None,
        )


def _inside(top: Path, path: Path) -> str:
    """Return a path from the top of a repository on; nothing for one outside of it."""
    there, here = path.resolve(), top.resolve()
    return str(there.relative_to(here)) if there.is_relative_to(here) else ""


def _loaded(revision: str, there: Path, root: Path, settings: Path, catalog: Path | None) -> Model:
    """Build a model in a process of its own: two of one module's versions cannot share one."""
    out = there / ".model"
    words = ["-m", "generator.revision", str(out), str(root), str(settings), str(catalog or "")]
    try:
        done = subprocess.run(
            [sys.executable, *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise UserError(f"{revision}: its definitions did not load in {_PATIENCE} s") from None
    try:
        if done.returncode == 0:
            return loads(out.read_bytes())
        # What definitions print goes to stderr; what is wrong with them, where the model would.
        said = out.read_text(encoding="utf-8")
    except OSError:
        said = done.stderr.strip()
    except UnpicklableError as error:
        said = str(error)
    told = said.replace(f"{there}/", f"{revision}:") or "their process ended without a word"
    raise UserError(f"the definitions of {revision} do not load:\n{told}")
