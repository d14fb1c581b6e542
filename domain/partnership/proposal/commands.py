"""The commands on a proposal."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.grants import Subrecipient
from domain.partnership.acts import StaffCommand
from domain.proposal import Proposal
from domain.values import Sentence


class Propose(StaffCommand):
    """Submit a proposal, or submit it again after information was requested."""

    kind: Literal["propose"] = "propose"
    proposal: Proposal


class Amend(StaffCommand):
    """Change the proposal after it went to approval. What changed decides which approvals are withdrawn (R34, R36)."""

    kind: Literal["amend"] = "amend"
    proposal: Proposal
    reason: Sentence


class ReturnForInformation(StaffCommand):
    """Send the proposal back to its proposer with a question."""

    kind: Literal["return"] = "return"
    question: Sentence


class ReportSubrecipients(StaffCommand):
    """Record the payee's current sub-recipients. The list is complete and replaces the earlier one (R7)."""

    kind: Literal["report_subrecipients"] = "report_subrecipients"
    subrecipients: Annotated[tuple[Subrecipient, ...], Field(min_length=1, max_length=200)]


ProposalRequest = Propose | Amend | ReturnForInformation | ReportSubrecipients
