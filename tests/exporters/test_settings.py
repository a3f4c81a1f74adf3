"""The settings file: what it may say, and what each mistake is told."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as how
from hypothesis import strategies as st

from exporters import collectors, dsn, references, settings
from exporters.document import read
from exporters.settings import SettingsError, load

FULL = """\
scrape_interval: 5s
links: {grafana: http://127.0.0.1:3001}
targets:
  sessions:
    kind: redis
    url: redis://${CACHE_HOST:-cache}:6379/0
    username: monitor
    password_file: secrets/sessions
    service: shop
  tasks: {kind: celery, url: redis://x, service: shop, queues: [a, b], priority_steps: [0, 5]}
services:
  shop: {team: platform, limits: {cache_hit_ratio_min: 0.7}}
receivers:
  page:
    - slack: {api_url_file: secrets/slack, channel: "#oncall"}
    - webhook: {url: "http://127.0.0.1:9999/hook"}
"""

LARAVEL = "targets: {a: {kind: laravel, url: redis://x, service: s, %s}}\nservices: {s: {}}\n"
TARGET = "targets: {a: {kind: redis, url: redis://x, service: s, %s}}\nservices: {s: {}}\n"
RECEIVER = "targets: {a: {kind: redis, url: redis://x, service: s}}\nservices: {s: {}}\n%s\n"

MISTAKES = [
    ("", "1: holds no settings; write them as 'key: value'"),
    ("a: [1\nb: 2", "2: is not YAML: did not find expected ',' or ']'; mend this line"),
    ("services: {}\nservices: {}", "2: key 'services': stands on line 1 already; keep one of them"),
    ("? [a]\n: b", "1: has a key that is no name; write a name"),
    ("a: &a [*a]", "1: key 'a.0': holds itself; write the values out instead of the alias"),
    ("[" * 60 + "]" * 60, "1: is nested too deeply; settings need a handful of levels"),
    ("a: !!int x", "1: key 'a': cannot be read; put it in quotes"),
    ("a: ${NO_SUCH}", "1: key 'a': the environment has no 'NO_SUCH'; set it, or give a default"),
    ("target: {}", "1: key 'target': is unknown; did you mean 'targets'?"),
    ("services: {}", "1: 'targets' is missing; add it"),
    ("targets: {}", "1: key 'targets': is empty; write at least one key below it"),
    ("targets: 3", "1: key 'targets': has the wrong type; write keys with values, 'key: value'"),
    ("scrape_interval: 15", "1: key 'scrape_interval': is no duration above zero; write one such"),
    ("links: {grafana: 3}", "1: key 'links.grafana': is no web address free of credentials"),
    ("services: {s: {team: 3}}", "1: key 'services.s.team': has the wrong type; write text, in"),
    (
        "scrape_interval: 15 s",
        "1: key 'scrape_interval': is no duration above zero; write one such",
    ),
    ("scrape_interval: 0s", "1: key 'scrape_interval': is no duration above zero; write one such"),
    (
        "targets: {a b: {}}",
        "1: key 'targets.a b': is no name; use letters, digits, '_', '.' and '-'",
    ),
    ("links: {grafana: x}", "1: key 'links.grafana': is no web address free of credentials"),
    (TARGET % "kind: reddis", "1: key 'targets.a.kind': stands on line 1 already"),
    (TARGET % "password: hunter2", "put it in a file and name that with 'password_file'"),
    (TARGET % "username: me", "1: key 'targets.a': 'password_file' is missing; add it"),
    (
        TARGET % "colour: red",
        "1: key 'targets.a.colour': is unknown; the known ones are 'expected', 'failed_jobs', ",
    ),
    (
        "targets: {a: {kind: reddis, url: redis://x, service: s}}",
        "1: key 'targets.a.kind': 'reddis' is unknown; did you mean 'redis'?",
    ),
    (
        "targets: {a: {kind: redis, url: redis://x, service: shp}}\nservices: {shop: {}}",
        "1: key 'targets.a.service': 'shp' is not declared under 'services'; did you mean 'shop'?",
    ),
    (TARGET % "queues: [a]", "1: key 'targets.a.kind': has no 'queues'; write rq, celery or"),
    (TARGET % "prefix: a", "1: key 'targets.a.kind': has no 'prefix'; write rq, celery or"),
    (
        "targets: {a: {kind: application, url: http://x, service: s, password_file: p}}\nservices:",
        "1: key 'targets.a.kind': has no 'password_file'; remove it",
    ),
    (
        TARGET % "priority_steps: [0]",
        "1: key 'targets.a.kind': has no 'priority_steps'; write celery",
    ),
    (
        TARGET % "priority_separator: a",
        "1: key 'targets.a.kind': has no 'priority_separator'; write",
    ),
    (
        TARGET % "horizon_prefix: a",
        "1: key 'targets.a.kind': has no 'horizon_prefix'; write laravel",
    ),
    (LARAVEL % "horizon_prefix: a", "1: key 'targets.a': 'prefix' is missing; add it"),
    (
        LARAVEL % "prefix: a, failed_jobs: {url: 'oracle://x/y'}",
        "1: key 'targets.a.failed_jobs.url': is no such address; write postgresql://user@host",
    ),
    (
        LARAVEL % "prefix: a, failed_jobs: {url: 'mysql://u:pw@x/y'}",
        "1: key 'targets.a.failed_jobs.url': the URL holds a password; name with 'password_file'",
    ),
    (
        LARAVEL % "prefix: a, failed_jobs: {url: 'file:///x', table: 'a; DROP TABLE b'}",
        "1: key 'targets.a.failed_jobs.table': is no name of a table; write letters",
    ),
    (
        "targets: {a: {kind: rq, url: redis://x, service: s, queues: []}}",
        "1: key 'targets.a.queues': is empty; write at least one item or remove the key",
    ),
    (
        "services: {s: {limits: {x: '0.7'}}}",
        "1: key 'services.s.limits.x': has the wrong type; write a number, without quotes",
    ),
    (
        RECEIVER % "receivers: {page: [{pagerduty: {routing_key: hunter2}}]}",
        "3: key 'receivers.page.0.pagerduty.routing_key': holds a secret; put it in a file and",
    ),
    (
        RECEIVER % "receivers: {page: [{webhook: {url: 'http://u:hunter2@x/'}}]}",
        "3: key 'receivers.page.0.webhook.url': is no web address free of credentials",
    ),
    (
        RECEIVER % "receivers: {page: [{webhook: {}}]}",
        "3: key 'receivers.page.0.webhook': needs one web address; give either 'url' or 'url_file'",
    ),
    (
        RECEIVER % "receivers: {page: [{email: {to: a, from: b, smarthost: c:25}, slack: {}}]}",
        "3: key 'receivers.page.0': holds more than one; begin each with '- ' on a line of its own",
    ),
]

URLS = [
    ("redis://:hunter2@x", "the URL holds credentials; name the user with 'username', and with"),
    ("redis://x:hunter2", "is no URL; write redis://host:port"),
    ("rediss:/x", "names no host; write redis://host:port"),
    ("rdis://x", "does not begin with a known scheme; did you mean 'redis'?"),
    ("redis://x/hunter2", "has something after the host and port; only a database number may be"),
    ("redis://x/1?hunter2", "has something after the host and port; only a database number may be"),
    ("unix://x/y", "names no socket; write unix:///path/of/the/socket"),
    ("unix:///x?hunter2", "has something after the socket; only ?db=NUMBER may be"),
    ("", "is empty; write a value or remove the key"),
]

DSNS = [
    ("postgresql://me:hunter2@x/d", "the URL holds a password; name with 'password_file' a file"),
    ("postgresql://x:hunter2/d", "is no URL; write postgresql://user@host:port/database"),
    ("postgresql://me@x/d?hunter2", "is no URL; write postgresql://user@host:port/database"),
    ("postgresql://me@x/d?hunter2=1", "has a parameter that is not understood; the known ones are"),
    ("postgresql://me@x/d?sslmode=hunter2", "has an unknown sslmode; the known ones are 'allow', "),
    ("postgresql:///d", "names no host; write postgresql://user@host:port/database"),
    ("postgresql://me@x", "names no database, or something after it; write postgresql://user@"),
    ("postgresql://me@x/d/hunter2", "names no database, or something after it; write postgresql:"),
    ("postgrsql://x/d", "does not begin with a known scheme; did you mean 'postgresql'?"),
    ("redis://x", "does not begin with a known scheme; the known ones are 'postgres', "),
]

PROBES = [
    ("url: 'http://me:hunter2@x/'", "url': the URL holds credentials; write http://host:port/path"),
    ("url: 'ftp://x/hunter2'", "url': does not begin with a known scheme; did you mean 'tcp'?"),
    ("url: 'tcp://x'", "url': is not a host and a port and nothing else; write tcp://host:port"),
    ("url: 'tls://x:hunter2'", "url': is no URL; write tls://host:port"),
    ("url: 'tls://a:hunter2@x:1'", "url': is not a host and a port and nothing else; write tls"),
    ("url: 'tcp://x:1', interval: 5m", "interval': is longer than two minutes: between them"),
    ("url: 'tcp://x:1', expected: {}", "expected': is empty; write at least one key below it"),
    ("url: 'tcp://x:1', expected: {within: 15s}", "expected.within': is as long as until it is"),
    (
        "url: 'http://x', interval: 3s, expected: {within: 4s}",
        "expected.within': is as long as until it is asked again; write less, or a longer",
    ),
    ("url: 'http://x', expected: {status: [99]}", "expected.status.0': is no status of HTTP"),
    ("url: 'http://x', expected: {status: 200}", "expected.status': has the wrong type; write a"),
]

PAGES = [
    ("http://me:hunter2@x/metrics", "the URL holds credentials; write http://host:port/path"),
    ("http://x:hunter2/metrics", "is no URL; write http://host:port/path"),
    ("http:///metrics", "names no host; write http://host:port/path"),
    ("http://x/metrics?hunter2", "has something after the path; write http://host:port/path"),
    ("htp://x/metrics", "does not begin with a known scheme; did you mean 'http'?"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a settings file may be written."""
    return tmp_path / "lightship.yaml"


def problems(file: Path, text: str) -> list[str]:
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(file)
    return caught.value.problems


def test_full(file: Path) -> None:
    """A file that says everything is read, with defaults, and paths beside the file."""
    file.write_text(FULL)
    read = load(file)
    target = read.targets["sessions"]
    assert (read.scrape_interval, read.evaluation_interval) == ("5s", "5s")
    assert target.url == "redis://cache:6379/0"
    assert target.password_file == file.parent / "secrets/sessions"
    assert read.services["shop"].limits == {"cache_hit_ratio_min": 0.7}
    assert read.targets["tasks"].queues == ("a", "b")
    assert read.targets["tasks"].priority_steps == (0, 5)
    slack, webhook = read.receivers["page"]
    assert slack.options["api_url_file"] == str(file.parent / "secrets/slack")
    assert (webhook.kind, webhook.options["url"]) == ("webhook", "http://127.0.0.1:9999/hook")


def test_lines(file: Path) -> None:
    """Every key knows its line; one that is absent points at its nearest parent."""
    file.write_text(FULL)
    read = load(file)
    assert read.where("targets", "sessions", "url") == f"{file}:6"
    assert read.where("receivers", "page", "1", "webhook") == f"{file}:16"
    assert read.where("services", "shop", "limits", "nothing") == f"{file}:12"
    assert read.where("nothing") == f"{file}:1"


def test_variables(file: Path) -> None:
    """A variable comes from the environment; its default stands in when that has none."""
    file.write_text("[a: '${A}', b: '${B:-two}${B:-}', c: '$A ${}']")
    assert read(file, {"A": "one"}).value == [{"a": "one"}, {"b": "two"}, {"c": "$A ${}"}]


@pytest.mark.parametrize(("text", "problem"), MISTAKES, ids=[p for _, p in MISTAKES])
def test_mistakes(file: Path, text: str, problem: str) -> None:
    """Every mistake is told with line, key and what to do; no value that may be secret is."""
    found = problems(file, text)
    assert any(f"{file}:{problem}" in line or problem in line for line in found), found
    assert "hunter2" not in "\n".join(found)


@pytest.mark.parametrize(("url", "problem"), URLS, ids=[p for _, p in URLS])
def test_urls(file: Path, url: str, problem: str) -> None:
    """A URL that names no server is told as such, and never repeated."""
    text = f"targets: {{a: {{kind: redis, url: '{url}', service: s}}}}\nservices: {{s: {{}}}}"
    (found,) = problems(file, text)
    assert found.startswith(f"{file}:1: key 'targets.a.url': {problem}")
    assert "hunter2" not in found


@pytest.mark.parametrize(("url", "problem"), DSNS, ids=[p for _, p in DSNS])
def test_database_urls(file: Path, url: str, problem: str) -> None:
    """A URL that names no database is told as such, and never repeated."""
    text = f"targets: {{a: {{kind: postgres, url: '{url}', service: s}}}}\nservices: {{s: {{}}}}"
    (found,) = problems(file, text)
    assert found.startswith(f"{file}:1: key 'targets.a.url': {problem}")
    assert "hunter2" not in found


@pytest.mark.parametrize(
    "url",
    ["/x/hunter2", "file:hunter2", "file://h/x", "file:///x/"],
    ids=["path", "relative", "host", "folder"],
)
def test_file_urls(file: Path, url: str) -> None:
    """A URL that names no file is told as such; an account has no place beside one."""
    target = f"kind: sqlite, url: '{url}', service: s, password_file: p"
    found = problems(file, f"targets: {{a: {{{target}}}}}\nservices: {{s: {{}}}}")
    assert any("file's URL" in one or "names no file" in one for one in found)
    assert any("has no 'password_file'; remove it" in one for one in found)
    assert "hunter2" not in "".join(found)


@pytest.mark.parametrize(("url", "problem"), PAGES, ids=[p for _, p in PAGES])
def test_page_urls(file: Path, url: str, problem: str) -> None:
    """A URL that names no page is told as such, and never repeated."""
    text = f"targets: {{a: {{kind: application, url: '{url}', service: s}}}}\nservices: {{s: {{}}}}"
    (found,) = problems(file, text)
    assert found.startswith(f"{file}:1: key 'targets.a.url': {problem}")
    assert "hunter2" not in found


@pytest.mark.parametrize(("said", "problem"), PROBES, ids=[p for _, p in PROBES])
def test_probes(file: Path, said: str, problem: str) -> None:
    """What cannot be asked from outside, or not so, is told; no value that may be secret is."""
    text = f"targets: {{a: {{kind: probe, {said}, service: s}}}}\nservices: {{s: {{}}}}"
    (found,) = problems(file, text)
    assert found.startswith(f"{file}:1: key 'targets.a.{problem}")
    assert "hunter2" not in found


def test_who_asks(file: Path) -> None:
    """What exposes metrics itself, or is asked from outside, is none of the exporters' targets."""
    file.write_text(
        "targets:\n"
        "  a: {kind: redis, url: redis://x, service: s}\n"
        "  b: {kind: application, url: http://x/metrics, service: s}\n"
        "  c: {kind: host, url: http://x:9100/metrics, service: s}\n"
        "  d: {kind: probe, url: tcp://x:25, service: s}\n"
        "services: {s: {}}\n"
    )
    read = load(file)
    assert (list(read.measured), list(read.exposing)) == (["a"], ["b", "c"])
    assert list(read.probed) == ["d"]


def test_database_url() -> None:
    """A database's URL names host, port, user and database; TLS and a socket's folder follow."""
    assert dsn.parse(
        "postgresql://me@db.example:6432/shop?sslmode=verify-full", "postgres"
    ) == dsn.Dsn("db.example", 6432, "shop", "me", {"sslmode": "verify-full"})
    assert dsn.parse("postgres://%6De@/s%20hop?host=/run/Here", "postgres") == dsn.Dsn(
        "/run/Here", 0, "s hop", "me"
    )


def test_two_users(file: Path) -> None:
    """A user named twice is a mistake, not a choice."""
    target = "kind: postgres, url: 'postgres://a@x/d', username: b, password_file: p, service: s"
    (found,) = problems(file, f"targets: {{a: {{{target}}}}}\nservices: {{s: {{}}}}")
    where = f"{file}:1: key 'targets.a.username'"
    assert found == f"{where}: the URL names a user already; keep one of them"


def test_all_at_once(file: Path) -> None:
    """All problems of a file are told in one run, in the order of their lines."""
    found = problems(
        file, "scrape_interval: x\nlinks: 3\ntargets: {a: {kind: redis}}\nservises: {}\n"
    )
    assert [int(re.findall(r":(\d+):", line)[0]) for line in found] == [1, 1, 2, 3, 3, 4]


def test_unreadable(tmp_path: Path) -> None:
    """A file that is missing, a folder or not UTF-8 is one clear problem."""
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe")
    for path, problem in [
        (tmp_path / "none.yaml", "cannot be read (no such file or directory); check the path"),
        (tmp_path, "cannot be read (is a directory); check the path"),
        (binary, "is not UTF-8; save it in that encoding"),
    ]:
        with pytest.raises(SettingsError) as caught:
            load(path)
        assert str(caught.value).startswith(f"{path}:1: {problem}")


@pytest.mark.parametrize("aliases", ["[*{0}, *{0}]", "[*{0}]", "{{x: *{0}, y: *{0}}}"])
def test_aliases_of_aliases(file: Path, aliases: str) -> None:
    """A few lines of aliases that stand for a world of values are refused at once."""
    lines = [f"a{n}: &a{n} {aliases.format(f'a{n - 1}')}" for n in range(1, 60)]
    file.write_text("\n".join(["a0: &a0 [x]", *lines]))
    began = time.process_time()
    (found,) = problems(file, file.read_text())
    assert "aliases of aliases without end; write the values out" in found
    assert time.process_time() - began < 5


WORDS = st.sampled_from(re.findall(r"\w+|[^\w]", FULL)) | st.text(max_size=3)


@how(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORDS, max_size=60).map("".join) | st.text() | st.binary().map(repr))
@example("a: 2020-01-01\nb: .nan\nc: 0x_\nd: 1:2:3\ne: !!binary x\n<<: {}")
@example("a: " + "9" * 5000)
def test_any_text(file: Path, text: str) -> None:
    """Whatever a file holds, it is read or refused as settings are; nothing else happens."""
    file.write_text(text, "utf-8", "replace")
    try:
        load(file)
    except SettingsError as error:
        lines = error.problems
        assert all(re.match(rf"{re.escape(str(file))}:\d+: .", line) for line in lines)


def schemas(part: Any) -> Iterator[dict[str, Any]]:
    """Yield what the schema says of each key, followed to where it is said."""
    if isinstance(part, dict):
        yield from part.get("properties", {}).values()
        part = list(part.values())
    for value in part if isinstance(part, list) else []:
        yield from schemas(value)


def test_schema() -> None:
    """Every key has a description for editors, and the kinds are those that can be measured."""
    schema = json.loads(settings._SCHEMA.read_text())
    for key in schemas(schema):
        reference = key.get("$ref", "").rpartition("/")[2]
        assert {**schema["$defs"].get(reference, {}), **key}["description"], key
    measured = {module.name for module in iter_modules(collectors.__path__)}
    kinds = set(schema["$defs"]["target"]["properties"]["kind"]["enum"])
    assert kinds == measured | references.EXPOSING | references.PROBED
