"""The services of a local stack: what each is started with, in which order, and what it needs."""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path

from compose.local import demo as demonstration
from compose.local import flags, upstream
from compose.local.service import DEMO, LOOPBACK, ORDER, Service
from compose.local.state import Record, State
from compose.local.tools import Tool, Tools

# As in compose.yaml: nobody signs up, and nothing is reported, asked or fetched outside.
GRAFANA_SWITCHES: Mapping[str, str] = {
    "GF_AUTH_ANONYMOUS_ENABLED": "false",
    "GF_USERS_ALLOW_SIGN_UP": "false",
    "GF_ANALYTICS_REPORTING_ENABLED": "false",
    "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
    "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
    "GF_ANALYTICS_FEEDBACK_LINKS_ENABLED": "false",
    "GF_NEWS_NEWS_FEED_ENABLED": "false",
    "GF_SECURITY_DISABLE_GRAVATAR": "true",
    "GF_SNAPSHOTS_EXTERNAL_ENABLED": "false",
    "GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED": "true",
    "GF_PLUGINS_PREINSTALL_DISABLED": "true",
    "GF_PLUGINS_PREINSTALL_AUTO_UPDATE": "false",
}


def names(*, demo: bool) -> list[str]:
    """Return which services there are here, in the order of their starts."""
    absent = (frozenset() if demo else DEMO) | {"preview" if grafana_home() else "grafana"}
    return [name for name in ORDER if name not in absent]


def services(state: State, record: Record, tools: Tools, folder: Path) -> list[Service]:
    """Return the services of this stack, in the order of their starts.

    What is not found is fetched into ``folder``.
    """
    address = {name: f"{LOOPBACK}:{port}" for name, port in record.ports.items()}
    return [
        *(demonstration.services(state, record.ports, folder) if record.demo else ()),
        _exporters(record, address),
        _blackbox(state, upstream.obtain(folder)["blackbox"], address),
        _inbox(state, address),
        _alertmanager(state, tools, address),
        _prometheus(state, tools, address),
        *_dashboards(state, address),
    ]


def environment(state: State, record: Record) -> dict[str, str]:
    """Return what the services and the settings file find in their environment."""
    ours = {
        **demonstration.addresses(record.ports),
        "DEMO_FILES": str(state.data("workload")),
        "LIGHTSHIP_SECRETS": str(state.secrets),
        "PYTHONUNBUFFERED": "1",
    }
    return ours | _grafana_environment(state, record.ports["grafana"])


def _exporters(record: Record, address: Mapping[str, str]) -> Service:
    listen = f"--listen={address['exporters']}"
    pace = () if record.pace == 1 else (f"--pace={record.pace:g}",)
    return _ours("exporters", "run", f"--settings={record.settings}", listen, *pace)


def _blackbox(state: State, program: Tool, address: Mapping[str, str]) -> Service:
    return Service(
        "blackbox",
        (
            str(program.path),
            f"--config.file={state.rendered}/blackbox/blackbox.yml",
            f"--web.listen-address={address['blackbox']}",
        ),
    )


def _inbox(state: State, address: Mapping[str, str]) -> Service:
    return _ours(
        "inbox",
        "run",
        f"--listen={address['inbox']}",
        f"--database={state.data('inbox')}/inbox.sqlite",
        f"--runbooks={state.rendered}/inbox/runbooks",
        f"--surroundings={state.rendered}/inbox/inbox.yaml",
    )


def _ours(name: str, *arguments: str) -> Service:
    # The command of this very installation, whatever PATH holds.
    return Service(name, (f"{sysconfig.get_path('scripts')}/lightship", name, *arguments))


def _alertmanager(state: State, tools: Tools, address: Mapping[str, str]) -> Service:
    return Service(
        "alertmanager",
        (
            str(tools.alertmanager.path),
            f"--config.file={state.rendered}/alertmanager/alertmanager.yml",
            f"--storage.path={state.data('alertmanager')}",
            f"--web.listen-address={address['alertmanager']}",
            f"--web.external-url=http://{address['alertmanager']}",
            *flags.alertmanager(tools.alertmanager.release),
        ),
        directory=tools.alertmanager.directory,
        stop_seconds=30,
    )


def _prometheus(state: State, tools: Tools, address: Mapping[str, str]) -> Service:
    return Service(
        "prometheus",
        (
            str(tools.prometheus.path),
            f"--config.file={state.rendered}/prometheus/prometheus.yml",
            f"--storage.tsdb.path={state.data('prometheus')}",
            f"--web.listen-address={address['prometheus']}",
            f"--web.external-url=http://{address['prometheus']}",
            *flags.prometheus(tools.prometheus.release),
        ),
        directory=state.rendered / "prometheus",
        stop_seconds=30,
    )


def grafana_home() -> Path | None:
    """Return the folder of the Grafana whose program is on PATH, None when there is none."""
    program = shutil.which("grafana")
    if not program:
        return None
    homes = (Path(program).resolve().parent.parent, Path("/usr/share/grafana"))
    return next((home for home in homes if (home / "conf/defaults.ini").exists()), None)


def _dashboards(state: State, address: Mapping[str, str]) -> Iterator[Service]:
    """Yield Grafana, or in its place, and at its address, what draws the same dashboards."""
    home = grafana_home()
    program = shutil.which("grafana")
    if home and program:
        yield Service("grafana", (program, "server", f"--homepath={home}"), directory=home)
    else:
        yield _ours(
            "preview",
            "run",
            f"--listen={address['grafana']}",
            f"--rendered={state.rendered}/grafana",
            f"--prometheus={address['prometheus']}",
        )


def _grafana_environment(state: State, port: int) -> dict[str, str]:
    return {
        **GRAFANA_SWITCHES,
        "LIGHTSHIP_DASHBOARDS": str(state.rendered / "grafana/dashboards"),
        "GF_PATHS_DATA": str(state.data("grafana")),
        "GF_PATHS_LOGS": str(state.data("grafana") / "log"),
        "GF_PATHS_PROVISIONING": str(state.rendered / "grafana/provisioning"),
        "GF_SECURITY_ADMIN_PASSWORD__FILE": str(state.secrets / "grafana/admin-password"),
        "GF_SECURITY_SECRET_KEY__FILE": str(state.secrets / "grafana/secret-key"),
        "GF_SERVER_HTTP_ADDR": LOOPBACK,
        "GF_SERVER_HTTP_PORT": str(port),
        "GF_SERVER_ROOT_URL": f"http://{LOOPBACK}:{port}/",
    }
