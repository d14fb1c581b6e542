"""The rate and the charges of a booking stand in further forms, written where they are."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from domain.partnership import events as e
from domain.payment import bank_file as f
from domain.payment.bank_answers import BankStatus, ExceptionKind, Resolution
from domain.payment.booked.weighing import Weighing
from domain.payment.tranche.events import PaymentAccepted, PaymentRejected, PaymentReturned, PaymentSettled
from domain.payment.tranche.status import TrancheOutcome
from domain.recorded.further import FURTHER, WITH_FIGURES, form_of, says
from domain.recorded.schema import event_payload, read_event_bytes
from tests.booked_sums import RATE, TOLERANCE, charge, figures
from tests.builders import DIGEST, NOON, number
from tests.domain.payment.tranche.test_answers import answer
from tests.domain.recorded.test_events import BY
from tests.rates import rates

GOLDEN = Path(__file__).parent / "golden" / "events_with_bookings.json"
FIGURES = figures(
    "EUR 1000.00", "USD 1263.00", charge("USD 12.50", "DEBT", is_part=True),
    charge("EUR 5.00", "CRED", is_payees=True), rate={**RATE, "quoted_on": "2026-11-02"},
)  # fmt: skip
ANSWER = answer(BankStatus.SETTLED, figures=FIGURES)
BACK = answer(BankStatus.RETURNED, figures=figures(
    "EUR 1000.00", "USD 1230.50", charge("USD 20.00", "DEBT", is_part=True), rate=RATE, is_return=True
))  # fmt: skip
RESOLVED: dict[str, Any] = {
    "resolution": Resolution.BOOKED_WITH_DIFFERENCE, "partnership_id": "P-2026-0042", "tranche": 1, "attempt": 1,
    "note": "As their advice says", "booked": FIGURES.booked_sum, "figures": FIGURES,
}  # fmt: skip
CONTENT = {"exception_id": number("EX-1"), "exception": ExceptionKind.OTHER_CONTENT, "reason": "beyond"}
SAID: list[Any] = [
    PaymentAccepted(at=NOON, answer=ANSWER),
    PaymentSettled(at=NOON, answer=ANSWER, weighing=Weighing(tolerance=TOLERANCE, reference=rates())),
    PaymentRejected(at=NOON, answer=ANSWER),
    PaymentReturned(at=NOON, answer=BACK, weighing=Weighing(tolerance=TOLERANCE, reference=rates())),
    e.TrancheEnded(at=NOON, tranche=1, attempt=1, outcome=TrancheOutcome.SETTLED, reason="BOOK", figures=FIGURES),
    e.BankContradicted(at=NOON, answer=ANSWER, **CONTENT),
    e.ContradictionResolved(
        at=NOON, exception_id=number("EX-1"), resolution=Resolution.BOOKED_WITH_DIFFERENCE, answer=ANSWER
    ),
    e.FundsReceived(at=NOON, money=ANSWER.money, bank_reference="BANK-1", answer=ANSWER),
    f.ExceptionRaised(
        at=NOON, exception=ExceptionKind.OTHER_CONTENT, reason="beyond", content="BANK-1 N1/1/1", answer=ANSWER,
        file_sha256=DIGEST,
    ),
    f.ResolutionAgreed(**BY, **RESOLVED),
    f.ExceptionResolved(**BY, **RESOLVED),
]  # fmt: skip


def named(event: Any) -> str:
    return str(event.event_type)


def test_each_type_with_figures_is_among_the_examples_and_each_way_finds_them() -> None:
    assert {event.event_type for event in SAID} == {*WITH_FIGURES, "BankContradicted"}
    ways = [
        (event, way)
        for event in SAID
        for further in FURTHER[event.event_type]
        for way in further.fields
        if way not in {"taken_back", "counts_at"}
    ]
    assert [(named(event), way) for event, way in ways if not says(event, way)] == []


@pytest.mark.parametrize("event", SAID, ids=named)
def test_it_is_written_in_the_further_form_alone_and_read_back(event: Any) -> None:
    content = json.dumps(event_payload(event)).encode()
    assert form_of(event) == 2
    assert read_event_bytes(event.event_type, 2, content) == event


@pytest.mark.parametrize("kind", [f.ResolutionAgreed, f.ExceptionResolved])
def test_the_rest_at_which_a_booking_counts_is_written_in_the_further_form_too(kind: Any) -> None:
    event = kind(**BY, **{**RESOLVED, "figures": None, "counts_at": FIGURES.instructed_sum})
    assert form_of(event) == 2
    assert read_event_bytes(event.event_type, 2, json.dumps(event_payload(event)).encode()) == event


@pytest.mark.parametrize("event", SAID, ids=named)
def test_without_figures_it_is_the_bytes_that_it_was(event: Any) -> None:
    bare = {"answer": ANSWER.model_copy(update={"figures": None}), "weighing": None, "figures": None}
    before = event.model_copy(update={name: value for name, value in bare.items() if name in type(event).model_fields})
    content = json.dumps(event_payload(before)).encode()
    assert form_of(before) == 1
    assert b"figures" not in content
    assert b"weighing" not in content
    assert read_event_bytes(event.event_type, 1, content) == before


def test_the_stored_format_is_the_golden_one() -> None:
    written = {named(event): event_payload(event) for event in SAID}
    if os.environ.get("ACCORD_WRITE_GOLDEN") == "1":
        GOLDEN.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert json.loads(GOLDEN.read_text(encoding="utf-8")) == written
