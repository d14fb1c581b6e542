"""A row that cannot be used stops nothing but itself, though nobody may delete it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.adversary.people import intruder
from tests.adversary.people.office import Office, comes

UNREADABLE: dict[str, dict[str, Any]] = {
    "payments.answers": {"answer_id": uuid4(), "answer": "{}"},
    "payments.bank_files": {"sha256": "junk", "name": "junk", "content": b"\xff junk"},
}
"""What the worker's login may leave where the bank's word is kept, by the tables of whichever tree this is."""


async def test_an_answer_that_nobody_can_read_keeps_no_other_from_the_ledger(office: Office) -> None:
    reference = await office.paid("30000.00")
    for table, row in UNREADABLE.items():
        await intruder.insert(office, table, row)
    await office.hear_booked(reference)
    assert await comes(lambda: office.settled(reference), seconds=30), (
        f"the bank booked {reference}, and the ledger does not say so, for a row that nobody can read"
    )


@pytest.mark.slow
async def test_an_instruction_that_repeats_what_was_paid_keeps_nobody_else_from_being_paid(office: Office) -> None:
    paid, waiting = await office.paid("30000.00"), await office.released("20000.00")
    row = await intruder.second_instruction(office, paid)
    query = "SELECT frozen, sha256 FROM payments.instructions WHERE partnership_id = $1"
    [repeated] = await office.database.fetch(query, paid)
    await intruder.insert(office, "payments.instructions", {**row, **dict(repeated)})
    await office.pay()
    told = {one: len(office.bank.told(one)) for one in (paid, waiting)}
    assert told == {paid: 1, waiting: 1}, f"the bank was told to pay {told}, and each was released once"
