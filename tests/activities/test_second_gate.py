"""The second gate: whatever decided it, nothing is recorded in the name of somebody who did not sign it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from temporalio.testing import ActivityEnvironment

from accord.client.desk import Desk
from accord.demo.sample import furnish
from activities.contracts import CarriedOut, CarryOut, KnownVersion
from activities.folding import FoldedPartnership
from activities.partnerships import Partnerships
from activities.recording.gathered import Gathered
from domain.directory.disregarded import Disregarded
from domain.directory.tiers import Role
from domain.identity import ACCORD
from domain.partnership import commands as c
from domain.partnership import events as e
from ledger import AppendRequest, Ledger
from records.keys.keyring import Keyring
from tests.builders import NOON, funding, money, number, proposal
from tests.governing import hire, let_go, revoke
from tests.scribe import Scribe, forgers_keys, signed

REFERENCE = "P-2026-0042"
ONCE = number("once")


@pytest.fixture
async def organisation(pool: asyncpg.Pool, keyring: Keyring) -> Desk:
    """An organisation of the test's own, in which something is proposed."""
    desk = Desk(pool, keyring)
    await furnish(desk)
    await Scribe(desk, REFERENCE).says(e.PartnershipProposed, "pia.berg", proposal=proposal(), funding=funding())
    return desk


class Tampered(Partnerships):
    """Decides as it is told, like a release whose rules somebody tampered with."""

    def __init__(self, desk: Desk, events: tuple[Any, ...]) -> None:
        super().__init__(desk.pool)
        self.events = events

    def _decide(self, held: FoldedPartnership, command: c.AnyCommand, gathered: Gathered) -> tuple[Any, ...]:
        return self.events


async def carried_out(desk: Desk, *events: Any, command_id: UUID = ONCE) -> CarriedOut:
    """Run the activity as a worker does."""
    command = c.Refuse(command_id=command_id, at=NOON, actor="a worker", attempted="anything", reason="none")
    asked = CarryOut(partnership_id=REFERENCE, command=command, known=KnownVersion())
    answer: CarriedOut = await ActivityEnvironment().run(Tampered(desk, events).carry_out, asked)
    return answer


async def record(desk: Desk, *events: Any) -> CarriedOut:
    answer = await carried_out(desk, *events)
    assert answer.refusal is None
    return answer


async def refused(desk: Desk, fault: str, *events: Any, **more: Any) -> None:
    before = await desk.history(REFERENCE)
    answer = await carried_out(desk, *events, **more)
    assert answer.refusal is not None
    assert answer.refusal.kind == "NotSigned"
    assert re.search(fault, answer.refusal.reason)
    assert await desk.history(REFERENCE) == before


def approval(actor: str = "ana.silva") -> e.ApprovalGiven:
    return e.ApprovalGiven(at=NOON, actor=actor, role=Role.PROGRAMME_APPROVER, reason="good work")


def vouched(desk: Desk, event: Any) -> Any:
    return signed(event, desk.keyring, REFERENCE, ONCE)


async def test_what_its_person_signed_is_recorded(organisation: Desk) -> None:
    recorded = await record(organisation, vouched(organisation, approval()))
    assert recorded.what == ("ApprovalGiven",)
    assert list(recorded.events) == await organisation.history(REFERENCE)


