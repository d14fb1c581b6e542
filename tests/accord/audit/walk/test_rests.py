"""The audit reckons by itself what two gave up of a tranche, and what a file of the bank says of a recall."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accord.audit.walk import payments
from accord.audit.walk.walk import Attempt, Released, Walk
from domain.partnership import events as e
from domain.payment.recalls import RecallAnswer
from tests.builders import NOON, money, number, proposal

FIRST = Attempt(1, 1)


def walk() -> Walk:
    """A grant of 1,000.00, of which one attempt was released."""
    event = e.TrancheReleased(at=NOON, actor="paul.nkosi", tranche=1, attempt=1, money=money("1000.00"))
    return Walk(proposal=proposal(), released={FIRST: Released(event, None)})


def given_up(actor: str, rest: str = "250.00") -> e.RestGivenUp:
    return e.RestGivenUp(at=NOON, actor=actor, tranche=1, remainder=money(rest), reason="they need no more")


def agreed(actor: str, rest: str = "250.00") -> e.RestAgreed:
    return e.RestAgreed(at=NOON, actor=actor, tranche=1, remainder=money(rest), reason="a part came")


def test_after_two_as_much_less_may_be_paid() -> None:
    audit = walk()
    for actor in ("femi.ade", "dora.kim"):
        payments.agree_on_rest(audit, agreed(actor))
    payments.give_up_rest(audit, given_up("femi.ade"))
    assert (audit.given_up, audit.agreed_remainder(FIRST)) == ({}, None)  # the newer word of a person counts
    payments.give_up_rest(audit, given_up("paul.nkosi"))
    assert (audit.given_up, str(audit.sum_of(Attempt(1, 2)))) == ({1: Decimal("250.00")}, "USD 750.00")


@pytest.mark.parametrize(("actor", "rest"), [("femi.ade", "250.00"), ("dora.kim", "200.00")])
def test_one_person_or_two_sums_give_nothing_up(actor: str, rest: str) -> None:
    audit = walk()
    payments.give_up_rest(audit, given_up("femi.ade"))
    payments.give_up_rest(audit, given_up(actor, rest))
    assert audit.given_up == {}


def test_who_has_an_interest_gives_nothing_up() -> None:
    audit = walk()
    audit.recused.add("femi.ade")
    for actor in ("femi.ade", "dora.kim"):
        payments.give_up_rest(audit, given_up(actor))
    assert audit.given_up == {}


@pytest.mark.parametrize("answer", RecallAnswer)
def test_a_refusal_by_a_file_is_looked_up_before_the_next_payment(answer: RecallAnswer) -> None:
    audit = walk()
    audit.recalls.add(FIRST)
    event = e.RecallHeard(
        at=NOON, tranche=1, attempt=1, answer=answer, code="RJCR", reason="", answer_id=number("answer"),
        bank_reference="RESOLVED-1", said_at=NOON, file_sha256="a" * 64, due=date(2026, 12, 1),
    )  # fmt: skip
    payments.hear_of_recall(audit, event)
    is_refused = answer is RecallAnswer.REFUSED
    assert (audit.recalls, audit.refusals) == (set() if is_refused else {FIRST}, {FIRST: event} if is_refused else {})
