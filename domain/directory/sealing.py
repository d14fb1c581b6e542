"""Changes of the sealed directory: one guardian proposes and another confirms a change that concerns neither.

A proposal or confirmation with a fault is disregarded: it stays in the ledger and changes nothing.
"""

from __future__ import annotations

from uuid import UUID

from domain.directory.directory import GUARDIANS, Directory, device_fault, signature_fault
from domain.directory.facts import endpoint_entry_fault, key_entry_fault, token_entry_fault, with_facts
from domain.directory.people import (
    ApiTokenEnrolled,
    ApiTokenRevoked,
    DelegationEnded,
    DirectoryChangeConfirmed,
    DirectoryChangeProposed,
    DirectoryFacts,
    EndpointEnrolled,
    EndpointRevoked,
    EpochBegun,
    EventSetAside,
    Fact,
    FunderRegistered,
    HouseRulesSet,
    KeyEnrolled,
    KeyRevoked,
    LossAccepted,
    RoleDelegated,
    StaffLeft,
    StaffRegistered,
)
from domain.fault import Fault
from domain.identity import derive
from domain.signatures.attestation import enrolment_fault
from domain.signatures.passkeys import PasskeyKey
from domain.signatures.signing import Signature, Statement, Verifier, content_digest
from domain.streams import DIRECTORY_STREAM
from domain.values import Moment


def begins_an_epoch(facts: DirectoryFacts) -> bool:
    """True if a change only begins an epoch, so that it is accepted even in a new database."""
    return all(isinstance(fact, EpochBegun) for fact in facts)


def pending_change(directory: Directory, change_id: UUID) -> DirectoryChangeProposed | None:
    """Return the proposed change with that id that nobody has confirmed yet, or None."""
    return next((change for change in directory.pending if change.change_id == change_id), None)


def change_content(changes: DirectoryFacts) -> dict[str, object]:
    """Return the content that the proposer of a change signs."""
    return {"changes": [fact.model_dump(mode="json") for fact in changes]}


def change_id_of(directory: Directory, changes: DirectoryFacts) -> UUID:
    """Return the id of a change of the directory as it stands."""
    return derive("directory", directory.version, content_digest(change_content(changes)))


def change_statement(act: str, actor: str, at: Moment, change_id: UUID, changes: DirectoryFacts) -> Statement:
    """Return the statement with which somebody proposes a change, or confirms it, in no epoch yet."""
    return Statement(
        subject=DIRECTORY_STREAM,
        act=act,
        actor=actor,
        at=at,
        command_id=change_id,
        content_sha256=content_digest(change_content(changes)),
    )


def changes_fault(directory: Directory, actor: str, changes: DirectoryFacts, verifier: Verifier) -> Fault | None:
    """Return the reason why a person may not make changes, whatever they sign, or None."""
    return (
        _guardians_fault(directory, actor)
        or _self_change_fault(actor, changes)
        or directory.freezing(actor, _judges(changes))
        or _keys_fault(directory, changes, verifier)
        or _endpoints_fault(directory, changes)
        or _tokens_fault(directory, changes)
        or _rules_fault(directory, changes, verifier)
    )


def change_fault(directory: Directory, event: DirectoryChangeProposed, verifier: Verifier) -> Fault | None:
    """Return the reason why a proposed change is disregarded, or None."""
    if event.change_id in {*directory.decided, *(waiting.change_id for waiting in directory.pending)}:
        return Fault("a change of that name was proposed already")
    content = content_digest(change_content(event.changes))
    actor = event.signature.statement.actor
    fault = guardian_fault(directory, event.signature, "change_directory", event.change_id, content, verifier)
    return fault or changes_fault(directory, actor, event.changes, verifier)


def confirmation_fault(directory: Directory, event: DirectoryChangeConfirmed, verifier: Verifier) -> Fault | None:
    """Return the reason why a confirmation is disregarded, or None."""
    proposal = pending_change(directory, event.change_id)
    if proposal is None:
        return Fault("no such change waits for a confirmation")
    actor = event.signature.statement.actor
    if actor == proposal.signature.statement.actor:
        return Fault(f"{actor} proposed the change; another person must confirm it")
    if directory.key(proposal.signature.statement.actor, proposal.signature.key_id) is None:
        return Fault("whoever proposed the change has no key in force any more; let somebody else propose it")
    content = content_digest(change_content(proposal.changes))
    fault = guardian_fault(directory, event.signature, "confirm_directory", event.change_id, content, verifier)
    return fault or changes_fault(directory, actor, proposal.changes, verifier)


def proposer_fault(directory: Directory, event: DirectoryChangeConfirmed) -> Fault | None:
    """Return the reason why whoever proposed a change may not any more, or None.

    It is asked before a confirmation is recorded. What was recorded before this was asked keeps its meaning.
    """
    proposal = pending_change(directory, event.change_id)
    if proposal is None:
        return None
    actor = proposal.signature.statement.actor
    member = directory.person(actor)
    if member is None or GUARDIANS.isdisjoint(member.roles):
        return Fault(
            f"{actor}, who proposed the change, may not change the directory any more; let somebody else propose it"
        )
    return directory.freezing(actor, _judges(proposal.changes))


