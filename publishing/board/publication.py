"""The publication of a board's book: its tables, a workbook of them, and a page that prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from domain.money.amounts import SignedAmount
from publishing.board.ahead import ahead_table
from publishing.board.changes import FormerBook, changes_table
from publishing.board.groups import GROUPINGS, group_table
from publishing.board.lines import NOT_SAID, BoardLine, board_lines
from publishing.board.listing import grants_table, results_table, stages_table
from publishing.board.page import BookPage, page_of
from publishing.board.shares import ShareKind
from publishing.cases import GrantCase, Stand
from publishing.counting import PublicationTally
from publishing.files import Publication, PublishedFile
from publishing.movements import MovementKind
from publishing.schedules.years import year_of_day
from publishing.spreadsheets import PublishedTable, table_as_csv, tables_as_workbook
from publishing.withholding import WithholdingReason

EDITION: Final = "board/1"
CALENDAR_YEAR: Final = "12-31"
"""The end of a year of a funder of which the directory says none."""


class EarlierBook(NamedTuple):
    """A book that was published before, and the cases of its day by what is on record now."""

    former: FormerBook
    known_now: Sequence[GrantCase]


def board(
    cases: Sequence[GrantCase],
    stand: Stand,
    objectives: Mapping[str, str] | None = None,
    earlier: EarlierBook | None = None,
) -> Publication:
    """Return a board's book of a funder's partnerships with money out.

    `objectives`: the organisation's objectives, by their codes. `earlier`: the book that this one is compared with.
    """
    named_objectives, tally = objectives or {}, PublicationTally()
    lines = board_lines(cases, stand, named_objectives)
    for line in lines:
        _count(line, tally)
    tally.require_all(_all_amounts(cases, stand))
    tables = {table.name: table for table in _tables(lines, stand)}
    options = {"year_ends": stand.funder.year_ends or CALENDAR_YEAR}
    if earlier is not None:
        former = earlier.former
        changes = changes_table(former, board_lines(earlier.known_now, stand, named_objectives), lines)
        tables[changes.name] = changes
        options |= {"since": former.on.isoformat(), "since_position": str(former.position)}
    page = PublishedFile("board.html", page_of(_page(stand, tables, tally, earlier)))
    return Publication("board", EDITION, (*_files(tables.values(), stand), page), tally, options=options)


def _tables(lines: Sequence[BoardLine], stand: Stand) -> Iterable[PublishedTable]:
    year_ends = stand.funder.year_ends or CALENDAR_YEAR
    year = year_of_day(year_ends, stand.on)
    yield from (group_table(grouping, lines, year) for grouping in GROUPINGS)
    yield from (ahead_table(lines, year_ends, stand.on), stages_table(lines), results_table(lines), grants_table(lines))


def _count(line: BoardLine, tally: PublicationTally) -> None:
    """Count a partnership and the facts that nobody recorded of it."""
    commitments = (line.figure(ShareKind.COMMITTED, currency) for currency in line.currencies)
    amounts = tuple(SignedAmount(figure.currency, figure.amount) for figure in commitments)
    if not line.is_listed:
        return tally.leave_out(WithholdingReason.OWN_REASON.value, *amounts)
    tally.publish(*amounts)
    facts = {"objective": line.objective, "programme": line.programme, "country": line.country}
    tally.miss(*(fact for fact, words in facts.items() if words == NOT_SAID))
    if line.is_to_a_person:
        tally.withhold_name(WithholdingReason.NATURAL_PERSON.value)
    return None


def _all_amounts(cases: Iterable[GrantCase], stand: Stand) -> Iterable[SignedAmount]:
    """Yield commitments, by the movements that every other publication is of."""
    funder = stand.funder.funder_id
    for case in cases:
        for movement in case.moved(MovementKind.COMMITMENT):
            if movement.funder == funder and case.out.funder == funder:
                yield SignedAmount(movement.currency, movement.amount)


def _page(
    stand: Stand, tables: Mapping[str, PublishedTable], tally: PublicationTally, earlier: EarlierBook | None
) -> BookPage:
    year = year_of_day(stand.funder.year_ends or CALENDAR_YEAR, stand.on).last.year
    former = earlier.former if earlier is not None else None
    since = f"; beside the book of {former.on}, of position {former.position:,}" if former is not None else ""
    return BookPage(stand, tables, tally, year, since)


def _files(tables: Iterable[PublishedTable], stand: Stand) -> tuple[PublishedFile, ...]:
    sheets = tuple(tables)
    csv_files = (PublishedFile(f"{table.name}.csv", table_as_csv(table), table.cells) for table in sheets)
    return (*csv_files, PublishedFile("board.xlsx", tables_as_workbook(sheets, stand.on)))