NAMED: dict[str, Any] = {
    "ApprovalGiven": approval(),
    "PartnershipProposed": e.PartnershipProposed(at=NOON, actor="pia.berg", proposal=proposal(), funding=funding()),
    "TrancheReleased": e.TrancheReleased(
        at=NOON, actor="paul.nkosi", tranche=1, attempt=1, money=money(), attempt_signed=True
    ),
    "HoldLifted": e.HoldLifted(at=NOON, actor="femi.ade", reason="answered"),
    "HoldPlaced": e.HoldPlaced(at=NOON, actor="vera.lind", reason="a question in the press"),
    "PartnershipDeclined": e.PartnershipDeclined(at=NOON, actor="femi.ade", reason="no budget"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMED)
async def test_what_bears_a_name_without_a_signature_is_refused(organisation: Desk, name: str) -> None:
    await refused(organisation, f"not recorded: {name}: .* did not sign it", NAMED[name])


@pytest.mark.slow
async def test_what_the_rules_do_bears_no_name_and_needs_no_signature(organisation: Desk) -> None:
    held = e.HoldPlaced(at=NOON, actor=ACCORD, reason="tranche 1 was returned")
    assert (await record(organisation, held)).what == ("HoldPlaced",)


async def with_anothers_key(desk: Desk, folder: Path) -> Any:
    return signed(approval(), forgers_keys(desk.keyring, folder, **{"ana.silva": "otto.audit"}), REFERENCE, ONCE)


async def with_anothers_key_as_hers(desk: Desk, folder: Path) -> Any:
    forged = await with_anothers_key(desk, folder)
    key_id = desk.keyring.public("ana.silva").key_id
    return forged.model_copy(update={"signature": forged.signature.model_copy(update={"key_id": key_id})})


async def in_anothers_name(desk: Desk, folder: Path) -> Any:
    return vouched(desk, approval()).model_copy(update={"actor": "femi.ade"})


async def with_other_content(desk: Desk, folder: Path) -> Any:
    return vouched(desk, approval()).model_copy(update={"reason": "very good work"})


async def at_another_time(desk: Desk, folder: Path) -> Any:
    return vouched(desk, approval()).model_copy(update={"at": NOON.replace(hour=13)})


async def as_another_kind(desk: Desk, folder: Path) -> Any:
    held = vouched(desk, NAMED["HoldPlaced"])
    return e.PartnershipDeclined(at=held.at, actor=held.actor, reason=held.reason, signature=held.signature)


async def of_another_partnership(desk: Desk, folder: Path) -> Any:
    return signed(approval(), desk.keyring, "P-2026-0001", ONCE)


async def of_another_command(desk: Desk, folder: Path) -> Any:
    """Signed, hers, and for this partnership: but taken once before, under the id that she signed."""
    return signed(approval(), desk.keyring, REFERENCE, number("before"))


async def by_whom_nobody_knows(desk: Desk, folder: Path) -> Any:
    strangers = Keyring(folder)
    strangers.make("mallory.grey")
    return signed(approval("mallory.grey"), strangers, REFERENCE, ONCE)


async def by_one_whose_key_was_revoked(desk: Desk, folder: Path) -> Any:
    await revoke(desk, "ana.silva")
    return vouched(desk, approval())


async def by_one_who_left(desk: Desk, folder: Path) -> Any:
    await let_go(desk, "ana.silva")
    return vouched(desk, approval())


WRONG = {
    with_anothers_key: "holds no key",
    with_anothers_key_as_hers: "the signature is not ana.silva's",
    in_anothers_name: "for another person",
    with_other_content: "for another content",
    at_another_time: "for another time",
    as_another_kind: "for another kind of decision",
    of_another_partnership: "for another partnership",
    of_another_command: "command",
    by_whom_nobody_knows: "holds no key",
    by_one_whose_key_was_revoked: "holds no key",
    by_one_who_left: "holds no key",
}


@pytest.mark.slow
@pytest.mark.parametrize("forge", WRONG, ids=lambda forge: forge.__name__)
async def test_a_wrong_signature_is_refused(
    organisation: Desk, tmp_path: Path, forge: Callable[[Desk, Path], Awaitable[Any]]
) -> None:
    await refused(organisation, WRONG[forge], await forge(organisation, tmp_path / "keys"))


@pytest.mark.slow
async def test_one_wrong_event_among_right_ones_refuses_all(organisation: Desk) -> None:
    right = vouched(organisation, approval())
    await refused(organisation, "HoldLifted", right, NAMED["HoldLifted"])


@pytest.mark.slow
async def test_a_signed_decision_is_not_recorded_twice(organisation: Desk) -> None:
    """A worker that was tampered with makes a second payment of one release, or two approvals of one."""
    once = signed(NAMED["TrancheReleased"], organisation.keyring, REFERENCE, ONCE)
    await record(organisation, once)
    await refused(
        organisation, "for another content", once.model_copy(update={"attempt": 2}), command_id=number("again")
    )
    await refused(organisation, "for another command", once, command_id=number("again"))
    assert len(await organisation.history(REFERENCE)) == 2


@pytest.mark.slow
@pytest.mark.parametrize("ends", [revoke, let_go])
async def test_what_was_recorded_before_the_key_was_revoked_is_returned_not_refused(
    organisation: Desk, ends: Callable[[Desk, str], Awaitable[None]]
) -> None:
    event = vouched(organisation, approval())
    first = await record(organisation, event)
    await ends(organisation, "ana.silva")
    assert await record(organisation, event) == first
    assert len(await organisation.history(REFERENCE)) == 2


@pytest.mark.slow
async def test_a_person_who_is_hired_again_signs_with_the_new_key_only(organisation: Desk) -> None:
    old = vouched(organisation, approval())
    organisation.keyring.path("ana.silva").rename(organisation.keyring.path("ana.before"))
    try:
        await hire(organisation, "ana.silva", Role.PROGRAMME_APPROVER)
        await refused(organisation, "holds no key", old)
        assert (await record(organisation, vouched(organisation, approval()))).what == ("ApprovalGiven",)
    finally:
        organisation.keyring.path("ana.before").replace(organisation.keyring.path("ana.silva"))


async def test_a_key_that_is_revoked_between_the_gate_and_the_append_signs_nothing_that_counts(
    organisation: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a decision that passed, when its key is revoked before it is recorded, then what is told counts it not."""
    original, before = Ledger.queue_together, [revoke]

    async def after_the_revocation(self: Ledger, requests: Sequence[AppendRequest]) -> Any:
        if before:
            await before.pop()(organisation, "ana.silva")
        return await original(self, requests)

    monkeypatch.setattr(Ledger, "queue_together", after_the_revocation)
    answer = await carried_out(organisation, vouched(organisation, approval()))
    assert answer.refusal is not None
    assert (answer.refusal.kind, answer.what) == ("NotSigned", ())
    assert [type(one.event) for one in await organisation.history(REFERENCE)] == [e.PartnershipProposed, Disregarded]
