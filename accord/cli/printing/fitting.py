"""Tables that keep to a terminal's width: what is folded where it is narrow, and what is dropped.

No word that holds a digit is ever broken while another may be: an id, a sum and a day stay whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

LONGEST_WORD: Final = 20
"""Letters of a word that a column keeps together, unless nothing else does."""

FRAME: Final = 3
"""What a column takes beside its cells: a blank on each side and a line; the table's last line is one more."""


class Heading(NamedTuple):
    """The heading of a column, and how soon the column is dropped where the width does not do."""

    text: str
    dropped: int = 0
    """0: never. The highest goes first."""
    is_sum: bool = False


def fitted(headings: Sequence[Heading], rows: Iterable[Sequence[Text]], width: int, title: str = "") -> Table:
    """Return a table that is no wider than `width`: columns are dropped while a word of them would be broken."""
    kept, columns = list(headings), [list(column) for column in zip(*rows, strict=True)] or [[] for _ in headings]
    while sum(_needed(kept, columns)) > _room(kept, width) and (last := max(heading.dropped for heading in kept)):
        place = next(place for place, heading in enumerate(kept) if heading.dropped == last)
        del kept[place], columns[place]
    table = Table(title=title or None, header_style="bold")
    for heading, share in zip(kept, _shares(kept, columns, _room(kept, width)), strict=True):
        table.add_column(heading.text, justify="right" if heading.is_sum else "left", overflow="fold", width=share)
    for row in zip(*columns, strict=True):
        table.add_row(*row)
    return table


def _room(headings: Sequence[Heading], width: int) -> int:
    return width - FRAME * len(headings) - 1


def _needed(headings: Sequence[Heading], columns: Sequence[Sequence[Text]]) -> list[int]:
    """Return the width at which each column breaks no word."""
    return [max(map(_kept_together, _words(*one))) for one in zip(headings, columns, strict=True)]


def _words(heading: Heading, cells: Sequence[Text]) -> list[str]:
    return [word for text in (heading.text, *(cell.plain for cell in cells)) for word in text.split()] or [""]


def _kept_together(word: str) -> int:
    return cell_len(word) if _is_whole(word) else min(LONGEST_WORD, max(1, cell_len(word)))


def _is_whole(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


def _shares(headings: Sequence[Heading], columns: Sequence[Sequence[Text]], room: int) -> list[int]:
    """Return the width of each column: what it needs, sums on one line first, and the rest to the narrowest ones."""
    both = list(zip(headings, columns, strict=True))
    wished = [max(cell_len(heading.text), *(cell.cell_len for cell in cells), 1) for heading, cells in both]
    whole = [max((cell_len(word) for word in _words(*one) if _is_whole(word)), default=1) for one in both]
    needed = _needed(headings, columns)
    on_one_line = [wish if one.is_sum else need for one, wish, need in zip(headings, wished, needed, strict=True)]
    least = (on_one_line, needed, whole, [1] * len(both))
    shares = list(next((one for one in least if sum(one) <= room), least[-1]))
    for _ in range(max(0, min(room, sum(wished)) - sum(shares))):
        narrow = [place for place, share in enumerate(shares) if share < wished[place]]
        shares[min(narrow, key=shares.__getitem__)] += 1
    return shares
