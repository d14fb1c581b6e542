"""The two acts on a sheet: it was typed into the bank's portal, and another person signed what stands there.

Neither settles a payment: that is done by a booking alone. A sheet is a payment file of one payment, and leaves by the
same hand-over.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, StringConstraints

from domain.directory.tiers import Role
from domain.fault import Fault
from domain.payment.bookings import is_filler, reference_key
from domain.payment.counter import CounterAct
from domain.values import Sha256

SHORTEST_NUMBER: Final = 5
"""The fewest letters and digits of a confirmation number: shorter ones are places in a list, and name nothing."""
LONGEST_NUMBER: Final = 35
_OURS: Final = re.compile(r"ACCM?[A-Z2-7]{12,26}", re.IGNORECASE)
_FINANCE: Final = frozenset({Role.PAYER, Role.FINANCE_APPROVER})


def number_fault(text: str) -> Fault | None:
    """Return the reason why a text is no number by which a bank's portal confirms a payment, or None."""
    number = text.strip()
    if _OURS.fullmatch(number):
        return Fault("that is our own reference: write the number that the bank's portal gave")
    if len(number) > LONGEST_NUMBER or not number.isprintable():
        return Fault(f"a confirmation number has {LONGEST_NUMBER} characters at most, and all of them can be read")
    if is_filler(number) or len(reference_key(number)) < SHORTEST_NUMBER:
        return Fault(f"a confirmation number has {SHORTEST_NUMBER} letters and digits at least")
    return None


def _is_a_number(text: str) -> str:
    if fault := number_fault(text):
        raise ValueError(str(fault))
    return text


ConfirmationNumber = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_is_a_number)]
"""The number by which a bank's portal confirms what was typed there."""


class _OfSheet(CounterAct):
    roles: ClassVar[frozenset[Role]] = _FINANCE
    sha256: Sha256
    """The digest of the sheet."""
    confirmation: ConfirmationNumber

    @property
    def number_key(self) -> str:
        """The common form of all writings of the number."""
        return reference_key(self.confirmation)


class SheetTyped(_OfSheet):
    """A person typed a sheet into the bank's portal, which confirmed it. It is not to be released there yet."""

    act: ClassVar[str] = "type_sheet"
    event_type: Literal["SheetTyped"] = "SheetTyped"


class SheetCountersigned(_OfSheet):
    """A second person signed that what stands in the bank's portal under a number is what the sheet says."""

    act: ClassVar[str] = "countersign_sheet"
    event_type: Literal["SheetCountersigned"] = "SheetCountersigned"


def is_second(typing: SheetTyped, event: SheetCountersigned) -> bool:
    """True if a countersignature is another person's, with another key, of the same sheet and the same number."""
    is_another = event.actor != typing.actor and event.signature.key_id != typing.signature.key_id
    return is_another and (event.sha256, event.number_key) == (typing.sha256, typing.number_key)


def booking_fault(number_keys: frozenset[str], *, is_signed: bool, has_our_reference: bool) -> Fault | None:
    """Return the reason why a booking does not settle what was typed, or None.

    `number_keys`: those in the booking that people signed as the number of the payment. `is_signed`: two signed what
    stands in the portal. `has_our_reference`: the booking bears our reference of the payment.
    """
    if not is_signed:
        return Fault("the bank booked it, and no second person has signed what stands in its portal")
    if not has_our_reference and not number_keys:
        return Fault("the booking bears a number that nobody signed as the one of this payment")
    return None
