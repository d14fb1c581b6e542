"""The lines of a budget: by category and period, with what others pay beside the grant and never inside it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, ValidationInfo, model_validator

from domain.budgets.terms import BudgetTerms, Category, LineKind, LineSum, decimals_fault, same_name
from domain.fault import Fault
from domain.parties import Name
from domain.plans import Period
from domain.values import RECORDED, Money, OneLine, PositiveAmount, Printable, Value, is_empty, is_false, is_zero

LARGEST_BUDGET: Final = 40 * 1024
"""The maximum size of a budget as JSON, so that its proposal fits into an event."""

EXCHANGE_CATEGORY: Final = "Exchange difference"
"""The category of what exchange made of the money beside the lines. No budget has it."""

LineNumber = Annotated[int, Field(ge=1, le=120)]
LineWords = Annotated[str, StringConstraints(min_length=2, max_length=200), Printable, OneLine]


class CoFunding(Value):
    """A sum that somebody else pays towards a line, beside the grant."""

    source: Name
    amount: PositiveAmount
    in_kind: bool = Field(default=False, exclude_if=is_false, description="Whether it is given in goods or work")
    confirmed: bool = Field(default=False, exclude_if=is_false, description="Whether they have promised it in writing")


class BudgetLine(Value):
    """A line of a budget: what the grant pays for it in each period."""

    number: LineNumber
    category: Category
    what: LineWords
    kind: LineKind
    sums: Annotated[tuple[LineSum, ...], Field(min_length=1, max_length=12)] = Field(
        description="What the grant pays of it, by period"
    )
    others: tuple[CoFunding, ...] = Field(
        default=(), max_length=9, exclude_if=is_empty, description="What others pay towards it, beside the grant"
    )

    @property
    def total(self) -> Decimal:
        """The sum of all periods."""
        return sum(self.sums, Decimal(0))

    def until(self, period: int) -> Decimal:
        """Return the sum of the periods up to one of them."""
        return sum(self.sums[:period], Decimal(0))


class GrantBudget(BudgetTerms):
    """A budget of money out, in the grant's currency."""

    free_floor: LineSum = Field(
        default=Decimal(0),
        exclude_if=is_zero,
        description="A sum by which each category of direct cost may rise freely, where the share is less",
    )
    periods: Annotated[tuple[Period, ...], Field(min_length=1, max_length=12)]
    lines: Annotated[tuple[BudgetLine, ...], Field(min_length=1, max_length=120)]

    @property
    def total(self) -> Decimal:
        """The sum that the grant pays."""
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def indirect(self) -> Decimal:
        """The indirect cost that the grant pays."""
        return sum((line.total for line in self.lines if line.kind is LineKind.INDIRECT), Decimal(0))

    def line(self, number: int) -> BudgetLine | None:
        """Return a line by its number, or None."""
        return next((line for line in self.lines if line.number == number), None)

    def fault_of(self, total: Money) -> Fault | None:
        """Return the reason why it is not the budget of a grant of this sum, or None."""
        for line in self.lines:
            amounts = (*line.sums, *(co_funding.amount for co_funding in line.others))
            faults = (decimals_fault(amount, total.currency, f"budget: line {line.number}") for amount in amounts)
            if fault := next(filter(None, faults), None):
                return fault
        if self.total != total.amount:
            return Fault(
                f"budget: its lines make {self.total:,}, and the tranches {total.amount:,}; "
                f"{abs(self.total - total.amount):,} {'too much' if self.total > total.amount else 'is missing'}"
            )
        return None

    @model_validator(mode="after")
    def _is_sound(self, info: ValidationInfo) -> Self:
        if info.context is RECORDED:  # it was
            return self
        if fault := next(self._faults(), None):
            raise ValueError(str(fault))
        return self

    def _faults(self) -> Iterator[Fault]:
        yield from self._faults_of_periods()
        yield from self._faults_of_lines()
        cap = self.indirect_cap(self.total - self.indirect, self.total)
        if cap is not None and self.indirect > cap:
            yield Fault(
                f"lines: indirect cost is {self.indirect:,}, and {self.indirect_most} % of the "
                f"{self.indirect_of.value.lower()} {'cost ' if self.indirect_of == 'DIRECT' else ''}is {cap:,.2f}; "
                "lower it"
            )
        if (size := len(self.model_dump_json())) > LARGEST_BUDGET:
            yield Fault(
                f"lines: the budget has {size // 1024} KiB, and {LARGEST_BUDGET // 1024} is the most; join lines"
            )

    def _faults_of_periods(self) -> Iterator[Fault]:
        for number, (before, after) in enumerate(zip(self.periods, self.periods[1:], strict=False), 2):
            if after.starts <= before.ends:
                yield Fault(f"periods: period {number} starts on {after.starts}, before the one before it is over")

    def _faults_of_lines(self) -> Iterator[Fault]:
        if [line.number for line in self.lines] != list(range(1, len(self.lines) + 1)):
            yield Fault("lines: number them 1, 2, 3 ... in order")
        first_lines: dict[str, BudgetLine] = {}
        for line in self.lines:
            if len(line.sums) != len(self.periods):
                yield Fault(
                    f"lines: line {line.number} has {len(line.sums)} sums, and the budget has {len(self.periods)} "
                    "periods; give each period its sum, 0 for nothing"
                )
            first = first_lines.setdefault(same_name(line.category), line)
            if first.category != line.category:
                yield Fault(f"lines: line {line.number} writes {first.category!r} otherwise; write it in one way")
            if first.kind is not line.kind:
                yield Fault(
                    f"lines: {line.category!r} is {first.kind.value} in line {first.number} and {line.kind.value} in "
                    f"line {line.number}; give it one kind"
                )
        if same_name(EXCHANGE_CATEGORY) in first_lines:
            yield Fault(f"lines: {EXCHANGE_CATEGORY!r} has a line of its own in reports; give it another category")
