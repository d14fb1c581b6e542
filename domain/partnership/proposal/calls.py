"""The call before a contact's address or number changes: to the number that stands in the proposal until then."""

from __future__ import annotations

from domain.errors import IllegalTransition
from domain.partnership.proposal import commands as c
from domain.partnership.proposal.telephones import known_as, new_ways
from domain.partnership.state import Partnership
from domain.plans import Contact


def admit_contacts(partnership: Partnership, command: c.Amend) -> None:
    """Refuse a new address or number of a contact that no call to the number before vouches for.

    Where no number stands, there is none to call: what comes in counts after the time of cooling off.
    """
    before, contact = partnership.proposed, _contact_called(partnership, command)
    if command.unanswered and contact is None:
        raise IllegalTransition("unanswered: name in `called` the contact whose number nobody answers")
    ways = new_ways(before, command.proposal)
    if not ways:
        return
    for organization in dict.fromkeys(organization for organization, _ in ways):
        with_numbers = _whom_to_call(partnership, organization)
        if with_numbers and (contact is None or contact not in with_numbers):
            raise IllegalTransition(
                f"called: an address or number of {organization} changes; call {_in_words(partnership, with_numbers)} "
                "first, on the number in the proposal as it stands, and name in `called` whom you called"
            )
    if contact is not None and not command.unanswered:
        _require_counting(partnership, command, contact)


def _contact_called(partnership: Partnership, command: c.Amend) -> Contact | None:
    """Return the contact whom a command says was called, as the proposal before has them."""
    if command.called is None:
        return None
    contacts = partnership.proposed.contacts
    if command.called > len(contacts) or contacts[command.called - 1].phone is None:
        raise IllegalTransition(
            f"called: contact {command.called} has no number in {partnership.partnership_id} as it stands"
        )
    return contacts[command.called - 1]


def _whom_to_call(partnership: Partnership, organization: str) -> list[Contact]:
    """Return the contacts with a number: of the organisation, or of all where it bore no such name before."""
    with_numbers = [contact for contact in partnership.proposed.contacts if contact.phone is not None]
    names = {party.name for party in partnership.proposed.organizations}
    return [contact for contact in with_numbers if contact.organization == organization or organization not in names]


def _in_words(partnership: Partnership, contacts: list[Contact]) -> str:
    numbers = [partnership.proposed.contacts.index(contact) + 1 for contact in contacts]
    return " or ".join(f"contact {number}" for number in numbers)


def _require_counting(partnership: Partnership, command: c.Amend, contact: Contact) -> None:
    """Refuse a call to a number that itself does not count yet: nobody lifts themselves by their own number."""
    telephone = known_as(partnership.telephones, contact)
    if telephone is not None and (fault := telephone.uncounted(command.actor, command.at)):
        raise IllegalTransition(f"called: {fault}")
