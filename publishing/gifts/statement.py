"""The signed extract of a gift: one text that the house signs, and that its page is made of.

It says for each event of the gift's fund where it stands and what its leaf is, and what it does to the gift where the
event itself is not on the page. Two extracts that say different things of one position are found by comparing them.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, NamedTuple

from domain.canonical_json import canonical_json
from domain.errors import DomainError
from domain.funds.fund import Balance
from domain.money.amounts import ZERO, SignedAmount
from domain.proposal import FundsIn
from domain.values import minor_digits
from publishing.cases import GrantCase
from publishing.gifts.backing import FundBookingPart, bookings_of, reports_of
from publishing.gifts.effects import Effect, GiftLine, lines_of, uses_of
from publishing.gifts.evidence import GiftSource
from publishing.texts import NamedPeople
from publishing.withholding import Openness, verdict_of

FORM: Final = "accord.gift/1"
"""The first line of what is signed: a checkpoint begins with a ledger's name and a number, so neither is the other."""


class GiftUntraceable(DomainError):
    """A gift has no page, and the message says why."""


class GiftStatement(NamedTuple):
    """The extract of a gift: its text, and what the page needs beside it."""

    gift: str
    text: str
    lines: tuple[GiftLine, ...]
    positions: tuple[int, ...]
    """The positions of which the page shows that they are in the tree."""
    sums: dict[str, Decimal]
    currency: str

    @property
    def note(self) -> str:
        """The text that the house signs."""
        return f"{FORM}\n{self.text}\n"


def statement_of(source: GiftSource) -> GiftStatement:
    """Return the extract of a gift.

    Raises:
        GiftUntraceable: No money came, it goes to no fund, or it is a donor's whose money is blocked.
    """
    gift = _terms(source)
    names = uses_of(source)
    lines, bookings = tuple(lines_of(source, names)), tuple(bookings_of(source))
    reports, currency = tuple(reports_of(source)), source.fund.currency
    sums = _sums(source)
    content = {
        "ledger": source.head.ledger, "size": source.head.size, "root": source.head.root,
        "as_of": source.head.recorded_at.isoformat(), "gift": source.gift.partnership_id,
        "house": source.funder_name, "fund": source.fund.fund_id, "shared": source.is_shared, "currency": currency,
        "digits": minor_digits(currency), "agreed": _written(currency, gift.money.amount),
        "purpose": NamedPeople(source.gift).public(gift.restricted_to),
        "versions": None if source.is_shared else len(source.occurrences),
        "lines": [_line(line) for line in lines],
        "uses": {} if source.is_shared else {names[reference]: _use(case) for reference, case in source.uses.items()},
        "bookings": [
            {"use": names.get(booking.use, ""), "position": booking.position, "leaf": source.leaves[booking.position],
             "on": booking.on.isoformat(), "amount": _written(currency, booking.amount)}
            for booking in bookings
        ],
        "awaited": _awaited(source, bookings, sums, names),
        "reports": [
            {"use": names[report.use], "position": report.position, "leaf": source.leaves[report.position],
             "on": report.on.isoformat(), "number": report.number}
            for report in reports
        ],
        "sums": {name: _written(currency, amount) for name, amount in sums.items()},
    }  # fmt: skip
    positions = {
        *(line.occurrence.position for line in lines), *(booking.position for booking in bookings),
        *(report.position for report in reports),
    }  # fmt: skip
    return GiftStatement(
        source.gift.partnership_id, canonical_json(content).decode(), lines, tuple(sorted(positions)), sums, currency
    )


def _terms(source: GiftSource) -> FundsIn:
    reference, gift = source.gift.partnership_id, source.gift.proposed.funds_in
    if gift is None or gift.in_kind is not None:
        raise GiftUntraceable(f"{reference} brings no money in; a page traces a gift of money")
    if not source.occurrences:
        raise GiftUntraceable(f"{source.fund.fund_id} holds nothing by then; the page begins once money came in")
    if not source.is_shared and (other_funds := sorted({*source.fund.gifts} - {reference})):
        raise GiftUntraceable(
            f"{source.fund.fund_id} bears money of {other_funds[0]} too; an auditor looks at it first"
        )
    if source.gift.donor_is_blocked:
        raise GiftUntraceable(
            f"the donor of {reference} is on a list that blocks its money; counsel says what it hears"
        )
    return gift


def _sums(source: GiftSource) -> dict[str, Decimal]:
    """Return the sums that a donor reads. The first, with what was added, is always the sum of the others."""
    fund, gift = source.fund, source.gift.partnership_id
    received_sum, returned_sum = _came_and_went(source)
    if source.is_shared:
        return {"received": received_sum, "returned": returned_sum, "together": fund.gifts.get(gift, ZERO)}
    balance = fund.balance(source.head.recorded_at)
    sums = {
        "received": received_sum,
        "added": fund.opening + fund.moved_in,
        "returned": returned_sum,
        "moved": fund.moved_out,
    }
    return {**sums, **_kept(balance)}


def _kept(balance: Balance) -> dict[str, Decimal]:
    return {
        "spent": balance.spent, "committed": balance.committed, "reserved": balance.reserved,
        "available": balance.available,
    }  # fmt: skip


def _came_and_went(source: GiftSource) -> tuple[Decimal, Decimal]:
    """Return all that came in of a gift, and all that went back."""
    came, went = ZERO, ZERO
    for occurrence in source.occurrences:
        event = occurrence.event
        if getattr(event, "partnership", "") == source.gift.partnership_id:
            came += event.amount if event.event_type == "GiftReceived" else ZERO
            went += event.amount if event.event_type == "GiftReversed" else ZERO
    return came, went


def _awaited(
    source: GiftSource, bookings: Iterable[FundBookingPart], sums: dict[str, Decimal], names: dict[str, str]
) -> dict[str, str]:
    """Return by use what the fund says beyond the bank's bookings, where a booking or a second signature is awaited."""
    amounts = {"": sums["received"] - sums["returned"]}
    if not source.is_shared:
        amounts |= {reference: source.fund.claim(reference).spent for reference in source.uses}
    for booking in bookings:
        amounts[booking.use] -= booking.amount
    currency = source.fund.currency
    return {names.get(use, ""): _written(currency, amount) for use, amount in amounts.items() if amount}


def _line(line: GiftLine) -> dict[str, Any]:
    occurrence = line.occurrence
    place = {"version": occurrence.version, "position": occurrence.position, "leaf": occurrence.leaf}
    return place if line.says is None else {**place, "on": _day(line), "says": _copied(line.says)}


def _copied(effect: Effect) -> dict[str, str]:
    return dict(effect)


def _day(line: GiftLine) -> str:
    day: str = line.occurrence.event.at.date().isoformat()
    return day


def _use(case: GrantCase | None) -> dict[str, str | None]:
    """Return the words on a grant, as they stand in any open publication."""
    openness = verdict_of(case).openness if case is not None else Openness.NOTHING
    if case is None or openness is Openness.NOTHING:
        return {"title": None, "recipient": None}
    has_name = openness is Openness.FULL
    title = case.people.public(case.partnership.proposed.title) if has_name else None
    return {"title": title, "recipient": case.people.public(case.out.payee.name) if has_name else None}


def _written(currency: str, amount: Decimal) -> str:
    return SignedAmount(currency, amount).written
