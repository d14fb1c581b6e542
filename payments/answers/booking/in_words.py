"""Hold a booking in words alone (BAI2, a bank's CSV) to the payment that its words name."""

from __future__ import annotations

from domain.fault import Fault
from domain.values import Money
from payments.answers.statements import BankNotice


def words_fault(notice: BankNotice, booked_money: Money | None, instructed_money: Money) -> Fault | None:
    """Return the reason why a booking in words alone is not certainly a payment, or None.

    Only its sum is more than words, so that it must be the payment's to the cent.
    """
    if not notice.unnumbered:
        return None
    if notice.unheard:
        return Fault(notice.unheard)
    if booked_money == instructed_money:
        return None
    return Fault(f"{notice.currency} {notice.amount} was booked where {instructed_money} was instructed")
