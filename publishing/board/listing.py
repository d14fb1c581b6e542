"""The lists of a board's book: each grant, the stages with their ages, and the results of accepted reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from statistics import median_low
from typing import Final, NamedTuple

from domain.partnership.stages import Stage
from domain.plans import Result
from publishing.board.lines import WITHHELD, BoardLine, next_due
from publishing.board.shares import ShareKind, sum_of_shares
from publishing.figures import EventSum, SumPart, added
from publishing.spreadsheets import CellValue, PublishedColumn, PublishedTable

Row = dict[str, CellValue]

_GRANTS: Final = (
    PublishedColumn("grant", "Partnership"), PublishedColumn("title", "Title"), PublishedColumn("payee", "Payee"),
    PublishedColumn("stage", "Stage"), PublishedColumn("since", "Since"), PublishedColumn("days", "Days"),
    PublishedColumn("objective", "Objective"), PublishedColumn("programme", "Programme"),
    PublishedColumn("country", "Country"), PublishedColumn("currency", "Currency"),
    PublishedColumn("asked", "Proposed"), PublishedColumn("committed", "Committed"), PublishedColumn("paid", "Paid"),
    PublishedColumn("paid_back", "Paid back"), PublishedColumn("ahead", "Ahead"),
    PublishedColumn("next_due", "Next due"),
)  # fmt: skip
_STAGES: Final = (
    PublishedColumn("stage", "Stage"), PublishedColumn("currency", "Currency"), PublishedColumn("number", "Number"),
    PublishedColumn("asked", "Proposed"), PublishedColumn("committed", "Committed"),
    PublishedColumn("median", "Median days"), PublishedColumn("oldest", "Most days"),
    PublishedColumn("oldest_grant", "Oldest"),
)  # fmt: skip
_RESULTS: Final = (
    PublishedColumn("grant", "Partnership"), PublishedColumn("objective", "Objective"),
    PublishedColumn("indicator", "Indicator"), PublishedColumn("unit", "Unit"),
    PublishedColumn("baseline", "Baseline"), PublishedColumn("target", "Target"),
    PublishedColumn("achieved", "Achieved"), PublishedColumn("words", "In words"),
)  # fmt: skip


class _ListedRow(NamedTuple):
    row: Row
    facts: dict[str, tuple[int, ...]]


def grants_table(lines: Sequence[BoardLine]) -> PublishedTable:
    """Return a row for each partnership and currency. What is withheld has one row together for each currency."""
    listed_rows = [_grant(line, currency) for line in lines if line.is_listed for currency in line.currencies]
    withheld = [line for line in lines if not line.is_listed]
    currencies = sorted({currency for line in withheld for currency in line.currencies})
    listed_rows += [_ListedRow(_withheld(withheld, currency), {}) for currency in currencies]
    return _table("grants", "Grants", _GRANTS, listed_rows)


def _grant(line: BoardLine, currency: str) -> _ListedRow:
    case, due = line.case, next_due(line)
    proposal, reached = _proposed_at(line), case.reached
    row: Row = {
        "grant": case.reference, "title": line.title, "payee": line.payee, "stage": case.partnership.stage.value,
        "since": reached.on.isoformat() if reached is not None else None, "days": line.days,
        "objective": line.objective, "programme": line.programme, "country": line.country, "currency": currency,
        "asked": asked_of(line) if currency == case.out.currency else None,
        **{kind.value: line.figure(kind, currency) for kind in ShareKind},
        "next_due": due.isoformat() if due is not None else None,
    }  # fmt: skip
    facts = dict.fromkeys(("title", "payee", "objective", "programme", "country"), proposal)
    return _ListedRow(row, facts | ({"stage": (reached.position,)} if reached is not None else {}))


def _withheld(lines: Sequence[BoardLine], currency: str) -> Row:
    figures = {
        kind.value: sum_of_shares(currency, (share for line in lines for share in line.of_kind(kind)))
        for kind in ShareKind
    }
    return {"grant": WITHHELD, "currency": currency, **figures}


def asked_of(line: BoardLine) -> EventSum:
    """Return the sum that the proposal is for, in the currency of its tranches."""
    out = line.case.out
    parts = (SumPart(position, out.total.amount) for position in _proposed_at(line)[:1])
    return EventSum(out.currency, tuple(parts))


def _proposed_at(line: BoardLine) -> tuple[int, ...]:
    facts = line.case.facts
    return (facts["Proposal"],) if "Proposal" in facts else ()


def stages_table(lines: Sequence[BoardLine]) -> PublishedTable:
    """Return the number, the sums and the ages of the partnerships at each stage, withheld ones too."""
    rows = []
    for stage in Stage:
        at_stage = [line for line in lines if line.case.partnership.stage is stage]
        for currency in sorted({line.case.out.currency for line in at_stage}):
            rows.append(_stage(stage, currency, [line for line in at_stage if line.case.out.currency == currency]))
    return _table("stages", "Stages", _STAGES, rows)


def _stage(stage: Stage, currency: str, lines: Sequence[BoardLine]) -> _ListedRow:
    reached = [line.case.reached.position for line in lines if line.case.reached is not None]
    aged_lines = sorted((line.days, line.case.reference) for line in lines if line.days is not None)
    oldest = max(aged_lines, default=None)
    row: Row = {
        "stage": stage.value, "currency": currency, "number": len(lines),
        "asked": added(currency, map(asked_of, lines)),
        "committed": added(currency, (line.figure(ShareKind.COMMITTED, currency) for line in lines)),
        "median": median_low(days for days, _ in aged_lines) if aged_lines else None,
        "oldest": oldest[0] if oldest is not None else None,
        "oldest_grant": oldest[1] if oldest is not None else None,
    }  # fmt: skip
    return _ListedRow(row, {"number": tuple(sorted(reached))})


def results_table(lines: Iterable[BoardLine]) -> PublishedTable:
    """Return the newest accepted result of each indicator of the partnerships that are listed."""
    return _table("results", "Results", _RESULTS, [row for line in lines if line.is_listed for row in _results(line)])


def _results(line: BoardLine) -> Iterator[_ListedRow]:
    partnership = line.case.partnership
    for indicator, result in partnership.reporting.achieved(partnership.proposed.public_interest.indicators):
        acceptances = _accepted_at(line, result)
        row: Row = {
            "grant": line.case.reference, "objective": line.objective,
            "indicator": line.case.people.public(indicator.what), "unit": line.case.people.public(indicator.unit),
            "baseline": _plain(indicator.baseline), "target": _plain(indicator.target),
            "achieved": _plain(result.achieved), "words": line.case.people.public(result.words),
        }  # fmt: skip
        facts = dict.fromkeys(("achieved", "words"), acceptances)
        yield _ListedRow(row, facts | dict.fromkeys(("indicator", "target"), _proposed_at(line)))


def _accepted_at(line: BoardLine, result: Result) -> tuple[int, ...]:
    """Return the position at which the report with a result was accepted. One of the first form counted at once."""
    reports = [report for report in line.case.partnership.reporting.filed if result in report.results]
    names = [f"ReportAccepted/{report.number}" for report in reversed(reports)] + ["ReportReceived"]
    return tuple(line.case.facts[name] for name in names if name in line.case.facts)[:1]


def _plain(number: Decimal | None) -> str | None:
    return format(number.normalize(), "f") if number is not None else None


def _table(
    name: str, title: str, columns: tuple[PublishedColumn, ...], listed_rows: Sequence[_ListedRow]
) -> PublishedTable:
    facts = {
        (number, field): positions
        for number, listed_row in enumerate(listed_rows, 1)
        for field, positions in listed_row.facts.items()
    }
    return PublishedTable(name, title, columns, tuple(listed_row.row for listed_row in listed_rows), facts)
