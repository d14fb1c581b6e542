"""An entry that names our payment file and no payment is of each payment in that file, by pain.001 and by NACHA."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import pytest

from domain.money.rails import PaymentRail
from payments.accounts import reference_of
from payments.answers.matching.judging import judge_all
from payments.answers.matching.matched import MatchedEntry
from payments.answers.messages import read_message
from payments.out.instructions import freeze
from tests.builders import money
from tests.payments.answers.test_ach_with_bank import PAYEE, PAYER
from tests.payments.orders import detail, entry_of, files_of, notification, order, record_accounts


async def filed_by_ach(connection: asyncpg.Connection) -> str:
    """The message id of a NACHA file of two payments of USD 600."""
    await record_accounts(connection, PAYER, PAYEE)
    released = {"rail": PaymentRail.NACHA, "released_at": datetime.now(UTC), "money": money("600.00")}
    orders = [order(number, payee_account=PAYEE, **released) for number in (1, 2)]
    instructions = [(await freeze(connection, each, reference_of(PAYER)))[0] for each in orders]
    (file,) = await files_of(connection, instructions)
    return file.message_id


async def judged(
    connection: asyncpg.Connection, batch: str, *details: str, account: str = PAYER.identifier
) -> MatchedEntry:
    now = datetime.now(UTC)
    day = f"<Dt>{now.date()}</Dt>"
    content = notification(
        entry_of(*details, amount="1200.00", batch=batch, booked=day), iban=account, made=f"{now:%Y-%m-%dT%H:%M:%SZ}"
    )
    [matched_entry] = await judge_all(connection, read_message(content.encode()), "ab" * 32, now)
    return matched_entry


@pytest.mark.parametrize("named", ["by its message id", "by its reference code"])
async def test_it_is_of_each_payment_of_the_file(connection: asyncpg.Connection, named: str) -> None:
    message_id = await filed_by_ach(connection)
    name = message_id if named == "by its message id" else message_id[4:12]
    entry = await judged(connection, f"<MsgId>{name}</MsgId><NbOfTxs>2</NbOfTxs>")
    assert (entry.file, [each.fault for each in entry.payments]) == (message_id, [None, None])
    assert sorted(each.answer.tranche for each in entry.payments if each.answer is not None) == [1, 2]


async def test_on_another_account_no_payment_can_be_it(connection: asyncpg.Connection) -> None:
    message_id = await filed_by_ach(connection)
    entry = await judged(connection, f"<MsgId>{message_id}</MsgId>", account="NL02MOCK0000001188")
    reasons = {each.fault.reason for each in entry.payments if each.fault is not None}
    assert reasons == {"the entry stands on another account than the one that pays"}


@pytest.mark.parametrize("batch", ["<MsgId>ACCMNOTOURS</MsgId>", "<NbOfTxs>2</NbOfTxs>"], ids=["not ours", "no name"])
async def test_of_no_file_of_ours_it_is_a_batch_that_names_none(connection: asyncpg.Connection, batch: str) -> None:
    await filed_by_ach(connection)
    entry = await judged(connection, batch)
    assert (entry.file, entry.payments, entry.answer) == ("", (), None)


async def test_an_entry_that_shows_its_payments_is_of_no_whole_file(connection: asyncpg.Connection) -> None:
    message_id = await filed_by_ach(connection)
    shown = [detail(name, "600.00") for name in ("A", "B")]
    content = notification(entry_of(*shown, amount="1200.00", batch=f"<MsgId>{message_id}</MsgId>"))
    statements = read_message(content.encode())
    entries = await judge_all(connection, statements, "ab" * 32, datetime.now(UTC))
    assert [each.file for each in entries] == ["", ""]
