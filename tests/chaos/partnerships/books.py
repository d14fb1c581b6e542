"""Ask the bank's own book, which nothing puts back: what left stood on no hold, each tranche once, every word heard."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple, cast

from accord.client.desk import Desk
from deploy.embedded.bank import Bank
from domain.identity import end_to_end_id, payment_id
from domain.partnership.events import Event, TrancheHandedOver
from domain.partnership.evolution import evolve
from domain.partnership.state import Partnership, TrancheState
from domain.payment.bank_answers import BankAnswer
from domain.payment.bank_file import ExceptionRaised
from domain.payment.tranche.events import BankAnswerRefused
from payments.answers.messages import BankNotice, read_message
from payments.out.files import instructions_of_file
from records.codec import from_ledger


class Attempt(NamedTuple):
    """An attempt to pay, as the bank's book names it."""

    partnership_id: str
    tranche: int
    attempt: int


async def bank_books(desk: Desk, bank: Bank, answers: list[Path]) -> list[str]:
    """Return the violations in the bank's book."""
    known = await desk.portfolio()
    names = _names(known)
    book = bank.payments()
    return [
        *_booked_once(book, known),
        *_one_payment_of_a_tranche(book, names),
        *await _handed_over_unheld(desk, book, names),
        *await _every_word_is_heard(desk, answers),
    ]


def _names(known: list[Partnership]) -> dict[str, Attempt]:
    """Every attempt by the identifier that its payment carries, derived and not read."""
    attempts = [
        Attempt(one.partnership_id, tranche.number, attempt)
        for one in known
        for tranche in one.tranches
        for attempt in range(1, tranche.attempt + 1)
    ]
    return {end_to_end_id(payment_id(*attempt)): attempt for attempt in attempts}


def _booked_once(book: list[dict[str, Any]], known: list[Partnership]) -> list[str]:
    """Each payment is booked at most once, and exactly those that we hold for settled."""
    booked = Counter(payment["end_to_end_id"] for payment in book if payment.get("booked_at"))
    found = [f"{name} was booked {count} times" for name, count in booked.items() if count > 1]
    paid = sum(t.state is TrancheState.SETTLED for one in known for t in one.tranches)
    if paid != len(booked):
        found.append(f"{paid} tranches are settled here, {len(booked)} payments are booked there")
    return found


def _one_payment_of_a_tranche(book: list[dict[str, Any]], names: dict[str, Attempt]) -> list[str]:
    """This bank rejects nothing, so a second payment of a tranche is one too many, booked or not."""
    paid: dict[tuple[str, int], set[str]] = defaultdict(set)
    found = []
    for name in {payment["end_to_end_id"] for payment in book}:
        if name not in names:
            found.append(f"the bank has {name}, which nobody released")
            continue
        attempt = names[name]
        paid[attempt.partnership_id, attempt.tranche].add(name)
    return found + [f"{place} was paid {len(them)} times" for place, them in paid.items() if len(them) > 1]


async def _handed_over_unheld(desk: Desk, book: list[dict[str, Any]], names: dict[str, Attempt]) -> list[str]:
    """The bank's payments were handed over, and stood on no hold when they were."""
    found = []
    for name in {payment["end_to_end_id"] for payment in book} & names.keys():
        attempt = names[name]
        state, left = Partnership(partnership_id=attempt.partnership_id), False
        for recorded in await desk.history(attempt.partnership_id):
            event = cast(Event, recorded.event)
            if isinstance(event, TrancheHandedOver) and (event.tranche, event.attempt) == attempt[1:]:
                left = True
                if state.hold is not None:
                    found.append(f"{attempt} was handed over while it stood on hold: {state.hold.reason}")
            state = evolve(state, event)
        if not left:
            found.append(f"the bank has {attempt}, and no hand-over of it is on record")
    return found


async def _every_word_is_heard(desk: Desk, answers: list[Path]) -> list[str]:
    """Each thing that the bank said is an event of what it speaks of, or an exception."""
    heard, raised = await _heard(desk)
    found = []
    for path in answers:
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() in raised:
            continue
        for said in read_message(content, path.name):
            if not isinstance(said, BankNotice):
                found.append(f"{path.name} {said.entry}: neither an event nor an exception ({said.reason})")
                continue
            about = await _about(desk, said)
            found += [
                f"{path.name}: {said.status} of {one} was never heard"
                for one in about or [(said.end_to_end_id or said.original_message_id, 0, 0)]
                if (*one, said.status) not in heard
            ]
    return found


async def _about(desk: Desk, said: BankNotice) -> list[tuple[str, int, int]]:
    """The attempts that a statement speaks of."""
    query = "SELECT partnership_id, tranche, attempt FROM payments.instructions WHERE end_to_end_id = $1"
    async with desk.pool.acquire() as connection:
        if said.end_to_end_id:
            return [tuple(row) for row in await connection.fetch(query, said.end_to_end_id)]
        whole = await instructions_of_file(connection, said.original_message_id)
    return [(one.partnership_id, one.tranche, one.attempt) for one in whole]


async def _heard(desk: Desk) -> tuple[set[tuple[Any, ...]], set[str]]:
    """The answers that the ledger's attempts heard, and the files with an exception for a person."""
    heard: set[tuple[Any, ...]] = set()
    raised: set[str] = set()
    async for stored in desk.ledger.read_all():
        if not stored.stream_id.startswith(("partnership/", "exception/")):
            continue
        event: Any = from_ledger(stored).event
        if isinstance(event, ExceptionRaised):
            raised.add(event.file_sha256)
        answer = getattr(event, "answer", None)
        if isinstance(event, BankAnswerRefused):
            answer = BankAnswer.model_validate_json(event.content)
        if isinstance(answer, BankAnswer):
            heard.add((answer.partnership_id, answer.tranche, answer.attempt, answer.status))
    return heard, raised
