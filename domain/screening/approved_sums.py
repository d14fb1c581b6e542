"""Sums approved elsewhere that count together with a partnership's own."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.values import (
    Moment,
    Money,
    PartnershipId,
    Since,
    Value,
    is_false,
)


class ApprovedSum(Value):
    """A sum that was approved in another partnership for the same payee or the same purpose (R33, rules 3.11)."""

    partnership_id: PartnershipId
    money: Money
    approved_at: Moment
    same_payee: bool
    """False if only the purpose, the agreement or the project is the same."""
    one_agreement: Annotated[bool, Since("2026.4"), Field(exclude_if=is_false)] = False
    """True if both stand under one agreement."""
    one_project: Annotated[bool, Since("2026.5"), Field(exclude_if=is_false)] = False
    """True if a verifier found that both carry out one project."""

    @property
    def counts(self) -> bool:
        """True if it counts towards the approvals. Equal words across payees count for nothing (rules 4.9)."""
        return self.same_payee or self.one_agreement or self.one_project

    @property
    def common(self) -> str:
        """The thing that both have in common."""
        shared = ((self.same_payee, "payee"), (self.one_agreement, "agreement"), (self.one_project, "project"))
        return f"the same {next((label for is_so, label in shared if is_so), 'purpose')}"

    @property
    def told(self) -> str:
        """The sum, the partnership and what they have in common."""
        return f"{self.money} in {self.partnership_id}, approved on {self.approved_at:%Y-%m-%d} ({self.common})"
