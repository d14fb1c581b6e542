"""One file by itself: what its columns look like, how it ends, and what a companion names that no main file does."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from registers.loading.parts import Ending, FileCount, strays
from registers.loading.rows import ParsedRow
from registers.sources.kinds import FileKind
from registers.sources.shapes import column

MAIN = FileKind("main", "Main file", lambda text: tuple(text.split("|")), 1, shapes=(column(1, "the colour", "red"),))
COMPANION = FileKind("names", "Names", lambda text: (text,), header="NUMBER")


def counted(rows: Iterable[tuple[str, str]], kind: FileKind = MAIN, name: str = "main.csv", bad: int = 0) -> FileCount:
    """A file of which these rows were read, each with its key and its colour; the first stands in line 2."""
    part = FileCount(name, kind, bad=bad, keys={})
    for line, (key, colour) in enumerate(rows, start=2):
        part.take(ParsedRow(line, key, f"{key}|{colour}"))
    return part


def numbers(*keys: str) -> FileCount:
    return counted((key, "red") for key in keys)


@pytest.mark.parametrize(
    ("keys", "highest", "bearing"),
    [
        pytest.param(("7", "8", "9"), "9", 1, id="in order"),
        pytest.param(("9", "10"), "10", 1, id="by number and not by letters"),
        pytest.param(("10", "9"), "10", 1, id="whatever the order"),
        pytest.param(("21", "19"), "21", 1, id="of one length"),
        pytest.param(("9", "9", "8", "9"), "9", 3, id="of several rows"),
        pytest.param(("9", "9", "10"), "10", 1, id="of one row after others of several"),
    ],
)
def test_a_file_ends_with_its_highest_number_and_the_rows_that_bear_it(
    keys: tuple[str, ...], highest: str, bearing: int
) -> None:
    assert numbers(*keys).ending == Ending(len(keys), f"{highest:0>18}", bearing)


def test_ends_of_files_compare_as_numbers_whatever_their_length() -> None:
    assert numbers("10").ending.beyond(numbers("9").ending)
    assert not numbers("9").ending.beyond(numbers("10").ending)


def test_an_end_is_told_by_its_number_and_by_how_many_rows_bear_it() -> None:
    """Of an entry with three rows that end a file, one that has two of them was cut."""
    whole = Ending(10, "000900", 3)
    assert whole.beyond(whole._replace(bearing=2))
    assert whole.beyond(whole._replace(highest="000899", bearing=9))
    assert not whole.beyond(whole)


def test_the_first_line_of_each_entry_is_remembered_of_a_list_alone() -> None:
    assert numbers("7", "8", "7").keys == {"7": 2, "8": 3}
    other = FileCount("main.csv", MAIN)
    other.take(ParsedRow(2, "7", "7|red"))
    assert other.keys is None


@pytest.mark.parametrize(
    ("kind", "bad", "faults"),
    [
        pytest.param(COMPANION, 0, ["names.csv line 1: no row follows the header"], id="a header alone"),
        pytest.param(MAIN, 0, ["names.csv line 1: there is no row in it"], id="nothing"),
        pytest.param(MAIN, 1, [], id="bad rows alone, which are told by themselves"),
    ],
)
def test_a_file_without_a_row_is_told(kind: FileKind, bad: int, faults: list[str]) -> None:
    assert list(counted((), kind, "names.csv", bad).faults()) == faults
    assert not list(counted([("7", "red")], kind, "names.csv", bad).faults())


HALF = MAIN._replace(shapes=(column(1, "the colour", "red", 0.5),))


def colours(*others: int, of: int, kind: FileKind = MAIN) -> list[str]:
    """The faults of a file with so many rows, of which some, counted from 1, have another colour."""
    rows = ((str(number), "blue" if number in others else "red") for number in range(1, of + 1))
    return list(counted(rows, kind).faults())


def test_a_column_of_another_form_is_told_with_its_first_line_and_how_many_there_are() -> None:
    told = "main.csv line 4: the colour is 'blue', and 3 of 20 rows have another form than published"
    assert colours(3, 5, 9, of=20) == [told]


def test_as_many_odd_rows_as_a_column_may_have_are_no_fault() -> None:
    assert colours(7, of=20) == []
    assert colours(*range(10), of=20, kind=HALF) == []
    assert colours(*range(1, 11), of=20, kind=HALF) == []
    assert colours(*range(1, 12), of=20, kind=HALF) != []


def test_every_row_of_the_first_thousand_is_looked_at_and_then_each_sixteenth() -> None:
    """Given a file of which all is well but one row, then that row is looked at if it is one of those."""
    part = counted((str(number), "red") for number in range(1, 1041))
    assert part._checked == 1003
    seen = [number for number in (999, 1000, 1001, 1008, 1009, 1024) if sum(map(len, one_blue(number)._misfits))]
    assert seen == [999, 1000, 1008, 1024]


def one_blue(place: int) -> FileCount:
    return counted((str(number), "blue" if number == place else "red") for number in range(1, 1041))


def test_the_first_entry_of_each_companion_that_no_main_file_lists_is_told() -> None:
    main, more = numbers("1", "2"), counted([("3", "red")], MAIN, "more.csv")
    names = counted([("2", ""), ("3", ""), ("5", ""), ("6", "")], COMPANION, "names.csv")
    places = counted([("6", "")], COMPANION, "places.csv")
    stray = "is not in the main file, which is of another day or cut off"
    assert list(strays((main, more, names, places))) == [
        f"names.csv line 4: entry 5 {stray}",
        f"places.csv line 2: entry 6 {stray}",
    ]
    assert list(strays((main, more))) == []
    assert list(strays((FileCount("main.csv", MAIN), FileCount("names.csv", COMPANION)))) == []
