"""A bank's word on a payment is believed once, only if it can be true, and never makes us pay again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.directory.disregarded import Disregarded
from domain.identity import payment_id
from domain.payment.bank_answers import BOOKED, HOLDS, BankAnswer, BankStatus, Contradiction, ExceptionKind
from domain.payment.tranche.answers import events_of_answer
from domain.payment.tranche.events import (
    BankAnswerRefused,
    PaymentAccepted,
    PaymentHandedOver,
    PaymentInstructed,
    PaymentNeverSent,
    PaymentRejected,
    PaymentReturned,
    PaymentSettled,
    PaymentTakenBack,
    PaymentUnanswered,
    PaymentWithheld,
    TrancheEvent,
    TrancheReleasedForPayment,
)
from domain.payment.tranche.evolution import evolve_tranche, fold_tranche
from domain.payment.tranche.order import TrancheOrder
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import TrancheOutcome, TrancheStatus
from tests.builders import ACCOUNT, DIGEST, NOON, funder, money, number, party

S = TrancheStatus
B = BankStatus
K = ExceptionKind
ORDER = TrancheOrder(
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
RELEASED = TrancheReleasedForPayment(at=NOON, order=ORDER)
INSTRUCTED = PaymentInstructed(at=NOON, payment_id=ORDER.payment_id, end_to_end_id="ACCX", instruction_sha256=DIGEST)
HANDED_OVER = PaymentHandedOver(at=NOON, message_id="ACCMX", file_sha256=DIGEST)
NEVER_SENT = PaymentNeverSent(at=NOON, message_id="ACCMX")
WITHHELD = PaymentWithheld(at=NOON, reason="revoked")
TAKEN_BACK = PaymentTakenBack(at=NOON, reason="the invoice was withdrawn")
SILENCE = PaymentUnanswered(at=NOON + timedelta(days=5))
REPORT = "ACSC"
"""The code of a status report, as against that of a booking."""


def answer(status: B, name: str = "first", amount: str = "1000.00", code: str = BOOKED, **more: Any) -> BankAnswer:
    content = {
        "answer_id": number(name),
        "status": status,
        "code": code,
        "reason": "closed account",
        "money": money(amount),
        "said_at": NOON + timedelta(days=1),
        "bank_reference": "BANK-1",
        "partnership_id": "P-2026-0042",
        "tranche": 1,
        "attempt": 1,
        **more,
    }
    return BankAnswer.model_validate(content)


def after(*events: TrancheEvent) -> Tranche:
    return folded((RELEASED, *events))


def folded(events: tuple[TrancheEvent | Disregarded, ...]) -> Tranche:
    known = fold_tranche(events)
    assert known is not None
    return known


def heard(tranche: Tranche, *answers: BankAnswer) -> Tranche:
    """The attempt after answers that are all believed."""
    for said in answers:
        found = events_of_answer(tranche, said)
        assert not isinstance(found, Contradiction), found.reason
        for event in found:
            tranche = evolve_tranche(tranche, event)
    return tranche


def contradiction(tranche: Tranche, said: BankAnswer) -> Contradiction:
    found = events_of_answer(tranche, said)
    assert isinstance(found, Contradiction)
    return found


LEFT = after(INSTRUCTED, HANDED_OVER)
BOOKING, SAID_SETTLED = answer(B.SETTLED, "booked before"), answer(B.SETTLED, "settled before", code=REPORT)
AT = {
    "released": after(),
    "instructed": after(INSTRUCTED),
    "withheld": after(WITHHELD),
    "cancelled": after(INSTRUCTED, TAKEN_BACK),
    "never sent": after(INSTRUCTED, HANDED_OVER, NEVER_SENT),
    "handed over": LEFT,
    "accepted": heard(LEFT, answer(B.ACCEPTED, "accepted before")),
    "unknown": after(INSTRUCTED, HANDED_OVER, SILENCE),
    "said settled": heard(LEFT, SAID_SETTLED),
    "booked": heard(LEFT, BOOKING),
    "short": heard(LEFT, answer(B.SETTLED, "booked before", "400.00")),
    "rejected": heard(LEFT, answer(B.REJECTED, "rejected before", code=REPORT)),
    "returned": heard(LEFT, BOOKING, answer(B.RETURNED, "returned before")),
    "returned, never booked": heard(LEFT, SAID_SETTLED, answer(B.RETURNED, "returned before")),
}
OURS = ["released", "instructed", "withheld", "cancelled", "never sent"]
OPEN = ["handed over", "accepted", "unknown"]
A, BOOKS, SAYS, R = PaymentAccepted, PaymentSettled, PaymentSettled, PaymentRejected
BACK, NOTED = PaymentReturned, BankAnswerRefused
NOT_OURS, NOT_BOTH = K.NOT_HANDED_OVER, K.CONTRADICTION

SAID = {
    "accepted": answer(B.ACCEPTED, code="ACCP"),
    "booked": answer(B.SETTLED),
    "settled, in a report": answer(B.SETTLED, code=REPORT),
    "rejected": answer(B.REJECTED, code="RJCT"),
    "back": answer(B.RETURNED),
    "back, in part": answer(B.RETURNED, amount="400.00"),
    "received": answer(B.RECEIVED),
}
TABLE: dict[str, tuple[Any, ...]] = {
    # said:                    accepted  booked  settled   rejected  back      back, in part  received
    **dict.fromkeys(OURS, (NOT_OURS,) * 7),
    **dict.fromkeys(OPEN, (A, BOOKS, SAYS, R, NOT_BOTH, NOT_BOTH, NOT_BOTH)),
    "said settled": (NOTED, BOOKS, NOTED, NOT_BOTH, BACK, K.PARTIAL_RETURN, NOT_BOTH),
    "booked": (NOTED, K.SECOND_BOOKING, NOTED, NOT_BOTH, BACK, K.PARTIAL_RETURN, NOT_BOTH),
    "short": (NOTED, K.SECOND_BOOKING, NOTED, NOT_BOTH, K.OTHER_CONTENT, BACK, NOT_BOTH),
    "rejected": (NOTED, NOT_BOTH, NOT_BOTH, NOTED, NOT_BOTH, NOT_BOTH, NOT_BOTH),
    "returned": (NOTED, NOT_BOTH, NOTED, NOT_BOTH, NOT_BOTH, NOT_BOTH, NOT_BOTH),
    "returned, never booked": (NOTED, NOT_BOTH, NOTED, NOT_BOTH, NOT_BOTH, NOT_BOTH, NOT_BOTH),
}


def test_the_table_says_something_of_every_status_and_every_answer() -> None:
    assert {one.status for one in AT.values()} == set(S)
    assert {one.status for one in SAID.values()} == set(B)
    assert set(TABLE) == set(AT)


@pytest.mark.parametrize(("where", "said"), [(where, said) for where in AT for said in SAID])
def test_every_answer_in_every_status_is_an_event_or_a_contradiction(where: str, said: str) -> None:
    expected = TABLE[where][list(SAID).index(said)]
    found = events_of_answer(AT[where], SAID[said])
    if isinstance(found, Contradiction):
        assert found.kind is expected
        assert found.reason
        return
    assert [type(event) for event in found] == [expected]


@pytest.mark.parametrize(("where", "said"), [(where, said) for where in AT for said in SAID])
def test_what_was_heard_once_says_nothing_the_second_time(where: str, said: str) -> None:
    found = events_of_answer(AT[where], SAID[said])
    if isinstance(found, Contradiction):
        assert events_of_answer(AT[where], SAID[said]) == found
        return
    assert events_of_answer(heard(AT[where], SAID[said]), SAID[said]) == ()


@pytest.mark.parametrize(("where", "said"), [(where, said) for where in AT for said in SAID])
def test_no_word_of_the_bank_makes_a_payment_ours_again(where: str, said: str) -> None:
    """Released, instructed and withheld are ours to say. Only a rejection or a return frees a tranche by the bank."""
    found = events_of_answer(AT[where], SAID[said])
    if isinstance(found, Contradiction):
        return
    now = heard(AT[where], SAID[said])
    assert now.status not in {S.RELEASED, S.INSTRUCTED, S.WITHHELD, S.CANCELLED}
    assert now.message_id == "ACCMX"


@pytest.mark.parametrize("where", OURS)
@pytest.mark.parametrize("status", B)
def test_whatever_the_bank_says_of_what_never_left_is_for_a_person_and_holds(where: str, status: B) -> None:
    found = contradiction(AT[where], answer(status))
    assert found.kind in HOLDS
    assert "never handed over" in found.reason
    assert AT[where].status.value.lower() in found.reason


def test_a_second_booking_is_never_swallowed() -> None:
    found = contradiction(AT["booked"], answer(B.SETTLED, "another debit"))
    assert (found.kind, found.reason) == (K.SECOND_BOOKING, "USD 1,000.00 was booked a second time")


def test_a_booking_after_a_report_that_said_so_is_the_first_booking() -> None:
    now = heard(AT["said settled"], answer(B.SETTLED, "the debit"))
    assert (AT["said settled"].booked, now.booked, now.status) == (False, True, S.SETTLED)
    assert contradiction(now, answer(B.SETTLED, "another debit")).kind is K.SECOND_BOOKING


def test_a_report_after_the_booking_unbooks_nothing() -> None:
    now = heard(AT["booked"], answer(B.SETTLED, "a report", code=REPORT))
    assert contradiction(now, answer(B.SETTLED, "another debit")).kind is K.SECOND_BOOKING


def test_a_part_that_is_booked_is_short_and_twice_it_counts_once() -> None:
    part = answer(B.SETTLED, amount="400.00")
    short = heard(LEFT, part, part)
    assert (short.outcome, short.booked, str(short.paid_money)) == (TrancheOutcome.SHORT, True, "USD 400.00")


def test_of_a_part_that_was_booked_no_more_comes_back() -> None:
    assert contradiction(AT["short"], answer(B.RETURNED, amount="400.01")).kind is K.OTHER_CONTENT
    assert contradiction(AT["short"], answer(B.RETURNED, amount="399.99")).kind is K.PARTIAL_RETURN


def test_a_partial_return_is_named_with_both_sums() -> None:
    found = contradiction(AT["booked"], answer(B.RETURNED, amount="0.01"))
    assert (found.kind, found.reason) == (K.PARTIAL_RETURN, "USD 0.01 of USD 1,000.00 came back")


@pytest.mark.parametrize("where", [*OPEN, "booked", "said settled", "rejected", "returned"])
@pytest.mark.parametrize("status", [B.ACCEPTED, B.SETTLED, B.REJECTED])
@pytest.mark.parametrize("amount", ["999.99", "1000.01", "0.01"])
def test_an_answer_over_another_amount_holds_the_payment(where: str, status: B, amount: str) -> None:
    if status is B.SETTLED and amount != "1000.01" and where in {*OPEN, "said settled"}:
        assert heard(AT[where], answer(status, amount=amount)).paid_money == answer(status, amount=amount).money
        return
    found = contradiction(AT[where], answer(status, amount=amount))
    assert found.kind is K.OTHER_CONTENT
    assert found.kind in HOLDS
    assert "the order says USD 1,000.00" in found.reason


@pytest.mark.parametrize("where", [*OPEN, "booked", "returned"])
def test_more_that_comes_back_than_was_paid_is_other_content(where: str) -> None:
    assert contradiction(AT[where], answer(B.RETURNED, amount="1000.01")).kind is K.OTHER_CONTENT


def test_an_answer_in_another_currency_is_other_content() -> None:
    euros = answer(B.SETTLED, money=money("1000.00", "EUR"))
    assert contradiction(LEFT, euros).kind is K.OTHER_CONTENT


def test_less_of_another_currency_that_comes_back_is_other_content_and_no_partial_return() -> None:
    euros = answer(B.RETURNED, money=money("400.00", "EUR"))
    assert contradiction(AT["booked"], euros).kind is K.OTHER_CONTENT


def test_an_amount_spelt_otherwise_is_the_same_amount() -> None:
    assert heard(LEFT, answer(B.SETTLED, amount="1000")).outcome is TrancheOutcome.SETTLED


def test_after_a_contradiction_the_right_answer_is_still_believed() -> None:
    contradiction(LEFT, answer(B.SETTLED, "wrong", amount="1001.00"))
    assert heard(LEFT, answer(B.SETTLED, "right")).outcome is TrancheOutcome.SETTLED


def test_what_changes_nothing_is_kept_word_for_word_and_known_afterwards() -> None:
    late = answer(B.ACCEPTED, "late")
    (kept,) = events_of_answer(AT["booked"], late)  # type: ignore[misc]
    assert isinstance(kept, BankAnswerRefused)
    assert BankAnswer.model_validate_json(kept.content) == late
    assert late.answer_id in evolve_tranche(AT["booked"], kept).answers


# What happens between us and the bank


@pytest.mark.parametrize(
    ("where", "outcome"),
    [
        *((where, None) for where in ("released", "instructed", "never sent", *OPEN)),
        ("withheld", TrancheOutcome.WITHHELD),
        ("cancelled", TrancheOutcome.CANCELLED),
        ("booked", TrancheOutcome.SETTLED),
        ("said settled", TrancheOutcome.SETTLED),
        ("rejected", TrancheOutcome.REJECTED),
        ("returned", TrancheOutcome.RETURNED),
    ],
)
def test_how_an_attempt_ended(where: str, outcome: TrancheOutcome | None) -> None:
    assert AT[where].outcome is outcome


@pytest.mark.parametrize("claim", [WITHHELD, TAKEN_BACK, INSTRUCTED])
@pytest.mark.parametrize("where", [*OPEN, "booked", "rejected", "returned"])
def test_what_left_is_not_withheld_cancelled_or_instructed_again_whoever_says_so(
    where: str, claim: TrancheEvent
) -> None:
    before, now = AT[where], evolve_tranche(AT[where], claim)
    assert (now.status, now.message_id, now.reason) == (before.status, before.message_id, before.reason)


def test_what_never_arrived_waits_again_with_the_same_identifiers() -> None:
    now = AT["never sent"]
    assert (now.status, now.message_id, now.end_to_end_id) == (S.INSTRUCTED, "", "ACCX")
    assert now.reason == "the bank never got file ACCMX"


def test_what_never_arrived_can_be_cancelled_and_handed_over_once_more() -> None:
    assert evolve_tranche(AT["never sent"], TAKEN_BACK).status is S.CANCELLED
    again = evolve_tranche(AT["never sent"], PaymentHandedOver(at=NOON, message_id="ACCMY", file_sha256=DIGEST))
    assert (again.status, again.message_id, again.reason) == (S.HANDED_OVER, "ACCMY", "")


def test_silence_makes_the_outcome_unknown_and_does_not_end_the_payment() -> None:
    assert (AT["unknown"].status, AT["unknown"].outcome) == (S.UNKNOWN, None)


@pytest.mark.parametrize("where", [*OURS, "booked", "said settled", "rejected", "returned"])
def test_a_clock_that_rings_late_changes_neither_what_never_left_nor_what_the_bank_has_answered(where: str) -> None:
    now = evolve_tranche(AT[where], SILENCE)
    assert (now.status, now.reason) == (AT[where].status, AT[where].reason)


def test_after_silence_a_second_booking_of_what_was_settled_is_still_a_second_one() -> None:
    late = evolve_tranche(AT["booked"], SILENCE)
    assert contradiction(late, answer(B.SETTLED, "another debit")).kind is K.SECOND_BOOKING


@pytest.mark.parametrize("where", [*OURS, "booked", "said settled", "rejected", "returned"])
def test_only_what_is_at_the_bank_can_turn_out_never_to_have_arrived(where: str) -> None:
    now = evolve_tranche(AT[where], NEVER_SENT)
    assert (now.status, now.message_id) == (AT[where].status, AT[where].message_id)


def test_a_rejection_keeps_the_banks_code_and_reason() -> None:
    assert heard(LEFT, answer(B.REJECTED, code="AC04")).reason == "AC04 closed account"


def test_a_withheld_payment_ends_without_an_instruction() -> None:
    assert AT["withheld"].end_to_end_id == ""


def test_an_event_says_when_the_bank_said_it() -> None:
    (event,) = events_of_answer(LEFT, answer(B.SETTLED))  # type: ignore[misc]
    assert event.at == NOON + timedelta(days=1)


def test_a_tranche_is_the_fold_of_its_history() -> None:
    settled = PaymentSettled(at=NOON, answer=answer(B.SETTLED))
    known = folded((RELEASED, INSTRUCTED, HANDED_OVER, SILENCE, settled))
    assert (known.status, known.version, known.end_to_end_id) == (S.SETTLED, 5, "ACCX")
    assert (known.answers, known.booked, known.message_id) == ((number("first"),), True, "ACCMX")


@pytest.mark.parametrize("history", [(), (INSTRUCTED,)])
def test_of_an_attempt_that_nobody_released_nothing_counts(history: tuple[TrancheEvent, ...]) -> None:
    assert fold_tranche(history) is None


def test_what_somebody_wrote_before_the_release_counts_for_nothing_but_a_place_in_the_stream() -> None:
    """Given a stolen login that writes an end, when the payment is released after it, then it is paid as any other."""
    planted = PaymentRejected(at=NOON, answer=answer(B.REJECTED))
    assert folded((planted, INSTRUCTED, RELEASED, INSTRUCTED)) == after(INSTRUCTED).model_copy(update={"version": 4})


@pytest.mark.parametrize("words", ["it speaks of a duplicate (DU01), so the bank may execute what it got first", ""])
def test_of_what_is_settled_the_refusal_of_a_copy_says_nothing(words: str) -> None:
    """Given a file that was uploaded twice and is paid, when the bank refuses the copy, then nothing waits for it."""
    refused = answer(B.REJECTED, "the copy", code="RJCT", doubt=words)
    found = events_of_answer(AT["booked"], refused)
    if words:
        assert heard(AT["booked"], refused).status is S.SETTLED
    else:
        assert isinstance(found, Contradiction)
        assert found.kind is NOT_BOTH
