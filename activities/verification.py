"""Activities that verify recipients and apply the rule book. Nothing is written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg
from temporalio import activity

from activities.contracts import RULES_FORM, Assessed, AssessmentRequest, PayeeEvidence, VerificationRequest, Verified
from activities.evidence import about_payee, screen_people, verify
from activities.together import SumsTogether
from domain.directory.tiers import Role
from domain.errors import QuestionUnknown, ThresholdUnknown
from domain.grants import Interest
from domain.parties import Party
from domain.partnership.approval.together import quorum_to_decide
from domain.policy.rulebook import assess
from domain.proposal import Funding, Proposal
from domain.screening.evidence import Verification
from domain.screening.matches import ScreeningEvidence
from domain.screening.screened import who_is_screened
from ledger import clock
from records.authorship import Reader
from records.opening import open_ledger
from registers import Connection

PLACES_SINCE: Final = 3
"""The form of requests from which on an answer may compare names by places (activities/contracts.py)."""


class Verifications:
    """Activities over the registers."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._reader = Reader(open_ledger(pool))
        self._sums = SumsTogether(self._reader.ledger, self._reader)

    @asynccontextmanager
    async def _at_one_moment(self) -> AsyncIterator[Connection]:
        """Lend the connection over which everything is read as of one moment."""
        ledger = self._reader.ledger
        async with ledger.at_one_moment(), ledger.connection() as connection:
            yield connection

    @activity.defn
    async def verify(self, request: VerificationRequest) -> Verified:
        """Return the findings of registers, lists and ledger on a proposal, and the word of the rule book on them."""
        _require_known(request.form)
        async with self._reader.ledger.at_one_moment():
            evidence = await self._of_payee(request.proposal, with_places=request.form >= PLACES_SINCE)
            screening = await self.screen_parties(list(who_is_screened(request.proposal, evidence)))
            independent_verification = evidence.with_screening(screening).without_clearances_by(request.involved)
            funding = request.funding
            judgement = (
                await self._assessed(request.proposal, funding, independent_verification, request.interests)
                if funding
                else None
            )
        return Verified(form=request.form, verification=independent_verification, assessed=judgement)

    @activity.defn
    async def judge_amendment(self, request: VerificationRequest) -> Assessed:
        """Return the rule book's word on a proposal that amends another. What counts together is the decision's own."""
        _require_known(request.form)
        if request.funding is None:
            raise ValueError("an amendment is judged for its funder")
        async with self._at_one_moment() as connection:
            verification = await verify(connection, self._reader, request.proposal, amends=True)
        independent_verification = verification.without_clearances_by(request.involved)
        return await self._assessed(request.proposal, request.funding, independent_verification, request.interests)

    @activity.defn
    async def verify_payee(self, proposal: Proposal) -> PayeeEvidence:
        """Return the evidence on a proposal's payee, on the payee's group, and on the gift that pays for the grant.

        Runs of earlier releases ask so, which read nothing of places.
        """
        return await self._of_payee(proposal, with_places=False)

    async def _of_payee(self, proposal: Proposal, *, with_places: bool) -> PayeeEvidence:
        async with self._at_one_moment() as connection:
            together = await self._sums.look_up(proposal, clock.now())
            evidence = await about_payee(connection, self._reader, proposal, together.sums, with_places=with_places)
        if proposal.funds_out is None:
            return evidence
        return evidence.model_copy(update={"together": together.sums, "support": together.support})

    @activity.defn
    async def screen_parties(self, parties: list[Party]) -> ScreeningEvidence:
        """Return the matches of parties with the sanctions lists in force, and with the organisation's own people."""
        async with self._at_one_moment() as connection:
            return await screen_people(connection, self._reader.registrar, parties)

    @activity.defn
    async def assess_eligibility(self, request: AssessmentRequest) -> Assessed:
        """Apply the rule book in force. The workflow's history keeps the answer, so a replay never assesses again."""
        _require_known(request.form)
        return await self._assessed(request.proposal, request.funding, request.verification, request.interests)

    async def _assessed(
        self, proposal: Proposal, funding: Funding, verification: Verification, interests: tuple[Interest, ...]
    ) -> Assessed:
        assessment = assess(proposal, funding, verification, interests)
        return Assessed(assessment=assessment, quorum=await self._quorum(proposal, verification))

    async def _quorum(self, proposal: Proposal, verification: Verification) -> tuple[Role, ...] | None:
        """Return the roles that the tiers require, or None if no tier covers a sum, so that approval is refused."""
        rules = (await self._reader.registrar.directory()).rules
        try:
            together, conversion = verification.together, verification.conversion
            return quorum_to_decide(proposal, together, rules, elevated_risk=False, conversion=conversion)
        except ThresholdUnknown:
            return None


def _require_known(form: int) -> None:
    """Raise QuestionUnknown for a request of a newer release: whoever asks then asks a worker of their own release."""
    if form > RULES_FORM:
        raise QuestionUnknown(f"the rules were asked in form {form}, and this release knows form {RULES_FORM}")
