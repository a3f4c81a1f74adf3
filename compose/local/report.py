"""How a local stack is: which service works, and what to do about each that does not."""

from __future__ import annotations

from collections.abc import Mapping

from compose import access, health
from compose.demo import switches
from compose.local import services
from compose.local.processes import read
from compose.local.service import LOOPBACK, ORDER
from compose.local.stack import Stack
from compose.local.state import Record
from compose.local.supervision import Child
from compose.status import ABSENT, WORKS, Row

UP = "run: lightship up"
FAILED = "failed"
STOPPED = "stopped"


def rows(stack: Stack, *, only: str = "") -> list[Row]:
    """Return how each service is, or only one; all of them stopped when nothing runs."""
    record = stack.state.load()
    if record is None:
        return [Row(name, STOPPED, todo=UP) for name in services.names(demo=True)]
    children = stack.supervisor.children()
    shown = {*services.names(demo=record.demo), "grafana"}
    return [
        _row(stack, name, record, children)
        for name in ORDER
        if only in {"", name} and name in shown
    ]


def _row(stack: Stack, name: str, record: Record, children: Mapping[str, Child]) -> Row:
    address = f"{LOOPBACK}:{record.ports[name]}"
    version = record.versions.get(name, "")
    child = children.get(name)
    if child is None and name == "grafana":
        says = "no grafana on PATH: the preview draws its dashboards"
        return Row(name, ABSENT, says)
    if child is None:
        return Row(name, STOPPED, "", address, version, UP)
    if not child.alive:
        return Row(name, _ended(child), child.why, address, version, _todo(stack, name))
    process = read(stack.state.pids / name)
    if process and process.state == "T":
        return Row(name, "hung", "its process is stopped", address, version, _todo(stack, name))
    found = health.check(name, address, access.to(name, stack.state.rendered))
    todo = "" if found.works else _todo(stack, name)
    return Row(name, WORKS if found.works else health.NOT_READY, found.says, address, version, todo)


def _ended(child: Child) -> str:
    return {"BACKOFF": "restarting", "FATAL": FAILED}.get(child.state, STOPPED)


def _todo(stack: Stack, name: str) -> str:
    log = stack.state.logs / f"{name}.log"
    if stack.record.demo and name in switches.servers():
        return f"if a fault is on: lightship demo fault; else {UP}; its log: {log}"
    return f"read {log}; then {UP}"
