"""The cost of a booking beside the instructed sum: the bank's charges, and the exchange at its own rate."""

from __future__ import annotations

from decimal import Decimal

from domain.books.entries import PairedSums, Sums, added, negative
from domain.directory.chart import Account
from domain.payment.booked.figures import BookedFigures
from domain.payment.booked.weighing import planned
from domain.screening.conversion import ReferenceRates
from domain.values import Money


def cost_of_sum(funder: str, order: Money, booking: Money) -> Sums:
    """Return the cost of a booking of which only its sum is told: as charges, or as an exchange of currencies."""
    if order.currency == booking.currency:
        sheet = PairedSums(funder, booking.currency)
        sheet.put(Account.BANK_CHARGES, Account.BANK, booking.amount - order.amount)
        return sheet.sums
    from_bank = PairedSums(funder, booking.currency)
    from_bank.put(Account.EXCHANGE_CLEARING, Account.BANK, booking.amount)
    return added(from_bank.sums, _cleared(funder, order))


def cost_of_figures(funder: str, order: Money, figures: BookedFigures, reference: ReferenceRates | None) -> Sums:
    """Return the cost of a booking at the bank's own figures.

    What an exchange cost beside the planned sum, by the reference rates of its day, is an exchange difference. Without
    such rates nothing was planned, and the clearing account takes the exchange as a whole.
    """
    currency, principal = figures.booked_sum.currency, figures.principal
    from_bank = PairedSums(funder, currency)
    if figures.charged:
        from_bank.put(Account.BANK_CHARGES, Account.BANK, figures.charged)
    if currency == order.currency:  # what the bank exchanged all the same, by the word of two people
        if rest := principal.amount - order.amount:
            from_bank.put(Account.EXCHANGE_DIFFERENCE, Account.BANK, rest)
        return from_bank.sums
    clearing = clearing_of(figures, reference)
    from_bank.put(Account.EXCHANGE_CLEARING, Account.BANK, clearing)
    if difference := principal.amount - clearing:
        from_bank.put(Account.EXCHANGE_DIFFERENCE, Account.BANK, difference)
    return added(from_bank.sums, _cleared(funder, order))


def clearing_of(figures: BookedFigures, reference: ReferenceRates | None) -> Decimal:
    """Return the part of a booking that the clearing account takes: the planned sum or, without rates, all of it."""
    planned_sum = planned(figures, reference)
    return figures.principal.amount if planned_sum is None else planned_sum


def cost_of_return(funder: str, figures: BookedFigures, clearing: Decimal) -> Sums:
    """Return the cost of a payment that comes back after an exchange, or less charges of the bank's.

    `clearing`: the part of what its booking put into the clearing account that leaves it again. What came back beside
    that, before the bank's charges on the way back, is an exchange difference.
    """
    currency, order = figures.booked_sum.currency, figures.instructed_sum
    to_bank = PairedSums(funder, currency)
    if figures.charged:
        to_bank.put(Account.BANK_CHARGES, Account.BANK, figures.charged)
    to_bank.put(Account.BANK, Account.EXCHANGE_CLEARING, clearing)
    if difference := clearing - figures.principal.amount:
        to_bank.put(Account.EXCHANGE_DIFFERENCE, Account.BANK, difference)
    return added(to_bank.sums, negative(_cleared(funder, order)))


def _cleared(funder: str, order: Money) -> Sums:
    """Return the other side of an exchange: the instructed sum left no account in its own currency."""
    to_bank = PairedSums(funder, order.currency)
    to_bank.put(Account.BANK, Account.EXCHANGE_CLEARING, order.amount)
    return to_bank.sums
