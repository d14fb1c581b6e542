"""Changes since an earlier book: what it said then, what is known now of that day, and what stands now.

The first of both differences is a correction: something was written down later, set aside or withheld. The second is
what happened since. What the earlier book said is read from its own file, and is not made again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from publishing.board.lines import WITHHELD, BoardLine
from publishing.board.shares import ShareKind, sum_of_shares
from publishing.figures import EventSum, SumPart, added
from publishing.spreadsheets import CellValue, PublishedColumn, PublishedTable

_COLUMNS: Final = (
    PublishedColumn("grant", "Partnership"), PublishedColumn("currency", "Currency"), PublishedColumn("what", "What"),
    PublishedColumn("then", "Published then"), PublishedColumn("known_now", "Known now of that day"),
    PublishedColumn("correction", "Correction"), PublishedColumn("now", "Now"),
    PublishedColumn("since", "Happened since"),
)  # fmt: skip
_TOGETHER: Final = "Together"

Place = tuple[str, str]
"""A partnership, or all that are withheld, and a currency."""
Figures = Mapping[Place, Mapping[ShareKind, EventSum]]


class FormerBook(NamedTuple):
    """A book that was published before, as its own files say it."""

    on: date
    known_at: datetime | None
    position: int
    figures: Figures
    stages: Mapping[str, str]
    """The stage of each partnership that it lists."""


class _Three(NamedTuple):
    then: EventSum
    known_now: EventSum
    now: EventSum

    @property
    def differs(self) -> bool:
        return self.then.amount != self.known_now.amount or self.known_now.amount != self.now.amount


def changes_table(former: FormerBook, known_now: Sequence[BoardLine], now: Sequence[BoardLine]) -> PublishedTable:
    """Return the differences between a former book and the present one, and the sums of all.

    `known_now`: the lines of the former book's day, by what is on record now.
    """
    figures = (former.figures, figures_of(known_now), figures_of(now))
    rows: list[Mapping[str, CellValue]] = []
    stages = (former.stages, stages_of(known_now), stages_of(now))
    for place in sorted({place for each in figures for place in each}):
        rows += _rows(place, figures, only_changed=True)
        rows += _stage_row(place, stages)
    for currency in sorted({currency for each in figures for _, currency in each}):
        whole = tuple(_whole(each, currency) for each in figures)
        rows += _rows((_TOGETHER, currency), whole, only_changed=False)
    return PublishedTable("changes", "Changes", _COLUMNS, tuple(rows))


def figures_of(lines: Iterable[BoardLine]) -> Figures:
    """Return the sums of lines by partnership and currency: those that are withheld together."""
    figures: dict[Place, dict[ShareKind, EventSum]] = {}
    for line in lines:
        for currency in line.currencies:
            sums = figures.setdefault((line.case.reference if line.is_listed else WITHHELD, currency), {})
            for kind in ShareKind:
                one_sum = sum_of_shares(currency, line.of_kind(kind))
                sums[kind] = added(currency, (sums.get(kind, EventSum(currency)), one_sum))
    return figures


def _whole(figures: Figures, currency: str) -> Figures:
    own_sums = [sums for (_, of_currency), sums in figures.items() if of_currency == currency]
    no_sums = EventSum(currency)
    whole = {kind: added(currency, (sums.get(kind, no_sums) for sums in own_sums)) for kind in ShareKind}
    return {(_TOGETHER, currency): whole}


def _rows(place: Place, figures: Sequence[Figures], only_changed: bool) -> Iterator[dict[str, CellValue]]:
    label, currency = place
    for kind in ShareKind:
        no_sums = EventSum(currency)
        three = _Three(*(each.get(place, {}).get(kind, no_sums) for each in figures))
        if three.differs or not only_changed:
            yield {
                "grant": label, "currency": currency, "what": kind.value, "then": three.then,
                "known_now": three.known_now, "now": three.now,
                "correction": difference(three.known_now, three.then), "since": difference(three.now, three.known_now),
            }  # fmt: skip


def _stage_row(place: Place, stages: Sequence[Mapping[str, str]]) -> Iterator[dict[str, CellValue]]:
    label, currency = place
    then, known_now, now = (each.get(label) for each in stages)
    if then != known_now or known_now != now:
        yield {
            "grant": label, "currency": currency, "what": "stage", "then": then, "known_now": known_now, "now": now,
        }  # fmt: skip


def stages_of(lines: Iterable[BoardLine]) -> dict[str, str]:
    """Return the stage of each partnership that is listed."""
    return {line.case.reference: line.case.partnership.stage.value for line in lines if line.is_listed}


def difference(later: EventSum, earlier: EventSum) -> EventSum:
    """Return the difference of a sum to an earlier one, by the events that are in one of them alone."""
    later_parts, earlier_parts = Counter(later.parts), Counter(earlier.parts)
    more = (later_parts - earlier_parts).elements()
    less = (SumPart(part.position, -part.amount) for part in (earlier_parts - later_parts).elements() if part.amount)
    return EventSum(later.currency, tuple(sorted((*more, *less), key=lambda part: part.position)))
