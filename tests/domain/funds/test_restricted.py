"""What restricted gifts hold must stay on the account for what names them (R15)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.funds import events as f
from domain.funds.fund import Fund, fold
from domain.funds.restricted import kept_for_donors, part_on_its_way, restricted_of
from domain.grants import FundShare
from domain.partnership.state import Partnership
from tests.domain.partnership import specification as s

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
GIFT, OTHER = "FD-P-2026-0007", "FD-2026-A"
SUMS = st.integers(1, 10**9).map(lambda cents: Decimal(cents) / 100)


def restricted(amount: str = "1000.00", fund_id: str = GIFT, funder: str = "ISOC", currency: str = "USD") -> Fund:
    """A restricted fund whose gift came in."""
    gift = fund_id.removeprefix("FD-")
    opened = f.GiftFundOpened(at=NOON, gift=gift, funder=funder, currency=currency)
    return fold(fund_id, [opened, f.GiftReceived(at=NOON, partnership=gift, amount=Decimal(amount))])


def on_its_way(*shares: tuple[str, str]) -> Partnership:
    """A grant whose only tranche, of 1,000.00, was released, and that funds pay."""
    parts = tuple(FundShare(fund=fund_id, amount=Decimal(amount)) for fund_id, amount in shares)
    return s.active().given(s.release()).partnership.model_copy(update={"shares": parts})


def test_a_gift_that_came_in_is_kept_until_it_is_spent() -> None:
    said: dict[str, Any] = {"at": NOON, "partnership": "P-2026-0001", "amount": Decimal("400.00")}
    spent = [f.FundsReserved(**said), f.FundsCommitted(**said), f.FundsSpent(**said)]
    opened = f.GiftFundOpened(at=NOON, gift="P-2026-0007", funder="ISOC", currency="USD")
    came = f.GiftReceived(at=NOON, partnership="P-2026-0007", amount=Decimal("1000.00"))
    assert restricted_of([fold(GIFT, [opened, came, *spent])], ["ISOC"], "USD") == {GIFT: Decimal("600.00")}


def test_what_another_funder_or_another_currency_holds_is_on_another_account() -> None:
    funds = [restricted(), restricted(funder="TRUST"), restricted(currency="EUR")]
    assert restricted_of(funds, ["ISOC"], "USD") == {GIFT: Decimal("1000.00")}


def test_money_that_any_grant_may_use_is_kept_for_nobody() -> None:
    unrestricted = restricted()._replace(kind=f.FundKind.UNRESTRICTED)
    assert restricted_of([unrestricted], ["ISOC"], "USD") == {}


def test_a_payment_on_its_way_that_the_gift_pays_is_not_asked_for_twice() -> None:
    grant = on_its_way((GIFT, "1000.00"))
    assert part_on_its_way(grant, [1], [GIFT]) == Decimal("1000.00")
    assert kept_for_donors({GIFT: Decimal("2500.00")}, [(grant, [1])]) == Decimal("1500.00")


def test_of_a_payment_that_several_funds_pay_the_gift_pays_its_own_part() -> None:
    assert part_on_its_way(on_its_way((OTHER, "700.00"), (GIFT, "300.00")), [1], [GIFT]) == Decimal("300.00")


def test_a_payment_that_no_fund_pays_takes_nothing_of_a_gift() -> None:
    assert part_on_its_way(on_its_way(), [1], [GIFT]) == 0


def test_a_payment_that_did_not_leave_takes_nothing_of_a_gift() -> None:
    assert part_on_its_way(on_its_way((GIFT, "1000.00")), [2], [GIFT]) == 0


@pytest.mark.slow
@given(held=SUMS, of_gift=st.decimals("0.01", "999.99", places=2))
def test_what_is_kept_is_never_less_than_nothing_and_falls_by_what_leaves(held: Decimal, of_gift: Decimal) -> None:
    grant = on_its_way((GIFT, str(of_gift)), (OTHER, str(1000 - of_gift)))
    assert kept_for_donors({GIFT: held}, [(grant, [1])]) == max(Decimal(0), held - of_gift)
