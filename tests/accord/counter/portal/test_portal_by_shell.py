"""The manual rail by shell: from the sheet to the booking, in the words and the JSON of each command."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.client.desk import Desk
from tests import paying
from tests.accord.counter.files import booked, told_now
from tests.accord.counter.portal.test_typing_in import NUMBER, typed_rail
from tests.accord.shell import REFUSED, Shell, assert_fails
from tests.scribe import Scribe

PAUL, FEMI = ("--as", "paul.nkosi"), ("--as", "femi.ade")


@pytest.fixture
def at(shell: Shell, furnished_database: str) -> Shell:
    """A terminal in an office of the test's own."""
    return shell.where(ACCORD_DATABASE_URL=furnished_database)


@pytest.fixture
async def waiting(furnished: Desk) -> Scribe:
    """A partnership whose one payment was released, to be typed."""
    await typed_rail(furnished)
    return await paying.released(furnished)


@pytest.mark.slow
async def test_a_payment_is_typed_signed_by_another_and_booked(at: Shell, waiting: Scribe, tmp_path: Path) -> None:
    [file] = (await at.done("payments", "export", *PAUL, "--json")).json["files"]
    sheet, number = str(file["message_id"]), ("--confirmation", NUMBER)
    left = await at.done("payments", "hand-over", sheet, "--out", tmp_path / "out", *PAUL)
    assert f"accord payments typed {sheet} --confirmation NUMBER --as STAFF" in left.words
    typing = f"type sheet {sheet} into the bank's portal"
    assert typing in (await at.done("show", waiting.reference)).words
    typed = await at.done("payments", "typed", sheet, *number, *PAUL)
    assert f"accord payments countersign {sheet} --confirmation {NUMBER} --as STAFF" in typed.words
    assert_fails(await at("payments", "countersign", sheet, *number, *PAUL), REFUSED, "another person signs it")
    [listed] = (await at.done("payments", "files", "--json")).json
    assert listed["typed"] == [{"by": "paul.nkosi", "confirmation": NUMBER}]
    next_step = (await at.done("show", waiting.reference)).words
    assert "and sign as the second" in next_step
    assert f"payments countersign {sheet} --confirmation {NUMBER}" in next_step
    second = (await at.done("payments", "countersign", sheet, *number, *FEMI, "--json")).json
    assert second == {"message_id": sheet, "confirmation": NUMBER, "countersigned_by": "femi.ade"}
    assert "the bank's answer to the payment" in (await at.done("show", waiting.reference)).words
    (tmp_path / "bank.xml").write_bytes(told_now(booked("", reference=NUMBER)))
    assert "1 new, 0 known before" in (await at.done("payments", "import", tmp_path / "bank.xml", *FEMI)).words
