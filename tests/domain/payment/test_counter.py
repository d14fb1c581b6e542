"""A signed act at the bank's counter counts if the person may do it on that day and it is proved to be theirs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.directory.directory import Directory
from domain.directory.evolution import fold_directory
from domain.directory.people import Delegation, KeyEnrolled, KeyRevoked, RoleDelegated, StaffLeft, StaffRegistered
from domain.directory.tiers import Role
from domain.fault import Fault
from domain.payment.bank_file import BankFileImported
from domain.payment.counter import CounterAct, act_fault
from domain.signatures.signing import statement_about
from domain.streams import StreamId
from records.keys.verification import verified
from tests.builders import DIGEST, NOON, member, number
from tests.domain.partnership.hands import key_of, signature_on

DAY = NOON.date()
STREAM = StreamId.bank_file(DIGEST)
PEOPLE = {"femi.ade": Role.FINANCE_APPROVER, "otto.audit": Role.AUDITOR, "paul.nkosi": Role.PAYER}


def directory(*more: Any) -> Directory:
    facts: list[Any] = [StaffRegistered(member=member(name, role)) for name, role in PEOPLE.items()]
    facts += [KeyEnrolled(staff_id=name, key=key_of(name)) for name in PEOPLE]
    return fold_directory((*facts, *more), verified)


def imported(actor: str = "femi.ade", key: str = "", stream: str = STREAM, **content: Any) -> BankFileImported:
    said = {"sha256": DIGEST, "name": "statement.xml", **content}
    statement = statement_about(stream, BankFileImported.act, actor, NOON, number("import"), said)
    return BankFileImported(at=NOON, actor=actor, signature=signature_on(statement, key), **said)


def fault(event: CounterAct, known: Directory | None = None, subject: str = STREAM, on: date = DAY) -> Fault | None:
    return act_fault(event, subject, known or directory(), verified, on)


@pytest.mark.parametrize("actor", ["femi.ade", "paul.nkosi"])
def test_an_act_that_a_person_may_do_and_signed_counts(actor: str) -> None:
    assert fault(imported(actor)) is None


def test_without_the_role_it_does_not_count_and_the_roles_are_named() -> None:
    said = fault(imported("otto.audit"))
    assert str(said).startswith("otto.audit may not import bank file: it needs ")
    assert "FINANCE_APPROVER" in str(said)


def test_with_a_role_that_is_lent_it_counts_while_it_is_lent() -> None:
    lent = Delegation(lender="femi.ade", borrower="otto.audit", role=Role.FINANCE_APPROVER, starts_on=DAY, ends_on=DAY)
    known = directory(RoleDelegated(delegation=lent))
    assert fault(imported("otto.audit"), known) is None
    assert "may not" in str(fault(imported("otto.audit"), known, on=date(2026, 11, 3)))


@pytest.mark.parametrize(
    ("event", "subject", "words"),
    [
        (imported(key="paul.nkosi"), STREAM, "holds no key"),
        (imported(), StreamId.bank_file("00" * 32), "for another partnership"),
        (imported(stream=StreamId.bank_file("00" * 32)), STREAM, "for another partnership"),
        (imported().model_copy(update={"name": "another.xml"}), STREAM, "for another content"),
        (imported().model_copy(update={"sha256": "00" * 32}), STREAM, "for another content"),
        (imported().model_copy(update={"actor": "paul.nkosi"}), STREAM, "for another person"),
        (imported().model_copy(update={"at": NOON.replace(year=2027)}), STREAM, "for another time"),
    ],
)
def test_what_is_not_proved_to_be_theirs_does_not_count(event: CounterAct, subject: str, words: str) -> None:
    assert words in str(fault(event, subject=subject))


@pytest.mark.parametrize(
    "since", [KeyRevoked(staff_id="femi.ade", key_id=key_of("femi.ade").key_id), StaffLeft(staff_id="femi.ade")]
)
def test_without_a_key_or_a_place_here_on_that_day_it_does_not_count(since: Any) -> None:
    assert fault(imported(), directory(since))


def test_a_person_signs_all_that_the_act_says_and_nothing_beside() -> None:
    assert imported().content() == {"sha256": DIGEST, "name": "statement.xml"}
