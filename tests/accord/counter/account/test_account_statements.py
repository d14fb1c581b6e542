"""What stands on an account is what the bank's statement says, and one that is missing is said until it came."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.client.waiting.account_statements import StatedAccount, stated_accounts, stated_balance
from accord.counter.hand_over import hand_over
from accord.presentation.faults import Refused
from ledger import clock
from payments.answers.messages import UnreadableMessage
from tests import paying
from tests.accord.counter.account.test_balances import OWN, strict, told
from tests.accord.counter.files import PAYER, imports, made_file, recorded
from tests.payments.answers.account_statements import PAID, message, statement
from tests.payments.orders import entry

FINANCE = "femi.ade"


async def stated(
    desk: Desk, opening: str, closing: str, *entries: str, days: int = 1, number: int | None = 12, actor: str = FINANCE
) -> None:
    """Somebody imports the statement of so many days ago."""
    day = clock.today() - timedelta(days=days)
    content = message(statement(opening, closing, *entries, on=day, number=number), name=f"BANK-{number}-{closing}")
    await imports(desk, content, actor=actor)


async def of_own(desk: Desk) -> StatedAccount:
    return next(one for one in await stated_accounts(desk) if one.reference == OWN)


async def test_a_statement_that_came_in_says_what_stands_on_the_account(furnished: Desk) -> None:
    await stated(furnished, "1000.00", "400.00", PAID)
    own = await of_own(furnished)
    assert own.newest is not None
    assert (str(own.newest.closing), own.statements, own.breaks) == ("400.00", 1, ())
    balance = await stated_balance(furnished, OWN, "USD", PAYER)
    assert balance is not None
    assert (str(balance.amount), balance.currency) == ("400.00", "USD")


async def test_one_in_another_currency_hides_no_balance(furnished: Desk) -> None:
    """Given a statement in a currency that the account does not have, then what stands in dollars is still told."""
    await stated(furnished, "1000.00", "400.00", PAID, days=2)
    yesterday = clock.today() - timedelta(days=1)
    await imports(furnished, message(statement("90.00", "90.00", on=yesterday, currency="EUR"), name="BANK-EUR"))
    balances = [(newest.currency, str(newest.closing)) for newest in (await of_own(furnished)).by_currency]
    assert balances == [("EUR", "90.00"), ("USD", "400.00")]


async def test_one_that_does_not_add_up_is_not_recorded(furnished: Desk) -> None:
    content = message(statement("1000.00", "400.01", PAID))
    with pytest.raises(UnreadableMessage, match=r"0\.01 apart"):
        await imports(furnished, content, actor=FINANCE)
    assert (await of_own(furnished)).statements == 0
    assert await furnished.pool.fetchval("SELECT count(*) FROM payments.bank_files WHERE content = $1", content) == 0


async def test_one_of_a_day_that_is_to_come_is_not_recorded(furnished: Desk) -> None:
    """Given a bank's slip in a date, then none could go on to it, and the gap would stay until that day."""
    await stated(furnished, "400.00", "400.00", days=-1)
    with pytest.raises(UnreadableMessage, match=r"of …1101 that closes on .*, a day that is to come; ask the bank"):
        await stated(furnished, "400.00", "300.00", entry("E1", "100.00"), days=-2, number=13)
    assert (await of_own(furnished)).statements == 1


async def test_one_that_is_missing_is_said_until_it_came_and_the_same_twice_is_one(furnished: Desk) -> None:
    await stated(furnished, "1000.00", "400.00", PAID, number=12, days=4)
    await stated(furnished, "300.00", "300.00", number=14, days=2)
    [fault] = (await of_own(furnished)).breaks
    assert "number 13 is missing" in str(fault)
    await stated(furnished, "400.00", "300.00", entry("E3", "100.00"), number=13, days=3)
    await stated(furnished, "300.00", "300.00", number=14, days=2, actor=PAYER)
    own = await of_own(furnished)
    assert (own.statements, own.breaks) == (3, ())


@pytest.mark.slow
async def test_a_file_is_held_against_the_statement_by_the_organisations_rule(furnished: Desk, tmp_path: Path) -> None:
    await paying.released(furnished)
    file = await made_file(furnished)
    await strict(furnished)
    await stated(furnished, "0.00", "0.00", days=2, number=1)
    with pytest.raises(Refused, match=r"held USD 0\.00 .* it lacks"):
        await hand_over(furnished, file.message_id, PAYER, tmp_path)
    await stated(
        furnished, "0.00", "1000000.00", PAID.replace("DBIT", "CRDT").replace("600.00", "1000000.00"), number=2
    )
    assert (await hand_over(furnished, file.message_id, PAYER, tmp_path)).path is not None


