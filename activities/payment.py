"""Instruct a payment: read its release from the ledger, check once more, and freeze one instruction."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import asyncpg
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.circumstances import Gathering
from activities.contracts import Instructed, InstructionOutcome, TrancheStart, Withheld
from activities.evidence import screen_with_clearances, verify
from activities.holders import holder_fault, watched_fault
from activities.telling import tell_withheld
from activities.together import SumsTogether
from domain.directory.directory import Directory
from domain.directory.disregarded import Disregarded
from domain.fault import Fault
from domain.identity import payment_id
from domain.money.rails import PaymentRail, is_usual, rail_of
from domain.parties import AccountReference
from domain.partnership import events as e
from domain.partnership.diligence.earlier import later_after, not_yet
from domain.partnership.evolution import fold
from domain.partnership.hold.holds import in_words, on_hold
from domain.partnership.payment.period import period_fault
from domain.partnership.state import Partnership, TrancheProgress, TrancheState
from domain.payment.banking_days import currency_of_banks_in, execution_day
from domain.payment.tranche.events import TrancheReleasedForPayment
from domain.payment.tranche.evolution import from_release
from domain.payment.tranche.order import ReliedOn, TrancheOrder
from domain.policy.findings import Assessment
from domain.policy.listings import against_bank
from domain.policy.rulebook import against_payment, assess
from domain.proposal import Direction
from domain.screening.evidence import Verification
from domain.streams import StreamId
from domain.values import Money
from ledger import clock
from payments import Connection
from payments.accounts import AccountChanged, UnknownAccount, bank_country, banks_of, find_account, read_account
from payments.out.instructions import InstructionDiffers, freeze
from payments.out.nacha import ach_fault
from records.authorship import Reader
from records.directory import DirectoryRepository
from records.funds import Funds
from records.opening import open_ledger


class _Released(NamedTuple):
    """A released attempt to pay, as read from the ledger."""

    partnership: Partnership
    order: TrancheOrder
    standing: Fault | None
    """The reason why the attempt may no longer be instructed, or None."""

    @property
    def raised_by(self) -> frozenset[str]:
        """The people who raised the payment or have an interest in it: their clearances do not count for it."""
        return frozenset({self.order.released_by, *self.partnership.involved})


class _Checked(NamedTuple):
    """A payment against which nothing speaks."""

    order: TrancheOrder
    debtor_account: AccountReference
    """The funder's own account, as it was checked."""
    relied_on: ReliedOn


