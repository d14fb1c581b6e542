"""A partnership as it should be up to its release, written to the ledger event by event, each signed by its person."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from accord.demo.sample import CALLER
from domain.directory.tiers import Role
from domain.parties import AccountReference
from domain.partnership import events as e
from domain.policy.rulebook import assess
from domain.proposal import Proposal
from payments.accounts import find_account
from tests.builders import funding, money, proposal, status, verification
from tests.scribe import Scribe

QUORUM = (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER)


async def released(scribe: Scribe, proposed: Proposal | None = None, **kept: Any) -> None:
    """Write everything from the proposal to the release of the first tranche. `kept` is of the release."""
    await approved(scribe, proposed or proposal(scribe.reference))
    account = await account_of(scribe, "Riverbend Library Network")
    papers = {"signed_on": date(2026, 11, 2), "document_sha256": None, "account_verifier": CALLER}
    await scribe.says(e.AgreementSigned, "dora.kim", account=account, **papers)
    content = {"tranche": 1, "attempt": 1, "money": money(), "attempt_signed": True}
    await scribe.says(e.TrancheReleased, "paul.nkosi", **{**content, **kept})


async def approved(scribe: Scribe, proposed: Proposal) -> None:
    """Write everything from the proposal to the second approval."""
    found = verification(status())
    await scribe.says(e.PartnershipProposed, "pia.berg", proposal=proposed, funding=funding())
    await scribe.write(e.DueDiligenceCompleted(at=datetime.now(UTC), verification=found))
    assessment = assess(scribe.state.proposed, funding(), found)
    await scribe.write(e.EligibilityAssessed(at=datetime.now(UTC), assessment=assessment, quorum=QUORUM))
    for actor, role in zip(("ana.silva", "femi.ade"), QUORUM, strict=True):
        await scribe.says(e.ApprovalGiven, actor, no_interest=True, role=role, reason="good work")


async def account_of(scribe: Scribe, holder: str) -> AccountReference:
    """The account of somebody in the sample."""
    query = "SELECT reference FROM payments.accounts WHERE details->>'holder' = $1"
    async with scribe.desk.pool.acquire() as connection:
        return await find_account(connection, await connection.fetchval(query, holder))
