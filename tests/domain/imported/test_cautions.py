"""Whoever signs an import is warned of what was not compared, what is asked, and which sums have a part of a year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.imported.cautions import ListAge, SignedOn, cautions_of
from domain.imported.claims import ClaimedParty, ClaimedStage, ImportedPartnership, PastSum
from domain.imported.due import dues_of
from domain.imported.plan import ImportPlan, ImportRow, RowVerdict
from domain.legs.direction import Direction
from domain.values import Money
from tests.imports.grants import mapping

TODAY = date(2026, 12, 2)
FRESH = (ListAge("ofac-sdn", TODAY), ListAge("un-consolidated", TODAY - timedelta(days=3)))


def usd(amount: str) -> Money:
    return Money(amount=amount, currency="USD")  # type: ignore[arg-type]


def claim(*paid: PastSum, **changes: Any) -> ImportedPartnership:
    """Return a partnership of before with these payments."""
    content: dict[str, Any] = {
        "key": "G-1", "title": "Digital skills", "partner": ClaimedParty(name="Ford Library", country="US"),
        "direction": Direction.FUNDS_OUT, "funder": "ISOC", "stage": ClaimedStage.IN_FORCE,
        "agreed": usd("50000.00"), "paid": paid,
    }  # fmt: skip
    return ImportedPartnership(**content | changes)


def row(partnership: ImportedPartnership, *screening: str) -> ImportRow:
    return ImportRow(
        rows=(2,), key=partnership.key, verdict=RowVerdict.NEW, partnership=partnership, screening=screening
    )


def warned(*rows: ImportRow, lists: tuple[ListAge, ...] = FRESH, ends: str | None = "12-31", **by: Any) -> list[str]:
    """Return the cautions on a plan of these rows."""
    plan = ImportPlan(file_sha256="a" * 64, sheet="Grants", mapping=mapping(**by), rows=rows)
    return list(cautions_of(plan, SignedOn(TODAY, lists, timedelta(days=7), {"ISOC": ends})))


@pytest.mark.parametrize(
    ("part", "ends", "words"),
    [
        ({"year": 2024}, "06-30", "USD 5,000.00 of ISOC in 2024 cover parts of two of its years, which end on 06-30"),
        ({"year": 2024}, None, "USD 5,000.00 of ISOC in 2024 count in no schedule before the directory says"),
        ({"year": 2026}, "12-31", "USD 5,000.00 of ISOC in 2026 cover a part of it alone: it is not over"),
        ({}, "12-31", "USD 5,000.00 of ISOC in a year that nobody knows count in no schedule"),
        ({"year": 2024}, "12-31", ""),
        ({"on": date(2026, 3, 1)}, "06-30", ""),
    ],
)
def test_a_sum_of_a_part_of_a_year_is_told(part: dict[str, Any], ends: str | None, words: str) -> None:
    """Given a sum by its year or its day, then it is told if the funder's fiscal year is no whole year of it."""
    told = warned(row(claim(PastSum(money=usd("5000.00"), **part))), ends=ends)
    assert [line.startswith(words) for line in told] == ([True] if words else [])


def test_lists_that_are_missing_or_old_and_questions_are_told() -> None:
    """Given a list that was never loaded, one that is old, and two rows with questions, then each is told."""
    lists = (ListAge("ofac-sdn", TODAY - timedelta(days=8)), ListAge("un-consolidated", None))
    rows = [row(claim(key=key), "it may be FORD LIBRARY; is it?") for key in ("G-1", "G-2")]
    assert warned(*rows, lists=lists, answers={"G-1": "it is another body"}) == [
        "not loaded, so that no name was compared with it: un-consolidated",
        "ofac-sdn was last confirmed on 2026-11-24, good for 7 days: names may be missing",
        "2 rows have a question about screening: 1 answered in the mapping, 1 open",
    ]
    assert warned(row(claim())) == []


def test_what_ended_owes_nothing() -> None:
    """Given a claim with a day of its report, then it is due while it is in force, and not once it ended."""
    days = {"report_due": date(2027, 3, 31)}
    assert [len(dues_of(claim(stage=stage, **days))) for stage in ClaimedStage] == [1, 0]