class Payments:
    """Activities over payments."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._ledger = open_ledger(pool)
        self._registrar = DirectoryRepository(self._ledger)
        self._reader = Reader(self._ledger, self._registrar)
        sums = SumsTogether(self._ledger, self._reader)
        self._gathering = Gathering(self._reader, self._registrar, sums, Funds(self._reader))

    @activity.defn
    async def instruct_payment(self, start: TrancheStart) -> InstructionOutcome:
        """Verify once more, and freeze the instruction or return the reason why the payment is withheld (R38).

        Running it twice freezes one instruction. If the attempt's stream already holds an outcome, the result is empty.
        A release in that stream is no outcome, whoever recorded it, and what stands before it counts for nothing.
        """
        check_result = await self._checked(start)
        outcome = check_result if isinstance(check_result, InstructionOutcome) else await self._instruct(check_result)
        if outcome.withheld is not None:
            tell_withheld(StreamId.attempt(start.partnership_id, start.tranche, start.attempt))
        return outcome

    @activity.defn
    async def screen_bank(self, partnership_id: str) -> str:
        """Return the reason beside the rules why a payee may not be paid, by its bank or its own debt, or ''."""
        async with self._ledger.at_one_moment():
            events = await self._reader.read(StreamId.partnership(partnership_id))
            partnership = fold(partnership_id, tuple(cast(Any, recorded_event.event) for recorded_event in events))
            if partnership.account is None:
                return ""
            debt_fault = next(iter(await self._gathering.owed(partnership, clock.today())), None)
            debt_fault = debt_fault or await self._gathering.ended_under(partnership)
            async with self._ledger.connection() as connection:
                try:
                    bank_fault = await self._listed_bank(connection, partnership.account, partnership.involved)
                except (UnknownAccount, AccountChanged) as fault:
                    bank_fault = Fault(str(fault))
        return "; ".join(str(against) for against in (bank_fault, debt_fault) if against)

    async def _released(self, start: TrancheStart) -> _Released:
        """Return the release of exactly this attempt, as the ledger holds it.

        Raises:
            ApplicationError: There is none, so that a workflow started by anybody else pays nothing.
        """
        recorded_events = await self._reader.read(StreamId.partnership(start.partnership_id))
        events = [cast(Any, recorded_event.event) for recorded_event in recorded_events]
        key = (start.tranche, start.attempt)
        releases = [
            event for event in events if isinstance(event, e.TrancheReleased) and (event.tranche, event.attempt) == key
        ]
        partnership = fold(start.partnership_id, tuple(events))
        directory = await self._registrar.directory()
        # The workflow's input is never believed: sum, payee and account come from the ledger (ADR 0029).
        order = _order(partnership, releases[-1], directory) if releases else None
        if order is None:
            attempt_name = f"tranche {start.tranche}, attempt {start.attempt} of {start.partnership_id}"
            raise ApplicationError(
                f"the ledger holds no release of {attempt_name}", type="NotReleased", non_retryable=True
            )
        return _Released(partnership, order, _standing(partnership, order))

    async def _checked(self, start: TrancheStart) -> _Checked | InstructionOutcome:
        """Return the ground of an instruction, or the outcome that it is withheld.

        Registers and lists, which take their time, are asked first. Then all the rest is looked at as of one moment,
        the release itself once more.
        """
        while True:
            async with self._ledger.at_one_moment(), self._ledger.connection() as connection:
                # First: what was instructed cannot be withheld any more, whatever a retry would find now.
                if await self._has_an_outcome(start):
                    return InstructionOutcome()
                proposal = (await self._released(start)).partnership.proposed
                # Registers and lists take their time, so a second moment looks at all the rest: a hold or a
                # cancellation that comes meanwhile still counts (ADR 0089).
                verification = await verify(connection, self._reader, proposal)
            async with self._ledger.at_one_moment(), self._ledger.connection() as connection:
                release = await self._released(start)
                # Otherwise the lists were asked about another proposal, and are asked again.
                if release.partnership.proposed == proposal:
                    return await self._against_or_checked(connection, release, verification)

    async def _has_an_outcome(self, start: TrancheStart) -> bool:
        stream = StreamId.attempt(start.partnership_id, start.tranche, start.attempt)
        events = from_release([cast(Any, recorded_event.event) for recorded_event in await self._reader.read(stream)])
        return not all(isinstance(event, TrancheReleasedForPayment | Disregarded) for event in events)

    async def _against_or_checked(
        self, connection: Connection, release: _Released, verification: Verification
    ) -> _Checked | InstructionOutcome:
        partnership, order = release.partnership, release.order
        independent_verification = verification.without_clearances_by(release.raised_by)
        assessment = self._assess(partnership, independent_verification)
        try:
            reference = await find_account(connection, order.funder.account)
            order = await _on_its_way(connection, order, reference, await self._registrar.directory())
            reason = (
                release.standing
                or await self._against(partnership)
                or _unjudged_namesake(partnership, independent_verification, release.raised_by)
                or _ruled(partnership, independent_verification, assessment, order.tranche)
                or period_fault(partnership, order.tranche, clock.today())
                or await self._account_fault(
                    connection, order.account, *partnership.paid_names, edition=partnership.approved_under
                )
                or await watched_fault(connection, order.account, partnership, await self._registrar.directory())
                or await self._account_fault(connection, reference, order.funder.name)
                or await self._listed_bank(connection, order.account, release.raised_by)
                or await _rail_fault(connection, order, reference)
            )
        except (UnknownAccount, AccountChanged) as fault:
            return _withheld(release, str(fault))
        if reason:
            return _withheld(release, str(reason))
        relied_on = ReliedOn(
            versions=_versions(independent_verification),
            assessment_sha256=assessment.facts_sha256,
            rule_book=assessment.rule_book,
        )
        return _Checked(order, reference, relied_on)

    async def _instruct(self, ground: _Checked) -> InstructionOutcome:
        order, relied_on = ground.order, ground.relied_on
        try:
            async with self._ledger.connection() as connection:
                # With the account that was checked, and no newer one.
                instruction, sha256 = await freeze(connection, order, ground.debtor_account)
        except InstructionDiffers as fault:
            raise ApplicationError(str(fault), type="InstructionDiffers", non_retryable=True) from fault
        instruction_record = Instructed(
            at=clock.now(), order=order, end_to_end_id=instruction.end_to_end_id, instruction_sha256=sha256,
            relied_on=relied_on,
        )  # fmt: skip
        return InstructionOutcome(instructed=instruction_record)

    async def _against(self, partnership: Partnership) -> Fault | None:
        """Return the objection to the payment now, from other streams, or None."""
        gathering = self._gathering
        return (
            await gathering.told(partnership)
            or next(iter(await gathering.owed(partnership, clock.today())), None)
            or await gathering.not_paid_under(partnership)
            or await gathering.unfunded(partnership)
        )

    def _assess(self, partnership: Partnership, verification: Verification) -> Assessment:
        if partnership.funding is None:
            raise ApplicationError("a partnership without funders released a payment", non_retryable=True)
        return assess(partnership.proposed, partnership.funding, verification, partnership.interests)

    async def _account_fault(
        self, connection: Connection, account: AccountReference, *names: str, edition: str = ""
    ) -> Fault | None:
        """Return a fault if an account was not verified by call-back, or is not in its owner's name (R12, R14)."""
        standing = await self._registrar.standing(account.reference)
        if standing is None or standing.account != account or not standing.confirmed_by:
            return Fault(f"nobody called back to verify account {account.reference} of {names[0]}")
        return await holder_fault(connection, account, *names, edition=edition)

    async def _listed_bank(
        self, connection: Connection, account: AccountReference, raised_by: frozenset[str]
    ) -> Fault | None:
        """Return a fault if the bank's name resembles a listed one and no one outside `raised_by` cleared it, or None.

        The banks between the two are not known: an account's details name none (docs/limits.md).
        """
        details = await read_account(connection, account.reference, account.sha256)
        evidence = await screen_with_clearances(connection, self._registrar, banks_of(details))
        return against_bank(evidence.without_clearances_by(raised_by).matches)