def _keys_fault(directory: Directory, changes: DirectoryFacts, verifier: Verifier) -> Fault | None:
    enrolments = (fact for fact in changes if isinstance(fact, KeyEnrolled))
    return next((fault for entry in enrolments if (fault := _key_fault(directory, entry, verifier))), None)


def _key_fault(directory: Directory, enrolment: KeyEnrolled, verifier: Verifier) -> Fault | None:
    key, models = enrolment.key, directory.rules.models if directory.rules is not None else ()
    fault = key_entry_fault(directory, enrolment)
    if fault or not isinstance(key, PasskeyKey):
        return fault
    return enrolment_fault(enrolment.staff_id, key, models, verifier)


def _endpoints_fault(directory: Directory, changes: DirectoryFacts) -> Fault | None:
    enrolments = [fact for fact in changes if isinstance(fact, EndpointEnrolled)]
    for place, enrolment in enumerate(enrolments):
        if fault := endpoint_entry_fault(with_facts(directory, enrolments[:place]), enrolment):
            return fault
    return None


def _tokens_fault(directory: Directory, changes: DirectoryFacts) -> Fault | None:
    enrolments = [fact for fact in changes if isinstance(fact, ApiTokenEnrolled)]
    if len({enrolment.token.token_id for enrolment in enrolments}) < len(enrolments):
        return Fault("one token is enrolled twice in one change; name it once")
    return next((fault for entry in enrolments if (fault := token_entry_fault(directory, entry))), None)


def _rules_fault(directory: Directory, changes: DirectoryFacts, verifier: Verifier) -> Fault | None:
    """Return the reason why a change is not made: after it, keys that do not do would leave one guardian alone.
    Only what the rules on keys take away counts here: people may leave, and their keys may end, as before.
    """
    after = with_facts(directory, changes)
    able, all_keys = _able_guardians(after, verifier), _guardians_with_keys(after)
    if len(able) >= min(2, len(all_keys)):
        return None
    guardian_names = ", ".join(sorted(able)) or "nobody"
    return Fault(
        f"the rules on keys leave {guardian_names} alone to change the directory; enrol keys first that do for the"
        " others"
    )


def _guardians_with_keys(directory: Directory) -> set[str]:
    guardians = {member.staff_id for member in directory.staff if not GUARDIANS.isdisjoint(member.roles)}
    return {key.staff_id for key in directory.keys} & guardians


def _able_guardians(directory: Directory, verifier: Verifier) -> set[str]:
    """Return the guardians with a key that the rules allow them."""
    guardians = _guardians_with_keys(directory)
    return {
        held_key.staff_id
        for held_key in directory.keys
        if held_key.staff_id in guardians
        and not (
            isinstance(held_key.key, PasskeyKey) and device_fault(directory, held_key.staff_id, held_key.key, verifier)
        )
    }


def _judges(changes: DirectoryFacts) -> bool:
    """True if a change only sets events aside, which people may do although an unreadable event freezes them."""
    return all(isinstance(fact, EventSetAside) for fact in changes)


def guardian_fault(
    directory: Directory, signature: Signature, act: str, change_id: UUID, content: str, verifier: Verifier
) -> Fault | None:
    """Return the reason why an act on a change lacks a valid signature by a guardian, or None.

    `content` is the digest of the change.
    """
    statement = signature.statement
    if fault := _guardians_fault(directory, statement.actor):
        return fault
    expected_statement = Statement(
        subject=DIRECTORY_STREAM,
        act=act,
        actor=statement.actor,
        at=statement.at,
        command_id=change_id,
        content_sha256=content,
    )
    return signature_fault(directory, signature, expected_statement, verifier)


def _guardians_fault(directory: Directory, actor: str) -> Fault | None:
    member = directory.person(actor)
    if member is not None and not GUARDIANS.isdisjoint(member.roles):
        return None
    return Fault(f"{actor} may not change the directory: it needs {' or '.join(sorted(GUARDIANS))}")


def _self_change_fault(actor: str, changes: DirectoryFacts) -> Fault | None:
    concerned_people = {name for fact in changes for name in people_of(fact)}
    return Fault(f"the change concerns {actor}; two others must make it") if actor in concerned_people else None


def people_of(fact: Fact) -> frozenset[str]:
    """Return the identifiers of the people whom a change concerns."""
    match fact:
        case StaffRegistered(member=member):
            return frozenset({member.staff_id})
        case StaffLeft(staff_id=staff_id) | KeyEnrolled(staff_id=staff_id) | KeyRevoked(staff_id=staff_id):
            return frozenset({staff_id})
        case RoleDelegated(delegation=delegation) | DelegationEnded(delegation=delegation):
            return frozenset({delegation.borrower})
        case EventSetAside(freezes=freezes):
            return frozenset(freezes)
        case ApiTokenEnrolled(token=token):
            return frozenset({token.holder})
        case FunderRegistered() | HouseRulesSet() | EpochBegun() | LossAccepted() | ApiTokenRevoked():
            return frozenset()
        case EndpointEnrolled() | EndpointRevoked():
            return frozenset()
