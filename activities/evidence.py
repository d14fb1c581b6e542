"""Gather evidence on a proposal: of the registers in force, the sanctions lists and the ledger. Nothing is written.

Nothing here is an activity: a look of the shell gathers the same evidence, and loads no Temporal for it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import NamedTuple, cast

import asyncpg

from activities.contracts import PayeeEvidence
from activities.namesakes import namesakes_of
from domain.directory.tiers import HouseRules, asks_public_offices, list_rule_of, watched_in
from domain.directory.watched import WatchedCountry
from domain.grants import fund_of_gift, gift_of_fund
from domain.parties import Party
from domain.partnership.events import Event
from domain.partnership.evolution import fold
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.policy.round_trips import got_back_by
from domain.policy.rulebook import RULE_BOOK
from domain.proposal import Direction, FundsOut, Proposal
from domain.screening.approved_sums import ApprovedSum
from domain.screening.conversion import Conversion
from domain.screening.evidence import Verification
from domain.screening.gifts import NOT_APPROVED_YET, GiftEvidence
from domain.screening.matches import ScreeningEvidence
from domain.screening.screened import countries_in, who_is_screened
from domain.screening.tax_status import StatusEvidence, SupportedEvidence
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


async def verify(connection: Connection, reader: Reader, proposal: Proposal, *, amends: bool = False) -> Verification:
    """Return the evidence in the registers, the sanctions lists and the ledger on a proposal's payee and parties.

    `amends`: it changes what was approved, so that its sums are converted at the rates of today.
    """
    evidence = await about_payee(connection, reader, proposal, amends=amends)
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


async def about_payee(
    connection: Connection,
    reader: Reader,
    proposal: Proposal,
    together: Sequence[ApprovedSum] = (),
    *,
    with_places: bool = True,
    amends: bool = False,
) -> PayeeEvidence:
    """Return the evidence on a proposal's payee, its group, its gifts and whom it supports. Of sums it says nothing.

    `together`: the sums that count with it, each of which needs a rate where the organisation has a base currency.
    """
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
    together: Sequence[ApprovedSum],
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
    counted = (approved_sum.money for approved_sum in together if approved_sum.counts)
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
