"""Draw a sample of payments for an auditor: what is asked for, who may ask, and the payments that the seed chooses."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from accord.client.reading import LedgerAccess
from accord.client.sampling.population import SettledPayment, settled_payments, sum_of
from accord.presentation.faults import BadInput, Refused
from accord.presentation.input_files import places_of
from accord.presentation.numbers import whole_number
from accord.presentation.sums import read_sum
from accord.presentation.times.periods import period_of
from accord.presentation.words.values import listed, sum_in_words
from domain.directory.directory import role_fault
from domain.directory.roles import Role
from domain.payment.sample import METHOD, MOST_SELECTIONS, SampleChoice, choices_of, interval_of, selections, start_of
from domain.values import minor_digits
from ledger import clock

_SEED: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SampleTerms:
    """The terms of a sample. With the ledger's first `head` events they give the same sample anywhere."""

    first: date
    last: date
    currency: str
    """The currency of the payments, or '' where all are in one."""
    size: int | None
    """The least number of selections, or None where an interval is asked for."""
    interval: Decimal | None
    seed: str
    head: int

    @property
    def address_fields(self) -> dict[str, str]:
        """The terms as fields of an address."""
        density = {"size": str(self.size)} if self.size is not None else {"interval": f"{self.interval:f}"}
        days = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        return {**days, "currency": self.currency, **density, "seed": self.seed, "head": str(self.head)}


class DrawnSample(NamedTuple):
    """A sample with the population that it was drawn from. All sums are in the currency's smallest unit."""

    terms: SampleTerms
    population: tuple[SettledPayment, ...]
    interval: int
    start: int
    """The first selected unit."""
    choices: tuple[SampleChoice, ...]

    @property
    def total(self) -> int:
        """The money of all payments."""
        return sum(payment.units for payment in self.population)

    @property
    def payments(self) -> tuple[tuple[SampleChoice, SettledPayment], ...]:
        """The chosen payments, each with its choice."""
        return tuple((choice, self.population[choice.place]) for choice in self.choices)

    @property
    def partnerships(self) -> tuple[str, ...]:
        """The partnerships of the chosen payments, in their order."""
        return tuple(dict.fromkeys(payment.partnership_id for _, payment in self.payments))

    def money(self, units: int) -> str:
        """Return a sum in words."""
        return sum_in_words(sum_of(units, self.terms.currency), self.terms.currency)

    def why(self, choice: SampleChoice) -> str:
        """Return in words why a payment was chosen."""
        places = listed([self.money(unit) for unit in choice.units[:3]] + (["more"] if len(choice.units) > 3 else []))
        return f"At least the interval, so always in: {places}" if choice.is_certain else f"Holds {places}"

    def as_json(self) -> dict[str, Any]:
        """Return the sample as JSON tells it."""
        return {
            "method": METHOD,
            **{
                name: text
                for name, text in self.terms.address_fields.items()
                if name not in {"interval", "size", "head"}
            },
            "size": self.terms.size,
            "head": self.terms.head,
            "payments": len(self.population),
            "total": self._amount(self.total),
            "interval": self._amount(self.interval),
            "start": self._amount(self.start),
            "selections": sum(len(choice.units) for choice in self.choices),
            "chosen": [self._payment_fields(choice, payment) for choice, payment in self.payments],
        }

    def _amount(self, units: int) -> str:
        return f"{sum_of(units, self.terms.currency):f}"

    def _payment_fields(self, choice: SampleChoice, payment: SettledPayment) -> dict[str, Any]:
        return {
            "partnership_id": payment.partnership_id,
            "tranche": payment.tranche,
            "attempt": payment.attempt,
            "payee": payment.payee,
            "amount": self._amount(payment.units),
            "booked_on": payment.booked_on.isoformat(),
            "before": self._amount(choice.before),
            "selected_at": [self._amount(unit) for unit in choice.units],
            "is_certain": choice.is_certain,
            "why": self.why(choice),
        }


async def require_auditor(desk: LedgerAccess, actor: str) -> None:
    """Raise Refused if somebody does not audit."""
    directory = await desk.directory()
    if fault := role_fault(directory, actor, "draw a sample of payments", {Role.AUDITOR}, clock.today()):
        raise Refused(str(fault), "NotAuthorised")


