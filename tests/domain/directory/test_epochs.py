"""People's signed statements name the ledger and its epoch. In another one they count for nothing."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.directory.directory import Directory, next_epoch, signature_fault
from domain.directory.people import EpochBegun, HouseRulesSet
from domain.fault import Fault
from domain.signatures.signing import LogEpoch, Statement
from records.keys.verification import verified
from tests.builders import HOUSE_RULES, number
from tests.domain.directory.test_directory_sealed import AT, FOUNDED, after, confirmed, proposed
from tests.domain.partnership.hands import signature_on

ROOT = "cd" * 32


def epoch(number_: int, origin: str = "ledger.example.org") -> EpochBegun:
    log = LogEpoch(origin=origin, epoch=number_)
    return EpochBegun(log=log, position=40 + number_, root=ROOT, installation=f"database {number_}")


def begun(known: Directory, fact: EpochBegun) -> Directory:
    """The directory once two guardians, who still sign for the epoch before, began the next."""
    name = f"epoch {fact.log.epoch}"
    told = {"log": known.log, "form": "accord.statement.2" if known.log else "accord.statement.1"}
    return after(proposed(fact, change=name, **told), confirmed(fact, change=name, **told), known=known)


FIRST = begun(FOUNDED, epoch(1))
SECOND = begun(FIRST, epoch(2))

SAID = Statement(
    subject="P-2026-0042", act="approve", actor="dora.kim", at=AT, command_id=number("approval"), content_sha256=ROOT
)


def fault(known: Directory, log: LogEpoch | None) -> Fault | None:
    return signature_fault(known, signature_on(SAID.within(log)), SAID, verified)


def test_epochs_follow_one_another() -> None:
    assert [one.log.epoch for one in SECOND.epochs] == [1, 2]
    assert (SECOND.log, next_epoch(SECOND)) == (LogEpoch(origin="ledger.example.org", epoch=2), 3)


@pytest.mark.parametrize("other", [1, 3])
def test_no_epoch_is_begun_again_or_left_out(other: int) -> None:
    assert begun(FIRST, epoch(other)).log == FIRST.log


def test_one_guardian_alone_begins_none() -> None:
    assert after(proposed(epoch(1)), known=FOUNDED).log is None


@pytest.mark.parametrize("known", [FOUNDED, FIRST, SECOND], ids=["none", "first", "second"])
def test_what_was_signed_for_the_epoch_in_force_counts(known: Directory) -> None:
    assert fault(known, known.log) is None


OTHERS: dict[str, tuple[Directory, LogEpoch | None]] = {
    "the old form, once an epoch began": (FIRST, None),
    "an epoch, where none began": (FOUNDED, FIRST.log),
    "the epoch before": (SECOND, FIRST.log),
    "an epoch that is to come": (FIRST, SECOND.log),
    "another organisation's ledger": (FIRST, LogEpoch(origin="other.example.org", epoch=1)),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_was_signed_for_another_does_not(name: str) -> None:
    assert str(fault(*OTHERS[name])) == "the signature is for another ledger, or for another epoch of it"


def test_a_change_of_the_directory_that_was_signed_in_the_epoch_before_is_disregarded() -> None:
    old: dict[str, Any] = {"log": FIRST.log, "form": "accord.statement.2"}
    rules = HouseRulesSet(rules=HOUSE_RULES)
    known = after(proposed(rules, **old), confirmed(rules, **old), known=SECOND)
    assert (known.rules, len(known.disregarded)) == (None, 2)


def test_a_statement_without_a_ledger_keeps_the_bytes_that_it_always_had() -> None:
    assert b'"log"' not in SAID.message()
    assert b'"log":{"epoch":1,"origin":"ledger.example.org"}' in SAID.within(FIRST.log).message()


@pytest.mark.parametrize("told", [{"form": "accord.statement.2"}, {"log": {"origin": "a.b", "epoch": 1}}])
def test_form_and_ledger_go_together(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="names its ledger in the second form"):
        Statement.model_validate({**SAID.model_dump(), **told})
