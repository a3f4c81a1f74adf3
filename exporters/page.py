"""A page of numbers that a server answers: how large it may be, and what else may come instead."""

from __future__ import annotations

from exporters.failure import CollectionError

# Such a page is a few hundred bytes; one with a thousand processes is less than half of this.
MAX_BYTES = 1024 * 1024

# What a server that does not give the page means by it, and what to do.
_REASONS = {
    401: ("auth", "the server asks for a user and a password, or refuses these"),
    403: ("permission", "the server refuses us the page; allow our address there"),
    404: ("protocol", "the server knows no such page; correct the path in 'url'"),
}


def require(status: int) -> None:
    """Raise CollectionError for any HTTP status but 200."""
    if 300 <= status < 400:
        text = "the server sends us elsewhere, and we do not go; name the page itself in 'url'"
        raise CollectionError("protocol", text)
    if status != 200:
        raise CollectionError(*_REASONS.get(status, ("other", f"the server answered {status}")))


def require_size(size: int) -> None:
    """Raise CollectionError for a page that is larger than such a page can be."""
    if size > MAX_BYTES:
        raise CollectionError("protocol", "the page is larger than such a page can be")
