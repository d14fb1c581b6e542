"""The account's last known balance: a file that takes more says so and, by the organisation's rule, does not leave."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.counter.account.balances import balance_of, record_balance
from accord.counter.hand_over import hand_over
from accord.presentation.faults import BadInput, Refused
from domain.directory.people import HouseRulesSet
from domain.partnership import events as e
from domain.payment.account import BalanceRecorded, account_statement
from domain.policy.conditions import ConditionId
from domain.recorded.acts import OrganisationAct
from domain.streams import StreamId
from ledger import clock
from tests import paying
from tests.accord.counter.files import OTHER, PAYER, booked, handed_over, imports, made_file, told_now
from tests.accord.counter.test_hand_over import at_the_very_moment
from tests.accord.shell import files_in
from tests.builders import HOUSE_RULES, funds_out, money, party
from tests.governing import decree
from tests.payments.orders import RIVERBEND

OWN = "BA-W7SW7OMSGC5X"
"""The account of the sample's funder."""


async def told(desk: Desk, amount: str, on: date | None = None) -> None:
    """Somebody of finance reads a statement of the day before, or of another day."""
    day = on or clock.today() - timedelta(days=1)
    await record_balance(desk, OWN, "femi.ade", amount=amount, currency="USD", on=day, statement="2026/229")


def small(amount: str, currency: str) -> dict[str, Any]:
    """A grant that is small beside its payee's support."""
    tranches = [{"number": 1, "money": money(amount, currency)}]
    return funds_out(payee=party(RIVERBEND.holder), tranches=tranches, support={"total": money("240000.00", currency)})


async def strict(desk: Desk) -> None:
    """The organisation lets no file leave that exceeds the balance."""
    rules = (await desk.directory()).rules
    assert rules is not None
    await decree(desk, HouseRulesSet(rules=rules.model_copy(update={"stop_without_balance": True})))


async def test_a_file_within_the_balance_leaves_without_a_word(furnished: Desk, tmp_path: Path) -> None:
    await paying.released(furnished)
    file = await made_file(furnished)
    await told(furnished, "1000000.00")
    assert (await hand_over(furnished, file.message_id, PAYER, tmp_path)).warning is None


@pytest.mark.slow
async def test_a_file_that_exceeds_it_says_by_how_much_and_leaves(furnished: Desk, tmp_path: Path) -> None:
    await paying.released(furnished)
    file = await made_file(furnished)
    await told(furnished, "0.50")
    left = await hand_over(furnished, file.message_id, PAYER, tmp_path)
    assert f"{OWN} held USD 0.50 on " in str(left.warning)
    assert "0 that was handed over was not booked by then" in str(left.warning)
    assert left.path is not None


@pytest.mark.slow
async def test_by_the_organisations_rule_it_does_not_leave_until_a_newer_balance_covers_it(
    furnished: Desk, tmp_path: Path
) -> None:
    await paying.released(furnished)
    file = await made_file(furnished)
    await strict(furnished)
    with pytest.raises(Refused, match=f"no balance in USD of {OWN} is on record"):
        await hand_over(furnished, file.message_id, PAYER, tmp_path)
    await told(furnished, "-10.00")
    with pytest.raises(Refused, match=r"held USD -10\.00 .* it lacks"):
        await hand_over(furnished, file.message_id, PAYER, tmp_path)
    assert files_in(tmp_path) == []
    await told(furnished, "1000000.00")
    assert (await hand_over(furnished, file.message_id, PAYER, tmp_path)).path is not None


