"""The command of an approval."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domain.partnership.acts import Document, NoInterest, Reason, StaffCommand
from domain.values import is_false, is_none


class Approve(StaffCommand):
    """Approve a partnership, or clear its referral as verifier. Say that you have no interest in it.

    The referral of a body that no register lists is cleared with a paper that proves what it is.
    """

    kind: Literal["approve"] = "approve"
    reason: Reason
    document_sha256: Document = Field(default=None, exclude_if=is_none)
    """The paper that a clearance rests on, of a body that no register lists (rules 4.2)."""
    no_interest: NoInterest = Field(default=False, exclude_if=is_false)
