"""The promises, asked of the bank's own book and of the ledger's bare rows; nothing here asks the product what it thinks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from tests.simulation.bank.book import Payment, Word
from tests.simulation.lists import PAYEES
from tests.simulation.violations import Promise
from tests.simulation.world import World

ENDS = {"PartnershipDeclined", "PartnershipWithdrawn", "PartnershipTerminated", "PartnershipClosed"}
PROPOSALS = {"PartnershipProposed", "ProposalRevised", "ProposalAmended"}


class Facts(NamedTuple):
    """What the ledger's rows say of a partnership, as far as a payment hangs on it."""

    planned: dict[int, Decimal]
    payee: str
    held: str
    """By whom it is on hold, or ''."""
    diverted: bool
    ended: bool
    approvals: tuple[str, ...]
    """Who approved since the case began, or began anew."""
    recused: frozenset[str]
    settled: frozenset[int]
    """The tranches that count as paid."""


async def facts_of(world: World, partnership_id: str) -> Facts:
    """Return what the ledger's rows say of a partnership."""
    rows = await world.pool.fetch(
        "SELECT event_type, payload::text FROM ledger.readable WHERE stream_id = $1 ORDER BY version",
        f"partnership/{partnership_id}",
    )
    return _facts([(row["event_type"], json.loads(row["payload"])) for row in rows])


def _facts(events: list[tuple[str, dict[str, Any]]]) -> Facts:
    proposal: dict[str, Any] = {}
    held, diverted, ended = "", False, False
    approvals: list[str] = []
    recused: set[str] = set()
    settled: set[int] = set()
    for kind, told in events:
        if kind in PROPOSALS:
            proposal = told["proposal"]
        match kind:
            case "PartnershipProposed" | "ProposalRevised" | "InformationRequested":
                approvals = []
            case "ApprovalGiven":
                approvals.append(told["actor"])
            case "HoldPlaced":
                held = str(told["actor"])
            case "HoldLifted":
                held = ""
            case "DiversionReported" | "AssuranceRecorded":
                diverted = kind == "DiversionReported"
            case "InterestDeclared":
                recused.add(told["interest"]["person"])
            case "TrancheEnded":
                settled.discard(told["tranche"])
                if told["outcome"] == "SETTLED":
                    settled.add(told["tranche"])
            case _:
                ended = ended or kind in ENDS
    out = proposal.get("funds_out") or {}
    planned = {plan["number"]: Decimal(plan["money"]["amount"]) for plan in out.get("tranches", ())}
    payee = str(out.get("payee", {}).get("name", ""))
    return Facts(planned, payee, held, diverted, ended, tuple(approvals), frozenset(recused), frozenset(settled))


async def ask_at_hand_over(world: World, payments: Sequence[Payment]) -> None:
    """Ask, of payments that the bank just took, whether each might leave. Raises Violation."""
    for payment in payments:
        facts = await facts_of(world, payment.partnership_id)
        for promise, fault in _unlawful(world, payment, facts):
            told = f"handed over: {payment.partnership_id} tranche {payment.tranche}: {fault}"
            world.broken(promise, told)


def _unlawful(world: World, payment: Payment, facts: Facts) -> Iterator[tuple[Promise, str]]:
    if facts.held:
        yield Promise.HOLD, f"it stands on hold, placed by {facts.held}"
    if facts.diverted:
        yield Promise.LAWFUL, "money was diverted, and no assurance is on record"
    if facts.ended:
        yield Promise.LAWFUL, "the partnership has ended"
    if facts.planned.get(payment.tranche) != payment.amount:
        yield Promise.APPROVED, f"{payment.amount} where {facts.planned.get(payment.tranche)} was approved"
    if payment.creditor not in {one.iban for one in PAYEES if one.name == facts.payee}:
        yield Promise.LAWFUL, f"to {payment.creditor}, which is not an account of {facts.payee}"
    if tainted := facts.recused & set(facts.approvals) and len(set(facts.approvals) - facts.recused) < 2:
        yield Promise.LAWFUL, f"without the recused its approvals are too few ({tainted})"
    for told in world.lists.values():
        if told.partition(" ")[2] == facts.payee:
            yield Promise.LAWFUL, f"its payee is {told.partition(' ')[0]} by a register in force"
    for other in world.bank.payments.values():
        same = (other.partnership_id, other.tranche) == (payment.partnership_id, payment.tranche)
        if same and other is not payment and not has_ended(other):
            yield (
                Promise.ONCE,
                f"another attempt is at the bank ({other.state.value.lower()}), and no word of its ended it",
            )


def has_ended(payment: Payment) -> bool:
    """Whether the bank's own word ended an attempt without its money gone: refused at first, or given back whole."""
    if payment.words and Word.SETTLED not in payment.words:
        return Word.REJECTED in payment.words
    first = [word for word in payment.words if word in {Word.SETTLED, Word.REJECTED}][:1]
    return first == [Word.REJECTED] or payment.returned >= payment.booked > 0


async def ask_always(world: World) -> None:
    """Ask what must hold at every moment. Raises Violation."""
    await _booked_no_more_than_approved(world)
    await _receipts_are_in_the_ledger(world, 5)


async def _booked_no_more_than_approved(world: World) -> None:
    for partnership_id in {payment.partnership_id for payment in world.bank.payments.values()}:
        facts = await facts_of(world, partnership_id)
        for tranche, planned in facts.planned.items():
            booked = sum(
                (
                    one.booked - one.by_mistake - one.returned
                    for one in world.bank.payments.values()
                    if (one.partnership_id, one.tranche) == (partnership_id, tranche)
                ),
                Decimal(0),
            )
            if booked > planned:
                told = f"booked {booked} for {partnership_id} tranche {tranche}, and {planned} was approved"
                world.broken(Promise.APPROVED, told)


async def _receipts_are_in_the_ledger(world: World, newest: int | None = None) -> None:
    for receipt in world.given[-newest:] if newest else world.given:
        found = await world.pool.fetch(
            "SELECT event_type FROM ledger.events WHERE stream_id = $1 AND command_id = $2 ORDER BY version",
            f"partnership/{receipt.partnership_id}",
            receipt.command_id,
        )
        if receipt.what and tuple(row["event_type"] for row in found) != receipt.what:
            told = ", ".join(row["event_type"] for row in found) or "nothing"
            what = f"a receipt says {', '.join(receipt.what)} of {receipt.partnership_id}, and the ledger {told}"
            world.broken(Promise.RECEIPT, what)


async def ask_at_rest(world: World) -> None:
    """Ask what must hold once everything was healed. Raises Violation."""
    await ask_always(world)
    await _receipts_are_in_the_ledger(world)
    await _every_word_was_heard(world)
    await _the_books_agree(world)


async def _every_word_was_heard(world: World) -> None:
    for said in world.bank.said:
        if said.number in world.imported and not await world.office.heard(said):
            what = f"{said.word} of {said.amount} for {said.remittance or 'nobody'}"
            world.broken(
                Promise.WORD, f"{said.name} says {what} ({said.message_id}): neither an event nor an exception"
            )


async def _the_books_agree(world: World) -> None:
    """What the bank booked and did not take back is settled here, and nothing else is."""
    for partnership_id in world.partnerships:
        facts = await facts_of(world, partnership_id)
        booked = {
            one.tranche
            for one in world.bank.payments.values()
            if one.partnership_id == partnership_id and one.booked - one.by_mistake > one.returned
        }
        if booked != facts.settled:
            told = f"{partnership_id}: tranches {sorted(booked)} are booked at the bank, {sorted(facts.settled)} here"
            world.broken(Promise.BOOKS, told)
