"""The terms by which a booking is weighed: the organisation's tolerance, and the reference rates of its day."""

from __future__ import annotations

from datetime import date

from accord.counter.transactions import Counter
from domain.directory.base import DEFAULT_DAYS
from domain.payment.bank_answers import BankAnswer, Contradiction, ExceptionKind
from domain.payment.booked.figures import BookedFigures
from domain.payment.booked.weighing import NO_TERMS, BookingTerms, figures_in_words
from payments.answers.matching.matched import MatchedEntry
from records.forms import bookings_have_figures
from registers.rates import rates_on


async def booking_terms(counter: Counter, answer: BankAnswer) -> BookingTerms:
    """Return the terms by which a booking is weighed now."""
    figures = answer.figures
    if figures is None or figures.is_exact:
        return NO_TERMS
    rules = (await counter.desk.directory()).rules
    tolerance = rules.tolerance if rules is not None else None
    if not _needs_rates(figures, tolerance.charges.currency if tolerance is not None else ""):
        return BookingTerms(tolerance)
    days = (rules.rate_days if rules is not None else None) or DEFAULT_DAYS
    return BookingTerms(tolerance, await rates_on(counter.connection, _rated_on(answer, figures), days))


def _needs_rates(figures: BookedFigures, limit_currency: str) -> bool:
    """True if the rate is compared with the reference rate, or the charges are in another currency than their limit."""
    return figures.rate is not None or bool(figures.charged and limit_currency not in {"", figures.booked_sum.currency})


def _rated_on(answer: BankAnswer, figures: BookedFigures) -> date:
    """Return the day of the bank's rate: on which it was quoted, or else booked."""
    quoted_on = figures.rate.quoted_on if figures.rate is not None else None
    return quoted_on or answer.booked_on or answer.said_at.date()


async def as_recorded(counter: Counter, entry: MatchedEntry) -> MatchedEntry:
    """Return the entry. While figures are not recorded yet, it counts as one of the booked sum alone (ADR 0102)."""
    answer = entry.answer
    figures = answer.figures if answer is not None else None
    if answer is None or figures is None or await bookings_have_figures(counter.connection):
        return entry
    bare = answer.model_copy(update={"money": figures.booked_sum, "figures": None})
    if figures.is_exact or entry.fault is not None:
        return entry._replace(answer=bare)
    return entry._replace(answer=bare, fault=Contradiction(ExceptionKind.OTHER_CONTENT, figures_in_words(figures)))
