"""Addresses of a grantee's contacts: since when each stands in the signed proposal, and which an amendment took out.

An address that came by an amendment gets no code for ten days. The digits of a code are made by the process of mail
alone, while it sends them, and this reads the signed history alone: nothing at the door, and no row of its schema, says
otherwise, and taking an address out and in again begins the days anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from accord.post.recipients import contacts_of_grantee
from domain.partnership import events as e
from domain.plans import Contact
from domain.proposal import Proposal
from domain.recorded.event import RecordedEvent
from ledger import clock

NEW_FOR: Final = timedelta(days=10)
"""The time in which an address that came by an amendment gets no code."""


def contact_with(proposal: Proposal, address: str) -> Contact | None:
    """Return the grantee's contact with an address, or None: a contact's address alone is written to with a link."""
    return next((contact for _, contact in contacts_of_grantee(proposal) if _same(contact.email, address)), None)


def code_waits_until(history: Sequence[RecordedEvent], address: str) -> datetime | None:
    """Return the time until which an address gets no code, or None if it has stood from the beginning.

    It counts from the version of the proposal since which the address has stood without a break.
    """
    since: RecordedEvent | None = None
    for entry, proposal in _versions(history):
        since = None if contact_with(proposal, address) is None else since or entry
    if since is None or isinstance(since.event, e.PartnershipProposed):
        return None
    return (since.recorded_at or clock.now()) + NEW_FOR


def gone_contacts(history: Sequence[RecordedEvent], position: int) -> tuple[int, tuple[int, ...]]:
    """Return the contacts whose addresses the proposal at a position took out.

    They are named by the position of the proposal before, and by their numbers in it.
    """
    before: tuple[int, Proposal] | None = None
    for entry, proposal in _versions(history):
        if entry.position == position and before is not None:
            return before[0], tuple(_gone(before[1], proposal))
        before = entry.position, proposal
    return 0, ()


def _gone(before: Proposal, after: Proposal) -> Iterator[int]:
    addresses = set[str]()
    for number, contact in contacts_of_grantee(before):
        address = (contact.email or "").casefold()
        if address and address not in addresses and contact_with(after, address) is None:
            addresses.add(address)
            yield number


def contacts_at(history: Sequence[RecordedEvent], upto: int) -> tuple[int, dict[int, Contact]]:
    """Return the grantee's contacts as they stood at a position of the ledger.

    They come by number, with the position of the proposal that names them.
    """
    versions = [version for version in _versions(history) if version[0].position <= upto]
    entry, proposal = versions[-1] if versions else (None, None)
    return (entry.position, dict(contacts_of_grantee(proposal))) if entry and proposal else (0, {})


def _versions(history: Sequence[RecordedEvent]) -> Iterator[tuple[RecordedEvent, Proposal]]:
    for entry in history:
        if isinstance(entry.event, (e.PartnershipProposed, e.ProposalRevised, e.ProposalAmended)):
            yield entry, entry.event.proposal


def _same(address: str | None, address_of_link: str) -> bool:
    return bool(address) and str(address).casefold() == address_of_link.casefold()
