"""The continuity of an account's statements: each opens with the last closing balance, and no number is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from domain.fault import Fault


class ClosedStatement(NamedTuple):
    """A statement of an account for some days, as the bank closed it."""

    closed_on: date
    number: int | None
    """Its number among those of its account, or None if the bank gives none. Most banks begin anew each year."""
    opened_on: date
    currency: str
    opening: Decimal
    """The balance before its first entry, negative for an overdraft."""
    closing: Decimal
    """The balance after its last entry."""


def breaks(statements: Iterable[ClosedStatement]) -> tuple[Fault, ...]:
    """Return the breaks among the statements of one account, the oldest first, whatever order they came in.

    A statement that comes twice is one. Before the first one nothing is missing: somebody began with it. Statements of
    each currency stand by themselves. Of two that differ under one number the one counts that the next one goes on
    from: so a statement that the bank corrected is left behind, and so are several in a row. Formats without numbers
    (BAI2) may say again what came with one: that is the same statement. Several of a day without numbers of their own
    that go on from each other are no versions of one.
    """
    return tuple(fault for in_order in _by_currency(statements) for fault in _breaks_of(in_order))


def chain(statements: Iterable[ClosedStatement]) -> tuple[ClosedStatement, ...]:
    """Return the statements that count, the oldest first of each currency: of versions of one the one that fits."""
    return tuple(link.statement for in_order in _by_currency(statements) for link in _links(in_order))


def _by_currency(statements: Iterable[ClosedStatement]) -> Iterator[list[ClosedStatement]]:
    in_order = sorted(_each_once(statements), key=_in_order)
    for currency in sorted({statement.currency for statement in in_order}):
        yield [statement for statement in in_order if statement.currency == currency]


class _Link(NamedTuple):
    """A statement that counts, and how many versions of it there are."""

    statement: ClosedStatement
    versions: int
    has_one_version_left: bool
    """True if the next statement says which version is right, or if there is one alone."""


def _each_once(statements: Iterable[ClosedStatement]) -> set[ClosedStatement]:
    """Return the statements without those that say, without a number, the same as one that has a number."""
    versions = set(statements)
    sums = {_sums(statement) for statement in versions if statement.number is not None}
    return {statement for statement in versions if statement.number is not None or _sums(statement) not in sums}


def _sums(statement: ClosedStatement) -> tuple[date, str, Decimal, Decimal]:
    return statement.closed_on, statement.currency, statement.opening, statement.closing


def _in_order(statement: ClosedStatement) -> tuple[date, int, date, Decimal, Decimal]:
    return statement.closed_on, statement.number or 0, statement.opened_on, statement.opening, statement.closing


def place_of(statement: ClosedStatement) -> tuple[date, int | None]:
    """Return the place of a statement in its chain. Two that differ at one place are versions of one statement."""
    return statement.closed_on, statement.number


def _breaks_of(in_order: list[ClosedStatement]) -> Iterator[Fault]:
    before: ClosedStatement | None = None
    for statement, versions, has_one_version_left in _links(in_order):
        if not has_one_version_left:
            yield Fault(f"{versions} statements {named(statement)} differ; ask the bank which of them is right")
        if before is not None and (fault := _break_between(before, statement)):
            yield fault
        before = statement


def _links(in_order: list[ClosedStatement]) -> Iterator[_Link]:
    places = list(_places(in_order))
    before: ClosedStatement | None = None
    for versions, following in zip(places, [*_on_a_way(places)[1:], []], strict=True):
        fitting = [statement for statement in versions if _fits(before, statement, following)]
        has_one_version_left = len(versions) == 1 or bool(following and len(fitting) == 1)
        before = (fitting or versions)[-1]
        yield _Link(before, len(versions), has_one_version_left)


def _places(in_order: list[ClosedStatement]) -> Iterator[list[ClosedStatement]]:
    """Yield the versions of each statement. Those of a day without a number of their own may go on from others."""
    for _, same_day in groupby(in_order, key=lambda statement: statement.closed_on):
        day = list(same_day)
        numbers = {statement.number for statement in day}
        run = run_of(day) if None in numbers or len(numbers) < len(day) else ()
        versions = (list(same) for _, same in groupby(day, key=place_of))
        yield from ([statement] for statement in run) if run else versions


def run_of(versions: Sequence[ClosedStatement]) -> tuple[ClosedStatement, ...]:
    """Return statements of a day in the order in which each goes on from the one before, or () if they do not."""
    closings = {statement.closing for statement in versions}
    by_opening = {statement.opening: statement for statement in versions}
    run = [statement for statement in versions if statement.opening not in closings]
    if len(run) != 1 or len(by_opening) < len(versions):
        return ()
    while len(run) < len(versions) and (after := by_opening.get(run[-1].closing)):
        run.append(after)
    return tuple(run) if len(run) == len(versions) else ()


def _on_a_way(places: list[list[ClosedStatement]]) -> list[list[ClosedStatement]]:
    """Return of each place the versions from which one of the next place goes on that leads on itself, or all."""
    ways: list[list[ClosedStatement]] = []
    for versions in reversed(places):
        openings = {statement.opening for statement in ways[-1]} if ways else set()
        ways.append([statement for statement in versions if statement.closing in openings] or versions)
    return ways[::-1]


def _fits(before: ClosedStatement | None, statement: ClosedStatement, following: list[ClosedStatement]) -> bool:
    """True if a statement goes on from the one before, and one of those after it goes on from it."""
    goes_on = before is None or before.closing == statement.opening
    return goes_on and (not following or any(after.opening == statement.closing for after in following))


def _break_between(before: ClosedStatement, after: ClosedStatement) -> Fault | None:
    if (first := (before.number or 0) + 1) <= (last := _last_missing(before, after)):
        missing = f"number {first} is" if first == last else f"numbers {first} to {last} are"
        return Fault(f"between {named(before)} and {named(after)} {missing} missing; fetch it from the bank")
    if before.closing != after.opening:
        return Fault(
            f"{named(before)} closed with {before.currency} {before.closing:,} and {named(after)} opened with "
            f"{after.opening:,}: one between them is missing, or the bank changed one; fetch both from the bank again"
        )
    return None


def _last_missing(before: ClosedStatement, after: ClosedStatement) -> int:
    """Return the last number between two statements, or 0 for a new count: there the balances alone say it."""
    if before.number is None or after.number is None or after.number <= before.number:
        return 0
    return after.number - 1


def named(statement: ClosedStatement) -> str:
    """Return a statement by its number and day."""
    number = "" if statement.number is None else f"number {statement.number} "
    return f"{number}of {statement.closed_on}"
