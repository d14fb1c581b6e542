"""Partnerships written straight to the ledger, approved, paid and refused, for reruns over them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from accord.client.desk import Desk
from domain.directory.tiers import Role
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.policy.findings import Assessment
from domain.policy.rulebook import EDITIONS, RULE_BOOK, assess
from domain.proposal import Proposal
from domain.screening.evidence import Verification
from tests.builders import funding, funds_out, money, proposal, status, verification
from tests.domain.policy.answers import answered
from tests.references import next_reference
from tests.scribe import Scribe

AT = datetime(2025, 6, 2, 12, tzinfo=UTC)
QUORUM = (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER)
APPROVERS = ("ana.silva", "femi.ade")


class PastCase(Scribe):
    """A partnership whose events are of 2025."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, next_reference())

    async def assessed(
        self, amount: str = "1000.00", edition: str = RULE_BOOK.version, found: Verification | None = None,
        tamper: Callable[[Assessment], Assessment] = lambda found: found, **more: Any,
    ) -> Assessment:  # fmt: skip
        """Record a proposal, a look at the registers, and the word of an edition."""
        proposed: Proposal = answered(proposal(self.reference, **{"funds_out": funds_out(amount), **more}))
        found = found or verification(status())
        await self.says(e.PartnershipProposed, "pia.berg", at=AT, proposal=proposed, funding=funding())
        await self.write(e.DueDiligenceCompleted(at=AT, verification=found))
        assessment = tamper(assess(proposed, funding(), found, (), EDITIONS[edition]))
        await self.write(e.EligibilityAssessed(at=AT, assessment=assessment, quorum=QUORUM))
        return assessment

    async def approved(self, amount: str = "1000.00", **more: Any) -> None:
        """Record the same with two approvals."""
        await self.assessed(amount, **more)
        for actor, role in zip(APPROVERS, QUORUM, strict=True):
            await self.says(e.ApprovalGiven, actor, at=AT, role=role, reason="good work", quorum=QUORUM)

    async def released(self, amount: str = "1000.00") -> None:
        """Record a payer's release of the first tranche."""
        await self.says(
            e.TrancheReleased, "paul.nkosi", at=AT, tranche=1, attempt=1, money=money(amount), attempt_signed=True
        )

    async def refused(self, **more: Any) -> None:
        """Record a refusal by a rule."""
        assessment = await self.assessed(**more)
        await self.write(e.PartnershipDeclined(at=AT, actor=ACCORD, reason=assessment.deciding))