@pytest.mark.slow
async def test_who_pays_does_not_say_alone_what_they_may_pay_from(furnished: Desk, tmp_path: Path) -> None:
    """Given a statement that the payer alone brought in, then it counts once another brought it in too."""
    await paying.released(furnished)
    file = await made_file(furnished)
    await strict(furnished)
    await stated(furnished, "1000000.00", "1000000.00", actor=PAYER)
    with pytest.raises(Refused, match=f"no balance in USD of {OWN} is on record"):
        await hand_over(furnished, file.message_id, PAYER, tmp_path)
    await stated(furnished, "1000000.00", "1000000.00", actor=FINANCE)
    assert (await hand_over(furnished, file.message_id, PAYER, tmp_path)).path is not None


@pytest.mark.slow
async def test_the_later_day_counts_of_what_was_read_and_what_the_bank_says(furnished: Desk, tmp_path: Path) -> None:
    await paying.released(furnished)
    file = await made_file(furnished)
    await strict(furnished)
    await told(furnished, "1000000.00", clock.today() - timedelta(days=3))
    await stated(furnished, "0.00", "0.00", days=2)
    with pytest.raises(Refused, match=r"held USD 0\.00"):
        await hand_over(furnished, file.message_id, PAYER, tmp_path)
    await told(furnished, "1000000.00", clock.today() - timedelta(days=1))
    assert (await hand_over(furnished, file.message_id, PAYER, tmp_path)).path is not None


FORGED = """
INSERT INTO payments.account_statements
SELECT file_sha256, 'forged', account, bank, 99, closed_on, closed_on + 1, currency, closing, 1000000
  FROM payments.account_statements LIMIT 1
"""


async def test_a_line_of_the_table_proves_nothing(furnished: Desk) -> None:
    """Given the importer's login and a line that no file says, then the newest statement that a file says counts."""
    await stated(furnished, "1000.00", "400.00", PAID, days=3)
    await furnished.pool.execute(FORGED)
    balance = await stated_balance(furnished, OWN, "USD", PAYER)
    assert balance is not None
    assert str(balance.amount) == "400.00"


@pytest.mark.parametrize("closings", [("400.00", "900000.00"), ("900000.00", "400.00")])
async def test_of_two_that_differ_the_lower_balance_counts_until_the_bank_says_which_is_right(
    furnished: Desk, closings: tuple[str, str]
) -> None:
    """Given a statement and a corrected one under its number, then no more is paid than both of them cover."""
    for closing in closings:
        await stated(furnished, closing, closing, days=2)
    balance = await stated_balance(furnished, OWN, "USD", PAYER)
    assert balance is not None
    assert str(balance.amount) == "400.00"
    await stated(furnished, "900000.00", "900000.00", days=1, number=13)
    balance = await stated_balance(furnished, OWN, "USD", PAYER)
    assert balance is not None
    assert str(balance.amount) == "900000.00"


async def test_of_one_day_with_and_without_a_number_the_lower_balance_counts(furnished: Desk) -> None:
    """Given a day's statement with a number and one without that goes on from it, then nobody pays from the first."""
    await stated(furnished, "1000.00", "900.00", entry("E1", "100.00"))
    await stated(furnished, "900.00", "300.00", PAID, number=None)
    balance = await stated_balance(furnished, OWN, "USD", PAYER)
    assert balance is not None
    assert str(balance.amount) == "300.00"
    assert (await of_own(furnished)).breaks == ()


async def test_a_day_that_was_not_over_does_not_count(furnished: Desk) -> None:
    await stated(furnished, "1000.00", "400.00", PAID, days=0)
    assert await stated_balance(furnished, OWN, "USD", PAYER) is None


async def test_another_banks_account_of_the_same_number_is_another_account(furnished: Desk) -> None:
    foreign = "<Othr><Id>123456</Id></Othr>"
    content = message(statement("5.00", "5.00", account=foreign, on=clock.today() - timedelta(days=1)))
    await imports(furnished, content, actor=FINANCE)
    assert (await of_own(furnished)).statements == 0


async def test_the_importer_signs_for_it_as_for_any_file_of_the_bank(furnished: Desk) -> None:
    await stated(furnished, "1000.00", "400.00", PAID)
    sha256 = await furnished.pool.fetchval("SELECT file_sha256 FROM payments.account_statements")
    assert await recorded(furnished, f"bank-file/{sha256}") == ["BankFileImported"]
