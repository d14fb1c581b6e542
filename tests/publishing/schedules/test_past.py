"""Sums of before in the schedules: of the year and the payee that the books of before say, shown as claimed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.directory.chart import BookBasis
from domain.imported.claims import ImportedPartnership
from domain.imported.orders import ImportRecord
from domain.parties import FunderProfile
from publishing.counting import Counted
from publishing.files import Publication
from publishing.schedules.past import PastGrant
from publishing.schedules.publication import schedules
from tests.publishing.casting import Cast, body, given_to, stand
from tests.publishing.schedules.test_lines import cell, rows

ON = "2026-12-31"
POSITION = 4000


def paid(amount: str, **at: Any) -> dict[str, Any]:
    """Return a sum of before, in dollars."""
    return {"money": {"amount": amount, "currency": "USD"}, **at}


def past_grant(*sums: dict[str, Any], **changes: Any) -> PastGrant:
    """Return a partnership of before of Library B, whose EIN is 00-1000002, with these sums paid."""
    party = {"name": "Library of B", "country": "US", "ein": "001000002", **changes.pop("partner", {})}
    content = {
        "key": "G-1", "title": "Digital skills for libraries", "partner": party, "direction": "FUNDS_OUT",
        "funder": "ISOC", "stage": "IN_FORCE", "agreed": {"amount": "90000.00", "currency": "USD"},
        "purpose": "Trainers for eleven libraries", "paid": sums, **changes,
    }  # fmt: skip
    record = ImportRecord(
        reference="P-2026-5001", source="grants-database", file_sha256="ab" * 32, sheet="Grants", rows=(2,),
        partnership=ImportedPartnership.model_validate(content),
    )  # fmt: skip
    return PastGrant(record, POSITION, date(2026, 12, 1))


def published(*past: PastGrant, here: str = "", **said: Any) -> Publication:
    """Publish the schedules of partnerships of before, with a grant of here to Library B if a sum is given."""
    cast = Cast(BookBasis.CASH)
    if here:
        cast.tell("P-2026-0001", given_to(body("Library B", "001000002"), here))
    return schedules(cast.cases(), stand(ON, **{"basis": "CASH", **said}), past)


def test_a_sum_of_before_takes_a_payee_over_the_threshold() -> None:
    """Given 3,000 paid here and 2,500 before in the year, then the payee is listed with both, and its cells open."""
    publication = published(past_grant(paid("2500.00", on="2026-03-01")), here="3000.00")
    (row,) = rows(publication, "schedule-i-part-2")
    assert (row["name"], row["cash"], row["before"]) == ("Library B", "5500.00", "2500.00")
    assert row["grants"] == "P-2026-0001 P-2026-5001"
    assert cell(publication, "schedule-i-part-2", "1:before") == {POSITION: Decimal("2500.00")}
    assert cell(publication, "schedule-i-part-2", "1:cash")[POSITION] == Decimal("2500.00")
    assert publication.tally.published == Counted(1, {"USD": Decimal("5500.00")})
    totals = [(line["what"], line["amount"]) for line in rows(publication, "schedule-totals") if line["amount"]]
    assert ("Paid before Accord, as claimed, in the lines above", "2500.00") in totals


YEARS: list[tuple[str, dict[str, Any], str, str]] = [
    ("a day of the year", {"on": "2026-01-01"}, "12-31", "listed"),
    ("the year alone", {"year": 2026}, "12-31", "listed"),
    ("a day of the year before", {"on": "2025-12-31"}, "12-31", "neither"),
    ("another year", {"year": 2024}, "12-31", "neither"),
    ("a calendar year that is of two fiscal years", {"year": 2026}, "06-30", "undated"),
    ("no day at all", {}, "12-31", "undated"),
    ("a day of a fiscal year", {"on": "2025-08-01"}, "06-30", "listed"),
]


@pytest.mark.parametrize("basis", list(BookBasis))
@pytest.mark.parametrize(("at", "year_ends", "place"), [case[1:] for case in YEARS], ids=[case[0] for case in YEARS])
def test_the_claim_says_the_year(at: dict[str, Any], year_ends: str, place: str, basis: BookBasis) -> None:
    """Given a sum of before, then it is of the fiscal year of its day, and left out and counted where none is sure."""
    publication = published(past_grant(paid("6000.00", **at)), year_ends=year_ends, basis=basis.value)
    assert [row["cash"] for row in rows(publication, "schedule-i-part-2")] == ["6000.00"] * (place == "listed")
    undated = {"PAID_BEFORE_ON_AN_UNKNOWN_DAY": Counted(1, {"USD": Decimal("6000.00")})}
    assert publication.tally.left_out == (undated if place == "undated" else {})


def test_a_year_that_began_after_it_was_brought_in_holds_no_undated_sum() -> None:
    """Given a sum whose day nobody knows, when a year begins after it was brought in, then it is not of that year."""
    publication = schedules([], stand("2027-12-31"), [past_grant(paid("6000.00"))])
    assert publication.tally.total == Counted(0, {})


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({"partner": {"ein": "001000009"}}, [("Library of B", "6000.00")]),
        ({"partner": {"ein": None, "name": "LIBRARY  B"}}, [("LIBRARY B", "6000.00")]),
        ({"funder": "OTHER"}, []),
        ({"direction": "FUNDS_IN"}, []),
    ],
)
def test_only_the_same_payee_and_funder_count(changes: dict[str, Any], lines: list[tuple[str, str]]) -> None:
    """Given another number, no number, another funder or money in, then Library B stays at its 3,000 of here."""
    publication = published(past_grant(paid("6000.00", year=2026), **changes), here="3000.00")
    assert [(row["name"], row["cash"]) for row in rows(publication, "schedule-i-part-2")] == lines
    assert publication.tally.left_out == {"BELOW_THRESHOLD": Counted(1, {"USD": Decimal("3000.00")})}


def test_a_number_abroad_joins_and_an_organisation_abroad_is_in_schedule_f() -> None:
    """Given two claims of one number in another register, then they are one recipient of Schedule F, by its region."""
    partner = {"country": "KE", "ein": None, "number": {"scheme": "KE-NCB", "number": "77-1"}}
    other = {**partner, "name": "Maktaba", "number": {"scheme": "KE-NCB", "number": "771"}}
    publication = published(
        past_grant(paid("3000.00", year=2026), partner=partner), past_grant(paid("3000.00", year=2026), partner=other)
    )
    (row,) = rows(publication, "schedule-f-part-2")
    assert (row["region"], row["cash"], row["before"]) == ("Sub-Saharan Africa", "6000.00", "6000.00")
    (region,) = rows(publication, "schedule-f-part-1")
    assert region["total"] == "6000.00"


def test_a_partnership_that_goes_on_here_under_its_reference_is_told_once() -> None:
    """Given a partnership of before that was proposed here under its reference, then both sums count, named once."""
    past = past_grant(paid("6000.00", year=2026))
    renamed = PastGrant(past.record.model_copy(update={"reference": "P-2026-0001"}), POSITION, past.brought_in_on)
    (row,) = rows(published(renamed, here="3000.00"), "schedule-i-part-2")
    assert (row["cash"], row["before"], row["grants"]) == ("9000.00", "6000.00", "P-2026-0001")


def test_what_came_back_before_lessens_no_grant_and_stands_apart() -> None:
    """Given 6,000 paid and 1,000 returned in the year, then the line says 6,000 and the totals that 1,000 came back."""
    publication = published(past_grant(paid("6000.00", year=2026), returned=[paid("1000.00", on="2026-05-01")]))
    assert [row["cash"] for row in rows(publication, "schedule-i-part-2")] == ["6000.00"]
    assert rows(publication, "schedule-totals")[-1]["amount"] == "1000.00"


def test_other_currencies_and_private_foundations_leave_it_out_by_their_reasons() -> None:
    """Given euros, or a private foundation, then the sum is counted under the same reasons as one of here."""
    euros = {"money": {"amount": "9000.00", "currency": "EUR"}, "year": 2026}
    past = past_grant(euros, agreed={"amount": "9000.00", "currency": "EUR"})
    assert published(past).tally.left_out == {"NOT_IN_DOLLARS": Counted(1, {"EUR": Decimal("9000.00")})}
    private = published(past_grant(paid("6000.00", year=2026)), profile=FunderProfile.PRIVATE_FOUNDATION)
    assert private.tally.left_out["FILES_990_PF"].number == 1


def test_without_a_sum_of_before_no_column_is_added() -> None:
    """Given grants of here alone, then the sheets are those of before this was known, to the byte."""
    assert published(here="6000.00").files == published(past_grant(paid("1.00", year=2020)), here="6000.00").files
    (row,) = rows(published(here="6000.00"), "schedule-i-part-2")
    assert "before" not in row
