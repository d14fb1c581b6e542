"""A booking in words: the sums that make it, the bank's rate, its charges, and what arrived."""

from __future__ import annotations

import pytest

from accord.presentation.words.exceptions import choice_in_words, happened, versus
from accord.presentation.words.payments import booking_cells, booking_in_words
from domain.payment.bank_answers import MAY_TAKE_BACK, TAKES_BACK, BankStatus, ExceptionKind, Resolution
from domain.payment.bank_file import ExceptionRaised
from domain.payment.resolving import admitted
from domain.payment.tranche.events import PaymentSettled
from tests.booked_sums import RATE, charge, figures, sum_of
from tests.builders import NOON
from tests.domain.payment.tranche.test_answers import HANDED_OVER, INSTRUCTED, RELEASED, after, answer


def _raised(kind: ExceptionKind, reason: str = "") -> ExceptionRaised:
    return ExceptionRaised(at=NOON, exception=kind, reason=reason, content="BANK-1 1")


EXCHANGED = figures(
    "EUR 30000.00", "USD 37527.50", charge("USD 12.50", "DEBT", is_part=True),
    charge("EUR 25.00", "CRED", is_payees=True),
    rate={**RATE, "quoted_on": "2026-11-02"},
)  # fmt: skip
SHORT = figures("EUR 50000.00", "EUR 50000.00", charge("EUR 25.00", "SHAR", is_payees=True))


def test_it_is_told_with_the_sums_that_make_it_and_what_arrived() -> None:
    assert booking_in_words(EXCHANGED) == (
        "booked USD 37,527.50 = 37,515.00 for EUR 30,000.00 at EUR 1 = USD 1.2505, contract FX-2026-17 + charges "
        "12.50; received EUR 29,975.00 of EUR 30,000.00"
    )
    assert booking_in_words(SHORT) == "received EUR 49,975.00 of EUR 50,000.00"
    assert booking_in_words(None) == ""


def test_lists_have_each_figure_in_a_cell() -> None:
    assert booking_cells(EXCHANGED, None) == {
        "booked": "USD 37,527.50", "bank_rate": "EUR 1 = USD 1.2505, contract FX-2026-17, quoted on 2026-11-02",
        "bank_charges": "USD 12.50 borne by us (DEBT), in what was booked; "
        "EUR 25.00 borne by the payee (CRED), from what arrived",
        "received": "EUR 29,975.00",
    }  # fmt: skip
    assert booking_cells(None, sum_of("USD 600.00"))["booked"] == "USD 600.00"
    assert set(booking_cells(None, None).values()) == {""}


def test_an_exception_shows_each_figure_beside_our_record() -> None:
    attempt = after(RELEASED, INSTRUCTED, HANDED_OVER)
    told = figures("USD 1000.00", "USD 1030.00", charge("USD 30.00", "DEBT", is_part=True))
    booked = answer(BankStatus.SETTLED, figures=told)
    rows = {row.label: (row.ours, row.bank, row.differs) for row in versus(attempt, booked, {})}
    assert rows["Amount"] == ("USD 1,000.00", "USD 1,000.00", False)
    assert rows["Taken from the account"] == ("USD 1,000.00", "USD 1,030.00", True)
    assert rows["Charges"] == ("none", "USD 30.00 borne by us (DEBT), in what was booked", True)
    assert happened(_raised(ExceptionKind.OTHER_CONTENT), booked, attempt) == (
        "The bank booked USD 1,030.00 for a payment of USD 1,000.00"
    )


@pytest.mark.parametrize("reason", [TAKES_BACK, MAY_TAKE_BACK])
def test_a_gift_that_is_taken_back_is_called_so_and_not_unreadable(reason: str) -> None:
    assert happened(_raised(ExceptionKind.UNREADABLE, reason), None, None) == "The bank takes a gift back"
    assert happened(_raised(ExceptionKind.UNREADABLE), None, None) == "The bank wrote what nobody can read"


@pytest.mark.parametrize("reason", [TAKES_BACK, MAY_TAKE_BACK])
def test_that_a_gift_went_back_is_said_as_that_and_never_as_a_payment(reason: str) -> None:
    raised = _raised(ExceptionKind.UNREADABLE, reason).model_copy(update={"partnership_id": "P-2026-0042"})
    choices = {choice: choice_in_words(choice, raised, None) for choice in admitted(raised, None)}
    assert choices[Resolution.OURS].says == "The gift went back to its donor"
    assert "Record that refund first" in choices[Resolution.OURS].does
    assert not [words.says for words in choices.values() if "paid" in words.says or "own" in words.says]


def test_each_kind_has_words_of_its_own_for_every_choice_that_it_admits() -> None:
    booked = PaymentSettled(at=NOON, answer=answer(BankStatus.SETTLED))
    attempt = after(RELEASED, INSTRUCTED, HANDED_OVER, booked)
    for kind in ExceptionKind:
        for said in (None, *map(answer, BankStatus)):
            raised = _raised(kind).model_copy(update={"answer": said, "partnership_id": "P-2026-0042"})
            says = [choice_in_words(choice, raised, said).says for choice in admitted(raised, attempt)]
            assert len(set(says)) == len(says), (kind, says)
    part = _raised(ExceptionKind.PARTIAL_RETURN)
    assert choice_in_words(Resolution.BELONGS_TO, part, answer(BankStatus.RETURNED)).says == "That much came back"
