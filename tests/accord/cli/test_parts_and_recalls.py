"""A split, a recall and the rest of a payment that was booked in part, as people type them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from accord.client.desk import Desk
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus
from domain.values import Money
from tests.accord.shell import Shell
from tests.builders import funds_out, proposal
from tests.lives import Life
from tests.payments.answers.recalls.messages import payment as answered
from tests.payments.answers.recalls.messages import resolution


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_a_tranche_is_split_recalled_and_its_rest_agreed_upon(shell: Shell, desk: Desk, reference: str) -> None:
    life = Life(desk, reference)
    payment = await life.released(proposal(reference, funds_out=funds_out("600.00", "400.00")))
    parts = ("--part", "150", "--part", "250@2027-06-01", "--reason", "in two steps")
    await shell.done("split", reference, "--tranche", "2", *parts, "--as", "pia.berg")
    assert [tranche.money.amount for tranche in (await life.state()).tranches] == [600, 150, 250]
    await life.bank_says(payment, BankStatus.SETTLED, money=Money(amount=Decimal(500), currency="USD"))
    await life.until_tranche(TrancheState.SHORT)
    which = (reference, "--tranche", "1", "--reason", "the account was closed")
    recalled = await shell.done("payments", "recall", *which, "--as", "paul.nkosi")
    assert ("Nothing was sent to the bank" in recalled.words, payment.end_to_end_id in recalled.words) == (True, True)
    answer = ("--answer", "REFUSED", "--document", "ab" * 32)
    await shell.done("payments", "answer-recall", *which, *answer, "--as", "paul.nkosi")
    for person in ("femi.ade", "dora.kim"):
        await shell.done("agree-rest", *which, "--as", person)
    assert "100.00" in (await shell.done("show", reference)).words
    assert (await life.state()).tranches[0].is_releasable


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_a_recall_is_written_its_answer_imported_and_the_rest_given_up(
    shell: Shell, desk: Desk, reference: str, tmp_path: Path
) -> None:
    life = Life(desk, reference)
    payment = await life.released(proposal(reference, funds_out=funds_out("600.00")))
    await life.bank_says(payment, BankStatus.SETTLED, money=Money(amount=Decimal(500), currency="USD"))
    await life.until_tranche(TrancheState.SHORT)
    which = (reference, "--tranche", "1")
    await shell.done("payments", "recall", *which, "--reason", "the account was closed", "--as", "paul.nkosi")
    request = (await shell.done("payments", "recall-file", *which, "--out", tmp_path, "--json")).json
    assert (request["sent"], request["file"]) == (False, str(tmp_path / f"{request['case']}.camt.055.xml"))
    group = "<OrgnlGrpInf><OrgnlMsgId>OURS-1</OrgnlMsgId></OrgnlGrpInf>"
    paid = answered(payment.end_to_end_id, "RJCR", "CUST").replace(group, "")
    made, name = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", f"R-{uuid.uuid4().hex[:12]}"
    (tmp_path / "camt.029.xml").write_text(resolution(paid, case=request["case"], message=name, made=made))
    told = await shell.done("payments", "import", tmp_path / "camt.029.xml", "--as", "femi.ade")
    assert "the payee refuses" in told.words
    assert (await life.state()).recalls == ()
    for person in ("femi.ade", "dora.kim"):
        await shell.done("give-up-rest", *which, "--reason", "the payee keeps the part", "--as", person)
    [tranche] = (await life.state()).tranches
    assert (tranche.state, tranche.net, tranche.given_up) == (TrancheState.SETTLED, 500, 100)
