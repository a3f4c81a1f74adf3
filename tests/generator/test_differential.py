"""Do we and promtool agree on what is PromQL: on a corpus, and on what mistakes make of it?"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from generator.model import build
from generator.proofs import promtool
from generator.queries import parse, without_macros

ROOT = Path(__file__).parents[2]
CORPUS = Path(__file__).parent / "corpus"

_REFUSED = re.compile(r'rule \d+, "e:(\d+)"')

# What the two are known to read differently, each with why it does no harm.
KNOWN = {
    "a duration with arithmetic or a function": re.compile(
        r"\[[^\]]*[-+*/(^%][^\]]*\]|offset\s*-?\("
    ),
    "a window of nothing": re.compile(r"\[\s*0\w*\s*\]"),
    "a colon in the name of a label, which UTF-8 names allow": re.compile(
        r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*:"
    ),
    "a number written with underscores": re.compile(r"\d_\d"),
    "a window or an offset beyond a century": re.compile(r"\d{4,}[smhdwy]"),
    "start() and end() as values, which a newer Prometheus has": re.compile(r"\b(?:start|end)\(\)"),
    "a modifier of a selector before its range": re.compile(r"\b(?:anchored|smoothed)\b"),
}


def _refused(expressions: Sequence[str]) -> set[int]:
    """Return the places of the expressions that promtool refuses, in as few calls as that takes."""
    refused: set[int] = set()
    while True:
        left = [(n, text) for n, text in enumerate(expressions) if n not in refused]
        rules = [{"record": f"e:{n}", "expr": text} for n, text in left]
        with TemporaryDirectory() as folder:
            data = {"groups": [{"name": "all", "rules": rules}]}
            (Path(folder) / "all.json").write_text(json.dumps(data), encoding="utf-8")
            done = promtool.run("check", "rules", "--lint=none", "all.json", cwd=Path(folder))
        found = {int(n) for n in _REFUSED.findall(done.stdout)} - refused
        if done.returncode == 0 or not found:
            assert done.returncode == 0, done.stdout
            return refused
        refused |= found


def _we_refuse(text: str) -> bool:
    try:
        parse.__wrapped__(text)
    except ValueError:
        return True
    return False


def _disagreements(expressions: Sequence[str]) -> list[str]:
    texts = [without_macros(text) for text in expressions]
    refused = _refused(texts)
    return [
        f"{'promtool' if n in refused else 'we'} refuse: {text}"
        for n, text in enumerate(texts)
        if (n in refused) != _we_refuse(text)
        and not any(known.search(text) for known in KNOWN.values())
    ]


@cache
def _corpus() -> Sequence[str]:
    """Return every expression of the corpus and of ours."""
    found = [e.text for root in (CORPUS, ROOT) for e in build(root).expressions]
    return tuple(dict.fromkeys(found))


def test_we_agree_on_what_people_write() -> None:
    """Both accept every expression of the corpus, and of our own definitions."""
    assert len(_corpus()) > 300
    assert _disagreements(_corpus()) == []
    assert not any(map(_we_refuse, _corpus()))


# What hands do to a query: they leave out, repeat, exchange and misspell.
_PIECES = tuple(
    "( ) { } [ ] , = != =~ == ^ @ - * : $ # ' bool by on and or unless offset without le 5m 0 "  # noqa: SIM905 -- one a word
    "1h30m inf nan sum rate absent group_left start()".split()
)


def _mutated(text: str, place: float, width: int, piece: str) -> str:
    words = re.findall(r"[\w:]+|\s+|[^\w\s]", text)
    at = int(len(words) * place)
    return "".join([*words[:at], piece, *words[at + width :]])


MUTATIONS = st.tuples(
    st.integers(0, 10_000),
    st.floats(0, 1, exclude_max=True),
    st.integers(0, 2),
    st.sampled_from(("", '"', *_PIECES)),
)


@settings(
    max_examples=8,
    # The same mistakes every time: whether a change passes must not hang on luck.
    derandomize=True,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(tried=st.lists(MUTATIONS, min_size=60, max_size=60))
def test_we_agree_on_mistakes(tried: list[tuple[int, float, int, str]]) -> None:
    """What becomes of those expressions by mistakes is refused by both, or by neither."""
    mutated = [
        _mutated(_corpus()[n % len(_corpus())], place, width, piece)
        for n, place, width, piece in tried
    ]

    assert _disagreements(mutated) == []
