"""An event of the directory that nobody can read: whom it may concern is frozen, until two guardians judge it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.directory.directory import Directory
from domain.directory.freezing import UnreadableEvent
from domain.directory.people import EventSetAside, Fact, FunderRegistered, StaffLeft
from domain.directory.sealing import change_fault, confirmation_fault
from domain.signatures.signing import Signature
from records.keys.verification import verified
from tests.builders import funder, number
from tests.domain.directory.test_directory_sealed import FOUNDED, after, confirmed, proposed, signed

TODAY = date(2026, 11, 2)
LEAF = "ab" * 32
EVERYBODY = {"dora.kim", "otto.audit", "olga.audit", "paul.nkosi"}
LEAVES = StaffLeft(staff_id="paul.nkosi")
BADLY_SIGNED = {"nobody's": None, "an intruder's": "an intruder", "one who may not": "paul.nkosi"}


def unreadable(recorded: str, signature: Signature | None, position: int = 7, **content: Any) -> UnreadableEvent:
    """An event of which only the signature can be read, as the ledger holds it under the id of `change`."""
    if signature is not None:
        content["signature"] = signature.model_dump(mode="json")
    return UnreadableEvent.of(position, LEAF, recorded, number("change"), "it cannot be read", content)


def unread_change(by: str = "dora.kim", **content: Any) -> UnreadableEvent:
    return unreadable("DirectoryChangeProposed", signed("change_directory", by, "change", LEAVES), **content)


def unread_confirmation(by: str = "otto.audit", key: str = "") -> UnreadableEvent:
    return unreadable("DirectoryChangeConfirmed", signed("confirm_directory", by, "change", LEAVES, key=key))


def frozen_in(directory: Directory) -> set[str]:
    return {name for name in EVERYBODY if directory.freezing(name)}


def judged(known: Directory, *freezes: str, by: tuple[str, str] = ("dora.kim", "otto.audit")) -> Directory:
    verdict = EventSetAside(position=7, leaf=LEAF, freezes=freezes)
    name = f"judgement {freezes}"
    return after(proposed(verdict, by=by[0], change=name), confirmed(verdict, by=by[1], change=name), known=known)


@pytest.mark.parametrize("recorded", ["StaffLeft", "KeyRevoked", "DirectoryFounded", "Garbage"])
def test_what_two_guardians_would_have_had_to_sign_freezes_nobody_whatever_it_says(recorded: str) -> None:
    known = after(unreadable(recorded, None, staff_id="paul.nkosi"), known=FOUNDED)
    assert frozen_in(known) == set()
    assert [one.recorded for one in known.unreadable] == [recorded]


@pytest.mark.parametrize("key", BADLY_SIGNED.values(), ids=BADLY_SIGNED)
def test_a_confirmation_that_no_guardian_signed_freezes_nobody(key: str | None) -> None:
    signature = None
    if key is not None:
        by = key if key == "paul.nkosi" else "otto.audit"
        signature = signed("confirm_directory", by, "change", LEAVES, key=key)
    event = unreadable("DirectoryChangeConfirmed", signature)
    assert frozen_in(after(proposed(LEAVES), event, known=FOUNDED)) == set()


def test_a_confirmation_that_cannot_be_read_freezes_whom_the_change_concerns_that_it_may_confirm() -> None:
    known = after(proposed(LEAVES), unread_confirmation(), known=FOUNDED)
    assert frozen_in(known) == {"paul.nkosi"}
    assert known.capacities("paul.nkosi", TODAY) == ()
    assert known.person("paul.nkosi") is not None


def test_a_confirmation_of_nothing_that_waits_freezes_nobody() -> None:
    assert frozen_in(after(unread_confirmation(), known=FOUNDED)) == set()


def test_a_change_of_the_organisations_own_rules_concerns_everybody() -> None:
    change = proposed(FunderRegistered(funder=funder()))
    event = unreadable("DirectoryChangeConfirmed", signed("confirm_directory", "otto.audit", "change"))
    assert frozen_in(after(change, event, known=FOUNDED)) == EVERYBODY


def test_a_change_that_cannot_be_read_freezes_nobody_before_another_guardian_confirms_it() -> None:
    assert frozen_in(after(unread_change(staff_id="paul.nkosi"), known=FOUNDED)) == set()


def test_once_confirmed_it_freezes_whom_it_names() -> None:
    known = after(unread_change(facts=[{"staff_id": "paul.nkosi"}]), confirmed(LEAVES), known=FOUNDED)
    assert frozen_in(known) == {"paul.nkosi"}


def test_once_confirmed_it_freezes_everybody_where_it_names_nobody() -> None:
    known = after(unread_change(facts="lost"), confirmed(LEAVES), known=FOUNDED)
    assert frozen_in(known) == EVERYBODY


@pytest.mark.parametrize("confirmer", ["dora.kim", "paul.nkosi"])
def test_nobody_who_proposed_it_or_is_no_guardian_confirms_it(confirmer: str) -> None:
    known = after(unread_change(), confirmed(LEAVES, by=confirmer), known=FOUNDED)
    assert (frozen_in(known), known.disregarded) == (set(), (3,))


ALL_FROZEN = after(unread_change(), confirmed(LEAVES), known=FOUNDED)


def test_who_is_frozen_changes_nothing_in_the_directory() -> None:
    fact: Fact = FunderRegistered(funder=funder())
    assert "is frozen" in str(change_fault(ALL_FROZEN, proposed(fact, change="another"), verified))
    waiting = after(proposed(fact, change="another"), known=FOUNDED)
    both = after(unread_change(), confirmed(LEAVES), known=waiting)
    assert "is frozen" in str(confirmation_fault(both, confirmed(fact, change="another"), verified))


def test_the_judgement_itself_is_never_frozen() -> None:
    assert frozen_in(judged(ALL_FROZEN)) == set()


def test_a_judgement_may_say_whom_the_event_was_meant_to_stop() -> None:
    known = judged(ALL_FROZEN, "paul.nkosi")
    assert frozen_in(known) == {"paul.nkosi"}
    assert "two guardians said" in str(known.freezing("paul.nkosi"))


def test_nobody_judges_an_event_to_stop_themselves() -> None:
    verdict = EventSetAside(position=7, leaf=LEAF, freezes=("dora.kim",))
    assert str(change_fault(ALL_FROZEN, proposed(verdict, change="own"), verified)).startswith("the change concerns")


def test_whom_guardians_froze_does_not_judge_the_event_anew_and_two_others_do() -> None:
    known = judged(ALL_FROZEN, "dora.kim", by=("otto.audit", "olga.audit"))
    verdict = EventSetAside(position=7, leaf=LEAF)
    assert "is frozen" in str(change_fault(known, proposed(verdict, by="dora.kim", change="anew"), verified))
    assert frozen_in(judged(known, by=("otto.audit", "olga.audit"))) == set()


def test_a_judgement_is_of_this_very_event() -> None:
    other = EventSetAside(position=7, leaf="cd" * 32)
    known = after(proposed(other, change="other"), confirmed(other, change="other"), known=ALL_FROZEN)
    assert frozen_in(known) == EVERYBODY


def test_before_the_organisation_is_sealed_what_cannot_be_read_freezes_nobody() -> None:
    assert frozen_in(after(unread_confirmation(), known=Directory())) == set()
