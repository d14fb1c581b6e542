"""Match what a bank says to what we instructed: identifiers and amount and account, or it goes to a person."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import ValidationError

from domain.identity import derive
from domain.tranche import BankAnswer, BankStatus
from domain.values import Money
from payments import Connection
from payments.accounts import read_account
from payments.instructions import Instruction, instruction_by_end_to_end_id, instructions_of_file
from payments.messages import Statement, Unclear, read_message

_PARTNERSHIP: Final = re.compile(r"P-[0-9]{4}-[0-9]{4,6}")


class Mismatch(NamedTuple):
    """A statement that fits no payment of ours; kept for a person."""

    entry: str
    reason: str


class Import(NamedTuple):
    """What an import found: answers new to us, how many were known, and what needs a person."""

    new: tuple[BankAnswer, ...]
    known: int
    mismatches: tuple[Mismatch, ...]


async def import_message(connection: Connection, path: Path) -> Import:
    """Read a bank file and record what it says, all of it or nothing. Importing it again finds nothing new.

    Raises:
        UnreadableMessage: The file cannot be read; nothing was recorded.
    """
    statements = read_message(path)
    async with connection.transaction():
        judged = [verdict for said in statements for verdict in await _judge(connection, said)]
        answers = [answer for answer in judged if isinstance(answer, BankAnswer)]
        mismatches = tuple(verdict for verdict in judged if isinstance(verdict, Mismatch))
        new = [answer for answer in answers if await record_answer(connection, answer)]
        for mismatch in mismatches:
            await raise_exception(connection, path.name, mismatch.reason, mismatch.entry)
    return Import(tuple(new), len(answers) - len(new), mismatches)


async def undelivered(connection: Connection) -> list[BankAnswer]:
    """Return the answers that no workflow was told of yet, oldest first."""
    rows = await connection.fetch(
        "SELECT answer FROM payments.answers WHERE delivered_at IS NULL ORDER BY imported_at, answer_id"
    )
    return [BankAnswer.model_validate_json(row["answer"]) for row in rows]


async def mark_delivered(connection: Connection, answer: BankAnswer) -> None:
    """Note that the workflow was told. Telling it twice would do no harm; not telling it would."""
    await connection.execute(
        "UPDATE payments.answers SET delivered_at = coalesce(delivered_at, ledger.now()) WHERE answer_id = $1",
        answer.answer_id,
    )


async def raise_exception(connection: Connection, file_name: str, reason: str, content: str) -> None:
    """Keep something for a person to look at; the same thing is kept once."""
    await connection.execute(
        "INSERT INTO payments.exceptions (exception_id, file_name, reason, content) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (exception_id) DO NOTHING",
        derive("exception", content, reason),
        file_name,
        reason,
        content,
    )


async def _judge(connection: Connection, said: Statement | Unclear) -> list[BankAnswer | Mismatch]:
    match said:
        case Unclear():
            return [Mismatch(f"{said.message_id} {said.entry}", said.reason)]
        case Statement(status=BankStatus.RECEIVED):
            return [await _money_in(connection, said)]
        case Statement(end_to_end_id=""):
            return await _whole_file(connection, said)
        case _:
            return [await _payment(connection, said)]


async def _whole_file(connection: Connection, said: Statement) -> list[BankAnswer | Mismatch]:
    instructions = await instructions_of_file(connection, said.original_message_id)
    if not instructions:
        return [_mismatch(said, f"file {said.original_message_id or 'without id'} is not one of ours")]
    return [_answer(said, instruction) for instruction in instructions]


async def _payment(connection: Connection, said: Statement) -> BankAnswer | Mismatch:
    instruction = await instruction_by_end_to_end_id(connection, said.end_to_end_id)
    if instruction is None:
        return _mismatch(said, f"payment {said.end_to_end_id} is not one of ours")
    money = instruction.money
    if said.amount is not None and (said.amount, said.currency) != (money.amount, money.currency):
        return _mismatch(said, f"{said.currency} {said.amount} where {money} was instructed")
    if said.unique_transaction_reference not in {"", instruction.unique_transaction_reference}:
        return _mismatch(said, f"UETR {said.unique_transaction_reference} is not the payment's")
    if said.account:
        account = instruction.debtor_account
        debtor = await read_account(connection, account.reference, account.sha256)
        if said.account != debtor.identifier:
            return _mismatch(said, "the entry stands on another account than the one that pays")
    return _answer(said, instruction)


async def _money_in(connection: Connection, said: Statement) -> BankAnswer | Mismatch:
    """A credit that carries the identifier of a payment of ours is that payment coming back, not a gift."""
    if said.end_to_end_id and await instruction_by_end_to_end_id(connection, said.end_to_end_id):
        return await _payment(connection, said._replace(status=BankStatus.RETURNED))
    query = "SELECT true FROM payments.accounts WHERE details->>'iban' = $1 OR details->>'number' = $1"
    if said.account and not await connection.fetchval(query, said.account):
        return _mismatch(said, "money came in on an account that is not recorded")
    return _receipt(said)


def _receipt(said: Statement) -> BankAnswer | Mismatch:
    partnership = _PARTNERSHIP.search(said.remittance)
    if partnership is None:
        return _mismatch(said, "money came in that names no partnership")
    try:
        money = Money.model_validate({"amount": said.amount, "currency": said.currency})
    except ValidationError:
        return _mismatch(said, f"money came in of {said.currency} {said.amount}, which is no receipt")
    return BankAnswer(
        answer_id=derive("answer", said.message_id, said.entry),
        status=said.status,
        code=said.code,
        money=money,
        said_at=said.said_at,
        bank_reference=said.message_id,
        partnership_id=partnership.group(),
    )


def _answer(said: Statement, instruction: Instruction) -> BankAnswer:
    return BankAnswer(
        answer_id=derive("answer", said.message_id, said.entry, instruction.payment_id),
        status=said.status,
        code=said.code,
        reason=said.reason,
        money=instruction.money,
        said_at=said.said_at,
        bank_reference=said.message_id,
        partnership_id=instruction.partnership_id,
        tranche=instruction.tranche,
        attempt=instruction.attempt,
    )


def _mismatch(said: Statement, reason: str) -> Mismatch:
    return Mismatch(f"{said.message_id} {said.entry} {said.end_to_end_id}".strip(), reason)


async def was_imported(connection: Connection, answer: BankAnswer) -> bool:
    """Whether the bank said so in a file that was imported: what a signal alone claims moves nothing."""
    stored = await connection.fetchval("SELECT answer FROM payments.answers WHERE answer_id = $1", answer.answer_id)
    return stored is not None and BankAnswer.model_validate_json(stored) == answer


async def record_answer(connection: Connection, answer: BankAnswer) -> bool:
    """Keep what the bank said; return False if it was kept before."""
    status = await connection.execute(
        "INSERT INTO payments.answers (answer_id, payment_id, answer) VALUES ($1, $2, $3) "
        "ON CONFLICT (answer_id) DO NOTHING",
        answer.answer_id,
        await _payment_id(connection, answer),
        answer.model_dump_json(),
    )
    return str(status).endswith(" 1")


async def _payment_id(connection: Connection, answer: BankAnswer) -> object:
    return await connection.fetchval(
        "SELECT payment_id FROM payments.instructions WHERE partnership_id = $1 AND tranche = $2 AND attempt = $3",
        answer.partnership_id,
        answer.tranche,
        answer.attempt,
    )