async def terms_of(desk: LedgerAccess, fields: Mapping[str, str], mark: str = "") -> SampleTerms:
    """Return the terms that somebody typed. Without a seed one is drawn, and without a head it is the ledger's.

    `mark`: what stands before the name of a field, such as -- in a shell.

    Raises:
        BadInput: One cannot be used. The message names the field.
    """
    head, currency = await desk.ledger.head(), _currency(fields.get("currency", ""), mark)
    size, interval = fields.get("size", ""), fields.get("interval", "")
    if bool(size) == bool(interval):
        raise BadInput(f"{mark}size: say how many selections, or by {mark}interval the sum between two, and not both")
    try:
        period = period_of("", fields.get("from", ""), fields.get("to", ""), clock.today())
    except BadInput as fault:
        raise BadInput(f"{mark}{fault}") from None
    return SampleTerms(
        period.first or date.min, period.last or date.max, currency, _size(size, mark) if size else None,
        _interval(interval, currency, mark) if interval else None, _seed(fields.get("seed", ""), mark),
        _head(fields.get("head", ""), head, mark),
    )  # fmt: skip


def _currency(text: str, mark: str) -> str:
    if text and not _CURRENCY.fullmatch(text.upper()):
        raise BadInput(f"{mark}currency: {text[:20]!r} is no currency; write three letters, such as USD")
    return text.upper()


def _size(text: str, mark: str) -> int:
    size = whole_number(text, most_digits=6) or 0
    if not 1 <= size <= MOST_SELECTIONS:
        raise BadInput(f"{mark}size: write how many selections, 1 to {MOST_SELECTIONS}")
    return size


def _interval(text: str, currency: str, mark: str) -> Decimal:
    try:
        interval = Decimal(read_sum(text, currency, places_of(currency)))
    except BadInput as fault:
        raise BadInput(f"{mark}interval: {fault}") from None
    if interval <= 0:
        raise BadInput(f"{mark}interval: {text[:40]!r} is no interval; write a sum above zero")
    return interval


def _seed(text: str, mark: str) -> str:
    if text and not _SEED.fullmatch(text):
        raise BadInput(
            f"{mark}seed: write 1 to 64 letters a to z, digits, points or hyphens; or none, to have one drawn"
        )
    return text or secrets.token_hex(16)


def _head(text: str, newest: int, mark: str) -> int:
    head = whole_number(text, most_digits=15) if text else newest
    if head is None or not 0 <= head <= newest:
        raise BadInput(f"{mark}head: the ledger has {newest} events; write the number of its first ones that count")
    return head


async def draw(desk: LedgerAccess, terms: SampleTerms, mark: str = "") -> DrawnSample:
    """Draw a sample.

    Raises:
        Refused: No payment was booked in these days.
        BadInput: Its currency is missing, or it would select too much.
    """
    payments = await settled_payments(desk, terms.first, terms.last, terms.head)
    currency = _one_currency(payments, terms, mark)
    population = tuple(payment for payment in payments if payment.currency == currency)
    total = sum(payment.units for payment in population)
    interval = _interval_in_units(terms, currency, total, mark)
    start = start_of(terms.seed, interval)
    choices = tuple(choices_of([payment.units for payment in population], interval, start))
    return DrawnSample(replace(terms, currency=currency), population, interval, start, choices)


def _one_currency(payments: list[SettledPayment], terms: SampleTerms, mark: str) -> str:
    currencies = sorted({payment.currency for payment in payments})
    days = f"from {terms.first.isoformat()} to {terms.last.isoformat()}"
    if not currencies or (terms.currency and terms.currency not in currencies):
        raise Refused(
            f"the bank booked no payment {f'in {terms.currency} ' if terms.currency else ''}{days}", "Nothing"
        )
    if not terms.currency and len(currencies) > 1:
        raise BadInput(f"{mark}currency: payments are in {listed(currencies)}; a sample is of one, so write which")
    return terms.currency or currencies[0]


def _interval_in_units(terms: SampleTerms, currency: str, total: int, mark: str) -> int:
    if terms.interval is None:
        return interval_of(total, terms.size or 1)
    digits = minor_digits(currency)
    units = terms.interval.scaleb(digits)
    if units != int(units):
        raise BadInput(f"{mark}interval: {terms.interval} has more decimals than {currency}, which has {digits}")
    if selections(total, int(units)) > MOST_SELECTIONS:
        least = sum_in_words(sum_of(-(-total // MOST_SELECTIONS), currency), currency)
        raise BadInput(f"{mark}interval: it selects more than {MOST_SELECTIONS}; write {least} or more")
    return int(units)
