"""The bytes that a decision rests on: an edition's own fields, and no field that a later one added (R35, C40)."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Annotated

import pytest

from domain.policy.canonical import canonical, digest_under
from domain.values import Since, Value


class Inner(Value):
    """A value within another, which grew in a later edition too."""

    first: int = 1
    added: Annotated[int, Since("2026.10")] = 2


class Outer(Value):
    """A value that grew over four editions. Two of them have the same first digit."""

    first: str = "one"
    second: Annotated[Decimal, Since("2026.2")] = Decimal("2.00")
    tenth: Annotated[tuple[Inner, ...], Since("2026.10")] = (Inner(), Inner(first=3))
    next_year: Annotated[Inner | None, Since("2027.1")] = None


OLDEST = b'{"first":"one"}'
SECOND = b'{"first":"one","second":"2.00"}'
TENTH = b'{"first":"one","second":"2.00","tenth":[{"added":2,"first":1},{"added":2,"first":3}]}'
NEXT_YEAR = TENTH.replace(b'"second"', b'"next_year":null,"second"')


@pytest.mark.parametrize(
    ("edition", "known"),
    [
        ("2025.12", OLDEST),
        ("2026.1", OLDEST),
        ("2026.2", SECOND),
        ("2026.3", SECOND),
        ("2026.9", SECOND),
        ("2026.10", TENTH),
        ("2026.11", TENTH),
        ("2026.20", TENTH),
        ("2027.1", NEXT_YEAR),
        ("2030.1", NEXT_YEAR),
        ("10000.1", NEXT_YEAR),
    ],
)
def test_an_edition_knows_the_fields_of_all_before_it_and_none_of_a_later_one(edition: str, known: bytes) -> None:
    assert canonical(Outer(), edition) == known
    assert digest_under(Outer(), edition) == hashlib.sha256(known).hexdigest()


def test_a_field_within_a_field_is_left_out_by_its_own_edition() -> None:
    assert canonical(Inner(), "2026.9") == b'{"first":1}'
    assert canonical(Inner(), "2026.10") == b'{"added":2,"first":1}'


def test_what_a_later_edition_added_never_changes_an_older_digest() -> None:
    grown = Outer(second=Decimal(9), tenth=(), next_year=Inner())
    assert digest_under(grown, "2026.1") == digest_under(Outer(), "2026.1")
    assert digest_under(grown, "2026.2") != digest_under(Outer(), "2026.2")


@pytest.mark.parametrize("edition", ["test", "2026.x", "2026."])
def test_an_edition_that_is_no_number_is_refused(edition: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        canonical(Outer(), edition)
