"""People whom the records of a partnership name: their names are encrypted, and may one day be erased.

Organisations are not people. Staff are known by the identifier that their employer gave them, and what they decided is
proved by it; the display name in the directory is part of what two others signed, and stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import BaseModel

from domain.directory.directory import GUARDIANS, Directory, signature_fault
from domain.parties import Party, PartyKind
from domain.signing import Signature, Statement, Verifier, statement_about
from domain.streams import PRIVACY_STREAM
from domain.values import Moment, Sentence, StaffId, Value


class Person(Value):
    """A person by a name, and what tells them from others who bear it."""

    subject: str
    """The name that they are known by first, and with which organisation and country."""
    name: str


PERSONAL_FIELDS: Final = ("born", "pair", "explanation")
"""Personal-data fields encrypted beside a name: birth date, match pair, match explanation."""


def people_in(*values: Any) -> tuple[Person, ...]:
    """Return the people whom values name, each name once: directors, signatories, owners, and people as parties."""
    return tuple(dict.fromkeys(person for value in values for person in _people_in(value)))


def _people_in(value: Any) -> Iterator[Person]:
    if isinstance(value, Party):
        yield from _people_of(value)
    match value:
        case BaseModel():
            for field in type(value).model_fields:
                yield from _people_in(getattr(value, field))
        case tuple():
            for one in value:
                yield from _people_in(one)


def _people_of(party: Party) -> Iterator[Person]:
    people = (one for one in party.principals if PartyKind.INDIVIDUAL in one.kinds)
    for principal in people:
        yield Person(subject=f"{principal.name}, {party.known_as}", name=principal.name)
    if party.kind is PartyKind.INDIVIDUAL:
        yield from (Person(subject=party.known_as, name=name) for name in (party.name, *party.also_known_as))


class ErasureApproved(Value):
    """A person approved that somebody's key be destroyed. With two approvals it is, and their name is gone."""

    schema_version: ClassVar[int] = 1
    event_type: Literal["ErasureApproved"] = "ErasureApproved"
    at: Moment
    actor: StaffId
    signature: Signature
    person: UUID
    """Their pseudonym in the ledger; it says nothing of them."""
    reason: Sentence


ERASURE_QUORUM: Final = 2
"""How many must approve; what is erased never comes back, so nobody decides it alone."""


def approvers(events: Iterable[Any], person: UUID, directory: Directory, verifier: Verifier) -> frozenset[str]:
    """Return the guardians of the directory who approved an erasure with a key in force."""
    approvals = (event for event in events if isinstance(event, ErasureApproved) and event.person == person)
    return frozenset(event.actor for event in approvals if not approval_fault(event, directory, verifier))


def approval_fault(event: ErasureApproved, directory: Directory, verifier: Verifier) -> str:
    """Return the reason why an approval counts for nothing, or nothing."""
    member = directory.person(event.actor)
    if member is None or GUARDIANS.isdisjoint(member.roles):
        return f"{event.actor} may not erase anybody: it needs {' or '.join(sorted(GUARDIANS))}"
    if frozen := directory.freezing(event.actor):
        return frozen
    command_id = event.signature.statement.command_id
    expected = erasure_statement(event.actor, event.at, command_id, event.person, event.reason)
    return signature_fault(directory, event.signature, expected, verifier)


def erasure_statement(actor: str, at: Moment, command_id: UUID, person: UUID, reason: str) -> Statement:
    """Return the statement to sign for an erasure."""
    content = {"person": str(person), "reason": reason}
    return statement_about(PRIVACY_STREAM, "approve_erasure", actor, at, command_id, content)
