"""The demo's sessions: which servers keep them, which Sentinels watch those, how both are told."""

from __future__ import annotations

# What the Sentinels call the group; which of its servers is the master, they decide.
NAME = "sessions"
SERVERS = ("demo-sessions-1", "demo-sessions-2")
SENTINELS = ("demo-sentinel-1", "demo-sentinel-2", "demo-sentinel-3")

# How many of them must find the master down.
QUORUM = 2

# A5: silent for five seconds is down; a failover that fails is tried again after twenty.
DOWN_MILLISECONDS = 5_000
FAILOVER_MILLISECONDS = 10_000


def configuration(password: str) -> str:
    """Return what both servers are told: each may have to follow the other."""
    return f"requirepass {password}\nmasterauth {password}\n"


def sentinel_configuration(password: str) -> str:
    """Return what a Sentinel is told once it knows whom to watch."""
    return (
        f"requirepass {password}\n"
        f"sentinel auth-pass {NAME} {password}\n"
        f"sentinel down-after-milliseconds {NAME} {DOWN_MILLISECONDS}\n"
        f"sentinel failover-timeout {NAME} {FAILOVER_MILLISECONDS}\n"
    )
