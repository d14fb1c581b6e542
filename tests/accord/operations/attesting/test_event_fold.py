"""The first reader's own fold of payloads, in words that any release wrote."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accord.operations.attesting.readers.event_fold import EventFold

CASE = "partnership/P-2026-0042"
ATTEMPT = f"{CASE}/tranche/1/attempt/1"
MONEY = {"amount": "600.00", "currency": "USD"}
ORDER = {"money": MONEY, "funder": {"funder_id": "ISOC", "account": "BA-1"}}
RELEASED = (ATTEMPT, "TrancheReleasedForPayment", {"order": ORDER})
INSTRUCTED = (ATTEMPT, "PaymentInstructed", {"end_to_end_id": "ACC-1"})
PROPOSED = (
    CASE,
    "PartnershipProposed",
    {"proposal": {"funds_in": {"funder": "ISOC"}, "funds_out": {"funder": "ISOC"}}},
)


def answer(status: str = "SETTLED", amount: str = "600.00", code: str = "BOOK", **more: Any) -> dict[str, Any]:
    return {
        "status": status, "code": code, "money": {**MONEY, "amount": amount}, "booked_on": "2026-11-03",
        "said_at": "2026-11-04T01:00:00Z", "bank_reference": "Bank 1", "tranche": 1, "attempt": 1, **more,
    }  # fmt: skip


def settled(**more: Any) -> tuple[str, str, Any]:
    return ATTEMPT, "PaymentSettled", {"answer": answer(**more)}


def folded(*events: tuple[str, str, Any]) -> EventFold:
    fold = EventFold()
    for position, (stream, event_type, content) in enumerate(events, 1):
        assert fold.take(position, stream, event_type, json.dumps(content).encode()) == ""
    return fold


def sums(*events: tuple[str, str, Any]) -> list[tuple[str, str]]:
    return [(booking.label, str(booking.amount)) for booking in folded(*events).bookings()]


def test_a_booked_payment_went_out_under_each_of_its_names() -> None:
    [booking] = folded(RELEASED, INSTRUCTED, settled()).bookings()
    assert (booking.funder, booking.account, booking.currency, booking.day) == (
        "ISOC",
        "BA-1",
        "USD",
        date(2026, 11, 3),
    )
    assert (booking.amount, booking.references, booking.days_around) == (-600, {"ACC1", "BANK1"}, 0)


def test_what_is_only_said_to_be_settled_is_not_booked_and_not_open() -> None:
    fold = folded(RELEASED, settled(code="ACSC"))
    assert (list(fold.bookings()), list(fold.open_payments())) == ([], [])


def test_a_payment_that_came_back_comes_to_nothing_whether_or_not_it_was_told_as_booked() -> None:
    back = (ATTEMPT, "PaymentReturned", {"answer": answer("RETURNED")})
    assert sums(RELEASED, settled(), back) == [("payment 1/1", "-600.00"), ("payment 1/1", "600.00")]
    assert sums(RELEASED, settled(code="ACSC"), back) == [("payment 1/1", "-600.00"), ("payment 1/1", "600.00")]


def test_a_part_that_came_back_counts_once_people_resolved_it() -> None:
    resolved = {"exception_id": "x", "resolution": "belongs-to", "answer": answer("RETURNED", "200.00")}
    assert sums(RELEASED, settled(), (CASE, "ContradictionResolved", resolved)) == [
        ("payment 1/1", "-600.00"), ("payment 1/1", "200.00")
    ]  # fmt: skip


def test_all_of_a_part_that_came_back_counts_once_though_people_resolved_it() -> None:
    """Given a payment that is short, when two say that its part is back, then its own stream tells that too."""
    short = (ATTEMPT, "PaymentShort", {"answer": answer(amount="200.00")})
    back = answer("RETURNED", "200.00", answer_id="back")
    resolved = {"exception_id": "x", "resolution": "belongs-to", "answer": back}
    told = (ATTEMPT, "PaymentReturned", {"answer": back}), (CASE, "ContradictionResolved", resolved)
    assert sums(RELEASED, short, *told) == [("payment 1/1", "-200.00"), ("payment 1/1", "200.00")]


def test_a_booking_with_charges_is_of_the_sum_that_the_bank_booked() -> None:
    more = ("exception/x", "ExceptionResolved", {"booked": {"amount": "612.50", "currency": "USD"}})
    resolved = {"exception_id": "x", "resolution": "booked-with-difference", "answer": answer()}
    assert sums(RELEASED, more, settled(), (CASE, "ContradictionResolved", resolved)) == [("payment 1/1", "-612.50")]


@pytest.mark.parametrize(
    ("event_type", "is_open"),
    [("PaymentInstructed", True), ("PaymentTakenBack", False), ("PaymentWithheld", False), ("PaymentRejected", False)],
)
def test_a_payment_is_open_until_it_ended(event_type: str, is_open: bool) -> None:
    fold = folded(RELEASED, (ATTEMPT, event_type, {"end_to_end_id": "ACC-1"}))
    assert [payment.workflow_id for payment in fold.open_payments()] == [ATTEMPT] * is_open


def test_what_left_is_not_taken_back() -> None:
    left = (ATTEMPT, "PaymentHandedOver", {"message_id": "ACCM1"})
    [payment] = folded(RELEASED, left, (ATTEMPT, "PaymentTakenBack", {})).open_payments()
    assert (payment.amount, payment.partnership_workflow_id) == (Decimal(600), CASE)


def test_a_release_is_open_before_its_workflow_wrote_anything() -> None:
    release = (CASE, "TrancheReleased", {"tranche": 1, "attempt": 1, "money": MONEY})
    assert [payment.workflow_id for payment in folded(release).open_payments()] == [ATTEMPT]
    ended = (CASE, "TrancheEnded", {"tranche": 1, "attempt": 1})
    assert list(folded(release, ended).open_payments()) == []


def test_what_was_written_before_the_order_counts_for_nothing() -> None:
    assert sums(settled(), RELEASED) == []


def test_gifts_and_refunds_move_money() -> None:
    came = (CASE, "FundsReceived", {"money": MONEY, "answer": answer("RECEIVED"), "bank_reference": "B"})
    refund = {"direction": "TO_DONOR", "money": {**MONEY, "amount": "50.00"}, "booked_on": "2026-11-05",
              "bank_reference": "R-1", "actor": "femi.ade"}  # fmt: skip
    back = {**refund, "direction": "FROM_GRANTEE", "bank_reference": "R-2", "detail": "7"}
    unconfirmed = (
        PROPOSED,
        came,
        (CASE, "RefundRecorded", refund),
        RELEASED,
        settled(),
        (CASE, "RefundRecorded", back),
    )
    assert sums(*unconfirmed)[1:] == [("gift", "600.00"), ("refund R1", "-50.00")]
    named = {"bank_reference": "R-2", "detail": "7"}
    alone = (CASE, "RefundConfirmed", {**named, "actor": "femi.ade"})
    assert sums(*unconfirmed, alone) == sums(*unconfirmed), "nobody confirms their own"
    two = (CASE, "RefundConfirmed", {**named, "actor": "dora.kim"})
    assert sums(*unconfirmed, two)[-1] == ("refund 7 R2", "50.00")
    assert sums(*unconfirmed, (CASE, "RefundWithdrawn", named), two) == sums(*unconfirmed)


def test_a_grantee_pays_back_no_more_than_it_still_has_as_the_book_counts_it() -> None:
    """Given refunds of more than was paid, then the rest is the same money told twice, and moves nothing."""
    back = {"direction": "FROM_GRANTEE", "money": {**MONEY, "amount": "400.00"}, "booked_on": "2026-11-05",
            "actor": "femi.ade"}  # fmt: skip
    acts = [
        (CASE, event_type, content)
        for name in ("R-1", "R-2", "R-3")
        for event_type, content in (
            ("RefundRecorded", {**back, "bank_reference": name}),
            ("RefundConfirmed", {"bank_reference": name, "actor": "dora.kim"}),
        )
    ]
    assert [amount for _, amount in sums(PROPOSED, RELEASED, settled(), *acts)] == ["-600.00", "400.00", "200.00"]


def test_an_event_that_cannot_be_read_is_said() -> None:
    assert EventFold().take(1, CASE, "TrancheReleased", b'{"tranche": 1}') == "cannot be read (KeyError)"
    assert EventFold().take(1, "somewhere", "Unheard", b"{}") == ""


def test_what_was_exchanged_comes_back_by_what_was_credited_and_leaves_as_much_less_with_the_payee() -> None:
    """Given 600 dollars that left as 482 euros, of which 100 dollars are back as 80 euros, then 500 are refundable."""
    out = {"figures": {"booked_sum": {"amount": "482.00", "currency": "EUR"}}}
    part = answer(
        "RETURNED", "100.00", figures={"booked_sum": {"amount": "80.00", "currency": "EUR"}, "is_return": True}
    )
    resolved = {"exception_id": "e", "resolution": "booked-with-difference", "answer": part}
    refund = {
        "direction": "FROM_GRANTEE", "money": {"amount": "600.00", "currency": "USD"}, "booked_on": "2026-11-09",
        "bank_reference": "R-1", "actor": "femi.ade",
    }  # fmt: skip
    confirmed = {"bank_reference": "R-1", "actor": "dora.kim"}
    fold = folded(
        PROPOSED, RELEASED, settled(**out), (CASE, "ContradictionResolved", resolved),
        (CASE, "RefundRecorded", refund), (CASE, "RefundConfirmed", confirmed),
    )  # fmt: skip
    assert [(booking.currency, booking.amount) for booking in fold.bookings()] == [
        ("EUR", -482), ("EUR", 80), ("USD", 500)
    ]  # fmt: skip


def test_what_comes_back_less_a_fee_is_all_back_and_moved_the_account_by_what_was_credited() -> None:
    """Given 600 that left and came back as 585 less 15 that the bank names, then no refund can be of it."""
    back = answer(
        "RETURNED", "600.00", figures={"booked_sum": {"amount": "585.00", "currency": "USD"}, "is_return": True}
    )
    fold = folded(PROPOSED, RELEASED, settled(), (ATTEMPT, "PaymentReturned", {"answer": back}))
    assert [(booking.currency, booking.amount) for booking in fold.bookings()] == [("USD", -600), ("USD", 585)]
