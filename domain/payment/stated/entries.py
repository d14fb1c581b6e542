"""Entries of statements of account, and the bookings on record that may explain them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from domain.directory.tiers import Role


class EntryKind(StrEnum):
    """The kind of booking that an entry is, or the reason why it is open."""

    PAYMENT = "PAYMENT"
    RETURN = "RETURN"
    GIFT = "GIFT"
    GIFT_TAKEN_BACK = "GIFT_TAKEN_BACK"
    REFUND = "REFUND"
    """A grantee paid it back, as two people recorded."""
    TO_DONOR = "TO_DONOR"
    """It went back to a donor, or into a blocked account, as two people recorded."""
    CHARGE = "CHARGE"
    """The bank charged it, by the code of the entry or beside a payment in it."""
    OUTSIDE = "OUTSIDE"
    """Finance signed that it belongs to no partnership, or went back to its sender."""
    BANK_ERROR = "BANK_ERROR"
    """Finance signed that the bank booked it by mistake."""
    OPEN = "OPEN"
    """Nothing explains it yet."""
    NOT_STATED = "NOT_STATED"
    """No entry: a booking on record that the statement of its day and account does not have."""
    NOT_SEEN = "NOT_SEEN"
    """No entry: a refund that people recorded and that no file of the bank has yet."""


UNEXPLAINED: Final = frozenset({EntryKind.OPEN, EntryKind.NOT_STATED, EntryKind.NOT_SEEN})


class StatedEntry(NamedTuple):
    """One booking by a statement of account: an entry, or one payment of an entry of several."""

    entry_id: UUID
    """The identity of the booking, the same in a notification that bears the bank's reference of it."""
    account: str
    """The reference of the account."""
    amount: Decimal
    """Its movement of the balance, below zero for a debit."""
    currency: str
    booked_on: date
    about: str = ""
    """The payment or the partnership that it names, by its id, empty for none."""
    keys: frozenset[str] = frozenset()
    """The keys of the bank's own reference of the entry, which all of its payments share."""
    references: frozenset[str] = frozenset()
    """The references by which people may have recorded it, each as `reference_key` has it."""
    batch: str = ""
    """The message id of a payment file of ours that it is as a whole."""
    is_charge: bool = False
    partnership_id: str = ""
    words: str = ""
    """The bank's reference of it, or ours, for people to read."""
    reason: str = ""
    """The reason why it is not taken as it stands, empty if there is none."""


class Belief(NamedTuple):
    """A booking that is on record: the bank told of it in a notification or a statement, or people recorded it."""

    claim: UUID
    explanation: EntryKind
    subject: str
    """The partnership and payment that it is of, or the exception in which people said what it is."""
    account: str
    """The reference of the account, empty where the bank's reference alone says it."""
    amount: Decimal | None
    """Its movement of the balance, below zero for a debit, or None where nobody could read it."""
    currency: str
    booked_on: date | None
    about: str = ""
    keys: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()
    bank_reference: str = ""
    """The bank's reference as people wrote it, empty where the bank told it."""
    message_id: str = ""
    """The payment file in which it left."""
    is_booking: bool = True
    """False for a status report (pain.002), which says of no booking on the account."""
    since: date | None = None
    """The day since which a person has been asked about it, or since which it is on record."""
    owner: str = ""
    """The person who recorded it, empty where the bank told it."""
    waits: bool = False
    """True if a second person must sign it, so that it explains nothing yet."""
    with_charges: Decimal | None = None
    """Its movement with the charges beside it, where the bank told of any: a statement may have both as one sum."""

    @property
    def movements(self) -> frozenset[tuple[str, Decimal]]:
        """The movements that an entry of it may have, each with its currency. None where nobody could read its sum."""
        amounts = (self.amount, self.with_charges)
        return frozenset((self.currency, amount) for amount in amounts if amount is not None)


class ExplainedEntry(NamedTuple):
    """An entry with the one explanation that it has."""

    entry: StatedEntry
    explanation: EntryKind
    subject: str = ""
    waits: bool = False
    """True if what would explain it waits for a second person."""


FINANCE: Final = Role.FINANCE_APPROVER
"""The role that owns what is open, where nobody recorded it: those of finance explain each entry."""
