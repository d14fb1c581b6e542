"""The edges of the guards: how much a version may lose, of which kind of register, and what is said of more (R28)."""

from __future__ import annotations

import pytest

from registers.loading.parts import Ending
from registers.loading.plausibility import FileCompared, Floor, LoadResult, implausible
from tests.registers.files import FIRST_DAY, NEXT_DAY

SOUND = LoadResult(
    rows=1000, companions=0, bad=0, came=10, left=10,
    source_date=NEXT_DAY, rows_in_force=1000, date_in_force=FIRST_DAY,
)  # fmt: skip
FIRST = SOUND._replace(came=1000, left=0, rows_in_force=None, date_in_force=None)
FLOOR = Floor(800)
A_LIST, RATES = SOUND._replace(lists_people=True), SOUND._replace(converts=True)
FIRST_BAD = "content line 7: entry 3 has no name"


def told(arrival: LoadResult) -> str:
    """The reason of a refusal, or nothing."""
    return str(implausible(arrival, FLOOR) or "")


def file(before: int, now: int, *, highest: str = "900", ends: bool = False) -> LoadResult:
    """A version with a file that had so many rows in force, up to entry 900, and now has others."""
    name = FileCompared("eo2.csv", now + 1, ends, Ending(before, "000900", 2), Ending(now, highest.zfill(6), 2))
    return SOUND._replace(files=(name,))


@pytest.mark.parametrize(
    "arrival",
    [
        pytest.param(SOUND, id="a usual month"),
        pytest.param(FIRST, id="the first version"),
        pytest.param(FIRST._replace(rows=FLOOR.own), id="as many rows as the floor"),
        pytest.param(SOUND._replace(rows=990, bad=10), id="one bad row in a hundred"),
        pytest.param(SOUND._replace(source_date=FIRST_DAY), id="true of the same day"),
        pytest.param(SOUND._replace(rows=800, left=200, came=0), id="20 per cent smaller"),
        pytest.param(SOUND._replace(rows=5000, came=4000, left=0), id="five times as large"),
        pytest.param(SOUND._replace(came=500, left=500), id="half of a long register changed"),
        pytest.param(SOUND._replace(rows=999, came=999, left=999, rows_in_force=999), id="a short register as a whole"),
        pytest.param(SOUND._replace(companions=2000, came=1500, left=1500), id="half of its rows with companions"),
        pytest.param(SOUND._replace(parts=(("Master File", 4, 4),)), id="as many parts"),
        pytest.param(SOUND._replace(parts=(("Master File", 1, 4),)), id="more parts"),
    ],
)
def test_what_is_plausible_passes(arrival: LoadResult) -> None:
    assert implausible(arrival, FLOOR) is None


@pytest.mark.parametrize(
    ("arrival", "reason"),
    [
        pytest.param(
            SOUND._replace(bad=11),
            "11 of 1011 lines are bad, more than 1%; see the reasons and fetch the file again",
            id="too many bad rows",
        ),
        pytest.param(
            SOUND._replace(companions=1000, bad=21),
            "21 of 2021 lines are bad, more than 1%; see the reasons and fetch the file again",
            id="too many bad rows in all files",
        ),
        pytest.param(
            FIRST._replace(rows=FLOOR.own - 1, companions=5000),
            "799 rows, and the whole register never has fewer than 800; fetch the file again",
            id="below the floor, whatever stands beside it",
        ),
        pytest.param(
            SOUND._replace(source_date=FIRST_DAY, date_in_force=NEXT_DAY),
            "true of 2026-11-01, and the version in force of 2026-12-01; fetch a newer file",
            id="older than the version in force",
        ),
        pytest.param(
            SOUND._replace(rows=1000, rows_in_force=1251),
            "1000 rows, 20% fewer than the 1251 in force; fetch the file again",
            id="more than 20 per cent smaller",
        ),
        pytest.param(
            SOUND._replace(came=501, left=501),
            "501 of 1000 rows in force left or changed, more than 50%; "
            "fetch the file again, or override if the publisher really changed them",
            id="more than half of a long register changed",
        ),
        pytest.param(
            SOUND._replace(companions=2000, came=1501, left=1501),
            "1501 of 3000 rows in force left or changed, more than 50%; "
            "fetch the file again, or override if the publisher really changed them",
            id="more than half of its rows with companions changed",
        ),
        pytest.param(
            SOUND._replace(cut_off=("new line 7: the file ends in the middle of this line", "other line 9: too")),
            "new line 7: the file ends in the middle of this line; fetch the file again",
            id="cut off",
        ),
        pytest.param(
            SOUND._replace(rows=900, parts=(("Master File", 4, 3),)),
            "3 files of Master File, and 4 in force; give all parts together",
            id="a part that is missing",
        ),
    ],
)
def test_what_is_implausible_is_refused_in_one_line_with_the_remedy(arrival: LoadResult, reason: str) -> None:
    assert str(implausible(arrival, FLOOR)) == reason


@pytest.mark.parametrize(
    ("given", "rows_in_force", "holds"),
    [
        pytest.param(None, None, 800, id="the register's own, at first"),
        pytest.param(None, 50, 800, id="the register's own, after a sample"),
        pytest.param(1, None, 1, id="a lower one, at first"),
        pytest.param(1, 799, 1, id="a lower one, as long as a part or a sample is in force"),
        pytest.param(1, 800, 800, id="no lower one, once the whole register is in force"),
        pytest.param(900, 800, 900, id="a higher one, always"),
    ],
)
def test_a_lower_floor_holds_until_the_whole_register_is_in_force(
    given: int | None, rows_in_force: int | None, holds: int
) -> None:
    assert Floor(800, given).holding(rows_in_force) == holds


