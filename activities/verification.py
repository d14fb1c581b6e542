"""Verify recipients: ask the registers in force, screen the parties, apply the rule book. Reads only."""

from __future__ import annotations

import asyncpg
from temporalio import activity

from activities.contracts import AssessmentRequest
from domain.evidence import ScreeningEvidence, StatusEvidence, Verification
from domain.parties import Party
from domain.policy.findings import Assessment
from domain.policy.rulebook import assess
from domain.proposal import Proposal
from registers import Connection
from registers.lookup import status_of
from registers.screening import screen


async def verify(connection: Connection, proposal: Proposal) -> Verification:
    """Return what the registers and lists in force say about a proposal's payee and parties."""
    payee = proposal.funds_out.payee if proposal.funds_out else None
    status = await status_of(connection, payee) if payee else None
    return Verification(screening=await screen(connection, proposal.parties), status=status)


class Verifications:
    """Activities over the registers."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @activity.defn
    async def verify_nonprofit_status(self, payee: Party) -> StatusEvidence | None:
        """Return what the IRS registers in force say of a payee, or None if it has no EIN."""
        async with self._pool.acquire() as connection:
            return await status_of(connection, payee)

    @activity.defn
    async def screen_parties(self, parties: list[Party]) -> ScreeningEvidence:
        """Return which parties meet a name on the sanctions lists in force."""
        async with self._pool.acquire() as connection:
            return await screen(connection, tuple(parties))

    @activity.defn
    async def assess_eligibility(self, request: AssessmentRequest) -> Assessment:
        """Apply the rule book in force; history pins the answer, so that replay never assesses again."""
        return assess(request.proposal, request.funding, request.verification)
