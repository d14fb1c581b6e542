"""One private key under two names decides once: at the gates, and before a payment (ADR 0063)."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.operations.diagnosis import keys_of_several
from accord.organisation.funds import ask
from accord.organisation.signed_acts import signed_act
from accord.presentation.faults import Refused
from domain.directory.people import DirectoryChangeConfirmed, DirectoryChangeProposed, KeyEnrolled
from domain.directory.sealing import change_content
from domain.funds import events as f
from domain.funds.fund import evolve
from domain.partnership import commands as c
from domain.recorded.writers import Writer
from domain.signatures.signing import Statement, content_digest
from domain.streams import DIRECTORY_STREAM, StreamId
from ledger import clock
from tests.accord.audit.story import FINANCE, PROGRAMME, Story, approves, both, tell
from tests.activities.funding import FIRST as FUND
from tests.activities.funding import REFERENCE, do, grant, waiting
from tests.builders import number
from tests.governing import decree
from tests.scribe import forgers_keys
from tests.treasury import fund


@pytest.fixture
async def doubled(furnished: Desk, tmp_path: Path) -> Desk:
    """Two guardians once entered ana.silva's key for femi.ade as well, before anybody refused that."""
    return await doubly_entered(furnished, tmp_path)


async def doubly_entered(desk: Desk, folder: Path) -> Desk:
    """Both sign it. It is recorded as a thief of the worker's login records it. Returns the desk where both sign."""
    fact = KeyEnrolled(staff_id="femi.ade", key=desk.keyring.public("ana.silva"))
    change_id, content = number("doubled"), content_digest(change_content((fact,)))

    async def append(act: str, actor: str, command: str) -> None:
        said = Statement(
            subject=DIRECTORY_STREAM, act=act, actor=actor, at=clock.now(), command_id=change_id, content_sha256=content
        )
        signed = {"change_id": change_id, "signature": await desk.sign(said)}
        proposes = act == "change_directory"
        event = (
            DirectoryChangeProposed.model_validate({**signed, "changes": (fact,)})
            if proposes
            else DirectoryChangeConfirmed.model_validate(signed)
        )
        directory = await desk.directory()
        await desk.append(DIRECTORY_STREAM, directory.version, number(command), actor, event, writer=Writer.WORKER)

    await append("change_directory", "dora.kim", "proposes")
    await append("confirm_directory", "otto.audit", "confirms")
    keys = shutil.copytree(desk.keyring.folder, folder / "keys")
    return replace(desk, keyring=forgers_keys(desk.keyring, keys, **{"femi.ade": "ana.silva"}))


async def test_whoever_had_the_key_first_approves_and_the_other_does_not(doubled: Desk) -> None:
    scribe = await waiting(doubled, grant(REFERENCE))
    answer = await do(scribe, c.Approve, "femi.ade", no_interest=True, reason="within the budget")
    assert answer.refusal is not None
    assert "is ana.silva's as well, and one key counts for one person" in answer.refusal.reason


async def test_two_approvals_under_one_key_that_are_on_record_pay_nothing(story: Story, tmp_path: Path) -> None:
    """They were recorded before this was asked, or by whoever holds the worker's login."""
    story = Story(await doubly_entered(story.desk, tmp_path), story.registers)
    finance = both(approves("ana.silva", PROGRAMME), approves("femi.ade", FINANCE))
    await tell(story, finance=finance)
    await story.stopped("ana.silva and femi.ade decided with one key, EK-")


async def test_a_fund_changes_by_one_key_for_nobody(doubled: Desk) -> None:
    """The first holder signs at the counter, the second does not, nor does anybody enter the key for a third."""
    with pytest.raises(Refused, match=r"is ana\.silva's as well"):
        await ask(doubled, "FD-2026-A", {"kind": "opening_balance", "amount": "1.00"}, "as resolved", "femi.ade")
    with pytest.raises(Refused, match=r"ana\.silva has or had the key"):
        await decree(doubled, KeyEnrolled(staff_id="paul.nkosi", key=doubled.keyring.public("ana.silva")))


async def test_a_second_signature_with_the_first_ones_key_puts_no_money_into_a_fund(furnished: Desk) -> None:
    """Whoever holds the worker's login records two signatures of one key."""
    stream = StreamId.fund(FUND)
    wanted = f.OpeningBalance.model_validate({"amount": "1000.00"})
    asked = await signed_act(furnished, f.FundChangeAsked, stream, "femi.ade", change=wanted, reason="As resolved")
    said = await signed_act(
        furnished, f.FundChangeConfirmed, stream, "dora.kim", change_id=asked.signature.statement.command_id
    )
    same = said.signature.model_copy(update={"key_id": asked.signature.key_id})
    known = await fund(furnished, FUND)
    once = evolve(evolve(known, asked), said.model_copy(update={"signature": same}))
    assert (once.granted, evolve(evolve(known, asked), said).granted) == (0, 1000)


async def test_the_doctor_names_a_key_of_two(doubled: Desk) -> None:
    (told,) = keys_of_several(await doubled.directory())
    assert told.what.endswith("is of ana.silva and femi.ade: it counts for ana.silva alone")
    assert "accord staff revoke --compromised-since" in told.remedy
