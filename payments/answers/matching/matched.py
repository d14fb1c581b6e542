"""An entry of the bank as it was matched, and what all entries of one file share."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.parties import AccountReference
from domain.payment.bank_answers import BankAnswer, Contradiction
from payments import Connection
from payments.answers.entries import Entry
from payments.answers.messages import BankNotice, Unclear


class MatchedEntry(NamedTuple):
    """A bank entry with the payment or receipt that it was matched to, and its contradiction, if any."""

    entry: Entry
    answer: BankAnswer | None
    """The bank's answer about a payment or a receipt, or None if the entry cannot be read as one."""
    fault: Contradiction | None
    """The contradiction that a person must resolve before the entry counts, or None if there is none."""
    partnership_id: str
    content: str
    """The statement in one line, for people to read."""
    account: str = ""
    """The account that a booking is on, empty for a status report."""
    said: BankNotice | None = None
    """The statement, or None if it cannot be read as one."""
    unclear: Unclear | None = None
    """The statement, if it cannot be read as one."""
    unclear_before: UUID | None = None
    """The exception under which releases before 0.4.0 raised the entry, of which they could not read the figures."""
    file: str = ""
    """The message id of our payment file that the entry books as a whole, or ''."""
    payments: tuple[MatchedEntry, ...] = ()
    """The booking of each payment of that file, if the entry is of all of them."""


class FileReading(NamedTuple):
    """The context that all entries of one file share."""

    connection: Connection
    sha256: str
    now: datetime
    seen: Counter[str]
    """The number of entries without a bank reference seen in this file, by digest."""
    debtor_accounts: dict[AccountReference, str]
    """The numbers of the accounts that pay, as they were read for the entries so far."""
    numbers: dict[str, str]
    """The numbers of accounts as they are on record, by the bank's writing of each."""
