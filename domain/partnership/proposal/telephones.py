"""The contacts' telephone numbers: each is vouched for by the one before, so that a mailbox alone changes none.

A first proposal's number is looked at by due diligence. A later one counts at once where its amendment names a call to
the number before; else another person may call it, after a time in which whoever it is not can object.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from domain.fault import Fault
from domain.plans import Contact
from domain.proposal import Proposal
from domain.telephones import digits_of, is_same_number
from domain.values import Moment, Value

COOLING_OFF: Final = timedelta(days=10)
"""The time before a number counts that no call to the number before vouched for."""


class KnownTelephone(Value):
    """A contact's telephone number as the signed proposals have it."""

    organization: str
    number: str
    by: str
    since: Moment
    vouched: bool
    """True if it came with the first proposal, or by a call to a number that counted."""

    def counts(self, caller: str, at: datetime) -> bool:
        """True if a person may rely on it for a call-back at a time."""
        return self.vouched or (at >= self.since + COOLING_OFF and caller != self.by)

    def uncounted(self, caller: str, at: datetime) -> Fault | None:
        """Return the reason why a person may not rely on it yet, or None."""
        if self.counts(caller, at):
            return None
        remedy = (
            "another person calls it"
            if caller == self.by and at >= self.since + COOLING_OFF
            else f"another person than {self.by} may call it from {self.since + COOLING_OFF:%Y-%m-%d %H:%M} on"
        )
        return Fault(
            f"this number of {self.organization} was entered by {self.by} on {self.since:%Y-%m-%d} without a call to "
            f"the number before; {remedy}"
        )


def known_after(
    telephones: Iterable[KnownTelephone], proposal: Proposal, by: str, at: datetime, *, vouched: bool
) -> tuple[KnownTelephone, ...]:
    """Return the numbers after a proposal was signed: those that it keeps stay as they are."""
    before, now = tuple(telephones), list[KnownTelephone]()
    for contact in proposal.contacts:
        if contact.phone is not None:
            new = KnownTelephone(
                organization=contact.organization, number=contact.phone, by=by, since=at, vouched=vouched
            )
            now.append(known_as(before, contact) or new)
    return tuple(dict.fromkeys(now))


def known_as(telephones: Iterable[KnownTelephone], contact: Contact) -> KnownTelephone | None:
    """Return the standing of a contact's number, or None if they have none."""
    phone, organization = contact.phone, contact.organization
    entries = (entry for entry in telephones if phone is not None and is_same_number(entry.number, phone))
    return next((entry for entry in entries if entry.organization == organization), None)


def new_ways(before: Proposal, after: Proposal) -> tuple[tuple[str, str], ...]:
    """Return the organisation and address, or number, of each contact that an amendment brings in."""
    ways = set(_ways(before))
    return tuple(way for way in _ways(after) if way not in ways)


def _ways(proposal: Proposal) -> Iterator[tuple[str, str]]:
    for contact in proposal.contacts:
        if contact.email:
            yield contact.organization, contact.email.casefold()
        if contact.phone:
            yield contact.organization, digits_of(contact.phone)
