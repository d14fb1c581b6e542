"""A bank's CSV is a statement once two people signed its mapping, and it counts as any statement does."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from accord.client.desk import Desk
from accord.client.waiting.account_statements import stated_balance
from accord.client.waiting.mappings import mappings_on
from accord.counter.statements.csv_import import CsvImport, import_csv
from accord.counter.statements.mappings import confirm_mapping, own_accounts, propose_mapping
from accord.presentation.faults import BadInput, Refused
from domain.payment.mapping import Columns, MappingSigned, StatementMapping
from domain.signatures.signing import statement_about
from domain.streams import StreamId
from ledger import clock
from tests import paying
from tests.accord.counter.account.test_account_statements import FINANCE, of_own
from tests.accord.counter.account.test_balances import OWN
from tests.accord.counter.files import PAYER

MAPPING = StatementMapping(columns=Columns(booked_on="Date", amount="Amount", balance="Balance"), currency="USD")
OTHER_MAPPING = MAPPING.model_copy(update={"delimiter": ";"})


def rows(*rows_: tuple[int, str, str], delimiter: str = ",") -> bytes:
    """Rows of so many days ago, each with its sum and what stands there after it."""
    lines = [("Date", "Amount", "Balance"), *((str(clock.today() - timedelta(days)), *sums) for days, *sums in rows_)]
    return "\n".join(delimiter.join(line) for line in lines).encode()


async def stands(desk: Desk, mapping: StatementMapping = MAPPING) -> None:
    """Two of finance sign a mapping."""
    await propose_mapping(desk, OWN, mapping, FINANCE)
    await confirm_mapping(desk, OWN, mapping.sha256[:8], PAYER)


async def brought_in(desk: Desk, content: bytes, actor: str = FINANCE) -> CsvImport:
    return await import_csv(desk, "days.csv", content, OWN, actor)


async def test_it_counts_by_the_mapping_that_two_signed_and_another_than_the_payer_brought_in(furnished: Desk) -> None:
    await stands(furnished)
    content = rows((3, "100.00", "1000.00"), (2, "-600.00", "400.00"))
    await brought_in(furnished, content, PAYER)
    assert await stated_balance(furnished, OWN, "USD", PAYER) is None
    result = await brought_in(furnished, content)
    assert [said.mapping for said in result.statements] == [MAPPING.sha256] * 2
    balance = await stated_balance(furnished, OWN, "USD", PAYER)
    assert balance is not None
    assert str(balance.amount) == "400.00"
    own = await of_own(furnished)
    assert (own.statements, own.breaks) == (2, ())


async def test_without_two_signatures_it_is_not_read(furnished: Desk) -> None:
    content = rows((2, "1.00", "1.00"))
    with pytest.raises(Refused, match=f"no mapping of a CSV stands for {OWN}"):
        await brought_in(furnished, content)
    await propose_mapping(furnished, OWN, MAPPING, FINANCE)
    for act in (propose_mapping(furnished, OWN, MAPPING, PAYER), confirm_mapping(furnished, OWN, "", PAYER),
                confirm_mapping(furnished, OWN, MAPPING.sha256, FINANCE), brought_in(furnished, content)):  # fmt: skip
        with pytest.raises((Refused, BadInput), match=r"waits already|waits: [0-9a-f]{12}|signed it first|no mapping"):
            await act
    assert (await of_own(furnished)).statements == 0


async def test_a_mapping_in_the_place_of_another_leaves_what_was_read_before(furnished: Desk) -> None:
    await stands(furnished)
    await brought_in(furnished, rows((3, "100.00", "1000.00")))
    await stands(furnished, OTHER_MAPPING)
    balance = await stated_balance(furnished, OWN, "USD", PAYER)
    assert balance is not None
    assert str(balance.amount) == "1000.00"
    await brought_in(furnished, rows((2, "-600.00", "400.00"), delimiter=";"))
    [own] = [one for one in await own_accounts(furnished) if one.reference == OWN]
    assert (own.mappings.standing, own.mappings.former) == (OTHER_MAPPING, (MAPPING,))
    assert (await of_own(furnished)).breaks == ()


async def test_what_does_not_go_on_from_the_chain_is_refused_for_it_may_be_another_accounts(furnished: Desk) -> None:
    await stands(furnished)
    await brought_in(furnished, rows((4, "100.00", "1000.00")))
    with pytest.raises(Refused, match=r"days.csv does not go on from the statements of .* A CSV names no account"):
        await brought_in(furnished, rows((2, "-600.00", "300.00")))
    await brought_in(furnished, rows((3, "-100.00", "900.00"), (2, "-600.00", "300.00")))
    assert (await of_own(furnished)).breaks == ()


async def test_a_day_that_is_not_over_is_left_out(furnished: Desk) -> None:
    await stands(furnished)
    with pytest.raises(Refused, match="tells of no day that is over at the bank"):
        await brought_in(furnished, rows((0, "1.00", "1.00")))
    result = await brought_in(furnished, rows((1, "1.00", "1.00"), (0, "1.00", "2.00")))
    assert (len(result.statements), result.left_out) == (1, 1)


async def test_what_is_not_of_the_mapping_leaves_nothing_behind(furnished: Desk) -> None:
    await stands(furnished)
    before = await furnished.pool.fetchval("SELECT count(*) FROM payments.bank_files")
    with pytest.raises(BadInput, match=r"days.csv line 2, column Amount: .* is no sum .* nothing of it was recorded"):
        await brought_in(furnished, rows((2, "1'000.00", "1.00")))
    assert await furnished.pool.fetchval("SELECT count(*) FROM payments.bank_files") == before


async def forged(desk: Desk, actor: str, mapping: StatementMapping, pretended: StatementMapping) -> MappingSigned:
    """A mapping under a signature that was given for another."""
    content = {"mapping": mapping.model_dump(mode="json")}
    statement = statement_about(StreamId.account(OWN), MappingSigned.act, actor, clock.now(), uuid4(), content)
    return MappingSigned(at=statement.at, actor=actor, signature=await desk.sign(statement), mapping=pretended)


@pytest.mark.parametrize(("second", "signed"), [("pia.berg", MAPPING), (PAYER, OTHER_MAPPING)], ids=["role", "content"])
async def test_a_second_signature_that_does_not_count_lets_nothing_stand(
    furnished: Desk, second: str, signed: StatementMapping
) -> None:
    """Given somebody with the worker's login, and a person who may not or who signed something else."""
    await propose_mapping(furnished, OWN, MAPPING, FINANCE)
    await paying.append(furnished, StreamId.account(OWN), await forged(furnished, second, signed, MAPPING))
    assert (await mappings_on(furnished, OWN)).standing is None


async def test_an_installation_that_still_goes_back_to_a_release_that_cannot_read_it_refuses_it(
    furnished: Desk,
) -> None:
    await stands(furnished)
    await furnished.pool.execute("UPDATE appending.rights SET form = 1 WHERE event_type = 'BankFileImported'")
    with pytest.raises(Refused, match="read_as: a bank's own CSV, read by a mapping is recorded once"):
        await brought_in(furnished, rows((2, "1.00", "1.00")))


FORGED = """
INSERT INTO payments.account_statements
SELECT file_sha256, 'forged', account, bank, NULL, closed_on, closed_on + 1, currency, closing, 1000000
  FROM payments.account_statements LIMIT 1
"""


async def test_a_line_of_the_table_proves_nothing(furnished: Desk) -> None:
    await stands(furnished)
    await brought_in(furnished, rows((3, "100.00", "1000.00")))
    await furnished.pool.execute(FORGED)
    balance = await stated_balance(furnished, OWN, "USD", PAYER)
    assert balance is not None
    assert str(balance.amount) == "1000.00"
