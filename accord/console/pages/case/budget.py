"""A budget on the page of its case: its lines beside their spending, its categories, its terms and its milestones."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Final, NamedTuple

from accord.presentation.sums import shown_sum
from accord.presentation.words.codes import words_of
from accord.presentation.words.days import day_in_words, whole_day_in_words
from accord.presentation.words.values import NamesInWords, listed, number_in_words, sum_in_words
from domain.budgets.lines import BudgetLine, CoFunding, GrantBudget
from domain.budgets.milestones import Milestone, MilestoneAnswer, MilestoneState
from domain.budgets.moves import CategoryStanding, standing_of
from domain.budgets.terms import IndirectBase, LineKind
from domain.partnership.report.reports import ReportState
from domain.partnership.report.sheet import LineStanding, budget_of, lines_beside_spending
from domain.partnership.report.spending import standing_by_report
from domain.partnership.state import Partnership
from domain.values import minor_digits
from ledger import clock

UNTOLD: Final = "no report"
"""Stands where no accepted report tells of a period."""
_TONES: Final = {MilestoneState.DONE: "good", MilestoneState.LATE: "warn", MilestoneState.DROPPED: "bad"}


class PeriodSums(NamedTuple):
    """A period's sum of the budget beside its spending."""

    budget: str
    spending: str


class SheetLine(NamedTuple):
    """A line of a budget beside its spending."""

    name: str
    periods: tuple[PeriodSums, ...]
    budget: str
    spending: str
    left: str
    is_over: bool
    others: str
    """What others pay towards it, beside the grant, or ''."""
    reason: str


class CategoryMove(NamedTuple):
    """A category beside what was agreed, and how far it may rise freely."""

    category: str
    budget: str
    spending: str
    left: str
    rise: str
    free: str
    state: str
    tone: str


class SheetMilestone(NamedTuple):
    """A milestone of the work plan, as reports say it stands."""

    name: str
    shown_by: str
    due: str
    holds: str
    state: str
    tone: str
    words: str


class CaseBudget(NamedTuple):
    """A budget as its case shows it."""

    name: str
    currency: str
    periods: tuple[tuple[str, str], ...]
    """The name and the last day of each period."""
    groups: tuple[tuple[str, tuple[SheetLine, ...]], ...]
    """The lines by category."""
    whole: SheetLine
    has_others: bool
    has_form: bool
    """True if its report can be filled in as a workbook."""
    terms: tuple[str, ...]
    moves: tuple[CategoryMove, ...]


def budget_sheet(partnership: Partnership) -> CaseBudget | None:
    """Return the budget of a partnership beside its spending, or None if it has none."""
    budget, out = budget_of(partnership), partnership.proposed.funds_out
    if budget is None or out is None:
        return None
    standings, currency = lines_beside_spending(partnership), out.currency
    return CaseBudget(
        name="The agreed budget" if partnership.reporting.budget is not None else "The proposed budget",
        currency=currency,
        periods=tuple(
            (f"Period {number}", f"until {whole_day_in_words(period.ends)}")
            for number, period in enumerate(budget.periods, 1)
        ),
        groups=tuple(
            (category, tuple(_line(standing, currency) for standing in group))
            for category, group in _grouped(standings)
        ),
        whole=_whole(standings, currency),
        has_others=any(line.others for line in budget.lines),
        has_form=partnership.reporting.budget is not None and partnership.has_paid,
        terms=(*_terms(budget, currency), *_template(partnership)),
        moves=tuple(_move(standing, currency) for standing in _categories(partnership, budget)),
    )


def _template(partnership: Partnership) -> Iterator[str]:
    if (template := partnership.reporting.template) is not None:
        yield f"It is made within the template {template}."


def _grouped(standings: tuple[LineStanding, ...]) -> Iterator[tuple[str, tuple[LineStanding, ...]]]:
    """Yield the lines by category, in the order in which the budget names the categories first."""
    order = list(dict.fromkeys(standing.line.category for standing in standings))
    ordered = sorted(standings, key=lambda standing: order.index(standing.line.category))
    for category, group in groupby(ordered, key=lambda standing: standing.line.category):
        yield category, tuple(group)


def _line(standing: LineStanding, currency: str) -> SheetLine:
    line, pairs = standing.line, zip(standing.line.sums, standing.by_period, strict=True)
    return SheetLine(
        name=f"{line.number}. {line.what}",
        periods=tuple(PeriodSums(plain(total, currency), _spending(spending, currency)) for total, spending in pairs),
        budget=plain(line.total, currency),
        spending=plain(standing.spent, currency),
        left=plain(standing.left, currency),
        is_over=standing.left < 0,
        others=_others(line, currency),
        reason=standing.reason,
    )


def _others(line: BudgetLine, currency: str) -> str:
    return listed([_co_funding(co_funding, currency) for co_funding in line.others])


def _co_funding(co_funding: CoFunding, currency: str) -> str:
    notes = [words for words, is_so in (("in kind", co_funding.in_kind), ("promised", co_funding.confirmed)) if is_so]
    return f"{plain(co_funding.amount, currency)} from {co_funding.source}{f' ({listed(notes)})' if notes else ''}"


