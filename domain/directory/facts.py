"""The facts of the directory: what each changes in it, once it is in force."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from domain.directory.directory import Compromised, Directory, HeldKey, next_epoch
from domain.directory.people import (
    ApiTokenEnrolled,
    ApiTokenRevoked,
    DelegationEnded,
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
from domain.organisation.tokens import token_id_of
from domain.signatures.passkeys import PasskeyKey
from domain.signatures.signing import PublicKey


def with_facts(directory: Directory, facts: Iterable[Fact]) -> Directory:
    """Return the directory as it would be with facts in force."""
    return reduce(_with_fact, facts, directory)


def _with_fact(directory: Directory, fact: Fact) -> Directory:
    return directory.model_copy(update=_change(directory, fact))


def _change(directory: Directory, fact: Fact) -> dict[str, object]:
    match fact:
        case StaffRegistered(member=member):
            others = tuple(other for other in directory.staff if other.staff_id != member.staff_id)
            return {"staff": (*others, member)}
        case StaffLeft(staff_id=staff_id):
            return _left(directory, staff_id)
        case FunderRegistered(funder=funder):
            other_funders = tuple(other for other in directory.funders if other.funder_id != funder.funder_id)
            return {"funders": (*other_funders, funder)}
        case KeyEnrolled():
            return {} if key_entry_fault(directory, fact) else _enrolled(directory, fact)
        case KeyRevoked(staff_id=staff_id, key_id=key_id, compromised_since=since):
            held_keys = tuple(k for k in directory.keys if (k.staff_id, k.key.key_id) != (staff_id, key_id))
            compromised_keys = () if since is None else (Compromised(staff_id=staff_id, key_id=key_id, since=since),)
            return {"keys": held_keys, "compromised": (*directory.compromised, *compromised_keys)}
        case RoleDelegated(delegation=delegation):
            return {"delegations": tuple(dict.fromkeys((*directory.delegations, delegation)))}
        case DelegationEnded(delegation=delegation):
            return {"delegations": tuple(other for other in directory.delegations if other != delegation)}
        case HouseRulesSet(rules=rules):
            return {"rules": rules}
        case EventSetAside():
            return {"judged": (*directory.judged, fact)}
        case LossAccepted():
            return {"losses": (*directory.losses, fact)}
        case EndpointEnrolled() | EndpointRevoked() | ApiTokenEnrolled() | ApiTokenRevoked():
            return _readers_after(directory, fact)
        case EpochBegun():
            return {"epochs": (*directory.epochs, fact)} if fact.log.epoch == next_epoch(directory) else {}


def _enrolled(directory: Directory, fact: KeyEnrolled) -> dict[str, object]:
    held_keys = tuple(held_key for held_key in directory.keys if not _is_replaced(held_key, fact))
    new_key = HeldKey(staff_id=fact.staff_id, key=fact.key)
    return {"keys": (*held_keys, new_key), "enrolled": tuple(dict.fromkeys((*directory.enrolled, new_key)))}


def _is_replaced(held_key: HeldKey, enrolment: KeyEnrolled) -> bool:
    """True if an enrolment ends a key: a person has one key file, and any number of passkeys."""
    files = isinstance(held_key.key, PublicKey) and isinstance(enrolment.key, PublicKey)
    return held_key.staff_id == enrolment.staff_id and (files or held_key.key.key_id == enrolment.key.key_id)


def _left(directory: Directory, staff_id: str) -> dict[str, object]:
    return {
        "staff": tuple(member for member in directory.staff if member.staff_id != staff_id),
        "keys": tuple(key for key in directory.keys if key.staff_id != staff_id),
        "delegations": tuple(d for d in directory.delegations if staff_id not in {d.lender, d.borrower}),
    }


def key_entry_fault(directory: Directory, enrolment: KeyEnrolled) -> Fault | None:
    """Return the reason why a key is not entered, or None."""
    return _compromised_key_fault(directory, enrolment) or _shared_key_fault(directory, enrolment)


def token_entry_fault(directory: Directory, enrolment: ApiTokenEnrolled) -> Fault | None:
    """Return the reason why a token is not entered, or None: no operator enrols one alone, and none is enrolled twice.

    A token keeps its scopes and its last day for ever: one with others is another token, with a secret of its own.
    """
    token = enrolment.token
    if not directory.closed:
        return Fault("two guardians enrol a token, and the directory is not sealed yet: give a director a key first")
    if token.token_id != token_id_of(token.sha256):
        return Fault(f"{token.token_id} is no name for the token with that digest; enrol it by `accord api token`")
    if any(token.token_id == other_token.token_id for other_token in directory.tokens):
        return Fault(f"token {token.token_id} was enrolled before; make a new one")
    if token.token_id in directory.revoked_tokens:
        return Fault(f"token {token.token_id} was revoked, for ever; make a new one")
    return None


def _compromised_key_fault(directory: Directory, enrolment: KeyEnrolled) -> Fault | None:
    """Return the reason why a key is not entered, or None: others may have it, so it is nobody's for ever (R31)."""
    key_id = enrolment.key.key_id
    if all(compromised_key.key_id != key_id for compromised_key in directory.compromised):
        return None
    return Fault(
        f"key {key_id} was revoked because others may have used it, and is never entered again: move "
        f"{enrolment.staff_id}.pem out of the folder of keys, so that a new one is made"
    )


