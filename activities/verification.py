"""Verify recipients: query the registers in force, screen the parties, apply the rule book. Nothing is written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final, NamedTuple, cast

import asyncpg
from temporalio import activity

from activities.contracts import RULES_FORM, Assessed, AssessmentRequest, PayeeEvidence, VerificationRequest, Verified
from activities.namesakes import namesakes_of
from activities.together import CountedSums, SumsTogether
from domain.directory.tiers import HouseRules, Role, asks_public_offices, list_rule_of, watched_in
from domain.directory.watched import WatchedCountry
from domain.errors import QuestionUnknown, ThresholdUnknown
from domain.grants import Interest, fund_of_gift, gift_of_fund
from domain.parties import Party
from domain.partnership.approval.together import quorum_to_decide
from domain.partnership.events import Event
from domain.partnership.evolution import fold
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.policy.round_trips import got_back_by
from domain.policy.rulebook import RULE_BOOK, assess
from domain.proposal import Direction, Funding, FundsOut, Proposal
from domain.screening.evidence import (
    NOT_APPROVED_YET,
    Conversion,
    GiftEvidence,
    ScreeningEvidence,
    StatusEvidence,
    SupportedEvidence,
    Verification,
)
from domain.screening.screened import countries_in, who_is_screened
from domain.streams import StreamId
from ledger import clock
from records.authorship import Reader
from records.clearances import with_clearances
from records.directory import DirectoryRepository
from records.forms import names_have_places
from records.funds import Funds
from records.opening import open_ledger
from records.truths import truths_of
from registers import Connection
from registers.lookup import status_of
from registers.rates import conversion_on
from registers.screening.lists import screen, warm_up

PLACES_SINCE: Final = 3
"""The form of requests from which on an answer may compare names by places (activities/contracts.py)."""


async def verify(connection: Connection, reader: Reader, proposal: Proposal, *, amends: bool = False) -> Verification:
    """Return the evidence in the registers, the sanctions lists and the ledger on a proposal's payee and parties.

    `amends`: it changes what was approved, so that its sums are converted at the rates of today.
    """
    evidence = await _about_payee(connection, reader, proposal, amends=amends)
    screening = await screen_people(connection, reader.registrar, who_is_screened(proposal, evidence))
    return evidence.with_screening(screening)


async def screen_people(
    connection: Connection, registrar: DirectoryRepository, parties: Sequence[Party]
) -> ScreeningEvidence:
    """Return the matches of parties with the lists in force, and with the organisation's own people."""
    evidence = await screen_with_clearances(connection, registrar, parties)
    return evidence.model_copy(update={"namesakes": namesakes_of(parties, await registrar.directory())})


async def screen_with_clearances(
    connection: Connection, registrar: DirectoryRepository, parties: Sequence[Party]
) -> ScreeningEvidence:
    """Return the matches of parties with the lists that bind the organisation, each with the people who cleared it."""
    rules = (await registrar.directory()).rules
    lists = list_rule_of(rules).lists
    evidence = await screen(connection, parties, threshold=RULE_BOOK.near_from, lists=lists)
    if rules is not None:
        evidence = evidence.model_copy(update={"binding": tuple(map(str, rules.lists)), "list_days": rules.list_days})
    return await with_clearances(registrar, evidence)


async def warm_up_lists(pool: asyncpg.Pool) -> bool:
    """Index the lists that bind the organisation before the first screening. Return False after an outage."""
    with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        rules = (await DirectoryRepository(open_ledger(pool)).directory()).rules
        return await warm_up(pool, list_rule_of(rules).lists)
    return False


async def _about_payee(
    connection: Connection,
    reader: Reader,
    proposal: Proposal,
    together: CountedSums | None = None,
    *,
    with_places: bool = True,
    amends: bool = False,
) -> PayeeEvidence:
    out, truths = proposal.funds_out, await truths_of(reader, proposal)
    rules = (await reader.registrar.directory()).rules
    watched = _watched(rules, proposal)
    conversion = await _conversion(connection, reader, rules, proposal, together, amends=amends)
    if out is None:
        return PayeeEvidence(truths=truths, watched=watched, conversion=conversion)
    lookups = _LookUps(connection, await names_have_places(connection) and with_places)
    gifts = await _gifts(reader, out, proposal.reference)
    return PayeeEvidence(
        status=await lookups.status(out.payee),
        central=await lookups.central(out.payee),
        gift=gifts[0] if out.charged_to is not None else None,
        gifts=gifts if out.charged_to is None else (),
        together=together.sums if together is not None else (),
        support=together.support if together is not None else (),
        supported=tuple([evidence async for evidence in lookups.supported(out.supported)]),
        truths=truths,
        watched=watched,
        public_offices_asked=asks_public_offices(rules),
        conversion=conversion,
    )