@pytest.mark.slow
async def test_of_two_files_handed_over_at_once_only_what_the_balance_covers_leaves(
    furnished: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a balance for one of two files, when one leaves while the other is handed over, then the other does not."""
    await strict(furnished)
    await paying.released(furnished)
    first = await made_file(furnished)
    await paying.released(furnished, OTHER)
    second = await made_file(furnished)
    await told(furnished, "1000.00")
    at_the_very_moment(monkeypatch, lambda: hand_over(furnished, first.message_id, PAYER, tmp_path))
    with pytest.raises(Refused, match="it lacks"):
        await hand_over(furnished, second.message_id, PAYER, tmp_path)
    assert len(files_in(tmp_path)) == 1


@pytest.mark.slow
async def test_what_left_in_another_currency_is_not_deducted_as_if_it_were_this_one(
    furnished: Desk, tmp_path: Path
) -> None:
    """Given EUR 900 handed over and a balance of USD 1,500, when USD 1,000 follow, then no sum over both is formed."""
    await decree(furnished, HouseRulesSet(rules=HOUSE_RULES))
    await paying.released(furnished, OTHER, funds_out=small("900.00", "EUR"))
    await handed_over(furnished, tmp_path)
    later = await paying.released(furnished, funds_out=small("1000.00", "USD"))
    support = {"condition": ConditionId.SUPPORT_STATEMENT, "note": "of both currencies", "document_sha256": None}
    await later.says(e.ConditionMet, "vera.lind", **support)
    file = await made_file(furnished)
    await told(furnished, "1500.00")
    warning = (await hand_over(furnished, file.message_id, PAYER, tmp_path)).warning
    assert "cannot be deducted" in str(warning)
    assert "it lacks" not in str(warning)


async def test_what_is_recorded_last_corrects_a_slip_whatever_its_day(furnished: Desk) -> None:
    for amount, day in (("50000.00", 20), ("5000.00", 20), ("700.00", 10)):
        await told(furnished, amount, date(2026, 11, day))
        known = await balance_of(furnished, OWN)
        assert known is not None
        assert (known.amount, known.on) == (Decimal(amount), date(2026, 11, day))


@pytest.mark.slow
@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=1), date(2099, 12, 31) - date(2026, 1, 1)])
async def test_a_day_that_is_not_over_has_no_balance_and_one_that_was_recorded_outranks_nothing(
    furnished: Desk, tmp_path: Path, ahead: timedelta
) -> None:
    """A release before this one took such a record. It stands in the ledger, validly signed, for good."""
    await strict(furnished)
    await paying.released(furnished)
    file = await made_file(furnished)
    day = clock.today() + ahead
    with pytest.raises(BadInput, match=f"on: {day} is not over at the bank"):
        await told(furnished, "1000000.00", day)
    await told(furnished, "10.00")
    await paying.append(furnished, StreamId.account(OWN), await signed(furnished, "1000000.00", day))
    with pytest.raises(Refused, match=r"held USD 10\.00 .* it lacks"):
        await hand_over(furnished, file.message_id, PAYER, tmp_path)
    assert files_in(tmp_path) == []


async def signed(desk: Desk, amount: str, on: date, actor: str = "femi.ade") -> BalanceRecorded:
    """A balance as a person signs it, whatever its day."""
    content = {"amount": amount, "currency": "USD", "on": str(on), "statement": "2026/229"}
    said = account_statement("record_balance", content, actor, clock.now(), uuid4(), OWN)
    given = {"at": said.at, "actor": actor, "signature": await desk.sign(said)}
    return BalanceRecorded.model_validate({**content, **given})


async def test_an_act_with_a_day_ahead_is_refused_at_the_gate_whoever_sends_it(furnished: Desk) -> None:
    event = await signed(furnished, "1000000.00", clock.today())
    act = OrganisationAct(command_id=event.signature.statement.command_id, subject=OWN, event=event)
    with pytest.raises(Refused, match="is not over at the bank"):
        await record_act(furnished, act)
    assert await balance_of(furnished, OWN) is None


async def test_whose_balance_may_not_be_recorded_counts_for_nothing(furnished: Desk) -> None:
    yesterday = clock.today() - timedelta(days=1)
    await paying.append(furnished, StreamId.account(OWN), await signed(furnished, "1000000.00", yesterday, "pia.berg"))
    assert await balance_of(furnished, OWN) is None


@pytest.mark.slow
async def test_what_left_on_the_day_of_the_balance_is_deducted_until_the_bank_books_it(
    furnished: Desk, tmp_path: Path
) -> None:
    """Given a file of 1,000 that left today, when tomorrow somebody records that 1,500 stood there tonight, then a
    second file of 1,000 leaves only once the bank has booked the first one today."""
    await strict(furnished)
    today = clock.today()
    await told(furnished, "1000000.00")
    first = await paying.released(furnished)
    await handed_over(furnished, tmp_path)
    await paying.released(furnished, OTHER)
    async with a_day_later(furnished):
        await told(furnished, "1500.00", today)
        second = await made_file(furnished)
        with pytest.raises(Refused, match=r"1,000\.00 that was handed over was not booked by then.* it lacks 500\.00"):
            await hand_over(furnished, second.message_id, PAYER, tmp_path)
        assert len(files_in(tmp_path)) == 1
        day = f"<Dt>{today}</Dt>"
        await imports(furnished, told_now(booked(paying.identifier(first), booked=day, value=day)))
        assert (await hand_over(furnished, second.message_id, PAYER, tmp_path)).path is not None


@asynccontextmanager
async def a_day_later(desk: Desk) -> AsyncIterator[None]:
    """The clocks of product and database are a day ahead."""
    await desk.pool.execute(
        "CREATE OR REPLACE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql VOLATILE AS "
        "$$ SELECT clock_timestamp() + interval '1 day' $$"
    )
    with clock.reading(lambda: datetime.now(UTC) + timedelta(days=1)):
        yield


async def test_what_is_no_balance_is_said_and_nothing_recorded(furnished: Desk) -> None:
    with pytest.raises((BadInput, ValueError)):
        await told(furnished, "a lot")
    with pytest.raises(Refused, match="may not vouch for an account"):
        await record_balance(
            furnished, OWN, "pia.berg", amount="1.00", currency="USD", on=date(2026, 11, 20), statement="2026/229"
        )
    assert await balance_of(furnished, OWN) is None
