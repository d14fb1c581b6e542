"""Find the payment that people typed into the bank's portal by what the bank says of its booking.

The reference on the sheet may come back as an identifier, or within the text of the payment, in other letters or with
blanks. Where the portal took none, the booking bears the number by which the portal confirmed the payment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from domain.money.rails import PaymentRail
from domain.payment.bank_answers import BankStatus
from domain.payment.bookings import account_key, is_filler, reference_key
from payments import Connection
from payments.answers.statements import BankNotice
from payments.out.instructions import SHORT_ID, Instruction, instruction_by_end_to_end_id
from payments.out.typed_numbers import typed_under

_OUR_REFERENCE: Final = re.compile(rf"(?=(ACC[A-Z2-7]{{{SHORT_ID - 3}}}))")
_WHOLE_REFERENCE: Final = re.compile(r"(?=(ACC[A-Z2-7]{26}))")
_SHORTEST_NUMBER: Final = 6
_MOST_NAMES: Final = 20
"""The most beginnings of a reference that one text is looked through for."""


async def typed_payment(connection: Connection, notice: BankNotice) -> Instruction | None:
    """Return the payment on the manual rail that a debit on an account is, or None if it names none, or several."""
    if notice.status is not BankStatus.SETTLED or not notice.account:
        return None
    instructions = await _named_in(connection, references_in(notice), PaymentRail.MANUAL)
    if instructions:
        return instructions[0] if len(instructions) == 1 else None
    return await _typed(connection, notice)


async def payment_in_words(connection: Connection, notice: BankNotice) -> Instruction | None:
    """Return the payment that a debit in words alone is, on any rail, or None if it names none, or several.

    By its whole EndToEndId, by the beginning of one that its rail cuts off, or by a number of the bank's portal.
    """
    if notice.status is not BankStatus.SETTLED:
        return None
    names = [*whole_references_in(notice), *references_in(notice)]
    if len(names) > _MOST_NAMES:
        return None
    instructions = await _named_in(connection, names)
    if instructions:
        return instructions[0] if len(instructions) == 1 else None
    return await _typed(connection, notice)


async def _typed(connection: Connection, notice: BankNotice) -> Instruction | None:
    """Return the payment that was typed under a number of a booking. A line on a payment of another rail is none."""
    instruction = await typed_under(connection, account_key(notice.account), number_keys(notice))
    return instruction if instruction is not None and instruction.rail is PaymentRail.MANUAL else None


async def _named_in(connection: Connection, names: Sequence[str], rail: PaymentRail | None = None) -> list[Instruction]:
    """Return the payments with some names, each once. `rail`: the only one that counts, if any."""
    instructions = {
        instruction.payment_id: instruction
        for name in names[:_MOST_NAMES]
        if (instruction := await instruction_by_end_to_end_id(connection, name)) is not None
        and rail in {None, instruction.rail}
    }
    return list(instructions.values())


def has_our_reference(notice: BankNotice, instruction_id: str) -> bool:
    """True if a booking bears the reference of a payment. `instruction_id`: its EndToEndId."""
    return instruction_id[:SHORT_ID] in references_in(notice)


def references_in(notice: BankNotice) -> list[str]:
    """Return the beginnings of references of ours in what a bank says of a booking, each once."""
    texts = (_compact(notice.end_to_end_id), _compact(notice.remittance))
    return list(dict.fromkeys(name for text in texts for name in _OUR_REFERENCE.findall(text)))


def whole_references_in(notice: BankNotice) -> list[str]:
    """Return what may be whole references of ours in what a bank says of a booking, each once."""
    texts = (_compact(notice.end_to_end_id), _compact(notice.remittance))
    return list(dict.fromkeys(name for text in texts for name in _WHOLE_REFERENCE.findall(text)))


def number_keys(notice: BankNotice) -> frozenset[str]:
    """Return the numbers by which a portal may have confirmed a booking, each as `reference_key` has it."""
    numbers = (*notice.references, notice.servicer_reference, notice.end_to_end_id, *_numbers_in_words(notice))
    return frozenset(reference_key(number) for number in numbers if not is_filler(number))


def _numbers_in_words(notice: BankNotice) -> list[str]:
    """Return the words of a booking in words alone that may be a portal's number. A shorter one may be anything."""
    words = notice.remittance.split() if notice.unnumbered else []
    return [word for word in words if not word.isalpha() and len(reference_key(word)) >= _SHORTEST_NUMBER]


def _compact(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()
