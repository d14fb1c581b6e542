"""The promises asked at every moment, and once everything was healed: of the bank's book and the ledger's rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from accord.presentation.faults import Refused
from domain.partnership.events import Event
from domain.partnership.evolution import fold
from domain.partnership.state import Partnership
from domain.streams import StreamId
from tests.simulation.bank.records import Payment, Received, Said, Word
from tests.simulation.judge.account import ask_accounts, ask_chain
from tests.simulation.judge.backs import Backs, ask_backs, backs_of
from tests.simulation.judge.door import ask_door
from tests.simulation.judge.facts import Facts, facts_of, rows_of
from tests.simulation.judge.funding import ask_funds
from tests.simulation.judge.tolerance import ask_tolerance
from tests.simulation.judge.violations import Promise

if TYPE_CHECKING:  # the world asks the judge, who is told of the world
    from tests.simulation.grounds.world import World


async def ask_always(world: World) -> None:
    """Ask the promises of every moment, where anything moved since they were asked. Raises Violation."""
    await ask_door(world)
    head = await world.pool.fetchval("SELECT count(*) FROM ledger.events") or 0
    now = (head, len(world.bank.said), len(world.bank.payments), len(world.given))
    if world.asked_at == now:
        return
    world.asked_at = now
    await _booked_no_more_than_approved(world)
    await _instructed_what_was_released(world)
    await _receipts_are_in_the_ledger(world, 5)
    await ask_funds(world)
    await ask_backs(world)
    await ask_chain(world)
    await ask_tolerance(world)


async def ask_at_rest(world: World) -> None:
    """Ask the promises of rest, once everything was healed. Raises Violation."""
    await ask_always(world)
    await _receipts_are_in_the_ledger(world)
    await ask_funds(world)
    await _instructions_are_told(world)
    await _every_word_was_heard(world)
    await _the_books_agree(world)
    await ask_accounts(world)
    await ask_workflows(world)


async def ask_workflows(world: World) -> None:
    """Ask for each workflow's belief to be the fold of the ledger. Raises Violation."""
    if world.behind:
        return
    for partnership_id in world.partnerships:
        run = world.host.newest(StreamId.partnership(partnership_id))
        if run is not None and run.open and not (run.stuck or run.paused):
            handle = world.client.get_workflow_handle(run.workflow_id)
            believed: Partnership = await handle.query("status", result_type=Partnership)
            try:
                history = (await world.office.desk.history(partnership_id))[: believed.version]
            except Refused:
                continue  # an event in it cannot be read, so nobody can say what it makes
            told = fold(partnership_id, tuple(cast(Event, one.event) for one in history))
            if told != believed:
                known = f"{believed.stage.value} {[one.state.value for one in believed.tranches]}"
                world.broken(Promise.STATE, f"{partnership_id} believes at version {believed.version}: {known}")


async def _booked_no_more_than_approved(world: World) -> None:
    for partnership_id in sorted({one.partnership_id for one in world.bank.payments.values()}):
        facts = await facts_of(world, partnership_id)
        for attempt in facts.paid_anew:
            told = f"{partnership_id} tranche {attempt[0]} is released anew (attempt {attempt[1]}), and is recalled"
            world.broken(Promise.RECALL, told)
        for tranche, planned in facts.planned.items():
            booked = sum(
                (
                    one.net
                    for one in world.bank.payments.values()
                    if (one.partnership_id, one.tranche) == (partnership_id, tranche)
                ),
                Decimal(0),
            )
            if booked > planned:
                told = f"booked {booked} for {partnership_id} tranche {tranche}, and {planned} was approved"
                world.broken(Promise.APPROVED, told)


async def _instructed_what_was_released(world: World) -> None:
    """Every instruction, beside those that an intruder wrote, is of an attempt that a person released, as released."""
    known: dict[str, Facts] = {}
    rows = await world.pool.fetch(
        "SELECT payment_id, partnership_id, tranche, attempt, "
        "convert_from(frozen, 'UTF8')::jsonb->'money'->>'amount' AS amount FROM payments.instructions"
    )
    for row in rows:
        key = (row["tranche"], row["attempt"])
        stream = f"partnership/{row['partnership_id']}/tranche/{key[0]}/attempt/{key[1]}"
        whose = f"partnership/{row['partnership_id']}"
        if not world.forged.isdisjoint({str(row["payment_id"]), stream, whose}):
            continue
        whose = row["partnership_id"]
        known[whose] = known.get(whose) or await facts_of(world, whose)
        released = known[whose].released.get(key)
        if released != Decimal(row["amount"]):
            told = f"{row['partnership_id']} tranche {key[0]}: {row['amount']} is instructed, {released} was released"
            world.broken(Promise.LAWFUL, told)


async def _instructions_are_told(world: World) -> None:
    """A frozen payment stands in its own stream, or the stream says why it is not paid."""
    rows = await world.pool.fetch("SELECT payment_id, partnership_id, tranche, attempt FROM payments.instructions")
    for row in rows:
        stream = f"partnership/{row['partnership_id']}/tranche/{row['tranche']}/attempt/{row['attempt']}"
        if not world.forged.isdisjoint({str(row["payment_id"]), stream, f"partnership/{row['partnership_id']}"}):
            continue
        told = {one.kind for one in await rows_of(world, stream)}
        if told.isdisjoint({"PaymentInstructed", "PaymentWithheld"}):
            world.broken(Promise.REST, f"{stream} has an instruction, and its stream says {sorted(told) or 'nothing'}")


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


