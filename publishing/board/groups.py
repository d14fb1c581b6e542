"""The grants by objective, programme, country and fund: each table adds up to the same whole, by currency."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from publishing.board.lines import NO_FUND, NOT_SAID, SEVERAL, WITHHELD, BoardLine
from publishing.board.shares import BoardShare, ShareKind, sum_of_shares
from publishing.schedules.years import FiscalYear
from publishing.spreadsheets import CellValue, PublishedColumn, PublishedTable

TOGETHER: Final = "Together"
_LAST: Final = frozenset({NO_FUND, NOT_SAID, SEVERAL, WITHHELD})
"""The groups that stand behind all others."""


class Grouping(NamedTuple):
    """A way to group grants: the name of the table, its title, and the group of each sum."""

    name: str
    title: str
    heading: str
    group_of: Callable[[BoardLine, BoardShare], str]


GROUPINGS: Final = (
    Grouping("by-objective", "By objective", "Objective", lambda line, _: line.objective),
    Grouping("by-programme", "By programme", "Programme", lambda line, _: line.programme),
    Grouping("by-country", "By country", "Country", lambda line, _: line.country),
    Grouping("by-fund", "By fund", "Fund", lambda _, share: share.fund or NO_FUND),
)


class LineShare(NamedTuple):
    """A share with the line that it is of."""

    line: BoardLine
    share: BoardShare


Groups = dict[tuple[str, str], list[LineShare]]
"""By group and currency."""


def grouped(lines: Iterable[BoardLine], group_of: Callable[[BoardLine, BoardShare], str]) -> Groups:
    """Return the shares of lines by group and currency, in order, with the whole of each currency last.

    What is withheld is a group of its own, so that no group tells of it.
    """
    groups: Groups = {}
    for line in lines:
        for share in line.shares:
            label = group_of(line, share) if line.is_listed else WITHHELD
            groups.setdefault((label, share.currency), []).append(LineShare(line, share))
    return dict(sorted(groups.items(), key=lambda group: (group[0][0] in _LAST, group[0]))) | _whole(groups)


def _whole(groups: Groups) -> Groups:
    whole: Groups = {}
    for (_, currency), shares in sorted(groups.items()):
        whole.setdefault((TOGETHER, currency), []).extend(shares)
    return dict(sorted(whole.items()))


def group_table(grouping: Grouping, lines: Sequence[BoardLine], year: FiscalYear) -> PublishedTable:
    """Return the sums of each group: committed, paid, paid in a year, paid back and ahead."""
    columns = (
        PublishedColumn("group", grouping.heading), PublishedColumn("currency", "Currency"),
        PublishedColumn("grants", "Grants"), PublishedColumn("committed", "Committed"),
        PublishedColumn("paid", "Paid"), PublishedColumn("paid_in_year", f"Paid in {year.last.year}"),
        PublishedColumn("paid_back", "Paid back"), PublishedColumn("ahead", "Ahead"),
    )  # fmt: skip
    groups = grouped(lines, grouping.group_of)
    rows = tuple(_row(group, shares, year) for group, shares in groups.items())
    facts = {(number, "grants"): _agreed_at(shares) for number, shares in enumerate(groups.values(), 1)}
    return PublishedTable(grouping.name, grouping.title, columns, rows, facts)


def _row(group: tuple[str, str], shares: Sequence[LineShare], year: FiscalYear) -> dict[str, CellValue]:
    label, currency = group
    of_kind = {kind: [share for _, share in shares if share.kind is kind] for kind in ShareKind}
    figures = {kind.value: sum_of_shares(currency, of_kind[kind]) for kind in ShareKind}
    in_year = sum_of_shares(currency, (share for share in of_kind[ShareKind.PAID] if year.holds(share.on)))
    number = len({line.case.reference for line, _ in shares})
    return {"group": label, "currency": currency, "grants": number, **figures, "paid_in_year": in_year}


def _agreed_at(shares: Iterable[LineShare]) -> tuple[int, ...]:
    """Return the position at which each grant was committed first."""
    return tuple(sorted({*_first_commitments(shares)}))


def _first_commitments(shares: Iterable[LineShare]) -> Iterator[int]:
    for reference_shares in {line.case.reference: line.shares for line, _ in shares}.values():
        yield from [share.position for share in reference_shares if share.kind is ShareKind.COMMITTED][:1]
