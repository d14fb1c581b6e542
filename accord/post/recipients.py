"""Recipients of mail, looked up while it is sent: nobody is written to who left or was erased by then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from accord.post.outbox import MailState
from accord.presentation.words.mail import LANGUAGES
from domain.partnership import events as e
from domain.partnership.letter.kinds import Addressee
from domain.partnership.state import Partnership
from domain.plans import Contact
from domain.proposal import Proposal
from domain.recorded.event import RecordedEvent

STAFF, CONTACT, LINK = "staff", "contact", "link"


class NotToSend(Exception):
    """A mail is not sent. It was refused, or what it told of is over."""

    def __init__(self, state: MailState, reason: str) -> None:
        super().__init__(reason)
        self.state = state
        self.reason = reason


class MailAddress(NamedTuple):
    """The address and the name of somebody to write to."""

    address: str
    name: str


def staff_reference(staff_id: str) -> str:
    """Return the reference to a member of staff."""
    return f"{STAFF}/{staff_id}"


def contact_references(partnership: Partnership) -> tuple[str, ...]:
    """Return a reference to each contact of the grantee with an address, or to the first there might be."""
    numbers = [number for number, contact in contacts_of_grantee(partnership.proposed) if contact.email]
    return tuple(f"{CONTACT}/{partnership.partnership_id}/{number}" for number in numbers or [0])


def contact_of(partnership: Partnership, number: int) -> MailAddress:
    """Return a contact of the grantee by its number in the proposal, as it stands now.

    Raises:
        NotToSend: There is none with an address: none was given, or the person was erased.
    """
    contact = dict(contacts_of_grantee(partnership.proposed)).get(number)
    if contact is None or not contact.email:
        raise NotToSend(MailState.REFUSED, "the proposal has no address of this contact, or the person was erased")
    return writable(MailAddress(contact.email, contact.name))


def writable(addressee: MailAddress) -> MailAddress:
    """Return an addressee. Raises NotToSend if servers for mail refuse the address."""
    if not addressee.address.isascii():
        raise NotToSend(MailState.REFUSED, "the address of this contact has letters that mail servers refuse")
    return addressee


def language_of(partnership: Partnership, number: int, history: Sequence[RecordedEvent]) -> str | None:
    """Return the language that a contact reads or, where nobody said, of the newest letter to the grantee."""
    contact = dict(contacts_of_grantee(partnership.proposed)).get(number)
    of_letters = (
        recorded.event.language
        for recorded in reversed(history)
        if isinstance(recorded.event, e.LetterIssued) and recorded.event.to in {Addressee.PAYEE, Addressee.PARTNER}
    )
    of_contact = contact.language if contact is not None else None
    return of_contact or next((language for language in of_letters if language in LANGUAGES), None)


def contacts_of_grantee(proposal: Proposal) -> Iterator[tuple[int, Contact]]:
    """Yield the contacts that speak for who gets the money, or for the partner, with their numbers."""
    payee = proposal.funds_out.payee.name if proposal.funds_out is not None else None
    for number, contact in enumerate(proposal.contacts):
        if contact.organization in {payee, proposal.partner.name}:
            yield number, contact
