"""Every file of a stack, and how it gets to disk: only what changed, nothing stale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from pathlib import Path
from typing import Any

from exporters.errors import UserError
from generator import alertmanager, blackbox, grafana, inbox, messages, prometheus
from generator.model import Model
from generator.routes import BY_SEVERITY
from generator.unchanged import MANIFEST
from generator.yamltext import dump


def files(model: Model) -> dict[str, str]:
    """Return the text of every file that a stack is made of, by its path.

    A pure function of the model: no clock, no network, no order of hashing.
    """
    settings = model.settings.path.name
    found = {
        "prometheus/prometheus.yml": dump(prometheus.configuration(model), made_from=settings),
        "blackbox/blackbox.yml": dump(blackbox.configuration(model), made_from=settings),
        "alertmanager/alertmanager.yml": dump(
            alertmanager.configuration(model), made_from=f"{_routes(model)} and {settings}"
        ),
        "grafana/provisioning/datasources/lightship.yaml": dump(
            _data_sources(model), made_from=settings
        ),
        "grafana/provisioning/dashboards/lightship.yaml": dump(
            _DASHBOARD_PROVIDER, made_from="dashboards/"
        ),
        "inbox/inbox.yaml": dump(inbox.configuration(model), made_from=f"alerts/ and {settings}"),
        **inbox.runbooks(model),
    }
    for name, text in messages.templates(model).items():
        found[f"alertmanager/templates/{name}"] = text
    for stem, data in prometheus.rule_files(model).items():
        found[f"prometheus/rules/{stem}.yaml"] = dump(data, made_from=f"alerts/{stem}.py")
    for uid in model.dashboards:
        found[f"grafana/dashboards/{uid}.json"] = grafana.render(model, uid)
    return dict(sorted(found.items()))


def _routes(model: Model) -> str:
    return "severities" if model.routing is BY_SEVERITY else "alerts/routes.py"


def _data_sources(model: Model) -> dict[str, Any]:
    source = grafana.DATA_SOURCE | {
        "name": "Prometheus",
        "access": "proxy",
        "url": f"http://{model.endpoints.prometheus.address}",
        "isDefault": True,
        "editable": False,
        "jsonData": {"httpMethod": "POST", "timeInterval": model.settings.scrape_interval},
    }
    return {"apiVersion": 1, "datasources": [source]}


_DASHBOARD_PROVIDER = {
    "apiVersion": 1,
    "providers": [
        {
            "name": "lightship",
            "type": "file",
            "disableDeletion": True,
            "allowUiUpdates": False,
            # Grafana fills in the environment: the folder differs between containers and processes.
            "options": {"path": "${LIGHTSHIP_DASHBOARDS}"},
        }
    ],
}


def write(made: Mapping[str, str], out: Path) -> list[str]:
    """Write what changed and remove what rendering owned but no longer makes.

    Each file is replaced as a whole: a server may be reading it. Returns the paths
    written or removed, sorted. Raises UserError when the folder cannot be written.
    """
    try:
        stale = _owned(out) - set(made)
        wanted = with_manifest(made)
        new = not out.exists()
        changed = [path for path, text in wanted.items() if new or _read(out / path) != text]
        for folder in {(out / path).parent for path in changed}:
            folder.mkdir(parents=True, exist_ok=True)
        for path in changed:
            _replace(out / path, wanted[path])
        for path in stale:
            (out / path).unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"{error.filename}: {error.strerror}; choose another --out") from error
    return sorted({*changed, *stale} - {MANIFEST})


def differences(made: Mapping[str, str], out: Path) -> Iterator[str]:
    """Yield a unified diff for each file on disk that is not what rendering makes."""
    wanted = with_manifest(made)
    for path in sorted({*wanted, *_owned(out)}):
        there, text = _read(out / path) or "", wanted.get(path, "")
        if there != text:
            yield "".join(
                unified_diff(
                    there.splitlines(keepends=True),
                    text.splitlines(keepends=True),
                    f"{out / path} (committed)",
                    f"{out / path} (rendered)",
                )
            )


def with_manifest(made: Mapping[str, str]) -> dict[str, str]:
    """Return what was made, and the list of it that rendering goes by the next time."""
    return {**made, MANIFEST: "".join(f"{path}\n" for path in made)}


def _replace(path: Path, text: str) -> None:
    whole = path.with_name(f".{path.name}.new")
    whole.write_bytes(text.encode())
    whole.replace(path)


def _owned(out: Path) -> set[str]:
    """Return the files that the manifest names and that lie in the folder: it may be anybody's."""
    named = set((_read(out / MANIFEST) or "").split("\n"))
    return {name for name in named if "\0" not in name and _is_file_in(out, name)}


def _is_file_in(out: Path, name: str) -> bool:
    path = (out / name).resolve()
    return path.is_relative_to(out.resolve()) and path.is_file()


def _read(path: Path) -> str | None:
    """Return what a file holds; what is no text in it is never what rendering makes."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
