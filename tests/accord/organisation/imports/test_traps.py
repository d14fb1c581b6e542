"""The workbook of traps as people check it: each row has its verdict, and the ledger is as it was."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from accord.client.desk import Desk
from accord.organisation.imports.checking import SourceFile, check_file
from domain.imported.mapping import ImportMapping
from domain.imported.plan import RowVerdict
from tests.imports.grants import book_of, mapping, numbered, saved
from tests.imports.traps import REFUSED


class DeskTrap(NamedTuple):
    """A row that only the organisation's own records or the lists can judge, with a word of what is said."""

    changes: dict[str, Any]
    verdict: RowVerdict
    word: str


ASKED: Final = (
    DeskTrap({"Organisation": "Zorvania Trade Bureau"}, RowVerdict.PERSON, "it may be ZORVANIA TRADE BUREAU"),
    DeskTrap({"Country": "KP"}, RowVerdict.PERSON, "North Korea is embargoed"),
    DeskTrap({"EIN": "00-1000077"}, RowVerdict.PERSON, "is it one body under two names?"),
    DeskTrap({"EIN": "00-1000077"}, RowVerdict.PERSON, "is it one body under two names?"),
    DeskTrap({"Organisation": "Twin Libraries", "EIN": "00-1000078"}, RowVerdict.PERSON, "which?"),
    DeskTrap({"Organisation": "Twin Libraries", "EIN": "00-1000079"}, RowVerdict.PERSON, "which?"),
    DeskTrap({"Objective": "NOBODY"}, RowVerdict.REFUSED, "the directory holds no funder NOBODY"),
    DeskTrap({"Objective": "ISOC, OTHER"}, RowVerdict.REFUSED, "ISOC, OTHER"),
    DeskTrap({}, RowVerdict.NEW, ""),
)
"""The column `Objective` gives the funder here: two of them in a cell are none."""


def of_the_desk() -> tuple[list[dict[str, Any]], ImportMapping]:
    """Return the rows, each of a partner that nobody else has unless the trap says so, and their mapping."""
    apart = [{"Organisation": f"Library of Ford {number}", "EIN": None} for number in range(len(ASKED))]
    rows = [{**row, "Objective": "ISOC", **trap.changes} for row, trap in zip(apart, ASKED, strict=True)]
    fields = mapping().model_dump(mode="json")["fields"]
    fields["funder"] = {"column": "Objective"}
    del fields["objective"]
    return rows, mapping(fields=fields)


async def test_every_trap_has_its_verdict_and_nothing_is_written(furnished: Desk) -> None:
    """Given every trap, when a desk checks them, then each has its verdict, and no event and no order is there."""
    head = await furnished.ledger.head()
    file = SourceFile("grants.xlsx", saved(book_of(numbered([trap.changes for trap in REFUSED]))))
    plan = await check_file(furnished, file, mapping())
    assert [row.verdict for row in plan.rows] == [RowVerdict.REFUSED] * len(REFUSED)
    rows, by = of_the_desk()
    asked = await check_file(furnished, SourceFile("asked.xlsx", saved(book_of(numbered(rows)))), by)
    assert [row.verdict for row in asked.rows] == [trap.verdict for trap in ASKED]
    for row, trap in zip(asked.rows, ASKED, strict=True):
        assert trap.word in " ".join([*row.questions, *map(str, row.faults)])
    assert await furnished.ledger.head() == head
