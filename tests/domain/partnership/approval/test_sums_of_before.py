"""What is claimed of before counts together with what is approved here, and nothing counts twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.imported.orders import ImportRecord
from domain.legs.funds_out import FundsOut
from domain.partnership.approval.sums_of_before import PastRecord, sum_of_before, support_of_before
from tests.builders import funds_out, party
from tests.domain.imported.test_claims import claim, past

NOW = datetime(2026, 12, 1, tzinfo=UTC)
REFERENCE = "P-2026-5001"


def before(**changes: Any) -> PastRecord:
    """Return a partnership of before with the payee of the leg, approved in March 2026 unless the changes say else."""
    content: dict[str, Any] = {"partner": {"name": "Riverbend Library Network", "country": "US", "ein": "001000001"}}
    content |= {"approved_on": "2026-03-01", "paid": [past("20000.00", year=2026)], **changes}
    record = ImportRecord(
        reference=REFERENCE, source="old", file_sha256="ab" * 32, sheet="", rows=(2,), partnership=claim(**content)
    )
    return PastRecord(record, NOW - timedelta(days=1))


def leg(**changes: Any) -> FundsOut:
    """Return a leg of 100 dollars to that payee."""
    body = {"name": "Riverbend Library Network", "ein": "001000001", **changes}
    return FundsOut.model_validate(funds_out("100.00", payee=party(**body)))


def amount(past_record: PastRecord, own_leg: FundsOut | None = None, here: frozenset[str] = frozenset()) -> Decimal:
    """Return the sum that a record adds, or zero."""
    counted = sum_of_before(past_record, own_leg or leg(), NOW, here)
    return counted.money.amount if counted is not None else Decimal(0)


def test_an_agreed_sum_of_the_year_counts_with_the_payees_next() -> None:
    """Given a grant of 50,000 in force from before, then it counts whole with the payee's next approval."""
    counted = sum_of_before(before(), leg(), NOW, frozenset())
    assert counted is not None
    assert (str(counted.money), counted.partnership_id, counted.same_payee) == ("USD 50,000.00", REFERENCE, True)


@pytest.mark.parametrize(
    ("changes", "counted"),
    [
        ({"approved_on": "2025-11-30"}, 0),
        ({"approved_on": "2025-12-01"}, 50000),
        ({"approved_on": None, "agreed_on": "2026-03-01"}, 50000),
        ({"approved_on": None}, 50000),
        ({"approved_on": "2030-01-01"}, 50000),
        ({"stage": "ENDED"}, 20000),
        ({"direction": "FUNDS_IN"}, 0),
        ({"partner": {"name": "Riverbend Library Network", "country": "US"}}, 50000),
        ({"partner": {"name": "RIVERBEND library-network", "country": "US"}}, 50000),
        ({"partner": {"name": "Riverbend Library Network", "country": "CA"}}, 0),
        ({"partner": {"name": "Riverbend Library Network", "country": "US", "ein": "001000002"}}, 0),
        ({"partner": {"name": "Another name", "country": "US", "ein": "001000001"}}, 50000),
    ],
)
def test_when_it_counts(changes: dict[str, Any], counted: int) -> None:
    """Given a record of before, then it counts for a year from its approval, for the same body."""
    assert amount(before(**changes)) == counted


def test_what_goes_on_here_counts_once() -> None:
    """Given a partnership of before that was proposed here again, then only what was paid before counts beside it."""
    assert amount(before(), here=frozenset({REFERENCE})) == 20000


def test_support_is_the_same_funders_within_four_years() -> None:
    """Given a grant of before of another funder, or of five years ago, then it is no support of the payee."""
    three_years = before(approved_on="2023-12-15")
    assert amount(three_years) == 0
    assert support_of_before(three_years, leg(), NOW, frozenset()) is not None
    assert support_of_before(before(approved_on="2021-12-15"), leg(), NOW, frozenset()) is None
    assert support_of_before(before(funder="SFI"), leg(), NOW, frozenset()) is None


@given(st.integers(0, 50_000), st.booleans())
def test_it_never_counts_more_than_was_agreed(paid: int, goes_on: bool) -> None:
    """Given any sum that was paid before, then no more counts than was agreed, whether it goes on here or not."""
    parts = [past(f"{paid}.00", year=2026)] if paid else []
    assert amount(before(paid=parts), here=frozenset({REFERENCE} if goes_on else ())) <= 50_000
