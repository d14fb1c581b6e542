"""The payments of a year are listed for an auditor with every signer, the bank's word, and the record's state."""

from __future__ import annotations

import csv
import io

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.counter.exceptions import resolve
from accord.counter.payments_made import NO_FILE, gap_of, payments_made
from accord.counter.resolutions import PaymentReference
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus, Resolution
from domain.streams import StreamId
from ledger import clock
from payments.answers.exceptions import read_exceptions
from tests.accord.shell import BAD_INPUT, Shell
from tests.builders import funds_out, party, proposal
from tests.conftest import Office
from tests.ledger.proof import behind_our_back
from tests.lives import Life, until_shown


@pytest.fixture
async def settled(office: Office, desk: Desk, worker: None, reference: str) -> Life:
    """A grant whose first tranche was paid and settled. A person is named in it, whose name is sealed."""
    life = Life(desk, reference)
    named = party(principals=[{"name": "Amara Okello", "role": "DIRECTOR", "country": "US", "kind": "INDIVIDUAL"}])
    await life.paid(proposal(reference, partner=named, funds_out=funds_out("5000.00", payee=named)))
    await until_shown(desk)
    return life


async def test_each_payment_says_who_decided_it_with_which_key_and_what_the_bank_said(
    settled: Life, shell: Shell, desk: Desk
) -> None:
    year = str(clock.today().year)
    told = await shell.done("audit", "payments", "--year", year, "--format", "csv")
    mine = [one for one in csv.DictReader(io.StringIO(told.stdout)) if one["partnership_id"] == settled.reference]
    [row] = mine
    keys = {one.staff_id: one.key.key_id for one in (await desk.directory()).keys}
    assert (row["amount"], row["currency"], row["status"], row["verified"]) == ("5000.00", "USD", "SETTLED", "yes")
    assert row["released_by"] == f"paul.nkosi ({keys['paul.nkosi']})"
    assert row["proposed_by"] == f"pia.berg ({keys['pia.berg']})"
    for approver in ("ana.silva", "femi.ade"):
        assert f"{approver} ({keys[approver]})" in row["approved_by"]
    assert row["bank_reference"]
    assert len(row["bank_file"]) == 64
    before = await shell.done("audit", "payments", "--year", str(int(year) - 1), "--json")
    assert before.json == []


@pytest.mark.slow
async def test_what_was_not_handed_over_did_not_leave(office: Office, desk: Desk, worker: None, reference: str) -> None:
    life = Life(desk, reference)
    tranche = await life.released(proposal(reference))
    await until_shown(desk)
    listed = [one["partnership_id"] async for one in payments_made(desk, clock.today().year)]
    assert reference not in listed
    await life.bank_says(tranche, BankStatus.REJECTED)
    await until_shown(desk)
    [row] = [one async for one in payments_made(desk, clock.today().year) if one["partnership_id"] == reference]
    assert row["status"] == "REJECTED"


@pytest.mark.slow
async def test_what_the_ledger_forgot_to_have_left_is_listed_once_people_say_that_the_bank_paid_it(
    office: Office, desk: Desk, worker: None, reference: str
) -> None:
    """Given a booking of what stands in no file, and that is the payment's, then it left, and its record has a gap."""
    life = Life(desk, reference)
    tranche = await life.released(proposal(reference))
    done = await life.imports(await life.word(tranche, BankStatus.SETTLED))
    [_] = done.for_a_person
    async with desk.pool.acquire() as connection:
        [raised] = [one for one in await read_exceptions(connection) if one.partnership == reference]
    own = PaymentReference(partnership_id=reference, tranche=1, attempt=1)
    await resolve(desk, raised, Resolution.BELONGS_TO, own, "it left before the restore", "dora.kim")
    await life.until_tranche(TrancheState.SETTLED)
    await until_shown(desk)
    assert await verified(desk, reference) == NO_FILE


def test_the_gap_of_a_payment_that_left_before_a_restore_is_told_with_who_signed_for_it() -> None:
    assert gap_of({"handed_over_on": "2026-11-30"}, 3) is None
    assert str(gap_of({}, None)) == NO_FILE
    assert str(gap_of({}, 3)) == f"{NO_FILE}, and two of finance signed that it left before epoch 3 began"


@pytest.mark.slow
async def test_a_record_that_was_changed_is_named(settled: Life, desk: Desk, office_pool: asyncpg.Pool) -> None:
    """Given an event that somebody dated anew behind everybody's back, then the payment is not called verified."""
    position = (await desk.ledger.read_stream(StreamId.partnership(settled.reference)))[-1].position
    dated = f"UPDATE ledger.events SET recorded_at = recorded_at {{}} interval '1 s' WHERE position = {position}"
    async with office_pool.acquire() as connection:
        await behind_our_back(connection, dated.format("+"))
        told = await verified(desk, settled.reference)
        await behind_our_back(connection, dated.format("-"))
    assert told == f"event {position} was changed after it was recorded"
    assert await verified(desk, settled.reference) == "yes"


async def verified(desk: Desk, reference: str) -> str:
    """The words on the record of a partnership's only payment."""
    [row] = [one async for one in payments_made(desk, clock.today().year) if one["partnership_id"] == reference]
    return str(row["verified"])


async def test_a_year_that_is_none_is_said(shell: Shell) -> None:
    answer = await shell("audit", "payments", "--year", "26")
    assert (answer.code, "--year" in answer.words) == (BAD_INPUT, True)
