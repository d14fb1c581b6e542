"""A refund of money that the bank exchanged says what was booked on our account, in that account's currency."""

from __future__ import annotations

from typing import Any

from accord.presentation.words.values import refund_in_words
from domain.errors import PaymentRefused
from domain.partnership.choices import unconfirmed_refunds
from domain.partnership.refund.refunds import RefundDirection
from domain.payment.tranche.status import TrancheOutcome
from tests.booked_sums import RATE, figures
from tests.domain.partnership import specification as s

EUROS = figures("USD 1000.00", "EUR 800.00", rate={**RATE, "rate": "1.25"})
BOOKED = {"amount": "190.00", "currency": "EUR"}


def paid(**more: Any) -> s.Story:
    """A grant in dollars, the first payment of which has settled."""
    settled = s.ended(TrancheOutcome.SETTLED).model_copy(update=more)
    return s.active().given(s.release(), s.hand_over(), settled)


def test_it_is_recorded_with_both_sums() -> None:
    exchanged = paid(figures=EUROS).given(s.refund("250.00", booked=BOOKED))
    (refund,) = exchanged.partnership.refunds
    assert (str(refund.money), str(refund.on_account)) == ("USD 250.00", "EUR 190.00")


def test_whoever_confirms_it_is_shown_both_sums() -> None:
    exchanged = paid(figures=EUROS).given(s.refund("250.00", booked=BOOKED)).partnership
    assert unconfirmed_refunds(exchanged) == (("BANK-R1", "USD 250.00, booked as EUR 190.00: BANK-R1"),)
    assert refund_in_words(exchanged.refunds[0]) == "USD 250.00, EUR 190.00 on our account"
    plain = paid().given(s.refund("250.00")).partnership
    assert unconfirmed_refunds(plain) == (("BANK-R1", "USD 250.00: BANK-R1"),)
    assert refund_in_words(plain.refunds[0]) == "USD 250.00"


def test_without_the_booked_sum_it_is_refused_with_what_to_say() -> None:
    paid(figures=EUROS).when(s.refund("250.00")).refused(PaymentRefused, "booked", "account in EUR", "--booked")


def test_a_booking_in_the_payments_own_currency_says_so() -> None:
    story = paid(figures=EUROS)
    own = {"amount": "250.00", "currency": "USD"}
    assert story.given(s.refund("250.00", booked=own)).partnership.refunds
    other = {"amount": "249.00", "currency": "USD"}
    story.when(s.refund("250.00", booked=other)).refused(PaymentRefused, "booked", "give one sum")


def test_of_money_that_nobody_exchanged_it_is_not_asked() -> None:
    assert paid().given(s.refund("250.00")).partnership.refunds
    assert paid().given(s.refund("250.00", booked=BOOKED)).partnership.refunds[0].booked is not None


def test_what_leaves_a_gift_says_no_booked_sum() -> None:
    to_donor = s.refund("250.00", booked=BOOKED, direction=RefundDirection.TO_DONOR)
    paid().when(to_donor).refused(PaymentRefused, "booked: what leaves a gift is not exchanged")
