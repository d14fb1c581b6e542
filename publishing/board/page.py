"""A board's book as one page that prints well: no script, and nothing that is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Final, NamedTuple

from publishing.board.style import STYLE
from publishing.cases import Stand
from publishing.counting import PublicationTally
from publishing.figures import EventSum
from publishing.spreadsheets import CellValue, PublishedColumn, PublishedTable

MOST_ROWS: Final = 400
"""The most rows of a table on the page. The files have them all."""

CODES: Final = frozenset({"stage", "what"})
"""The columns of codes, which readers get as words."""


class PageSection(NamedTuple):
    """A part of the page: the table that it shows, with which of its columns, and what is said above it."""

    table: str
    title: str
    words: str
    columns: tuple[str, ...]
    bar: str = ""
    """The column whose share of the whole is drawn beside it, if one is."""


_GROUP: Final = ("group", "currency", "grants", "committed", "paid", "paid_in_year", "paid_back", "ahead")

_AHEAD: Final = (
    "Agreed and not booked by the bank, by the fiscal year in which an instalment is due. Some of it waits for a "
    "report or a barrier."
)
_COUNTRY: Final = (
    "The country of the activity or, where nobody said one, the payee's. A grant in several countries is not divided, "
    "since nobody recorded shares."
)
_FUND: Final = "The fund whose money it is; a grant of several funds counts in each."
_RESULTS: Final = (
    "By accepted reports: the newest result of each indicator. They are in their own units, and are not added up."
)
_CHANGES: Final = (
    "What was published then, what is known now of that day, and what stands now. A correction was written down later; "
    "the rest happened since."
)

SECTIONS: Final = (
    PageSection("ahead-by-year", "Commitments ahead", _AHEAD, ()),
    PageSection("by-objective", "By objective", "", _GROUP, "committed"),
    PageSection("by-programme", "By programme", "", _GROUP, "committed"),
    PageSection("by-country", "By country", _COUNTRY, _GROUP, "committed"),
    PageSection("by-fund", "By fund", _FUND, _GROUP, "committed"),
    PageSection("stages", "Stages and ages", "Days at the present stage, of what is open.",
                ("stage", "currency", "number", "asked", "committed", "median", "oldest", "oldest_grant")),
    PageSection("results", "Results", _RESULTS,
                ("grant", "indicator", "unit", "baseline", "target", "achieved", "words")),
    PageSection("changes", "Since the earlier book", _CHANGES,
                ("grant", "currency", "what", "then", "correction", "known_now", "since", "now")),
    PageSection("grants", "Every partnership", "",
                ("grant", "title", "payee", "stage", "days", "currency", "asked", "committed", "paid", "ahead",
                 "next_due")),
)  # fmt: skip


class BookPage(NamedTuple):
    """The content of the page."""

    stand: Stand
    tables: Mapping[str, PublishedTable]
    tally: PublicationTally
    year: int
    since: str
    """The day and the position of the earlier book in words, or ''."""


def page_of(page: BookPage) -> bytes:
    """Return the page, as HTML in UTF-8."""
    name = escape(page.stand.funder.name)
    sections = [_section(section, page.tables[section.table]) for section in SECTIONS if section.table in page.tables]
    lines = (
        "<!doctype html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Board's book of {name}, {page.stand.on}</title>", f"<style>{STYLE}</style>", "</head>", "<body>",
        f"<header><p>{name}</p><h1>Grants at the end of {_day(page.stand)}</h1>", f"<p>{_known(page)}</p></header>",
        _summary(page), *sections, _footer(page), "</body>", "</html>", "",
    )  # fmt: skip
    return "\n".join(lines).encode()


def _day(stand: Stand) -> str:
    return f"{stand.on.day} {stand.on:%B %Y}"


def _known(page: BookPage) -> str:
    known_at = page.stand.known_at
    known = f"by what was on record at {known_at:%Y-%m-%d %H:%M} UTC" if known_at is not None else "by all on record"
    return escape(f"As of {page.stand.on}, {known}{page.since}.")


def _summary(page: BookPage) -> str:
    """Return the sums of each currency, large, before every table."""
    table, items = page.tables["by-programme"], list[str]()
    for number, row in enumerate(table.rows, 1):
        if row["group"] == "Together":
            figures = (("committed", "Committed"), ("paid", "Paid"), ("paid_in_year", f"Paid in {page.year}"),
                       ("ahead", "Ahead"))  # fmt: skip
            boxes = (
                f'<div><dt>{label}</dt><dd title="{table.name}.csv {number}:{field}">{_text(row.get(field))}</dd></div>'
                for field, label in figures
            )
            items.append(f"<section class=sums><h2>{escape(str(row['currency']))}</h2><dl>{''.join(boxes)}</dl>"
                         "</section>")  # fmt: skip
    return "\n".join(items) or "<p>Nothing is agreed.</p>"


def _section(section: PageSection, table: PublishedTable) -> str:
    more = f"The first {MOST_ROWS} of {len(table.rows):,}; {table.name}.csv has them all."
    said = " ".join(filter(None, (section.words, more if len(table.rows) > MOST_ROWS else "")))
    words = f"<p>{escape(said)}</p>" if said else ""
    if not table.rows:
        return f"<section><h2>{escape(section.title)}</h2>{words}<p>None.</p></section>"
    currencies = {str(row["currency"]) for row in table.rows if "currency" in row}
    shown = _shown(section, table, hidden_words="currency" if len(currencies) == 1 else "")
    look = _look_of(section, table)
    headings = "".join(f"<th{_kind(column.field, look)} scope=col>{escape(column.heading)}</th>" for column in shown)
    rows = "\n".join(_rows(look, [column.field for column in shown]))
    unit = f" <small>in {escape(min(currencies))}</small>" if len(currencies) == 1 else ""
    return (
        f"<section class={section.table}><h2>{escape(section.title)}{unit}</h2>{words}\n<table><thead><tr>{headings}"
        f"</tr></thead>\n<tbody>\n{rows}\n</tbody></table></section>"
    )


def _shown(section: PageSection, table: PublishedTable, hidden_words: str) -> list[PublishedColumn]:
    """Return the columns that are shown: none in which no row says anything."""
    by_name = {column.field: column for column in table.columns}
    columns = (by_name[name] for name in section.columns or by_name)
    return [
        column
        for column in columns
        if column.field != hidden_words and any(_says_something(row.get(column.field)) for row in table.rows)
    ]


def _says_something(value: CellValue) -> bool:
    return bool(value.amount) if isinstance(value, EventSum) else value is not None


class _Look(NamedTuple):
    """The common part of a table's cells, told once for all of them."""

    table: PublishedTable
    numeric: frozenset[str]
    """The columns of numbers, which stand to the right."""
    bar: str
    wholes: Mapping[CellValue, Decimal]
    """The whole of each currency in the column that is drawn."""


