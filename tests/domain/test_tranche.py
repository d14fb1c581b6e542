"""What a bank says of a payment is believed once, only if it can be true, and never makes us pay again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain import tranche as t
from domain.identity import payment_id
from tests.builders import ACCOUNT, DIGEST, NOON, funder, money, number, party

S = t.TrancheStatus
B = t.BankStatus
ORDER = t.TrancheOrder(
    partnership_id="P-2026-0042",
    tranche=1,
    attempt=1,
    payment_id=payment_id("P-2026-0042", 1, 1),
    money=money(),
    funder=funder(),
    payee=party(),
    account=ACCOUNT,
    released_by="paul.nkosi",
    released_at=NOON,
    purpose="Training",
)
RELEASED = t.TrancheReleasedForPayment(at=NOON, order=ORDER)
INSTRUCTED = t.PaymentInstructed(at=NOON, payment_id=ORDER.payment_id, end_to_end_id="ACCX", instruction_sha256=DIGEST)
WITHHELD = t.PaymentWithheld(at=NOON, reason="revoked")
SILENCE = t.PaymentUnanswered(at=NOON + timedelta(days=5))


def answer(status: B, name: str = "first", amount: str = "1000.00", code: str = "XXXX") -> t.BankAnswer:
    return t.BankAnswer(
        answer_id=number(name),
        status=status,
        code=code,
        reason="closed account",
        money=money(amount),
        said_at=NOON + timedelta(days=1),
        bank_reference="BANK-1",
        partnership_id="P-2026-0042",
        tranche=1,
        attempt=1,
    )


def after(*events: t.TrancheEvent) -> t.Tranche:
    return t.fold_tranche((RELEASED, *events))


def hear(tranche: t.Tranche, *answers: t.BankAnswer) -> t.Tranche:
    for said in answers:
        for event in t.decide_answer(tranche, said):
            tranche = t.evolve_tranche(tranche, event)
    return tranche


OPEN = {
    "instructed": after(INSTRUCTED),
    "accepted": hear(after(INSTRUCTED), answer(B.ACCEPTED, "accepted before")),
    "unknown": after(INSTRUCTED, SILENCE),
}
SHUT = {
    "released": after(),
    "withheld": after(WITHHELD),
    "settled": hear(after(INSTRUCTED), answer(B.SETTLED, "settled before")),
    "rejected": hear(after(INSTRUCTED), answer(B.REJECTED, "rejected before")),
}


@pytest.mark.parametrize("before", OPEN)
@pytest.mark.parametrize(
    ("status", "event", "outcome"),
    [
        (B.ACCEPTED, t.PaymentAccepted, None),
        (B.SETTLED, t.PaymentSettled, t.TrancheOutcome.SETTLED),
        (B.REJECTED, t.PaymentRejected, t.TrancheOutcome.REJECTED),
        (B.RETURNED, t.BankAnswerRefused, None),
        (B.RECEIVED, t.BankAnswerRefused, None),
    ],
)
def test_while_a_payment_is_open_the_bank_is_believed(
    before: str, status: B, event: type, outcome: t.TrancheOutcome | None
) -> None:
    assert [type(said) for said in t.decide_answer(OPEN[before], answer(status))] == [event]
    assert hear(OPEN[before], answer(status)).outcome is outcome


@pytest.mark.parametrize("before", SHUT)
@pytest.mark.parametrize("status", B)
def test_before_instruction_and_after_the_end_nothing_the_bank_says_changes_anything(before: str, status: B) -> None:
    (said,) = t.decide_answer(SHUT[before], answer(status))
    assert isinstance(said, t.BankAnswerRefused)
    assert f"the payment is {before}" in said.reason
    assert hear(SHUT[before], answer(status)).status is SHUT[before].status


@pytest.mark.parametrize("status", B)
def test_an_answer_heard_twice_says_nothing_the_second_time(status: B) -> None:
    heard = hear(OPEN["instructed"], answer(status))
    assert t.decide_answer(heard, answer(status)) == ()


def test_an_answer_heard_before_the_end_says_nothing_after_it() -> None:
    done = hear(OPEN["instructed"], answer(B.ACCEPTED, "a"), answer(B.SETTLED, "b"))
    assert t.decide_answer(done, answer(B.ACCEPTED, "a")) == ()


@pytest.mark.parametrize("status", [B.ACCEPTED, B.SETTLED, B.REJECTED])
@pytest.mark.parametrize("amount", ["999.99", "1000.01", "0.01"])
def test_an_answer_over_another_amount_is_refused_and_kept_word_for_word(status: B, amount: str) -> None:
    wrong = answer(status, amount=amount)
    (said,) = t.decide_answer(OPEN["instructed"], wrong)
    assert isinstance(said, t.BankAnswerRefused)
    assert "the order says USD 1,000.00" in said.reason
    assert t.BankAnswer.model_validate_json(said.content) == wrong


def test_an_answer_in_another_currency_is_refused() -> None:
    wrong = answer(B.SETTLED).model_copy(update={"money": ORDER.money.model_copy(update={"currency": "EUR"})})
    assert isinstance(t.decide_answer(OPEN["instructed"], wrong)[0], t.BankAnswerRefused)


def test_an_amount_spelt_otherwise_is_the_same_amount() -> None:
    assert hear(OPEN["instructed"], answer(B.SETTLED, amount="1000")).outcome is t.TrancheOutcome.SETTLED


def test_after_a_wrong_answer_the_right_one_is_still_believed() -> None:
    heard = hear(OPEN["instructed"], answer(B.SETTLED, "wrong", amount="1.00"), answer(B.SETTLED, "right"))
    assert heard.outcome is t.TrancheOutcome.SETTLED


def test_silence_makes_the_outcome_unknown_and_does_not_end_the_payment() -> None:
    assert OPEN["unknown"].status is S.UNKNOWN
    assert OPEN["unknown"].outcome is None


def test_given_an_unknown_outcome_when_the_bank_books_it_then_it_is_settled() -> None:
    assert hear(OPEN["unknown"], answer(B.SETTLED, code="BOOK")).reason == "BOOK"
    assert hear(OPEN["unknown"], answer(B.SETTLED)).outcome is t.TrancheOutcome.SETTLED


def test_a_rejection_keeps_the_banks_code_and_reason() -> None:
    assert hear(OPEN["instructed"], answer(B.REJECTED, code="AC04")).reason == "AC04 closed account"


def test_a_withheld_payment_ends_without_an_instruction() -> None:
    assert SHUT["withheld"].outcome is t.TrancheOutcome.WITHHELD
    assert SHUT["withheld"].end_to_end_id == ""


def test_an_event_says_when_the_bank_said_it() -> None:
    assert t.decide_answer(OPEN["instructed"], answer(B.SETTLED))[0].at == NOON + timedelta(days=1)


def test_a_tranche_is_the_fold_of_its_history() -> None:
    settled = t.PaymentSettled(at=NOON, answer=answer(B.SETTLED))
    folded = t.fold_tranche((RELEASED, INSTRUCTED, SILENCE, settled))
    assert (folded.status, folded.version, folded.end_to_end_id) == (S.SETTLED, 4, "ACCX")
    assert folded.answers == (number("first"),)


@pytest.mark.parametrize("history", [(), (INSTRUCTED,), (INSTRUCTED, RELEASED)])
def test_a_history_that_does_not_begin_with_the_release_is_refused(history: tuple[t.TrancheEvent, ...]) -> None:
    with pytest.raises(ValueError, match="begins with its release"):
        t.fold_tranche(history)
