"""People in the records of a partnership: their personal data is encrypted, so that it can be erased.

This covers neither organisations nor staff. A staff member's decisions are proved by their staff identifier, and their
display name in the directory is part of what two others signed, so both stay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from domain.directory.directory import GUARDIANS, Directory, signature_fault
from domain.fault import Fault
from domain.grants import EquivalencyDetermination
from domain.parties import Party, PartyKind, Principal
from domain.plans import Contact
from domain.signatures.signing import Signature, Statement, Verifier, statement_about
from domain.streams import PRIVACY_STREAM
from domain.values import Moment, Sentence, Sha256, StaffId, Value, is_none
from domain.words import SEALED_FIELDS, Words

PERSONAL_FIELDS: Final = ("born", "pair", "explanation")
"""Personal-data fields encrypted beside a name: birth date, match pair, match explanation."""


class Person(Value):
    """A person's name, and a subject that distinguishes them from others of the same name."""

    subject: str
    """Their main name, the organisation that they act for, if any, and the country."""
    name: str
    beside: tuple[str, ...] = PERSONAL_FIELDS
    """The fields that are encrypted in every object that holds the name."""


def people_in(*values: Any) -> tuple[Person, ...]:
    """Return the principals, and the parties that are individuals, named anywhere in values, once for each name.

    Words that are sealed whole stand for whomever they name.
    """
    mentions = [mention for value in values for mention in _within(value)]
    known_as = {mention.name: mention.known_as for mention in mentions if isinstance(mention, Party)}
    return tuple(dict.fromkeys(person for mention in mentions for person in _people_of(mention, known_as)))


Named = Party | Contact | Words | EquivalencyDetermination


def _within(value: Any) -> Iterator[Named]:
    """Yield the parties, contacts, practitioners and sealed words anywhere in a value."""
    if isinstance(value, Named):
        yield value
    match value:
        case BaseModel():
            yield from _within_each(getattr(value, field) for field in type(value).model_fields)
        case tuple():
            yield from _within_each(value)


def _within_each(values: Iterable[Any]) -> Iterator[Named]:
    for value in values:
        if isinstance(value, BaseModel | tuple):  # most fields are texts and numbers
            yield from _within(value)


def _people_of(mention: Named, known_as: Mapping[str, str]) -> Iterator[Person]:
    """Yield the people of a party, or a contact: who directs a party and speaks for it is one person."""
    match mention:
        case Party():
            yield from _people_of_party(mention)
        case Contact():
            subject = f"{mention.name}, {known_as.get(mention.organization, mention.organization)}"
            texts = (mention.name, mention.email, mention.phone)
            yield from (Person(subject=subject, name=text) for text in texts if text)
        case EquivalencyDetermination():
            subject = f"{mention.practitioner_name}, {mention.practitioner.lower()} who advises {mention.funder}"
            names = (mention.practitioner_name, mention.credential)
            yield from (Person(subject=subject, name=text) for text in names if text)
        case Words():
            yield Person(subject=mention.subject, name=str(mention.of), beside=SEALED_FIELDS)


def _people_of_party(party: Party) -> Iterator[Person]:
    for principal in party.principals:
        if principal.may_be_a_person:
            yield from _with_office(principal, party.known_as)
    if party.kind is PartyKind.INDIVIDUAL:
        yield from (Person(subject=party.known_as, name=name) for name in (party.name, *party.also_known_as))


def _with_office(principal: Principal, known_as: str) -> Iterator[Person]:
    """Yield a principal, with the office that tells who they are, whose it is, and who declared it."""
    subject, office = f"{principal.name}, {known_as}", principal.public_office
    yield Person(subject=subject, name=principal.name)
    if office is None:
        return
    if office.office:
        yield Person(subject=subject, name=office.office)
    for name in (office.holder, office.declared_by):
        if name is not None:
            yield Person(subject=f"{name}, {known_as}", name=name)


class BlankedEvent(Value):
    """An event that names a person, as a guardian saw it just before it was blanked: whole, and its author's."""

    position: Annotated[int, Field(ge=1, le=2**53 - 1)]
    leaf: Sha256


MOST_BLANKED: Final = 5000
"""The most events that one erasure lists: an event holds a megabyte at the most."""


class ErasureContent(Value):
    """The content of a guardian's approval of an erasure."""

    at: Moment
    actor: StaffId
    person: UUID
    """The pseudonym in the ledger of the person to be erased. It reveals nothing about them."""
    reason: Sentence
    events: Annotated[tuple[BlankedEvent, ...] | None, Field(max_length=MOST_BLANKED)] = Field(
        default=None, exclude_if=is_none
    )
    """The events that bear the person's name, each verified in full, or None before erasures listed them."""


class ErasureApproved(ErasureContent):
    """A guardian approved an erasure: after two approvals the person's encryption key is destroyed."""

    schema_version: ClassVar[int] = 1
    event_type: Literal["ErasureApproved"] = "ErasureApproved"
    signature: Signature


ERASURE_QUORUM: Final = 2
"""The number of guardians who must approve: an erasure is irreversible, so nobody decides it alone."""


def approvers(
    events: Iterable[Any],
    person: UUID,
    blanked_events: Collection[BlankedEvent],
    directory: Directory,
    verifier: Verifier,
) -> frozenset[str]:
    """Return the guardians of the directory who approved an erasure of these events at least, with a key in force."""
    approvals = (event for event in events if isinstance(event, ErasureApproved) and event.person == person)
    full_approvals = (event for event in approvals if event.events is not None and {*blanked_events} <= {*event.events})
    return frozenset(event.actor for event in full_approvals if not approval_fault(event, directory, verifier))


def approval_fault(event: ErasureApproved, directory: Directory, verifier: Verifier) -> Fault | None:
    """Return the reason why an approval of an erasure does not count, or None."""
    member = directory.person(event.actor)
    if member is None or GUARDIANS.isdisjoint(member.roles):
        return Fault(f"{event.actor} may not erase anybody: it needs {' or '.join(sorted(GUARDIANS))}")
    if frozen := directory.freezing(event.actor):
        return frozen
    command_id = event.signature.statement.command_id
    expected_statement = erasure_statement(event, command_id)
    return signature_fault(as_signed(directory, event.signature), event.signature, expected_statement, verifier)


def as_signed(directory: Directory, signature: Signature) -> Directory:
    """Return the directory in the epoch that an approval's signature names, if it was one of this ledger's.

    That somebody shall be erased outlives a restore, and so the epoch in which two guardians signed it.
    """
    logs = [epoch.log for epoch in directory.epochs]
    signed_in = signature.statement.log
    if signed_in not in logs:
        return directory
    return directory.model_copy(update={"epochs": directory.epochs[: logs.index(signed_in) + 1]})


def unlisted_fault(approval: ErasureApproved) -> Fault | None:
    """Return the reason why a new approval is refused that lists no events, or None."""
    if approval.events is not None:
        return None
    return Fault("it does not list the events that it blanks; sign it with this release")


def erasure_statement(erasure_content: ErasureContent, command_id: UUID) -> Statement:
    """Return the statement to sign for an erasure."""
    content = erasure_content.model_dump(mode="json", include={"person", "reason", "events"})
    return statement_about(
        PRIVACY_STREAM, "approve_erasure", erasure_content.actor, erasure_content.at, command_id, content
    )
