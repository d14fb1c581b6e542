"""One key counts for one person: it is entered for nobody else, and signs for nobody else (ADR 0063)."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.directory.directory import Directory
from domain.directory.facts import with_facts
from domain.directory.one_key import one_key_fault, shared_keys, taken_key_fault, two_signers_fault
from domain.directory.people import DirectoryChangeConfirmed, DirectoryFounded, Fact, KeyEnrolled, KeyRevoked, StaffLeft
from domain.errors import NotAuthorised
from domain.recorded.acts import OrganisationAct, confirmation_id, refusal_of_act
from domain.signatures.passkeys import PasskeyKey, encoded
from records.keys.verification import verified
from tests.domain.directory.test_directory_sealed import FOUNDED, NEW, after, confirmed, proposed
from tests.domain.partnership.hands import key_of

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
SPKI = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410)."""


def entered(staff_id: str, key: Any = None) -> KeyEnrolled:
    return KeyEnrolled(staff_id=staff_id, key=key or key_of("paul.nkosi"))


def as_passkey(name: str) -> PasskeyKey:
    """A person's key of a file, as if an authenticator had made it."""
    content = encoded(SPKI + base64.b64decode(key_of(name).ed25519))
    return PasskeyKey(
        passkey=content, algorithm="EdDSA", credential=encoded(b"credential"), relying_party="localhost",
        origin="http://localhost:8080", device_bound=True, name="A security key",
    )  # fmt: skip


BEFORE: dict[str, tuple[Fact, ...]] = {
    "has it": (),
    "had it, and it was revoked": (KeyRevoked(staff_id="paul.nkosi", key_id=key_of("paul.nkosi").key_id),),
    "had it, and left": (StaffLeft(staff_id="paul.nkosi"),),
    "had it, and has another": (entered("paul.nkosi", key_of("another")),),
}


@pytest.mark.parametrize("key", [key_of("paul.nkosi"), as_passkey("paul.nkosi")], ids=["file", "passkey"])
@pytest.mark.parametrize("facts", BEFORE.values(), ids=BEFORE)
def test_a_key_that_somebody_has_or_had_is_entered_for_nobody_else(facts: tuple[Fact, ...], key: Any) -> None:
    known = with_facts(with_facts(FOUNDED, (NEW,)), facts)
    fault = taken_key_fault(known, (entered("ana.silva", key),))
    assert str(fault) == (
        f"paul.nkosi has or had the key {key.key_id}, and one key counts for one person: make another for ana.silva"
    )
    assert taken_key_fault(known, (entered("paul.nkosi", key),)) is None
    assert taken_key_fault(known, (entered("ana.silva", key_of("ana.silva")),)) is None


def test_a_key_is_entered_for_nobody_else_within_one_change_or_while_another_waits() -> None:
    new = key_of("a new one")
    twice = entered("ana.silva", new), entered("olga.audit", new)
    assert "ana.silva is to have the key" in str(taken_key_fault(FOUNDED, twice))
    waiting = after(proposed(twice[0]), known=with_facts(FOUNDED, (NEW,)))
    assert len(waiting.pending) == 1
    assert "ana.silva is to have the key" in str(taken_key_fault(waiting, twice[1:]))


def refused(directory: Directory, event: Any, command: Any) -> str:
    refusal = refusal_of_act(OrganisationAct(command_id=command, event=event), directory, verified, NOW)
    assert refusal is None or isinstance(refusal, NotAuthorised)
    return str(refusal or "")


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_changes_that_wait_with_one_key_the_one_that_is_confirmed_first_counts(first: int) -> None:
    """Both were recorded by a release before this one, or by whoever holds the worker's login."""
    new, people = key_of("a new one"), ("ana.silva", "paul.nkosi")
    changes = [proposed(entered(one, new), change=one) for one in people]
    waiting = after(*changes, known=with_facts(FOUNDED, (NEW,)))
    assert len(waiting.pending) == 2
    said = [confirmed(entered(one, new), change=one) for one in people]

    def answer(known: Directory, event: DirectoryChangeConfirmed) -> str:
        return refused(known, event, confirmation_id(event.change_id, "otto.audit"))

    assert answer(waiting, said[first]) == ""
    then = after(said[first], known=waiting)
    assert f"{people[first]} has or had the key" in answer(then, said[1 - first])


def test_a_proposal_of_somebody_elses_key_is_refused_at_the_gate() -> None:
    known = with_facts(FOUNDED, (NEW,))
    event = proposed(entered("ana.silva"))
    assert "paul.nkosi has or had the key" in refused(known, event, event.change_id)


def test_of_a_key_that_two_have_already_the_first_signs_and_the_second_does_not() -> None:
    """A recorded act keeps its meaning: the key stands for both, and is named."""
    key_id = key_of("paul.nkosi").key_id
    known = after(DirectoryFounded(changes=(NEW, entered("ana.silva"))), known=Directory())
    known = with_facts(known, (entered("paul.nkosi"),))
    assert shared_keys(known) == {key_id: ("ana.silva", "paul.nkosi")}
    assert shared_keys(FOUNDED) == {}
    signature = confirmed(NEW, by="paul.nkosi").signature
    assert signature.key_id == key_id
    assert f"the key {key_id} is ana.silva's as well" in str(one_key_fault(known, "paul.nkosi", signature, ()))
    assert one_key_fault(known, "ana.silva", signature, ()) is None
    alone = with_facts(known, (KeyRevoked(staff_id="ana.silva", key_id=key_id),))
    assert one_key_fault(alone, "paul.nkosi", signature, ()) is None


def test_a_key_with_which_somebody_signed_here_signs_here_for_nobody_else() -> None:
    first, second = proposed(NEW, by="dora.kim"), confirmed(NEW, by="otto.audit", key="dora.kim")
    assert "is dora.kim's as well" in str(one_key_fault(FOUNDED, "otto.audit", second.signature, (first,)))
    assert one_key_fault(FOUNDED, "dora.kim", first.signature, (first,)) is None
    assert "dora.kim and otto.audit decided with one key" in str(two_signers_fault((first, second)))
    assert two_signers_fault((first, confirmed(NEW))) is None
