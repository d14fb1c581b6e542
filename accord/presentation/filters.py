"""Questions of people to a list: filters as the shell's options and a page's address name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from accord.presentation.faults import BadInput
from accord.presentation.sums import read_sum
from accord.presentation.times.periods import ListPeriod
from records.read_models.lists import BACK, ListQuery, words_of

LONGEST: Final = 200
"""Letters of a filter."""


@dataclass(frozen=True, slots=True)
class PartnershipFilters:
    """Filters of the list of partnerships. Each is as it was written, and '' asks for nothing."""

    text: str = ""
    partner: str = ""
    payee: str = ""
    funder: str = ""
    fund: str = ""
    country: str = ""
    sum: str = ""
    stage: str = ""
    held: str = ""
    open: str = ""
    year: str = ""
    assigned: str = ""
    """An id of the staff directory, or `nobody`."""
    roles: tuple[str, ...] | None = None
    """The roles that a partnership waits for, one of them, or None for any, or for nobody."""
    least: str = ""
    """The least sum, and the most, where `sum` does not name both."""
    most: str = ""

    def asked(self) -> ListQuery:
        """Return the question to the list. Raises BadInput if a filter cannot be read. The message names it."""
        require_readable(self)
        at_least, at_most = _bounds(self.sum)
        at_least, at_most = at_least or _sum(self.least, "least"), at_most or _sum(self.most, "most")
        return ListQuery("partnerships", tuple(self._terms()), at_least, at_most)

    def _terms(self) -> Iterator[tuple[str, ...]]:
        yield from ((f"{word}*",) for word in words_of(self.text))
        yield from ((f"partner:{word}*",) for word in words_of(self.partner))
        yield from ((f"payee:{word}*",) for word in words_of(self.payee))
        exact = {"funder": self.funder, "fund": self.fund, "country": self.country.upper(), "stage": self.stage.upper()}
        yield from ((f"{name}:{value}",) for name, value in exact.items() if value)
        for name, value in (("held", self.held), ("open", self.open)):
            if value:
                yield (f"{name}:{_yes_or_no(name, value)}",)
        if self.assigned:
            yield (f"assigned:{'-' if self.assigned.lower() == 'nobody' else self.assigned.lower()}",)
        if self.year:
            yield (f"year:{_year(self.year)}",)
        if self.roles is not None:
            yield tuple(f"awaits:{role}" for role in self.roles) or ("awaits:nobody",)


STANDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "ready": ("RELEASED", "INSTRUCTED"),
    "at-the-bank": ("HANDED_OVER", "ACCEPTED", "UNKNOWN"),
    "under-way": ("RELEASED", "INSTRUCTED", "HANDED_OVER", "ACCEPTED", "UNKNOWN"),
    "paid": ("SETTLED", "SHORT"),
    "refused": ("REJECTED",),
    "came-back": ("RETURNED", BACK),
    "kept-back": ("WITHHELD",),
    "taken-back": ("CANCELLED",),
}
"""The statuses of a payment by what they mean to people. They are written down, since a list does not load the domain
(`make bench-starting`). BACK is no attempt's: it is money that came back of a payment that was paid.
"""
STATUSES: Final = tuple(status for name in STANDINGS if name != "under-way" for status in STANDINGS[name])
"""The statuses of a payment, and that of money that came back of one."""
BY_SUM: Final = "sum"
SORTS: Final = ("-day", "day", "-sum", "sum")
"""The orders of the payments: by day or by sum, and with - the last or the largest first."""


@dataclass(frozen=True, slots=True)
class PaymentFilters:
    """Filters of the list of payments. Each is as it was written, and '' asks for nothing."""

    partnership: str = ""
    payee: str = ""
    status: str = ""
    """A status, or a name of `STANDINGS`."""
    sum: str = ""
    released_from: str = ""
    """The first day. A payment stands at the day on which it was paid or last moved, or else was released."""
    released_to: str = ""
    """The last day."""
    text: str = ""
    """Words of payee, title or reference."""
    fund: str = ""
    currency: str = ""
    sort: str = "-day"

    def asked(self, days: ListPeriod | None = None) -> ListQuery:
        """Return the question to the list. `days`: the period, instead of the two days. Raises BadInput as above."""
        require_readable(self)
        at_least, at_most = _bounds(self.sum)
        first, last = _day("from", self.released_from), _day("to", self.released_to)
        if days is not None:
            first, last = (day.isoformat() if day is not None else "" for day in (days.first, days.last))
        terms, newest = tuple(self._terms()), self._order.startswith("-")
        if self._order.endswith(BY_SUM):
            period = (days.terms,) if days is not None and days.terms else ()
            return ListQuery("payments by sum", (*terms, *period), at_least, at_most, newest=newest)
        return ListQuery("payments", terms, at_least, at_most, first or None, f"{last}~~" if last else None, newest)

    @property
    def _order(self) -> str:
        if self.sort not in SORTS:
            raise BadInput(f"sort: {self.sort!r} is no order; choose one of {', '.join(SORTS)}")
        return self.sort

    def _terms(self) -> Iterator[tuple[str, ...]]:
        yield from ((f"{word}*",) for word in words_of(self.text))
        yield from ((f"payee:{word}*",) for word in words_of(self.payee))
        for name, value in (("partnership", self.partnership), ("fund", self.fund), ("currency", self.currency)):
            if value:
                yield (f"{name}:{value}",)
        if self.status:
            yield tuple(f"status:{status}" for status in _statuses(self.status))


def _statuses(text: str) -> tuple[str, ...]:
    """Return the statuses that a filter asks for, by their standing or each by itself.

    Of what was paid that which came back is a part, so that the sums add up to what is paid still.
    """
    if text.lower() in STANDINGS:
        return (*STANDINGS[text.lower()], *([BACK] if text.lower() == "paid" else []))
    if text.upper() not in STATUSES:
        raise BadInput(f"status: {text[:40]!r} is none of {', '.join(STANDINGS)}")
    return (text.upper(),)


def require_readable(filters: object) -> None:
    """Raise BadInput if a filter is too long to be one, or holds what no text holds."""
    for name in getattr(filters, "__slots__", ()):
        text = getattr(filters, name)
        if isinstance(text, str) and (len(text) > LONGEST or not text.isprintable()):
            raise BadInput(f"{name}: this is no filter; write at most {LONGEST} letters, on one line")


def _bounds(text: str) -> tuple[Decimal | None, Decimal | None]:
    """Return the sums between which a filter asks: 1000..5000, 1000.., ..5000, or one sum."""
    if not text:
        return None, None
    low, dots, high = text.partition("..")
    return (_sum(low), _sum(high)) if dots else (_sum(low), _sum(low))


def _sum(raw_text: str, name: str = "sum") -> Decimal | None:
    text = raw_text.strip()
    if not text:
        return None
    try:
        return Decimal(read_sum(text))
    except BadInput as fault:
        remedy = "; between two sums: 1000..5000, 1000.. or ..5000" if name == "sum" else ""
        raise BadInput(f"{name}: {fault}{remedy}") from None


def _yes_or_no(name: str, text: str) -> str:
    if text.lower() not in {"yes", "no"}:
        raise BadInput(f"{name}: {text!r}; write yes or no")
    return text.lower()


def _year(text: str) -> str:
    if not (text.isdigit() and len(text) == 4):
        raise BadInput(f"year: {text!r} is no year; write 2026")
    return text


def _day(name: str, text: str) -> str:
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadInput(f"{name}: {text!r} is no day; write 2026-06-30") from None
