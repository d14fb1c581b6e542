"""Entries that book a payment file of ours as a whole: one debit for all of its payments, none of which it names."""

from __future__ import annotations

from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

from domain.payment.bank_answers import BankStatus
from domain.payment.bookings import is_filler, reference_key
from payments import Connection
from payments.answers.elements import glimpse
from payments.answers.statements import BankNotice, Unclear, with_digest
from payments.out.files import instructions_of_file
from payments.out.instructions import Instruction

_NAMES: Final = (
    "NtryDtls/Btch/PmtInfId", "NtryDtls/Btch/MsgId", "NtryDtls/TxDtls/Refs/PmtInfId", "NtryDtls/TxDtls/Refs/MsgId",
)  # fmt: skip
"""The places of our own name of the file that an entry books."""
_REFERENCE_CODE: Final = 8
"""The characters of a message id in the header of a NACHA file (reference code): all that its bank may know of it."""
_BY_REFERENCE_CODE: Final = (
    "SELECT message_id FROM payments.files WHERE substr(message_id, 5, 8) = $1 AND substr(content, 1, 4) = '101 '"
)


class WholeFile(NamedTuple):
    """A payment file that an entry books as a whole, with a notice of each of its payments."""

    message_id: str
    payments: tuple[tuple[BankNotice, Instruction], ...]


def file_named(entry: Element) -> str:
    """Return our name of the payment file that an entry gives, or '' if it gives none."""
    names = (glimpse(entry, path) for path in _NAMES)
    return next((name for name in names if not is_filler(name)), "")


async def whole_file(connection: Connection, statement: BankNotice | Unclear) -> WholeFile | None:
    """Return the file that an entry books, or None unless it is a debit that names a file of ours and no payment."""
    if not statement.batch or not _is_whole(statement):
        return None
    message_id = await _message_id(connection, statement.batch)
    instructions = await instructions_of_file(connection, message_id)
    payments = ((_notice(statement, place, each), each) for place, each in enumerate(instructions, start=1))
    return WholeFile(message_id, tuple(payments)) if instructions else None


def _is_whole(statement: BankNotice | Unclear) -> bool:
    if isinstance(statement, Unclear):
        return statement.names_none and statement.movement < 0 and not statement.takes_back
    is_named = bool(statement.end_to_end_id or statement.unique_transaction_reference or statement.parts)
    is_debit = statement.status is BankStatus.SETTLED and bool(statement.account) and statement.figures is None
    return is_debit and not is_named and not statement.unheard


async def _message_id(connection: Connection, name: str) -> str:
    """Return the message id of the file that a bank names: by the id itself, or by a NACHA file's reference code."""
    if len(name) != _REFERENCE_CODE:
        return name
    rows = await connection.fetch(_BY_REFERENCE_CODE, name)
    return rows[0]["message_id"] if len(rows) == 1 else name


def _notice(statement: BankNotice | Unclear, place: int, instruction: Instruction) -> BankNotice:
    """Return the word of an entry over a whole file on one of its payments, if it is of all of them."""
    reference = "" if is_filler(statement.servicer_reference) else reference_key(statement.servicer_reference)
    assert statement.said_at is not None  # noqa: S101 - every entry on an account bears its message's time
    notice = BankNotice(
        message_id=statement.message_id,
        entry=f"{statement.entry}/file/{place}",
        status=BankStatus.SETTLED,
        code="BOOK",
        reason="",
        said_at=statement.said_at,
        end_to_end_id=instruction.end_to_end_id,
        amount=instruction.money.amount,
        currency=instruction.money.currency,
        account=statement.account,
        servicer_reference=reference,
        detail=instruction.end_to_end_id,
        references=(reference,) if reference else (),
        booked_on=statement.booked_on,
        statement_place=statement.statement_place,
        unnumbered=statement.unnumbered if isinstance(statement, BankNotice) else "",
    )
    return with_digest(notice)