def _look_of(section: PageSection, table: PublishedTable) -> _Look:
    numeric = {field for row in table.rows for field, value in row.items() if isinstance(value, EventSum | int)}
    rows = (row for row in table.rows if section.bar and row.get("group") == "Together")
    wholes = {row["currency"]: _amount(row.get(section.bar)) for row in rows}
    return _Look(table, frozenset(numeric), section.bar, wholes)


def _rows(look: _Look, fields: Sequence[str]) -> Iterator[str]:
    for number, row in enumerate(look.table.rows[:MOST_ROWS], 1):
        is_whole = row.get(fields[0]) == "Together"
        cells = "".join(_cell(look, number, row, field) for field in fields)
        yield f"<tr{' class=whole' if is_whole else ''}>{cells}</tr>"


def _cell(look: _Look, number: int, row: Mapping[str, CellValue], field: str) -> str:
    value, whole = row.get(field), look.wholes.get(row.get("currency"), Decimal(0))
    has_events = isinstance(value, EventSum) or (number, field) in look.table.facts
    title = f' title="{look.table.name}.csv {number}:{field}"' if has_events and value is not None else ""
    share = _amount(value) / whole if field == look.bar and whole > 0 else Decimal(0)
    bar = f'<i style="width:{max(min(share, Decimal(1)), Decimal(0)) * 100:.0f}%"></i>' if share else ""
    words = str(value).replace("_", " ").capitalize() if field in CODES and isinstance(value, str) else _text(value)
    return f"<td{_kind(field, look)}{title}>{escape(words)}{bar}</td>"


def _amount(value: CellValue) -> Decimal:
    return value.amount if isinstance(value, EventSum) else Decimal(0)


def _kind(field: str, look: _Look) -> str:
    return " class=n" if field in look.numeric else ""


def _text(value: CellValue) -> str:
    """Return a value for readers: sums with separators, whole ones without decimals, and a dash for nothing."""
    match value:
        case None:
            return ""
        case EventSum() if not value.amount:
            return "\u2013"
        case EventSum() if value.amount == value.amount.to_integral_value():
            return f"{value.amount:,.0f}"
        case EventSum():
            return f"{value.amount:,}"
        case _:
            return str(value)


def _footer(page: BookPage) -> str:
    stand, tally = page.stand, page.tally
    left_out = "; ".join(f"{count.number} {reason}" for reason, count in tally.left_out.items()) or "none"
    missing = ", ".join(f"{fact} {number}" for fact, number in tally.missing.items()) or "none"
    words = (
        f"Every sum is one of events in the ledger, at position {stand.position:,} with the head {stand.head}. "
        "Point at a figure for the name of its cell: accord publish explain FILE CELL lists its events. "
        f"Withheld, and in the sums alone: {left_out}. Not recorded: {missing}. Currencies are not added up. "
        "Holds and suspicions are in no publication. receipt.json has the digest of every file."
    )
    return f"<footer><p>{escape(words)}</p></footer>"
