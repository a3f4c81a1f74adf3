"""Real web servers, from the system or from Debian's packages."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from getpass import getuser
from pathlib import Path

import pytest

from compose.local import nginx, phpfpm
from compose.local.ports import reserve

ROOT = Path(__file__).parents[3]
PATIENCE = 90.0
USER, PASSWORD = "lightship", "pl4nted-s3cret"

NGINX = """
user {user};
worker_processes 1;
pid nginx.pid;
events {{ worker_connections {connections}; }}
http {{
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {{
    listen 127.0.0.1:{port};
    location = /status {{ stub_status; }}
    location = /closing {{ stub_status; keepalive_timeout 0; }}
    location = /guarded {{ stub_status; auth_basic "status"; auth_basic_user_file users; }}
    location = /denied {{ deny all; stub_status; }}
    location = /moved {{ return 302 /status; }}
    location = /broken {{ return 503; }}
    location = /other {{ return 200 "hello\\n"; }}
    location = /phpfpm {{ return 200 '{{"pool": "$args"}}'; }}
    location = /large {{ alias {folder}/large; }}
  }}
}}
"""

PHPFPM = """
[global]
error_log = /dev/stderr
daemonize = no
[panel]
listen = {listen}
pm = dynamic
pm.max_children = 2
pm.start_servers = 1
pm.min_spare_servers = 1
pm.max_spare_servers = 1
pm.status_path = /status
ping.path = /ping
pm.status_listen = 127.0.0.1:{port}
request_slowlog_timeout = 1s
slowlog = {folder}/slow.log
"""

# Is done when there is a file of that name beside it.
WAIT = (
    "<?php while (!file_exists(__DIR__ . '/go')) { usleep(10000); clearstatcache(); } echo 'done';"
)


def connects(port: int) -> bool:
    """Return whether anybody listens there."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@dataclass
class Server:
    """A server of a test's own, with its worker processes."""

    command: tuple[str, ...]
    port: int
    folder: Path
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Start it, and wait until it listens."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE
        while not connects(self.port):
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline, "never listened"
            time.sleep(0.02)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to all of its processes."""
        os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """End it, whatever it does."""
        if self.process.poll() is None:
            self.send(signal.SIGKILL)
            self.process.wait()

    @property
    def address(self) -> str:
        """Where it listens, as ``host:port``."""
        return f"127.0.0.1:{self.port}"

    def url(self, page: str = "status") -> str:
        """Return where a page of it is."""
        return f"http://{self.address}/{page}"


def begin_nginx(folder: Path, connections: int = 32) -> Server:
    """Start an nginx with every kind of page."""
    port = reserve()
    hashed = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()  # noqa: S324 - of the kinds that nginx knows by itself
    (folder / "users").write_text(f"{USER}:{{SHA}}{hashed}\n")
    with (folder / "large").open("wb") as large:
        large.truncate(2 * 1024 * 1024)
    file = folder / "nginx.conf"
    # Where root starts it, its workers are to read the folder too.
    given = {"connections": connections, "port": port, "folder": folder, "user": getuser()}
    file.write_text(NGINX.format(**given))
    server = Server(nginx.command(nginx.obtain(ROOT / nginx.FOLDER), file, folder), port, folder)
    server.start()
    return server


def begin_phpfpm(folder: Path, listen: str, programs: Path = ROOT / phpfpm.FOLDER) -> Server:
    """Start a PHP-FPM of two processes, whose status is answered by others, at the port."""
    port = reserve()
    (folder / "wait.php").write_text(WAIT)
    file = folder / "php-fpm.conf"
    file.write_text(PHPFPM.format(listen=listen, port=port, folder=folder))
    server = Server(phpfpm.command(phpfpm.obtain(programs), file), port, folder)
    server.start()
    return server


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return an nginx that nobody stops."""
    with ExitStack() as end:
        server = begin_nginx(tmp_path_factory.mktemp("nginx"))
        end.callback(server.kill)
        yield server


@pytest.fixture
def start_nginx(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start an nginx of a test's own, for so many connections."""
    with ExitStack() as end:

        def start(connections: int = 32) -> Server:
            server = begin_nginx(tmp_path, connections)
            end.callback(server.kill)
            return server

        yield start


@dataclass(frozen=True)
class Pool:
    """A PHP-FPM: ``status`` is where its status page is, ``listen`` where its pages are."""

    server: Server
    status: str
    listen: str


@pytest.fixture
def start_phpfpm(tmp_path: Path) -> Iterator[Callable[..., Pool]]:
    """Start a PHP-FPM of a test's own, on a port or on a Unix socket."""
    with ExitStack() as end:

        def start(*, socket: bool = False) -> Pool:
            listen = f"{tmp_path}/fpm.sock" if socket else f"127.0.0.1:{reserve()}"
            server = begin_phpfpm(tmp_path, listen)
            end.callback(server.kill)
            return Pool(server, f"fastcgi://{server.address}/status", listen)

        yield start