def _whole(standings: tuple[LineStanding, ...], currency: str) -> SheetLine:
    total = sum((standing.line.total for standing in standings), Decimal(0))
    spending = sum((standing.spent for standing in standings), Decimal(0))
    others = sum((other.amount for standing in standings for other in standing.line.others), Decimal(0))
    return SheetLine(
        name="All lines",
        periods=tuple(_period(standings, place, currency) for place in range(len(standings[0].by_period))),
        budget=plain(total, currency),
        spending=plain(spending, currency),
        left=plain(total - spending, currency),
        is_over=total < spending,
        others=plain(others, currency) if others else "",
        reason="",
    )


def _period(standings: tuple[LineStanding, ...], place: int, currency: str) -> PeriodSums:
    total = sum((standing.line.sums[place] for standing in standings), Decimal(0))
    sums = [standing.by_period[place] for standing in standings]
    known_sums = [amount for amount in sums if amount is not None]
    spending = sum(known_sums, Decimal(0)) if len(known_sums) == len(sums) else None
    return PeriodSums(plain(total, currency), _spending(spending, currency))


def _spending(amount: Decimal | None, currency: str) -> str:
    return UNTOLD if amount is None else f"spent {plain(amount, currency)}"


def _terms(budget: GrantBudget, currency: str) -> Iterator[str]:
    """Yield the terms of a budget in words: its indirect cost, and how far a category may rise."""
    cap, indirect = budget.indirect_cap(budget.total - budget.indirect, budget.total), budget.indirect
    if cap is not None:
        base = "direct cost" if budget.indirect_of is IndirectBase.DIRECT else "grant"
        most = f"{number_in_words(budget.indirect_most or 0)} % of the {base}"
        yield f"Indirect cost is {sum_in_words(indirect, currency)}, of at most {sum_in_words(cap, currency)} ({most})."
    elif indirect:
        yield f"Indirect cost is {sum_in_words(indirect, currency)}, and nothing caps it."
    floor = f", or {sum_in_words(budget.free_floor, currency)} if that is more" if budget.free_floor else ""
    share = f"by {number_in_words(budget.free_move)} % of its agreed sum{floor}"
    yield f"Over all reports a category of direct cost may rise {share}. Indirect cost may not rise."


def _categories(partnership: Partnership, budget: GrantBudget) -> tuple[CategoryStanding, ...]:
    """Return the categories beside what the newest accepted report by line says, or beside nothing."""
    newest = partnership.reporting.by_line(ReportState.ACCEPTED)
    return standing_by_report(budget, newest) if newest is not None else standing_of(budget, ())


def _move(standing: CategoryStanding, currency: str) -> CategoryMove:
    state, tone = move_in_words(standing, currency)
    kind = ", indirect" if standing.kind is LineKind.INDIRECT else ""
    return CategoryMove(
        category=f"{standing.category}{kind}",
        budget=plain(standing.agreed, currency),
        spending=plain(standing.spent, currency),
        left=plain(standing.left, currency),
        rise=plain(standing.rise, currency),
        free=plain(standing.free, currency),
        state=state,
        tone=tone,
    )


def move_in_words(standing: CategoryStanding, currency: str) -> tuple[str, str]:
    """Return how a category stands beside what is free, in words, and the tone of it."""
    if standing.excess:
        return f"{sum_in_words(standing.excess, currency)} beyond", "bad"
    return ("Within its free share", "warn") if standing.rise else ("Within its budget", "good")


def milestones_of_case(partnership: Partnership, names: NamesInWords) -> tuple[SheetMilestone, ...]:
    """Return the milestones of the work plan, each as reports say it stands."""
    out = partnership.proposed.funds_out
    plan = partnership.reporting.milestones or (out.milestones if out is not None else ())
    return tuple(_milestone(partnership, milestone, names) for milestone in plan)


def _milestone(partnership: Partnership, milestone: Milestone, names: NamesInWords) -> SheetMilestone:
    reporting = partnership.reporting
    answer, day = reporting.newest_on(milestone.number), reporting.day_of(milestone)
    state, tone = _state(partnership, milestone, answer)
    moved_from = f", planned for {day_in_words(milestone.due_on)}" if day != milestone.due_on else ""
    held_payments = listed([f"payment {number}" for number in milestone.holds])
    return SheetMilestone(
        name=f"{milestone.number}. {milestone.what}",
        shown_by=f"Evidence: {names.within(milestone.evidence)}" if milestone.evidence else "",
        due=f"{day_in_words(day)}{moved_from}",
        holds=f"{held_payments}, not owed before it is done" if milestone.barrier else held_payments,
        state=state,
        tone=tone,
        words=names.within(answer.words) if answer is not None and answer.words else "",
    )


def _state(partnership: Partnership, milestone: Milestone, answer: MilestoneAnswer | None) -> tuple[str, str]:
    reporting = partnership.reporting
    if answer is None:
        is_past = reporting.day_of(milestone) < clock.today() and partnership.has_paid and not partnership.ended
        return ("Not told of", "bad") if is_past else ("To come", "neutral")
    accepted_answers = reporting.answers_on(milestone.number, ReportState.ACCEPTED)
    words = words_of(answer.state).capitalize()
    if answer not in accepted_answers[-1:]:
        return f"{words}, not accepted yet", "info"
    return words, _TONES[answer.state]


def plain(amount: Decimal, currency: str) -> str:
    """Return a sum as a table has it whose caption says the currency."""
    return shown_sum(amount, minor_digits(currency))
