"""A refused version comes into force by the signature of one who may, for that version, its files and its refusal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.directory.directory import Directory
from domain.directory.evolution import fold_directory
from domain.directory.people import DirectoryFounded, KeyEnrolled, KeyRevoked, StaffLeft, StaffRegistered
from domain.fault import Fault
from domain.screening.guarding import GuardOverridden, override_content, override_fault, override_statement
from domain.signatures.signing import content_digest
from domain.streams import StreamId
from records.keys.verification import verified
from tests.builders import DIGEST, NOON, STAFF, member, number
from tests.domain.partnership.hands import key_of, signature_on

CONTENT: dict[str, Any] = {
    "register_name": "irs-bmf", "version": 12, "sha256": DIGEST, "refusal": "4 rows, 60% fewer than the 10 in force",
    "reason": "the IRS removed closed organisations; its notice was seen",
}  # fmt: skip
KNOWN = tuple(StaffRegistered(member=member(name)) for name in STAFF)
KEYS = tuple(KeyEnrolled(staff_id=name, key=key_of(name)) for name in STAFF)


def organisation(*more: Any) -> Directory:
    return fold_directory([DirectoryFounded(changes=(*KNOWN, *KEYS, *more))], verified)


def overridden(by: str = "vera.lind", key: str = "") -> GuardOverridden:
    signature = signature_on(override_statement(CONTENT, by, NOON, number("override")), key)
    return GuardOverridden(at=NOON, actor=by, signature=signature, **CONTENT)


def fault(event: GuardOverridden, directory: Directory | None = None) -> Fault | None:
    return override_fault(event, directory or organisation(), verified, event.at.date())


def test_what_is_signed_names_the_register_the_person_the_time_and_what_was_refused() -> None:
    event = overridden()
    said = event.signature.statement
    assert (said.subject, said.act, said.actor, said.at) == (StreamId.register("irs-bmf"), "override_guard",
                                                             "vera.lind", NOON)  # fmt: skip
    assert (said.content_sha256, said.command_id) == (content_digest(CONTENT), number("override"))
    assert override_content(event) == CONTENT


@pytest.mark.parametrize("lacking", ["signature", "reason", "version", "refusal"])
def test_without_a_signature_or_what_it_answers_for_there_is_no_override(lacking: str) -> None:
    with pytest.raises(ValidationError, match=lacking):
        GuardOverridden.model_validate(overridden().model_dump(mode="json", exclude={lacking}))


@pytest.mark.parametrize("who", ["vera.lind", "dora.kim"])
def test_a_verifier_and_a_director_answer_for_a_refused_version(who: str) -> None:
    assert fault(overridden(who)) is None


@pytest.mark.parametrize("who", sorted(set(STAFF) - {"vera.lind", "dora.kim"}))
def test_nobody_else_does_whatever_she_signs(who: str) -> None:
    assert f"{who} may not override a guard: it needs DIRECTOR or VERIFIER, and {who} holds" in str(
        fault(overridden(who))
    )


def test_somebody_whom_the_directory_does_not_know_overrides_nothing() -> None:
    assert "'mal.ory' is not in the staff directory" in str(fault(overridden("mal.ory")))
    assert "'vera.lind' is not in the staff directory" in str(
        fault(overridden(), organisation(StaffLeft(staff_id="vera.lind")))
    )


FORGED = [
    pytest.param({"register_name": "irs-pub78"}, "for another partnership", id="another register"),
    pytest.param({"version": 13}, "for another content", id="another version"),
    pytest.param({"sha256": "ab" * 32}, "for another content", id="other files"),
    pytest.param({"refusal": "9 of 12 lines are bad"}, "for another content", id="another refusal"),
    pytest.param({"reason": "it looks right"}, "for another content", id="another reason"),
    pytest.param({"at": NOON + timedelta(hours=1)}, "for another time", id="another time"),
    pytest.param({"actor": "dora.kim"}, "for another person", id="another person who may"),
]


@pytest.mark.parametrize(("changed", "told"), FORGED)
def test_a_good_signature_is_worth_nothing_on_anything_else(changed: dict[str, Any], told: str) -> None:
    assert told in str(fault(overridden().model_copy(update=changed)))


def test_a_signature_on_another_kind_of_decision_is_none() -> None:
    event = overridden()
    other = signature_on(event.signature.statement.model_copy(update={"act": "clear_match"}))
    assert "another kind of decision" in str(fault(event.model_copy(update={"signature": other})))


def test_another_hand_overrides_nothing_in_her_name() -> None:
    forged = overridden(key="paul.nkosi")
    assert f"no key {key_of('paul.nkosi').key_id} of vera.lind in force" in str(fault(forged))
    named = forged.signature.model_copy(update={"key_id": key_of("vera.lind").key_id})
    assert str(fault(forged.model_copy(update={"signature": named}))) == "the signature is not vera.lind's"


def test_a_key_that_is_not_in_force_overrides_nothing() -> None:
    key_id = key_of("vera.lind").key_id
    assert "holds no key" in str(fault(overridden(), organisation(KeyRevoked(staff_id="vera.lind", key_id=key_id))))
