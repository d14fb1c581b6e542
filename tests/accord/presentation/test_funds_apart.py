"""Funds of one name are told apart wherever several are named together."""

from __future__ import annotations

from datetime import date

from accord.presentation.words.organisation.funds import told_apart
from domain.funds.events import FundKind
from domain.funds.fund import Fund

YEAR = Fund(
    fund_id="FD-2026-CONNECT", kind=FundKind.PROGRAMME, name="Connect", currency="USD",
    first_day=date(2026, 1, 1), last_day=date(2026, 12, 31),
)  # fmt: skip


def names(*funds: Fund) -> list[str]:
    return [fund.name for fund in told_apart(funds)]


def test_a_fund_of_a_name_of_its_own_is_called_by_it() -> None:
    assert names(YEAR, YEAR._replace(fund_id="FD-2026-SKILLS", name="Skills")) == ["Connect", "Skills"]


def test_funds_of_two_years_are_told_apart_by_their_days() -> None:
    after = YEAR._replace(fund_id="FD-2027-CONNECT", first_day=date(2027, 1, 1), last_day=date(2027, 12, 31))
    assert names(YEAR, after) == ["Connect (2026)", "Connect (2027)"]
    spring = YEAR._replace(fund_id="FD-2026-SPRING", last_day=date(2026, 6, 30))
    assert names(YEAR, spring) == ["Connect (2026)", "Connect (1 Jan 2026 to 30 Jun 2026)"]


def test_funds_of_one_name_and_one_year_are_told_apart_by_their_references() -> None:
    """Given two of one name, in whatever letters, then each has its reference beside it."""
    twin = YEAR._replace(fund_id="FD-2026-CONNECT-2", name="connect ")
    assert names(YEAR, twin) == ["Connect (FD-2026-CONNECT)", "connect (FD-2026-CONNECT-2)"]
