"""What the accounts of targets need, as statements to paste, and which of it they lack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exporters.collectors import grants
from exporters.grants import Grants
from exporters.settings import Settings, Target
from exporters.survey import chosen, of_each


@dataclass(frozen=True)
class Account:
    """A target's account; ``grants`` is None where the target knows no accounts."""

    target: Target
    grants: Grants | None

    @property
    def lacks(self) -> bool:
        """Whether it is known to lack something."""
        return self.grants is not None and bool(self.grants.lacking)


def accounts(settings: Settings, names: Sequence[str]) -> list[Account]:
    """Ask the named targets, or all, what their accounts may do. Raises UserError."""
    targets = chosen(settings, names)
    found = of_each(grants, targets)
    return [Account(target, one) for target, one in zip(targets, found, strict=True)]


def show(found: Sequence[Account]) -> Iterator[str]:
    """Yield what was found as lines for people."""
    for account in found:
        yield f"{account.target.name} ({account.target.kind}): {_verdict(account.grants)}"
        for statement in account.grants.statements if account.grants else ():
            yield f"  {statement}"


def _verdict(grants: Grants | None) -> str:
    if grants is None:
        return "is asked without an account"
    if grants.unknown:
        return f"could not be asked: {grants.unknown}"
    if grants.lacking:
        return f"the account lacks {', '.join(grants.lacking)}"
    return "the account has all that it needs"