def _order(partnership: Partnership, release: e.TrancheReleased, directory: Directory) -> TrancheOrder | None:
    """Return the order to instruct, with the funder's current account.

    It is None if payee, funder or account is unknown.
    """
    out = partnership.proposal.funds_out if partnership.proposal else None
    funder = directory.funder(out.funder) if out else None
    if out is None or funder is None or partnership.account is None:
        return None
    partnership_id, tranche, attempt = partnership.partnership_id, release.tranche, release.attempt
    return TrancheOrder(
        partnership_id=partnership_id,
        tranche=tranche,
        attempt=attempt,
        payment_id=payment_id(partnership_id, tranche, attempt),
        money=release.money,
        funder=funder,
        payee=out.payee,
        account=partnership.account,
        released_by=release.actor,
        released_at=release.at,
        purpose=out.purpose,
    )


async def _on_its_way(
    connection: Connection, order: TrancheOrder, debtor: AccountReference, directory: Directory
) -> TrancheOrder:
    """Return an order with its rail, by the organisation's table, and the day to pay on.

    The day is the first from its release on which the systems of both sides are open.
    """
    payer = await read_account(connection, debtor.reference, debtor.sha256)
    payee = await read_account(connection, order.account.reference, order.account.sha256)
    rules, released_on = directory.rules, order.released_at.date()
    rail = rail_of(rules.rails if rules is not None else (), order.money, bank_country(payee))
    bank = currency_of_banks_in(bank_country(payer))
    day = execution_day(released_on, (order.money.currency, *((bank,) if bank else ())))
    said = {"rail": None if is_usual(rail) else rail, "execute_on": None if day == released_on else day}
    return order.model_copy(update=said)


