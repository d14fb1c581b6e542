"""A case of the demo: what is proposed, what pays for it, and who drives it to its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from accord.demo.cases.proposals import Content
from accord.demo.steps import Steps
from domain.grants import fund_of_gift
from domain.proposal import Proposal

Script = Callable[[Steps], Awaitable[None]]
"""Drives a partnership to its end."""


class Case(NamedTuple):
    """A partnership to propose, and the function that drives it to its end."""

    number: int
    content: Content
    life: Script
    gift: int = 0
    """The case whose restricted gift pays for it, or 0 if none does."""
    after: int = 0
    """The case that must be approved before this one begins, or 0 if it begins at once."""
    budget: bool = False
    """True if the demo's small budget pays for it."""

    def proposed(self, first_number: int) -> Proposal:
        """Return the proposal with the reference P-2026-NNNN, NNNN being `first_number` plus the case's number."""
        content = self.content
        if fund := self._fund(first_number):
            content = {**content, "funds_out": {**content["funds_out"], "funds": [{"fund": fund}]}}
        return Proposal.model_validate({"reference": reference(first_number, self.number), **content})

    def _fund(self, first_number: int) -> str:
        if self.gift:
            return fund_of_gift(reference(first_number, self.gift))
        return small_budget(first_number) if self.budget else ""


def reference(first_number: int, case: int) -> str:
    """Return the reference of a case's partnership."""
    return f"P-2026-{first_number + case:04}"


SMALL_BUDGET = "15000.00"
"""The demo's budget for small grants, of which the second grant does not find enough."""


def small_budget(first_number: int) -> str:
    """Return the id of that budget's fund."""
    return f"FD-2026-SMALL-{first_number:04}"
