"""Accounts on record as a bank writes their numbers: with dashes or in small letters, each is one account.

What a booking is known by has the account's number in it, so that two writings would make two bookings of one.
"""

from __future__ import annotations

from typing import Final

from domain.identity import derive
from domain.payment.account_numbers import plain_number
from domain.payment.bank_answers import BankStatus
from payments.answers.matching.identity import unclear_key
from payments.answers.matching.matched import FileReading
from payments.answers.messages import BankNotice, Unclear

_ON_RECORD: Final = """
SELECT DISTINCT coalesce(details->>'iban', details->>'number') AS number FROM payments.accounts
 WHERE upper(regexp_replace(coalesce(details->>'iban', details->>'number'), '[^[:alnum:]]', '', 'g')) = $1
"""
_TAKEN: Final = "SELECT true FROM payments.entries WHERE booking <> '' AND booking = ANY ($1) LIMIT 1"


async def as_recorded(reading: FileReading, statement: BankNotice | Unclear) -> BankNotice | Unclear:
    """Return a statement with its account's number as it is on record.

    One without a number of its own (BAI2, CSV) stays as it is, and so does a booking that an earlier release stored
    under the bank's writing.
    """
    if not statement.account or (isinstance(statement, BankNotice) and statement.unnumbered):
        return statement
    number = await _number_on_record(reading, statement.account)
    if number == statement.account or await _is_taken(reading, statement):
        return statement
    return statement._replace(account=number)


async def _number_on_record(reading: FileReading, written: str) -> str:
    """Return the number that is on record of an account, or as it is written where there is none, or several."""
    if written not in reading.numbers:
        rows = await reading.connection.fetch(_ON_RECORD, plain_number(written))
        numbers = {row["number"] for row in rows}
        reading.numbers[written] = numbers.pop() if len(numbers) == 1 else written
    return reading.numbers[written]


async def _is_taken(reading: FileReading, statement: BankNotice | Unclear) -> bool:
    account, reference = statement.account, statement.servicer_reference
    unclear = unclear_key(account, reference)
    keys = [unclear, *(derive("of", account, reference, status).hex for status in BankStatus)] if unclear else []
    return bool(keys and await reading.connection.fetchval(_TAKEN, keys))
