"""The command of an approval."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domain.partnership.acts import StaffCommand
from domain.values import Sentence, Sha256, is_false, is_none


class Approve(StaffCommand):
    """Clear a referral at the eligibility stage, or approve the partnership at a later stage."""

    kind: Literal["approve"] = "approve"
    reason: Sentence
    document_sha256: Sha256 | None = Field(default=None, exclude_if=is_none)
    """The paper that a clearance rests on, of a body that no register lists (rules 4.2)."""
    no_interest: bool = Field(default=False, exclude_if=is_false)
    """True if the actor was asked and says that they have no interest in it (R32). It is signed like the reason."""
