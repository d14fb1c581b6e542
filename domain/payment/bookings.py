"""Bookings on our accounts, each of which counts once: as a return, as a receipt or as a refund (ADR 0061).

A booking is known by the bank's own reference, whoever tells it: a file of the bank, or a person who read a statement.
Its stream says what it counted as, and is appended to together with what counts.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field

from domain.identity import derive
from domain.streams import StreamId
from domain.values import Moment, Money, PartnershipId, Value, is_empty, is_none

FILLERS: Final = frozenset(
    {
        "NA", "NIL", "NONE", "NONREF", "NOREF", "NOREFERENCE", "NOTAPPLICABLE", "NOTAVAILABLE", "NOTPROVIDED", "NULL",
        "UNKNOWN",
    }
)  # fmt: skip
"""Placeholders that are written where an identifier is asked for and there is none, without blanks and other signs."""

_SAYS_SOMETHING: Final = re.compile(r"[^\W0_]")
_LEADING_ZEROS: Final = re.compile(r"^0*([^\W\d_]*)0*(?=.)")


def is_filler(reference: str) -> bool:
    """True if an identifier identifies nothing: empty, only zeros and punctuation, or one of `FILLERS`."""
    return _plain(reference) in FILLERS or not _SAYS_SOMETHING.search(reference)


def reference_key(reference: str) -> str:
    """Return the common form of all writings of one reference.

    Capitals or not, blanks, hyphens and other signs, and zeros before its first other digit make no difference:
    "NTRF-0023", "ntrf 23" and "00NTRF23" are one reference. Zeros further on do: 100 is not 10.
    """
    return _LEADING_ZEROS.sub(r"\1", _plain(reference))


def _plain(reference: str) -> str:
    """Return a reference's letters and digits, in capitals."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", reference).upper()))


def account_key(number: str) -> UUID:
    """Return the id that stands for an account in the ledger, which holds no account's number."""
    return derive("own-account", "".join(number.split()).upper())


class Way(StrEnum):
    """The direction of money: in or out. A bank may give bookings of both one reference."""

    IN = "IN"
    OUT = "OUT"


def booking_stream(way: Way, reference: str) -> StreamId:
    """Return the stream of the bookings of a reference, however it is written."""
    return StreamId.booking(derive("booking-of", way.value, reference_key(reference)))


class CountedAs(StrEnum):
    """The kind of payment that a booking counted as."""

    RETURN = "RETURN"
    """A payment of ours that came back through the bank."""
    RECEIPT = "RECEIPT"
    """Money of a donor."""
    REFUND = "REFUND"
    """Money that a grantee paid back, or that went back to a donor, by the word of two people."""


class BookingCounted(Value):
    """A booking counted, as one thing in one partnership."""

    schema_version: ClassVar[int] = 1
    event_type: Literal["BookingCounted"] = "BookingCounted"
    at: Moment
    claim: UUID
    """The id of what counts: of the bank's answer, or of the command that recorded the refund."""
    counted_as: CountedAs
    partnership_id: PartnershipId
    money: Money
    account: UUID | None = Field(default=None, exclude_if=is_none)
    """The account that it is on, by `account_key`, or None where a person named none, which means each of ours."""
    details: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """The names of one payment within a booking of several, by `reference_key`, empty for all of the booking."""

    @property
    def words(self) -> str:
        """The claim in words."""
        phrases = {CountedAs.RETURN: "as a return", CountedAs.RECEIPT: "as a gift", CountedAs.REFUND: "as a refund"}
        return f"{self.money} {phrases[self.counted_as]} in {self.partnership_id}"

    def is_same_as(self, claim: BookingCounted) -> bool:
        """True if another claim may be on the same money: the account and the detail agree, or are not told."""
        accounts = {self.account, claim.account} - {None}
        details = not (self.details and claim.details) or not {*self.details}.isdisjoint(claim.details)
        return len(accounts) <= 1 and details


class BookingFreed(Value):
    """A booking's claim was taken back, so that it may count as something else."""

    schema_version: ClassVar[int] = 1
    event_type: Literal["BookingFreed"] = "BookingFreed"
    at: Moment
    claim: UUID


BookingEvent = BookingCounted | BookingFreed


class BookingClaims(Value):
    """The claims on the bookings of one reference."""

    claims: tuple[BookingCounted, ...] = ()
    version: int = 0

    def counted_before(self, claim: BookingCounted) -> BookingCounted | None:
        """Return the earlier claim on the money of a claim, or None if there is none but that claim itself."""
        return next(
            (
                earlier_claim
                for earlier_claim in self.claims
                if earlier_claim.claim != claim.claim and earlier_claim.is_same_as(claim)
            ),
            None,
        )

    @property
    def is_of_the_bank(self) -> bool:
        """True if a file of the bank counted a booking of the reference."""
        return any(claim.counted_as is not CountedAs.REFUND for claim in self.claims)

    def has(self, claim: UUID) -> bool:
        """True if a claim stands."""
        return any(standing_claim.claim == claim for standing_claim in self.claims)


def evolve_booking(booking: BookingClaims, event: object) -> BookingClaims:
    """Return a booking after an event of its stream. An event that does not count moves the version alone."""
    claims = booking.claims
    match event:
        case BookingCounted() if not booking.has(event.claim):
            claims = (*claims, event)
        case BookingFreed():
            claims = tuple(claim for claim in claims if claim.claim != event.claim)
        case _:
            pass
    return BookingClaims(claims=claims, version=booking.version + 1)
