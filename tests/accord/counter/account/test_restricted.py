"""A restricted gift on the account is never paid out by a grant that names no fund, whatever the balance (R15)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.counter.hand_over import hand_over
from accord.presentation.faults import Refused
from domain.funds import events as f
from domain.streams import StreamId
from ledger import clock
from tests import paying
from tests.accord.counter.account.test_balances import OWN, told
from tests.accord.counter.files import OTHER, PAYER, made_file
from tests.accord.counter.test_hand_over import at_the_very_moment
from tests.accord.shell import files_in

GIFT = "P-2026-0007"


async def a_gift_came(desk: Desk, amount: str, currency: str = "USD") -> None:
    """The bank booked a restricted gift, which its fund holds."""
    opened = f.GiftFundOpened(at=clock.now(), gift=GIFT, funder="ISOC", currency=currency)
    came = f.GiftReceived(at=clock.now(), partnership=GIFT, amount=Decimal(amount))
    await paying.append(desk, StreamId.fund(f"FD-{GIFT}"), opened, came)


async def test_a_grant_without_a_fund_leaves_the_gift_on_the_account(furnished: Desk, tmp_path: Path) -> None:
    """Given a gift of 25,000, when 1,000 that name no fund are handed over, then not before 26,000 are known there."""
    await a_gift_came(furnished, "25000.00")
    await paying.released(furnished)
    file = await made_file(furnished)
    with pytest.raises(Refused, match=f"no fund is named .* 25,000.00 there are restricted .* no balance .* of {OWN}"):
        await hand_over(furnished, file.message_id, PAYER, tmp_path)
    await told(furnished, "25999.99")
    with pytest.raises(Refused, match=r"24,999\.99 would be left .* \(`accord funds adopt`\)"):
        await hand_over(furnished, file.message_id, PAYER, tmp_path)
    assert files_in(tmp_path) == []
    await told(furnished, "26000.00")
    assert (await hand_over(furnished, file.message_id, PAYER, tmp_path)).path is not None


@pytest.mark.slow
async def test_a_gift_in_another_currency_keeps_nothing_back(furnished: Desk, tmp_path: Path) -> None:
    await a_gift_came(furnished, "25000.00", "EUR")
    await paying.released(furnished)
    file = await made_file(furnished)
    assert (await hand_over(furnished, file.message_id, PAYER, tmp_path)).path is not None


@pytest.mark.slow
async def test_a_gift_that_comes_while_the_file_leaves_is_seen(
    furnished: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a balance for the file alone, when a gift is booked at the moment of the hand-over, then the file stays."""
    await paying.released(furnished)
    file = await made_file(furnished)
    await told(furnished, "1000.00")
    at_the_very_moment(monkeypatch, lambda: a_gift_came(furnished, "25000.00"))
    with pytest.raises(Refused, match="restricted gifts"):
        await hand_over(furnished, file.message_id, PAYER, tmp_path)
    assert files_in(tmp_path) == []


@pytest.mark.slow
async def test_of_two_files_handed_over_at_once_only_what_the_gift_leaves_goes(
    furnished: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given 1,500 beside a gift of 25,000, when a file of 1,000 leaves while another is handed over, then one goes."""
    await a_gift_came(furnished, "25000.00")
    await told(furnished, "26500.00")
    await paying.released(furnished)
    first = await made_file(furnished)
    await paying.released(furnished, OTHER)
    second = await made_file(furnished)
    at_the_very_moment(monkeypatch, lambda: hand_over(furnished, first.message_id, PAYER, tmp_path))
    with pytest.raises(Refused, match=r"24,500\.00 would be left"):
        await hand_over(furnished, second.message_id, PAYER, tmp_path)
    assert len(files_in(tmp_path)) == 1
