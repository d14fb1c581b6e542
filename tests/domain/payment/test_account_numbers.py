"""Account numbers are told by their last digits, whatever words they stand in; references stay as they are."""

from __future__ import annotations

import pytest

from domain.payment.account_numbers import masked


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("AC04 the creditor account NL05MOCK0000002104 is closed", "AC04 the creditor account …2104 is closed"),
        ("the account NL05 MOCK 0000 0021 04, of Harbor", "the account …2104, of Harbor"),
        ("BE68539007547034 PAID", "…7034 PAID"),
        ("account MT84MALT011000012345MTLCAST001S", "account …001S"),
        ("12345678", "…5678"),
        ("account 000123456789 of branch 4711", "account …6789 of branch 4711"),
        ("from DE02120300000000202051 to 87654321", "from …2051 to …4321"),
    ],
)
def test_an_account_number_is_told_by_its_last_digits(said: str, told: str) -> None:
    assert masked(said) == told


@pytest.mark.parametrize(
    "said",
    [
        "",
        "NTRF-9",
        "BOOK",
        "P-2026-0009, tranche 1, attempt 2: USD 1,250,000.00",
        "account BA-NL22ABCDEFGH, verified by noor.haddad",
        "key PK-NL57ABCDEFGHIJKL",
        "in file ACCMVTNELDAWTWYJJQLYRXUKSD6MY6",
        "EIN 00-1000001, posted 2025-03-12",
        "sha256 b40347189546dbc8f01234567890abcdef12345678abcdef0123456789abcdef",
    ],
)
def test_what_is_no_account_number_stays(said: str) -> None:
    assert masked(said) == said