async def _rail_fault(connection: Connection, order: TrancheOrder, debtor: AccountReference) -> Fault | None:
    """Return the reason why the accounts of a payment cannot be the sides of its rail, or None."""
    if order.rail is not PaymentRail.NACHA:
        return None
    payer = await read_account(connection, debtor.reference, debtor.sha256)
    payee = await read_account(connection, order.account.reference, order.account.sha256)
    return ach_fault(payer, pays=True) or ach_fault(payee)


def _standing(partnership: Partnership, order: TrancheOrder) -> Fault | None:
    """Return the reason why a released attempt may not be instructed in the partnership's present state, or None."""
    tranche = partnership.tranche(order.tranche)
    if tranche is None or (tranche.attempt, tranche.state) != (order.attempt, TrancheState.RELEASED):
        return Fault("it was cancelled, or has ended")
    if partnership.stops(Direction.FUNDS_OUT):
        return Fault(f"{on_hold(partnership.partnership_id)}{in_words(partnership.holds)}")
    if partnership.ended or Direction.FUNDS_OUT in partnership.ended_legs or _differs(tranche, order.money):
        return Fault(f"{partnership.partnership_id} does not approve of this payment any more")
    return None


def _differs(tranche: TrancheProgress, order_money: Money) -> bool:
    """True if another sum is ordered than the newest attempt of a tranche is to pay, or more than is not paid of it."""
    is_own_sum = (order_money.amount, order_money.currency) == (tranche.attempt_sum, tranche.money.currency)
    return not is_own_sum or order_money.amount > tranche.remainder


def _ruled(partnership: Partnership, verification: Verification, assessment: Assessment, tranche: int) -> Fault | None:
    """Return the objection of the rule book in force to the payment now, or None.

    A question that it asks anew about an approval of before holds from a later day (rules 4.16).
    """
    today = clock.today()
    free = not_yet(later_after(partnership, verification, assessment, today), today)
    ids = (
        *partnership.on_file_for(tranche),
        *(question.condition for question in free if question.condition is not None),
    )
    return against_payment(assessment, (*partnership.cleared_referrals, *(question.asked for question in free)), ids)


def _unjudged_namesake(partnership: Partnership, verification: Verification, people: frozenset[str]) -> Fault | None:
    """Return the fault if one of these people may stand behind a party and nobody was asked of it yet, or None.

    They may have joined, or been renamed, since the last look; the recheck that follows asks a verifier.
    """
    old_namesakes = partnership.verification.screening.namesakes if partnership.verification is not None else ()
    questions = {*(namesake.question for namesake in old_namesakes), *partnership.cleared_referrals}
    new = (
        namesake
        for namesake in verification.screening.namesakes
        if namesake.question not in questions and namesake.staff_id in people
    )
    suspicion = next((namesake.told for namesake in new if namesake.staff_id not in partnership.recused), "")
    return Fault(f"{suspicion}, and nobody has judged yet whether it is they") if suspicion else None


def _withheld(release: _Released, reason: str) -> InstructionOutcome:
    return InstructionOutcome(withheld=Withheld(at=clock.now(), order=release.order, reason=reason))


def _versions(verification: Verification) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(version for event in verification.everything for version in event.asked))
