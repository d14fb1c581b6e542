"""What changed since an earlier book: corrections of what was published then, apart from what happened since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from accord.cli.publishing.folders import write_folder
from accord.cli.publishing.former import read_former, require_earlier
from accord.cli.publishing.signatures import Trust, signed
from accord.presentation.faults import BadInput, Refused
from ledger.proof.notes import SigningKey
from publishing.board.changes import FormerBook, difference
from publishing.board.publication import EarlierBook, board
from publishing.figures import EventSum, SumPart
from publishing.files import Publication, folder_of
from publishing.schedules.publication import schedules
from tests.builders import NOON
from tests.publishing.casting import SETTLED, Cast, body, granted, stand
from tests.publishing.sheets import rows_of

KEY = SigningKey.make("ledger.example.org")
TRUST = Trust((str(KEY.verifier),))
LIBRARY = body("Library A", "001000001")
THEN, NOW = NOON.date() + timedelta(days=30), NOON.date() + timedelta(days=200)


def published(cast: Cast, folder: Path) -> FormerBook:
    """A book of an earlier day, as its folder says it."""
    ground = stand(THEN.isoformat())
    write_folder(folder, signed(folder_of(board(cast.cases(THEN), ground), ground), KEY))
    return read_former(folder, TRUST).book


def compared(cast: Cast, former: FormerBook) -> Publication:
    return board(cast.cases(NOW), stand(NOW.isoformat()), earlier=EarlierBook(former, cast.cases(former.on)))


def moved(cast: Cast, reference: str, days: int, place: Callable[[int], bool]) -> None:
    """Let some of a partnership's events, and what the book has of them, be of later days."""
    for number, one in enumerate(cast.occurrences[reference]):
        if place(number):
            at = one.event.at + timedelta(days=days)
            cast.occurrences[reference][number] = one._replace(event=one.event.model_copy(update={"at": at}))


def test_what_was_written_down_later_is_a_correction_and_what_happened_later_is_not(tmp_path: Path) -> None:
    """Given a book, a payment of its days that was imported after it, and a payment of later days, then each is told
    apart, and what did not change is not listed.
    """
    cast = Cast()
    first, second = granted(LIBRARY, "600.00"), granted(LIBRARY, "400.00")
    cast.tell("P-2026-0001", first)
    cast.tell("P-2026-0002", second)
    cast.tell("P-2026-0003", granted(LIBRARY, "30.00"))
    former = published(cast, tmp_path / "then")
    cast.tell("P-2026-0001", first.given(*SETTLED))
    before = len(cast.occurrences["P-2026-0002"])
    entries = len(cast.entries)
    cast.tell("P-2026-0002", second.given(*SETTLED))
    moved(cast, "P-2026-0002", 100, lambda number: number >= before)
    cast.later(entries, timedelta(days=100))
    rows = rows_of(compared(cast, former), "changes.csv")
    by = {(row["grant"], row["what"]): row for row in rows}
    assert {row["grant"] for row in rows} == {"P-2026-0001", "P-2026-0002", "Together"}
    late, later = by["P-2026-0001", "paid"], by["P-2026-0002", "paid"]
    assert [late[field] for field in ("then", "correction", "known_now", "since", "now")] == [
        "0.00", "600.00", "600.00", "0.00", "600.00",
    ]  # fmt: skip
    assert [later[field] for field in ("then", "correction", "known_now", "since", "now")] == [
        "0.00", "0.00", "0.00", "400.00", "400.00",
    ]  # fmt: skip
    assert by["Together", "committed"]["now"] == "1030.00"
    assert (by["P-2026-0001", "stage"]["then"], by["P-2026-0001", "stage"]["known_now"]) == ("ACTIVE", "CLOSED")


def test_a_grant_that_is_withheld_by_now_is_told_of_in_sums_alone(tmp_path: Path) -> None:
    cast = Cast()
    cast.tell("P-2026-0001", granted(LIBRARY, "600.00"))
    former = published(cast, tmp_path / "then")
    withheld = Cast()
    withheld.tell("P-2026-0001", granted(LIBRARY, "600.00", withheld_for="Safety of the grantee"))
    rows = rows_of(compared(withheld, former), "changes.csv")
    by = {(row["grant"], row["what"]): row["correction"] for row in rows}
    assert (by["P-2026-0001", "committed"], by["Withheld", "committed"]) == ("-600.00", "600.00")
    assert by["Together", "committed"] == "0.00"


def test_a_difference_is_of_the_events_that_are_in_one_of_them_alone() -> None:
    earlier = EventSum("USD", (SumPart(3, 100), SumPart(5, 20)))
    later = EventSum("USD", (SumPart(3, 100), SumPart(9, 7)))
    assert difference(later, earlier) == EventSum("USD", (SumPart(5, -20), SumPart(9, 7)))


def test_a_folder_of_something_else_or_that_was_changed_is_no_earlier_book(tmp_path: Path) -> None:
    cast = Cast()
    cast.tell("P-2026-0001", granted(LIBRARY, "600.00"))
    published(cast, tmp_path / "then")
    sheet = tmp_path / "then" / "grants.csv"
    sheet.write_bytes(sheet.read_bytes().replace(b"600.00", b"900.00"))
    with pytest.raises(Refused, match="changed after it was published"):
        read_former(tmp_path / "then", TRUST)
    ground = stand(date(2026, 12, 31).isoformat())
    write_folder(tmp_path / "other", signed(folder_of(schedules(cast.cases(), ground), ground), KEY))
    with pytest.raises(BadInput, match=r"grants\.csv"):
        read_former(tmp_path / "other", TRUST)


def test_a_book_of_another_funder_or_of_a_later_ledger_is_no_earlier_one(tmp_path: Path) -> None:
    cast = Cast()
    cast.tell("P-2026-0001", granted(LIBRARY, "600.00"))
    published(cast, tmp_path / "then")
    former = read_former(tmp_path / "then", TRUST)
    require_earlier(former, former.book.position, "ISOC")
    with pytest.raises(BadInput, match="is of ISOC"):
        require_earlier(former, former.book.position, "FOUNDATION")
    with pytest.raises(BadInput, match="knew the ledger up to 7000"):
        require_earlier(former, former.book.position - 1, "ISOC")
