"""The promises asked of a payment at the moment when the bank takes it, by the bank's book and the ledger's rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from domain.identity import end_to_end_id, payment_id
from tests.simulation.bank.records import Payment, State, Word
from tests.simulation.grounds.lists import PAYEES
from tests.simulation.judge.facts import Facts, facts_of, rows_of
from tests.simulation.judge.funding import paid_of_funds, parts_of, received
from tests.simulation.judge.purses import granted, purses
from tests.simulation.judge.told import told_against
from tests.simulation.judge.violations import Promise

if TYPE_CHECKING:  # the world asks the judge, who is told of the world
    from tests.simulation.grounds.world import World

QUORUM = {"PROGRAMME_APPROVER", "FINANCE_APPROVER"}
"""Who must approve a sum as small as those of a simulation."""

Fault = tuple[Promise, str]


async def ask_at_hand_over(world: World, payments: Sequence[Payment], in_doubt: bool = False) -> None:
    """Ask, of payments that the bank just took, whether each might leave. Raises Violation.

    `in_doubt`: two people saw why a lost file would not pass now, and had it written again all the same.
    """
    for payment in payments:
        facts = await facts_of(world, payment.partnership_id)
        faults = [*_at_the_bank(world, payment, facts), *await _instructed(world, payment)]
        faults += await _gift_is_gone(world, payment)
        if not in_doubt:
            faults += [*_held(facts), *_unlawful(world, payment, facts), *_awaited(world, payment, facts)]
            if of := await told_against(world, facts):
                faults.append((Promise.LAWFUL, f"what was told of {facts.payee} stands against it: {of}"))
        for promise, fault in faults:
            world.broken(promise, f"handed over: {payment.partnership_id} tranche {payment.tranche}: {fault}")


def _held(facts: Facts) -> Iterator[Fault]:
    if facts.stops_money_out:
        yield Promise.HOLD, f"it stands on hold, placed by {', '.join(who for who, _ in facts.held.values())}"
    if facts.diverted:
        yield Promise.HOLD, "money was diverted, and no assurance is on record"
    if facts.ended:
        yield Promise.HOLD, "the partnership has ended"
    if "FUNDS_OUT" in facts.ended_legs:
        yield Promise.HOLD, "its money out has ended"


def _awaited(world: World, payment: Payment, facts: Facts) -> Iterator[Fault]:
    """A payment that waits for the partnership's own gift leaves only once as much has come in, by the bank's book."""
    if not facts.waits_for_gift:
        return
    mine = (one for one in world.bank.payments.values() if one.partnership_id == payment.partnership_id)
    gone = sum((one.amount for one in mine if not has_ended(one)), Decimal(0))
    came = [one for one in world.bank.received if one.gift == payment.partnership_id]
    back = sum((one.amount for one in came if one.taken_back in world.imported), Decimal(0))
    if gone > facts.received - back:
        yield (
            Promise.LAWFUL,
            f"{gone} would be paid, and {facts.received} of the gift that it waits for came in, {back} went",
        )


async def _gift_is_gone(world: World, payment: Payment) -> list[Fault]:
    """A payment of a gift leaves only while the gift is there: the bank's word that it took it back was imported."""
    paid = await paid_of_funds(world)
    known = await purses(world, doubted_too=True)
    faults: list[Fault] = []
    for fund_id, _ in await parts_of(world, payment.partnership_id):
        gone = [one for one in world.bank.received if fund_id == f"FD-{one.gift}" and one.taken_back]
        purse = known.get(fund_id)
        if purse is None or not any(one.taken_back in world.imported for one in gone):
            continue
        left = granted(purse, known, received(world, gone[0].gift)) + purse.overdraft + purse.unforeseen
        if paid.get(fund_id, Decimal(0)) > left:
            faults.append(
                (Promise.LAWFUL, f"its gift was taken back: {paid[fund_id]} left {fund_id}, and {left} is in it")
            )
    return faults


