"""A bank tells the exchange of the way back, or it does not: then the credit is one of its own sum."""

from __future__ import annotations

import pytest

from tests.booked_sums import RATE, charge, figures
from tests.payments.answers.booking.test_booked_sums import CONTRACT, amounts, charges, exchange
from tests.payments.answers.test_messages import one_statement
from tests.payments.orders import RETURNED, detail, entry_of, notification

TOLD = amounts("EUR 30000.00", exchange=exchange(more=CONTRACT))
FEE = ("USD 20.00", "DEBT")


def credit(total: str, more: str, *, reversal: str = "", own: str = "", marked: str = RETURNED) -> str:
    currency, figure = total.split()
    payment = detail("E1", own, currency, more=more + marked)
    entry = entry_of(
        payment, amount=figure, currency=currency, direction="CRDT", reference="CREDIT-1", reversal=reversal
    )
    return notification(entry)


@pytest.mark.parametrize("reversal", ["", "true"])
def test_it_is_read_with_its_rate_and_what_was_taken_from_it(reversal: str) -> None:
    marked = "" if reversal else RETURNED
    said = one_statement(credit("USD 37495.00", TOLD + charges(FEE), reversal=reversal, marked=marked))
    fee = charge("USD 20.00", "DEBT", is_part=True)
    assert said.figures == figures("EUR 30000.00", "USD 37495.00", fee, rate=RATE, is_return=True)
    assert (str(said.amount), said.currency) == ("37495.00", "USD")
    assert said.digest != said.digest_before


UNTOLD = {
    "nothing of the exchange": "",
    "an instructed sum alone": amounts("EUR 30000.00"),
    "what does not come to it": amounts("EUR 30000.00", exchange=exchange("1.30")),
    "a rate that is none": amounts("EUR 30000.00", exchange=exchange("0")),
    "an exchange in one currency": amounts("USD 37515.00", exchange=exchange()),
    "the payment's own sum": amounts(paid="EUR 30000.00"),
}


@pytest.mark.parametrize("what", UNTOLD)
def test_where_it_explains_nothing_it_is_a_credit_of_its_own_sum(what: str) -> None:
    said = one_statement(credit("USD 37515.00", UNTOLD[what]))
    assert (said.figures, str(said.amount), said.currency, said.status.value) == (
        None, "37515.00", "USD", "RETURNED"
    )  # fmt: skip


def test_money_that_came_in_has_no_such_figures() -> None:
    assert one_statement(credit("USD 37515.00", TOLD, marked="")).figures is None


LESS_FEE = amounts("USD 6000.00") + charges(("USD 25.00", "DEBT"))


@pytest.mark.parametrize("told", [LESS_FEE, amounts(paid="USD 6000.00") + charges(("USD 25.00", "DEBT"))])
def test_what_comes_back_less_charges_that_the_bank_names_is_all_back(told: str) -> None:
    said = one_statement(credit("USD 5975.00", told))
    fee = charge("USD 25.00", "DEBT", is_part=True)
    assert said.figures == figures("USD 6000.00", "USD 5975.00", fee, is_return=True)
    assert (str(said.amount), said.currency, said.status.value) == ("5975.00", "USD", "RETURNED")


@pytest.mark.parametrize(
    "told",
    [
        amounts("USD 6000.00"),
        charges(("USD 25.00", "DEBT")),
        amounts("USD 6000.00") + charges(("USD 24.00", "DEBT")),
        amounts("USD 6000.00") + charges(("EUR 25.00", "DEBT")),
        amounts("USD 5975.00") + charges(("USD 25.00", "DEBT")),
    ],
    ids=["no charge", "no whole sum", "another charge", "a charge in another currency", "a charge beside it"],
)
def test_charges_that_do_not_come_to_what_is_missing_leave_a_credit_of_its_own_sum(told: str) -> None:
    said = one_statement(credit("USD 5975.00", told))
    assert (said.figures, str(said.amount), said.status.value) == (None, "5975.00", "RETURNED")
