"""The chart of accounts: every account has a code, a name and a kind, and an organisation may give its own."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.directory.chart import DEFAULT, USUAL, Account, AccountKind, BookBasis, BookRules, chart_of
from domain.directory.tiers import HouseRules
from tests.builders import HOUSE_RULES


def mapped(account: str = "BANK", code: str = "1010", name: str = "Operating account") -> dict[str, str]:
    return {"account": account, "code": code, "name": name}


def test_every_account_is_in_the_usual_chart_under_a_code_of_its_own() -> None:
    assert set(DEFAULT) == set(Account)
    assert len({named.code for named in DEFAULT.values()}) == len(DEFAULT)
    assert {named.kind for named in DEFAULT.values()} == set(AccountKind)


def test_an_organisation_gives_its_own_codes_and_names() -> None:
    rules = BookRules.model_validate({"basis": "CASH", "accounts": [mapped()]})
    chart = chart_of(rules)
    assert (chart[Account.BANK].code, chart[Account.BANK].name) == ("1010", "Operating account")
    assert chart[Account.BANK].kind is AccountKind.ASSET, "its kind stays"
    assert chart[Account.GRANTS_EXPENSE] == DEFAULT[Account.GRANTS_EXPENSE]
    assert (rules.basis, USUAL.basis) == (BookBasis.CASH, BookBasis.ACCRUAL)


@pytest.mark.parametrize(
    ("accounts", "fault"),
    [
        ([mapped(), mapped(code="1020")], "BANK is named twice"),
        ([mapped(code="2000")], "2000 stands for two accounts"),
        ([mapped(code="=1+1")], "code"),
        ([mapped(code="-12")], "code"),
        ([mapped(name="=cmd|calc")], "name"),
        ([mapped(name="@SUM(A1)")], "name"),
        ([mapped(account="CASH_BOX")], "account"),
    ],
    ids=["twice", "one code", "a formula", "a minus", "a formula as name", "an at sign", "no account"],
)
def test_a_map_that_cannot_be_is_refused_by_name(accounts: list[Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        BookRules.model_validate({"accounts": accounts})


def test_the_organisation_keeps_it_among_its_rules_and_old_rules_are_as_they_were() -> None:
    assert "books" not in HOUSE_RULES.model_dump(mode="json")
    rules = HouseRules.model_validate({**HOUSE_RULES.model_dump(mode="json"), "books": {"basis": "CASH"}})
    assert rules.books is not None
    assert rules.model_dump(mode="json")["books"] == {"basis": "CASH"}
