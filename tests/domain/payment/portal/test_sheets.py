"""A sheet is typed by one and signed by another under the same number, and only then may a booking settle it."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest
from pydantic import ValidationError

from domain.fault import Fault
from domain.identity import end_to_end_id
from domain.payment import payment_file as f
from domain.payment.portal.sheets import SheetCountersigned, SheetTyped, booking_fault
from tests.builders import number
from tests.domain.payment.test_payment_file import HANDED, MADE, MESSAGE, NEVER, SIGNED, VOID, by

TYPED = by("paul.nkosi", SheetTyped, confirmation="PT-118204")
CORRECTED = by("paul.nkosi", SheetTyped, confirmation="PT-118299")


def signed_by(actor: str, confirmation: str = "pt 118204", key: str = "b1") -> Any:
    act = by(actor, SheetCountersigned, confirmation=confirmation)
    return act.model_copy(update={"signature": SIGNED.model_copy(update={"key_id": key})})


def after(*events: Any) -> f.PaymentFile:
    return reduce(f.evolve_file, events, f.PaymentFile(message_id=MESSAGE))


@pytest.mark.parametrize("before", [(MADE,), (MADE, VOID), (MADE, HANDED, NEVER)], ids=["made", "void", "never sent"])
def test_only_a_sheet_that_was_handed_over_is_typed(before: tuple[Any, ...]) -> None:
    assert after(*before, TYPED, signed_by("dora.kim")).sent_by == after(*before).sent_by


def test_each_typing_stays_and_the_last_one_is_to_be_signed() -> None:
    file = after(MADE, HANDED, TYPED, CORRECTED)
    assert file.typed == (TYPED, CORRECTED)
    assert not file.is_second_to_sign(signed_by("dora.kim"))
    assert file.is_second_to_sign(signed_by("dora.kim", "PT118299"))


def test_what_two_signed_is_typed_no_more_and_signed_once() -> None:
    second = signed_by("dora.kim")
    file = after(MADE, HANDED, TYPED, second, CORRECTED, signed_by("femi.ade"))
    assert (file.typed, file.countersigned) == ((TYPED,), second)
    assert file.sent_by == ("femi.ade", "paul.nkosi", "dora.kim")


@pytest.mark.parametrize(
    "event",
    [
        signed_by("paul.nkosi"),
        signed_by("dora.kim", key=SIGNED.key_id),
        signed_by("dora.kim", "PT-118205"),
        signed_by("dora.kim").model_copy(update={"sha256": "ef" * 32}),
    ],
    ids=["the same person", "their key", "another number", "another sheet"],
)
def test_the_second_signature_is_another_persons_on_the_same_sheet_and_number(event: Any) -> None:
    assert not after(MADE, HANDED, TYPED).is_second_to_sign(event)


@pytest.mark.parametrize(
    "text", ["NOTPROVIDED", "000000", "12", "A-1-B-2", "P" * 36, end_to_end_id(number("a payment")), MESSAGE]
)
def test_what_names_no_payment_of_the_banks_is_no_number(text: str) -> None:
    with pytest.raises(ValidationError):
        by("paul.nkosi", SheetTyped, confirmation=text)


@pytest.mark.parametrize(
    ("keys", "signed", "ours", "words"),
    [
        ({"PT118204"}, True, False, None),
        (set(), True, True, None),
        ({"PT118204"}, False, True, "no second person has signed"),
        (set(), True, False, "a number that nobody signed"),
    ],
)
def test_a_booking_settles_what_two_signed_and_what_it_names(
    keys: set[str], signed: bool, ours: bool, words: str | None
) -> None:
    fault = booking_fault(frozenset(keys), is_signed=signed, has_our_reference=ours)
    assert (fault is None) if words is None else isinstance(fault, Fault) and words in str(fault)
