"""Are runbooks pages, and nothing but runbooks?"""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest


def test_a_runbook_is_a_page(client: httpx.Client, tmp_path: Path) -> None:
    """Markdown, tables and commands included, becomes HTML."""
    text = "# Meaning\n\n- one\n\n| a | b |\n|---|---|\n| c | d |\n\n```\nredis-cli ping\n```\n"
    (tmp_path / "runbooks" / "CacheDown.md").write_text(text)

    answer = client.get("/runbooks/CacheDown")
    assert answer.status_code == 200
    for part in ("<h1>Meaning</h1>", "<li>one</li>", "<td>c</td>", "<code>redis-cli ping"):
        assert part in answer.text


def test_a_runbook_cannot_bring_html_of_its_own(client: httpx.Client, tmp_path: Path) -> None:
    """HTML in Markdown is shown, not obeyed; links run nothing."""
    text = "<script>alert(1)</script>\n\n<b onclick=x>b</b> [x](javascript:alert(1))\n"
    (tmp_path / "runbooks" / "CacheDown.md").write_text(text)

    page = client.get("/runbooks/CacheDown").text
    assert "<script>" not in page
    assert "<b onclick" not in page
    assert 'href="javascript' not in page


def test_a_missing_runbook_is_named(client: httpx.Client, tmp_path: Path) -> None:
    """The page says which file would have been it, and what to do."""
    answer = client.get("/runbooks/CacheNope")

    assert answer.status_code == 404
    assert str(tmp_path / "runbooks" / "CacheNope.md") in answer.text
    assert "Write that file" in answer.text


@pytest.mark.parametrize(
    "name",
    [
        "..%2Fsecret",
        "%2E%2E%2Fsecret",
        "..%5Csecret",
        ".hidden",
        "%00",
        "%2Fetc%2Fpasswd",
        "<script>",
        "a" * 200,
    ],
)
def test_no_name_leads_out_of_the_folder(client: httpx.Client, tmp_path: Path, name: str) -> None:
    """What is no alert's name is no runbook, whatever lies beside the folder."""
    for folder in (tmp_path, tmp_path / "runbooks"):
        for file in ("secret.md", ".hidden.md"):
            (folder / file).write_text("planted")

    answer = client.get(f"/runbooks/{name}")
    assert answer.status_code == 404
    assert "planted" not in answer.text
    assert "<script>" not in answer.text
