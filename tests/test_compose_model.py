"""Does every container keep the rules that compose/compose.yaml promises?"""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from compose.demo import mariadb, sentinels, web
from generator.endpoints import COMPOSE

ROOT = Path(__file__).parent.parent
COMPOSE_FILE = ROOT / "compose" / "compose.yaml"
DOCKERFILE = ROOT / "compose" / "Dockerfile"

Service = Mapping[str, Any]

# Rules that a service may break, if the reason stands beside it in the compose file.
EXCEPTIONS = {("init", "restart"), ("init", "healthcheck")}

SESSIONS = {*sentinels.SERVERS, *sentinels.SENTINELS}
DEMO = {
    "demo-cache",
    *SESSIONS,
    "demo-database",
    *mariadb.SERVERS,
    web.PHPFPM,
    web.NGINX,
    "demo-host",
    "workload",
}

# Who may read a volume of secrets; only init writes one.
READERS = {
    "secrets-grafana": {"grafana"},
    "secrets-demo-sessions": {"exporters", "workload", *SESSIONS},
    "secrets-demo-cache": {"exporters", "demo-cache", "workload"},
    "secrets-demo-database": {"demo-database"},
    "secrets-demo-database-shop": {"workload"},
    "secrets-demo-database-monitor": {"exporters"},
    "secrets-demo-mariadb": {*mariadb.SERVERS},
    "secrets-demo-mariadb-agent": {"workload"},
    "secrets-demo-mariadb-monitor": {"exporters"},
}
SHARED = {"rendered", *READERS}

# Who asks the demo's servers, and is asked or asks in turn.
MEASURING = {"prometheus", "exporters", "blackbox"}


def read(path: Path) -> dict[str, Any]:
    """Return a compose file with what it includes, its variables replaced by their defaults."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", path.read_text(encoding="utf-8"))
    found: dict[str, Any] = yaml.safe_load(text)
    for included in found.pop("include", []):
        found |= read(ROOT / included["path"])
    return found


MODEL = read(ROOT / "compose.yaml")
SERVICES: dict[str, Service] = MODEL["services"]

each_service = pytest.mark.parametrize("name", SERVICES)


def excused(name: str, rule: str) -> bool:
    """Whether a service may break a rule: it is listed above, and the file says why."""
    block = re.split(r"\n(?=  [\w-]+:\n)", COMPOSE_FILE.read_text(encoding="utf-8"))
    mine = next(part for part in block if part.startswith(f"  {name}:\n"))
    reason = re.search(rf"# exception, {rule}: \S+", mine)
    assert bool(reason) == ((name, rule) in EXCEPTIONS)
    return bool(reason)


def seconds(duration: str) -> int:
    """Return the seconds of a duration such as ``40s``."""
    return int(duration.removesuffix("s"))


@each_service
def test_nothing_runs_as_root(name: str) -> None:
    """A container's user is a number that is not root's, whatever the image says."""
    assert re.fullmatch(r"[1-9]\d*:\d+", SERVICES[name]["user"])


@each_service
def test_nothing_has_rights(name: str) -> None:
    """A container has a read-only root, no capabilities and no way to new privileges."""
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.keys() & {"cap_add", "privileged", "devices", "pid", "ipc", "userns_mode"}
    assert service.get("network_mode", "none") == "none"


@each_service
def test_everything_is_limited(name: str) -> None:
    """A container cannot take the machine's memory, processes, CPU, disk of logs or patience."""
    service = SERVICES[name]
    assert re.fullmatch(r"\d+m", service["mem_limit"])
    assert 0 < service["pids_limit"] <= 256
    assert 0 < service["cpus"] <= 1
    assert service["logging"]["driver"] == "json-file"
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert seconds(service["stop_grace_period"]) >= (30 if name == "alertmanager" else 10)


@each_service
def test_temporary_files_are_limited(name: str) -> None:
    """Memory used as a disk has a size."""
    assert all("size=" in mount for mount in SERVICES[name].get("tmpfs", []))


@each_service
def test_everything_is_health_checked(name: str) -> None:
    """A container says whether it works, and answers within a time."""
    if excused(name, "healthcheck"):
        return
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert seconds(check["timeout"]) < seconds(check["interval"])
    assert check["retries"] > 0


@each_service
def test_everything_restarts(name: str) -> None:
    """A container that ends is started again."""
    assert excused(name, "restart") or SERVICES[name]["restart"] == "unless-stopped"


@each_service
def test_versions_are_pinned(name: str) -> None:
    """An image is named with its whole version, so that a new one comes only by an edit."""
    assert re.fullmatch(r"[\w/-]+:v?\d+(\.\d+){1,2}(-\w+)?", SERVICES[name]["image"])


@each_service
def test_no_secret_is_in_the_environment(name: str) -> None:
    """Secrets come from files: an environment is shown by docker inspect."""
    for key in SERVICES[name].get("environment", {}):
        assert key.endswith("_FILE") or not re.search(r"PASSWORD|TOKEN|SECRET|_KEY$", key)
    command = " ".join(SERVICES[name].get("command", []))
    assert not re.search(r"pass(word)?[= ]|token[= ]", command)


@each_service
def test_only_init_writes_what_others_read(name: str) -> None:
    """Settings are read-only for everyone, configuration and secrets for everyone but init."""
    for mount in SERVICES[name].get("volumes", []):
        assert "docker.sock" not in mount["source"]
        if mount["type"] == "bind" or (mount["source"] in SHARED and name != "init"):
            assert mount["read_only"] is True