def _unlawful(world: World, payment: Payment, facts: Facts) -> Iterator[Fault]:
    if not any(payment.creditor in one.accounts for one in PAYEES if one.name == facts.payee):
        yield Promise.LAWFUL, f"to {payment.creditor}, which is not an account of {facts.payee}"
    if missing := QUORUM - facts.standing(world.doubted):
        yield Promise.LAWFUL, f"without the recused and the doubted, approvals are missing: {sorted(missing)}"
    if tainted := facts.recused & {facts.signatory, facts.verifier}:
        yield Promise.LAWFUL, f"somebody with an interest signed or cleared it: {tainted}"
    for told in [one for one in world.lists.values() if one.payee == facts.payee]:
        if told.variant != "reclassified":
            yield Promise.LAWFUL, f"its payee is {told.variant} by a register in force"
        elif facts.looked_at is None or facts.looked_at < told.since:
            yield Promise.LAWFUL, "its payee is reclassified by a register in force, and nobody looked"
    if held := facts.held_by(payment.tranche):
        yield Promise.LAWFUL, f"it waits for milestones that no accepted report calls done: {held}"
    if facts.not_on_file:
        yield Promise.LAWFUL, f"not on file, though the rule book asks for it: {sorted(facts.not_on_file)}"


def _at_the_bank(world: World, payment: Payment, facts: Facts) -> Iterator[Fault]:
    """The faults by the bank's own book, by payments that the database knows of."""
    others = [
        other
        for other in world.bank.payments.values()
        if (other.partnership_id, other.tranche) == (payment.partnership_id, payment.tranche) and other is not payment
    ]
    planned = facts.planned.get(payment.tranche, Decimal(0))
    if planned != payment.amount:
        yield from _beyond_the_rest(payment, facts, planned, others)
    for other in others:
        if not has_ended(other) and not (planned != payment.amount and other.net > 0):
            state = other.state.value.lower()
            yield Promise.ONCE, f"another attempt is at the bank ({state}), and no word of its ended it"


def _beyond_the_rest(payment: Payment, facts: Facts, planned: Decimal, others: Sequence[Payment]) -> Iterator[Fault]:
    """A sum that is not the planned one is the rest of it, to which two agreed: with what was paid it is no more."""
    out = sum((other.amount if other.state is State.TAKEN else other.net for other in others), Decimal(0))
    if out + payment.amount > planned:
        yield Promise.APPROVED, f"{payment.amount} where {planned} was approved, and {out} of it is out"
    agreed = {key: people for key, people in facts.rest_of.items() if facts.released[key] == payment.amount}
    if not any(key[0] == payment.tranche and len(people - facts.recused) > 1 for key, people in agreed.items()):
        yield Promise.LAWFUL, f"a rest of {payment.amount}, to which two people did not agree"


async def _instructed(world: World, payment: Payment) -> list[Fault]:
    """Its attempt is one that was released and not cancelled, and its own stream instructs it, once."""
    facts = await facts_of(world, payment.partnership_id)
    attempts = [one for one in facts.released if one[0] == payment.tranche]
    named = {end_to_end_id(payment_id(payment.partnership_id, *one)): one for one in attempts}
    attempt = named.get(payment.end_to_end_id)
    if attempt is None:
        return [
            (Promise.ONCE, "its end-to-end id is of no attempt that was released: the bank would not know it again")
        ]
    stream = f"partnership/{payment.partnership_id}/tranche/{attempt[0]}/attempt/{attempt[1]}"
    instructed = [row for row in await rows_of(world, stream) if row.kind == "PaymentInstructed"]
    faults: list[Fault] = []
    if [row.told["end_to_end_id"] for row in instructed] != [payment.end_to_end_id]:
        faults.append((Promise.LAWFUL, f"its own stream instructs it {len(instructed)} times"))
    if attempt in facts.cancelled:
        faults.append((Promise.HOLD, "a person had cancelled it, and had a receipt for that"))
    return faults


def has_ended(payment: Payment) -> bool:
    """True if the bank's own word ended an attempt without its money gone: refused at first, or given back whole."""
    if payment.words and Word.SETTLED not in payment.words:
        return Word.REJECTED in payment.words
    return payment.returned >= payment.booked > Decimal(0) or (payment.booked == Decimal(0) and _refused(payment))


def _refused(payment: Payment) -> bool:
    first = [word for word in payment.words if word in {Word.SETTLED, Word.REJECTED}][:1]
    return first == [Word.REJECTED]