def test_who_lowers_the_floor_of_a_register_in_force_is_told_how_to_answer_for_it() -> None:
    assert str(implausible(SOUND._replace(rows=799), Floor(800, 1))) == (
        "799 rows, and the whole register never has fewer than 800; "
        "a lower floor is for the first load: `accord registers override` it by a signed reason"
    )


@pytest.mark.parametrize(
    "arrival",
    [
        pytest.param(A_LIST._replace(entries=(("Main list", 100, 5),)), id="a list lost five entries of a hundred"),
        pytest.param(A_LIST._replace(kinds=(("entries", 100, 95),)), id="a list lost five lines of a hundred"),
        pytest.param(SOUND._replace(kinds=(("names", 100, 80),)), id="a kind of file lost a fifth"),
        pytest.param(SOUND._replace(kinds=(("names", 100, 85),)), id="a kind of file lost more than few, and no fifth"),
        pytest.param(SOUND._replace(kinds=(("names", 20, 10),)), id="a small kind of file lost ten"),
        pytest.param(RATES._replace(left=10), id="ten days of rates changed"),
        pytest.param(SOUND._replace(left=11), id="eleven rows of what converts nothing changed"),
        pytest.param(file(100, 80), id="a file lost a fifth, and has its end"),
        pytest.param(file(100, 85), id="a file lost more than few, and no fifth"),
        pytest.param(file(20, 10), id="a small file lost ten"),
        pytest.param(file(100, 100, highest="899", ends=True), id="a file that shows that it is whole ends earlier"),
        pytest.param(file(100, 100, highest="901"), id="a file goes on after the end of the one before"),
    ],
)
def test_what_a_publisher_changes_in_a_day_passes(arrival: LoadResult) -> None:
    assert told(arrival) == ""


@pytest.mark.parametrize(
    ("arrival", "reason"),
    [
        pytest.param(
            A_LIST._replace(bad=1, first_bad=FIRST_BAD),
            "1 of 1001 lines are bad, and each may name somebody who may not be dealt with (the first: content line 7: "
            "entry 3 has no name); see the reasons, and fetch the file again or override",
            id="one bad line of a list",
        ),
        pytest.param(
            RATES._replace(bad=1, first_bad=FIRST_BAD),
            f"1 of 1001 lines are bad, and sums are converted by each (the first: {FIRST_BAD}); see the reasons and "
            "fetch the file again",
            id="one bad line of rates",
        ),
        pytest.param(
            A_LIST._replace(entries=(("Main list", 100, 6),)),
            "6 of the 100 entries of Main list are gone, more than 5%; fetch the files again; if the publisher really "
            "removed them, two people answer for it: `accord registers override`",
            id="six entries of a list",
        ),
        pytest.param(
            A_LIST._replace(kinds=(("entries", 100, 94),)),
            "94 rows of its entries file, and 100 in force, more than 5% fewer; fetch the files again; if the "
            "publisher really removed them, two people answer for it: `accord registers override`",
            id="six lines of a list",
        ),
        pytest.param(
            SOUND._replace(kinds=(("names", 100, 79),)),
            "79 rows of its names file, and 100 in force; fetch the files again",
            id="more than a fifth of a kind of file",
        ),
        pytest.param(
            SOUND._replace(kinds=(("names", 20, 9),)),
            "9 rows of its names file, and 20 in force; fetch the files again",
            id="eleven of a small kind of file",
        ),
        pytest.param(
            RATES._replace(left=11),
            "11 days that were published have other rates now, or are gone; fetch the file again; if the publisher "
            "really changed them, somebody answers for it: `accord registers override`",
            id="eleven days of rates",
        ),
        pytest.param(
            file(100, 79),
            "eo2.csv line 80: it ends after 79 rows, and 100 are in force; fetch the file again; if the publisher "
            "really removed them, somebody answers for it: `accord registers override`",
            id="more than a fifth of a file",
        ),
        pytest.param(
            file(20, 9),
            "eo2.csv line 10: it ends after 9 rows, and 20 are in force; fetch the file again; if the publisher "
            "really removed them, somebody answers for it: `accord registers override`",
            id="eleven of a small file",
        ),
        pytest.param(
            file(100, 100, highest="899"),
            "eo2.csv line 101: it ends before 900, with which the one in force ends; fetch the file again; if the "
            "publisher really removed them, somebody answers for it: `accord registers override`",
            id="the end of a file",
        ),
        pytest.param(
            SOUND._replace(faults=("eo2.csv line 1: no row follows the header", "another")),
            "eo2.csv line 1: no row follows the header; fetch the publisher's own files again, all of one day",
            id="a file without rows",
        ),
    ],
)
def test_more_is_refused_with_what_is_missing_and_what_to_do(arrival: LoadResult, reason: str) -> None:
    assert told(arrival) == reason


def test_a_higher_floor_that_somebody_gave_is_not_told_as_a_lower_one() -> None:
    few = SOUND._replace(rows=899)
    assert str(implausible(few, Floor(800, 900))) == (
        "899 rows, and the whole register never has fewer than 900; fetch the file again"
    )