def test_secrets_are_mounted_only_where_they_are_used() -> None:
    """A volume of secrets is seen by init and by those that need the secret."""
    for volume, readers in READERS.items():
        mounted = {
            name
            for name, service in SERVICES.items()
            for mount in service.get("volumes", [])
            if mount["source"] == volume
        }
        assert mounted == {"init", *readers}


def test_ports_are_few_and_on_loopback() -> None:
    """At most four ports are published, none beyond this machine, where rendered links point."""
    published = {
        name: port for name, service in SERVICES.items() for port in service.get("ports", [])
    }
    assert sum(len(service.get("ports", [])) for service in SERVICES.values()) <= 4
    for name, port in published.items():
        host, outside, inside = port.split(":")
        endpoint = getattr(COMPOSE, name)
        assert host == "127.0.0.1"
        assert endpoint.url == f"http://127.0.0.1:{outside}"
        assert endpoint.address == f"{name}:{inside}"


def test_only_who_must_talk_can_talk() -> None:
    """The demo has a network without a way out; only who measures is in both."""
    members = {
        network: {
            name for name, service in SERVICES.items() if network in service.get("networks", [])
        }
        for network in MODEL["networks"]
    }
    assert members == {
        "monitoring": {"alertmanager", "grafana", "inbox", *MEASURING},
        "demo": {*DEMO, *MEASURING},
    }
    assert MODEL["networks"]["demo"] == {"internal": True}


def test_the_demo_is_a_profile() -> None:
    """Without the profile, nothing of the demo is left, and nothing waits for it."""
    demo = {name for name, service in SERVICES.items() if service.get("profiles") == ["demo"]}
    assert demo == DEMO
    waits = {wait for service in SERVICES.values() for wait in service.get("depends_on", {})}
    assert waits == {"init"}


def test_the_environment_file_holds_the_profile_and_nothing_else() -> None:
    """The committed .env chooses the demo; a secret has no place in it."""
    lines = (ROOT / ".env").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == [
        "COMPOSE_PROFILES=demo"
    ]


VARIABLE = re.compile(r"\bLIGHTSHIP_[A-Z_]+")
TEXTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def read_by_compose() -> set[str]:
    """Return the variables that the compose file takes from the environment."""
    return set(re.findall(r"\$\{(LIGHTSHIP_\w+)", COMPOSE_FILE.read_text(encoding="utf-8")))


def test_variables_that_are_named_are_read() -> None:
    """Every variable that a text names is read by the compose file, the code or the tests."""
    code = [
        file
        for part in ("compose", "generator", "exporters")
        for file in (ROOT / part).rglob("*.py")
    ]
    scripts = [file for file in (ROOT / "tests/compose").iterdir() if file.is_file()]
    known = read_by_compose()
    for file in [*code, *scripts]:
        known.update(VARIABLE.findall(file.read_text(encoding="utf-8")))
    named = {name for file in TEXTS for name in VARIABLE.findall(file.read_text(encoding="utf-8"))}
    assert named
    assert named <= known


def test_variables_set_for_containers_are_those_of_compose() -> None:
    """What is set in front of docker compose, in a text or in .env, is what compose reads."""
    shown = [
        block
        for file in [*TEXTS, ROOT / "compose/demo/lightship.yaml"]
        for block in re.split(r"```|\n\n", file.read_text(encoding="utf-8"))
        if "docker compose up" in block
    ]
    set_there = {
        name
        for text in [*shown, (ROOT / ".env").read_text(encoding="utf-8")]
        for name in re.findall(r"(LIGHTSHIP_[A-Z_]+)=", text)
    }
    assert "LIGHTSHIP_SETTINGS" in set_there
    assert set_there <= read_by_compose()


def test_our_image_is_pinned_and_runs_as_its_user() -> None:
    """The Dockerfile pins its base and its packages, and ends as the user that compose names."""
    text = DOCKERFILE.read_text(encoding="utf-8")
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert set(bases) == {"python:3.13.7-slim-bookworm"}
    assert text.count("--require-hashes") == 2
    assert re.findall(r"^USER (.+)", text, re.MULTILINE) == [SERVICES["inbox"]["user"]]


def test_the_build_lock_follows_the_development_lock() -> None:
    """What builds the package in the image is what builds it for a developer."""
    known = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    lines = (ROOT / "compose" / "build.lock").read_text(encoding="utf-8").splitlines()
    pins = [line.rstrip(" \\") for line in lines if not line.strip().startswith("#")]
    assert pins
    assert [pin for pin in pins if pin not in known] == []


def test_secrets_stay_out_of_git_and_image() -> None:
    """The folders for a user's secrets are ignored by git and are no part of the image's build."""
    assert "compose/secrets" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for folder in ("targets", "receivers", "scrapes"):
        ignored = ROOT / "compose" / "secrets" / folder / ".gitignore"
        assert "*" in ignored.read_text(encoding="utf-8").splitlines()


@pytest.mark.compose
def test_docker_compose_reads_the_same() -> None:
    """What the tests above hold is what docker compose makes of the files."""
    run = ["docker", "compose", "--profile", "demo", "config", "--format", "json"]
    told = json.loads(subprocess.run(run, cwd=ROOT, check=True, capture_output=True).stdout)
    plain = ("user", "read_only", "cap_drop", "security_opt", "restart", "image", "pids_limit")
    assert told["name"] == "lightship"
    assert told["services"].keys() == SERVICES.keys()
    for name, service in told["services"].items():
        assert {key: service[key] for key in plain} == {key: SERVICES[name][key] for key in plain}
        assert int(service["mem_limit"]) == int(SERVICES[name]["mem_limit"][:-1]) << 20
        for port in service.get("ports", []):
            assert port["host_ip"] == "127.0.0.1"
