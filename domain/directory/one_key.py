"""One key counts for one person: who else has a key, and who else signed with it (ADR 0063)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from domain.directory.directory import Directory, HeldKey
from domain.directory.people import DirectoryFacts, Fact, KeyEnrolled
from domain.fault import Fault
from domain.signatures.passkeys import PasskeyKey
from domain.signatures.signing import AnyKey, Signature


def taken_key_fault(directory: Directory, facts: DirectoryFacts, *, confirms: bool = False) -> Fault | None:
    """Return the reason why keys are not entered, or None: somebody else has, had, or is to have one of them.

    It is asked before a change is recorded; what was recorded before this was asked keeps its meaning. `confirms`: the
    facts wait already, so what else waits does not stop them. Of two changes the one that is confirmed first counts.
    """
    waiting = () if confirms else (fact for change in directory.pending for fact in change.changes)
    owners = {_material(held_key.key): (held_key.staff_id, "has or had") for held_key in reversed(directory.enrolled)}
    for enrolment in _keys_in(waiting):
        owners.setdefault(_material(enrolment.key), (enrolment.staff_id, "is to have"))
    for enrolment in _keys_in(facts):
        owner, has = owners.setdefault(_material(enrolment.key), (enrolment.staff_id, "is to have"))
        if owner != enrolment.staff_id:
            return Fault(
                f"{owner} {has} the key {enrolment.key.key_id}, and one key counts for one person: make another for "
                f"{enrolment.staff_id}"
            )
    return None


def shared_keys(directory: Directory) -> dict[str, tuple[str, ...]]:
    """Return the keys in force that several people have: {key id: people, the first who had it first}."""
    order = {(held_key.staff_id, held_key.key.key_id): n for n, held_key in enumerate(directory.enrolled)}
    holders: dict[bytes, list[HeldKey]] = {}
    for held_key in directory.keys:
        holders.setdefault(_material(held_key.key), []).append(held_key)
    owners_by_key: dict[str, tuple[str, ...]] = {}
    for holder in holders.values():
        if len({key.staff_id for key in holder}) > 1:
            holder.sort(key=lambda held_key: order.get((held_key.staff_id, held_key.key.key_id), 0))
            owners_by_key |= {
                held_key.key.key_id: tuple(dict.fromkeys(key.staff_id for key in holder)) for held_key in holder
            }
    return owners_by_key


def one_key_fault(directory: Directory, actor: str, signature: Signature, events: Iterable[Any]) -> Fault | None:
    """Return the reason why a signature is not accepted, or None: its key is another person's, or was in this stream.

    `events`: those of the stream that the act is for.
    """
    first, *_ = shared_keys(directory).get(signature.key_id, (actor,))
    before = (_actor(event) for event in events if _key_id(event) == signature.key_id)
    other_owner = next((owner for owner in (first, *before) if owner != actor), None)
    if other_owner is None:
        return None
    return Fault(
        f"the key {signature.key_id} is {other_owner}'s as well, and one key counts for one person: let two guardians"
        f" revoke it, and enter a key of {actor}'s own"
    )


def two_signers_fault(events: Iterable[Any]) -> Fault | None:
    """Return the reason why nothing rests on what is recorded in a stream, or None: two people signed with one key."""
    signers: dict[str, str] = {}
    for event in events:
        if (key_id := _key_id(event)) and signers.setdefault(key_id, _actor(event)) != _actor(event):
            return Fault(
                f"{signers[key_id]} and {_actor(event)} decided with one key, {key_id}, which counts for one person: "
                "let two guardians revoke it for cause (`accord staff revoke`), and others decide anew"
            )
    return None


def _keys_in(facts: Iterable[Fact]) -> Iterator[KeyEnrolled]:
    return (fact for fact in facts if isinstance(fact, KeyEnrolled))


def _material(key: AnyKey) -> bytes:
    """Return the bytes by which a key is the same, in a file or in an authenticator: an Ed25519 key's own 32."""
    if isinstance(key, PasskeyKey) and key.algorithm == "EdDSA":
        return key.content[-32:]  # the end of its SubjectPublicKeyInfo (RFC 8410)
    return key.content


def _key_id(event: Any) -> str | None:
    signature = getattr(event, "signature", None)
    return signature.key_id if signature is not None else None


def _actor(event: Any) -> str:
    actor: str = event.signature.statement.actor
    return actor