def _shared_key_fault(directory: Directory, enrolment: KeyEnrolled) -> Fault | None:
    """Return the reason why a passkey is not entered, or None: it is another person's, who would decide as both (R31).

    A registration does not prove that its owner holds the key. Key files are not looked at here: old enrolments stay
    as they are, and new ones are refused before they are recorded (`domain.directory.one_key`).
    """
    key = enrolment.key
    if not isinstance(key, PasskeyKey):
        return None
    owners = (held_key.staff_id for held_key in directory.keys if held_key.key.key_id == key.key_id)
    other_owner = next((owner for owner in owners if owner != enrolment.staff_id), None)
    return (
        Fault(f"passkey {key.key_id} is {other_owner}'s; nobody signs with another person's key")
        if other_owner
        else None
    )


def _readers_after(
    directory: Directory, fact: EndpointEnrolled | EndpointRevoked | ApiTokenEnrolled | ApiTokenRevoked
) -> dict[str, object]:
    """Return the fields after a reader from outside was let in, or shut out: an endpoint of webhooks, or a token."""
    match fact:
        case EndpointEnrolled(endpoint=endpoint):
            return {} if endpoint_entry_fault(directory, fact) else {"endpoints": (*directory.endpoints, endpoint)}
        case EndpointRevoked(endpoint_sha256=digest):
            return {"revoked_endpoints": tuple(dict.fromkeys((*directory.revoked_endpoints, digest)))}
        case ApiTokenEnrolled(token=token):
            return {} if token_entry_fault(directory, fact) else {"tokens": (*directory.tokens, token)}
        case ApiTokenRevoked(token_id=token_id):
            return {"revoked_tokens": tuple(dict.fromkeys((*directory.revoked_tokens, token_id)))}


def endpoint_entry_fault(directory: Directory, enrolment: EndpointEnrolled) -> Fault | None:
    """Return the reason why an endpoint is not entered, or None: no operator enrols one alone, and none comes twice."""
    endpoint = enrolment.endpoint
    if not directory.closed:
        return Fault("two guardians enrol an endpoint, and the directory is not sealed: give a director a key first")
    if endpoint.sha256 in {*directory.revoked_endpoints, *(other.sha256 for other in directory.endpoints)}:
        return Fault(f"an endpoint with this secret was enrolled before; enrol {endpoint.name} with a new one")
    names = (other.name for other in directory.endpoints if other.sha256 not in directory.revoked_endpoints)
    if endpoint.name in names:
        return Fault(f"there is an endpoint {endpoint.name} already; revoke it first, or choose another name")
    return None