async def _conversion(
    connection: Connection,
    reader: Reader,
    rules: HouseRules | None,
    proposal: Proposal,
    together: CountedSums | None,
    *,
    amends: bool,
) -> Conversion | None:
    """Return the base currency with the rates of today, or None without a base currency or without money.

    What is approved was counted at a rate that is recorded: a later look reads that one, so that no rate that moved, or
    grew old, asks about a running grant. Nor does a sum that was approved since, in a currency without a rate.
    """
    if rules is None or rules.base is None or not proposal.sums:
        return None
    partnership = await _partnership(reader, proposal.reference)
    if not partnership.is_approved or amends:
        return await conversion_on(connection, rules.base, clock.today())
    counted = (one.money for one in (together.sums if together is not None else ()) if one.counts)
    recorded = partnership.conversion
    return recorded if recorded is not None and not recorded.lacking((*proposal.sums, *counted)) else None


def _watched(rules: HouseRules | None, proposal: Proposal) -> tuple[WatchedCountry, ...]:
    """Return the rows of the organisation's table of FATF's lists that apply today to countries of a proposal."""
    return watched_in(rules, countries_in(proposal), clock.today())


class _LookUps(NamedTuple):
    """Looks parties up in the registers, and their names by places too where that may be recorded."""

    connection: Connection
    with_places: bool

    async def status(self, party: Party) -> StatusEvidence | None:
        """Return the registers' evidence on a party, or None if it gives no EIN."""
        return await status_of(self.connection, party, with_places=self.with_places)

    async def central(self, payee: Party) -> StatusEvidence | None:
        """Return the registers' evidence on the central organisation of the payee's group, or None if it names none."""
        return await self.status(payee.center) if payee.center else None

    async def supported(self, parties: tuple[Party, ...]) -> AsyncIterator[SupportedEvidence]:
        """Yield the registers' evidence on the parties that a payee supports and that give an EIN, each once."""
        for party in dict.fromkeys(parties):
            status = await self.status(party)
            if status is not None:
                yield SupportedEvidence(party=party.name, status=status, central=await self.central(party))


async def _partnership(reader: Reader, partnership_id: str) -> Partnership:
    events = await reader.read(StreamId.partnership(partnership_id))
    return fold(partnership_id, tuple(cast(Event, recorded_event.event) for recorded_event in events))


async def _gifts(reader: Reader, out: FundsOut, partnership_id: str) -> tuple[GiftEvidence, ...]:
    """Return the ledger's evidence on each gift whose fund pays for a leg, and on its use by other partnerships."""
    gifts = [gift_of_fund(part.fund) for part in out.parts]
    return tuple([await _gift(reader, gift, out, partnership_id) for gift in gifts if gift is not None])


async def _gift(reader: Reader, gift: str, out: FundsOut, partnership_id: str) -> GiftEvidence:
    partnership = await _partnership(reader, gift)
    leg = partnership.proposal.funds_in if partnership.proposal is not None else None
    if leg is None:
        return GiftEvidence(gift=gift, found=False)
    is_past_approval = partnership.stage not in {Stage.PROPOSED, Stage.DUE_DILIGENCE, Stage.ELIGIBILITY, Stage.APPROVAL}
    fund, now = await Funds(reader).read(fund_of_gift(gift)), clock.now()
    balance = fund.balance(now)
    return GiftEvidence(
        gift=gift,
        found=True,
        restricted_to=leg.restricted_to if is_past_approval else leg.restricted_to or NOT_APPROVED_YET,
        received=fund.granted if fund.is_open else partnership.kept,
        committed=balance.granted - balance.available - fund.claim(partnership_id).at(now).whole,
        currency=leg.money.currency,
        funder=leg.funder,
        restriction=leg.restriction if is_past_approval else None,
        got_back_by=got_back_by(leg.donor, out) if leg.is_restricted else (),
        on_hold=any(hold.covers(Direction.FUNDS_IN) for hold in partnership.holds),
    )


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
            return await _about_payee(connection, self._reader, proposal, together, with_places=with_places)

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
