"""How does another machine get this very Lightship? As this one did, if that can be repeated."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from shlex import quote
from urllib.parse import unquote, urlsplit

# What the recipes to start from say: a wheel in the repository of the definitions.
BY_WHEEL = "pip install wheels/lightship-*.whl"


@dataclass(frozen=True)
class Installation:
    """The command that installs it elsewhere, and the one that has to be run here before."""

    command: str
    before: str = ""


def of_this() -> Installation:
    """Return how to install what runs now, by what pip noted of where it came from (PEP 610)."""
    try:
        found = distribution("lightship")
    except PackageNotFoundError:
        return _of_folder(str(Path(__file__).parents[1]))
    return _of(found)


def _of(found: Distribution) -> Installation:
    noted = found.read_text("direct_url.json")
    if noted is None:
        return Installation(f"pip install lightship=={found.version}")
    origin = json.loads(noted)
    url = str(origin["url"])
    if vcs := origin.get("vcs_info"):
        whole = f"lightship @ {vcs['vcs']}+{url}@{vcs['commit_id']}"
        return Installation(f"pip install {quote(whole)}")
    if not url.startswith("file:"):
        return Installation(f"pip install {quote(url)}")
    return _of_folder(unquote(urlsplit(url).path))


def _of_folder(source: str) -> Installation:
    """Only this machine has it: a wheel of it goes where other machines find it."""
    return Installation(BY_WHEEL, f"pip wheel --no-deps --wheel-dir wheels {quote(source)}")