async def _every_word_was_heard(world: World) -> None:
    """Each entry of each imported file is an event in the ledger or an exception, or is one that is, told again."""
    imported = [said for said in world.bank.said if said.number in world.imported]
    for said in [one for one in imported if one.stated is None]:
        same = [one for one in imported if one is said or one.identity == said.identity]
        heard = [await _heard(world, one) for one in same]
        if all(heard) and await _was_stated(world, said, imported):
            continue
        fault = next((one for one in heard if not one), None) if any(heard) else heard[0]
        if fault != "" and "" not in heard:
            what = f"{said.word} of {said.amount} for {said.remittance or 'nobody'}"
            world.broken(Promise.WORD, f"{said.name} says {what} ({said.message_id}): {heard[0]}")


async def _heard(world: World, said: Said) -> str:
    """The reason why one file's entries are neither events nor exceptions, or '' where they are."""
    sha256 = hashlib.sha256(said.content).hexdigest()
    if await world.pool.fetchval(
        "SELECT true FROM ledger.readable WHERE stream_id LIKE 'exception/%' "
        "AND payload::text LIKE '%' || $1 || '%' LIMIT 1",
        sha256,
    ):
        return ""
    rows = await world.pool.fetch("SELECT entry_id, exception_id FROM payments.entries WHERE file_sha256 = $1", sha256)
    if not rows:
        return "neither an event nor an exception"
    return next(filter(None, [await _of_entry(world, said, row) for row in rows]), "")


async def _was_stated(world: World, said: Said, imported: Sequence[Said]) -> bool:
    """True if a statement of account told a booking first: then its payment, or an exception, names that file."""
    statements = (one for one in imported if one.stated and said.booking and said.booking in one.stated.bookings)
    for one in statements:
        found = await world.pool.fetchval(
            "SELECT true FROM ledger.readable WHERE (stream_id LIKE 'partnership/%' OR stream_id LIKE 'exception/%') "
            "AND payload::text LIKE '%' || $1 || '%' AND payload::text LIKE '%' || $2 || '%' LIMIT 1",
            hashlib.sha256(one.content).hexdigest(),
            f"{said.booking.amount}" if said.booking and said.booking.exchange is None else f"{said.amount}",
        )
        if found:
            return True
    return False


async def _of_entry(world: World, said: Said, row: Any) -> str:
    if row["exception_id"] is not None:
        raised = await world.pool.fetchval(
            "SELECT count(*) FROM ledger.events WHERE stream_id = $1", f"exception/{row['exception_id']}"
        )
        return "" if raised else "its exception is in no stream"
    # That a copy of a file was refused says nothing of what is settled: it is noted, and asks nobody.
    if said.wrong and said.word is not Word.KNOWN:
        return "it cannot be, and no person was asked"
    event = await world.pool.fetchval(
        "SELECT payload::text FROM ledger.readable WHERE stream_id LIKE 'partnership/%' "
        "AND payload::text LIKE '%' || $1 || '%' LIMIT 1",
        str(row["entry_id"]),
    )
    if event is None:
        return "it counts as taken, and there is no event of it"
    reported = said.word in {Word.ACCEPTED, Word.REJECTED, Word.KNOWN}  # a report of a file's status tells no sum
    return "" if str(said.amount) in event or reported else "its event has another sum"


async def _the_books_agree(world: World) -> None:
    """The bank's bookings not taken back are settled here, and nothing else is. No more came in than came."""
    known = await backs_of(world)
    for partnership_id in world.partnerships:
        if partnership_id in world.beyond or any(partnership_id in one for one in world.forged):
            continue
        facts = await facts_of(world, partnership_id)
        mine = [one for one in world.bank.payments.values() if one.partnership_id == partnership_id]
        booked = {one.tranche for one in mine if one.net > 0}
        booked |= {one.tranche for one in mine if _is_refunded(world, one, known.get(partnership_id, Backs()))}
        if booked != facts.settled:
            told = f"{partnership_id}: tranches {sorted(booked)} are booked at the bank, {sorted(facts.settled)} here"
            world.broken(Promise.BOOKS, told)
        if partnership_id not in known or not known[partnership_id].refunds:
            _sums_agree(world, facts, mine, partnership_id)
        came = sum((one.amount for one in world.bank.received if _is_for(one, partnership_id)), Decimal(0))
        received = facts.received - known.get(partnership_id, Backs()).went_back
        if received > came:
            told = f"{partnership_id}: {received} counts as received, and {came} of its gift came and stayed"
            world.broken(Promise.BOOKS, told)


def _sums_agree(world: World, facts: Facts, mine: Sequence[Payment], partnership_id: str) -> None:
    """What is paid of each tranche is, to the cent, what the bank booked of it and what did not come back."""
    for tranche in facts.planned:
        booked = sum((one.net for one in mine if one.tranche == tranche), Decimal(0))
        if booked != facts.paid_of(tranche):
            told = f"{partnership_id} tranche {tranche}: {booked} is booked, and {facts.paid_of(tranche)} counts here"
            world.broken(Promise.BOOKS, told)


def _is_refunded(world: World, payment: Payment, backs: Backs) -> bool:
    """True if a return counts as a refund: then it is settled here, and refunded.

    So it is where two people called another booking its refund, and all of it came back: there is no more that could.
    """
    told = [one for one in world.bank.said if (one.end_to_end_id, one.word) == (payment.end_to_end_id, Word.RETURNED)]
    by_it = any(one.reference in backs.refunds and backs.refunds[one.reference].confirmed for one in told)
    return by_it or (bool(told) and backs.refunded > 0 and backs.confirmed >= payment.amount)


def _is_for(received: Received, partnership_id: str) -> bool:
    """True if money is a partnership's gift, that its giver's bank did not take back, and not a payee's."""
    return received.gift == partnership_id and not received.taken_back
