"""Every signature in the ledger is verified with the keys in force where it stands. An event of nobody's is named."""

from __future__ import annotations

from typing import Any

import pytest

from accord.audit.signatures import Signatures, verify_signatures
from accord.client.desk import Desk
from domain.directory.people import DirectoryChangeConfirmed, DirectoryFounded, StaffLeft
from domain.partnership import events as e
from domain.recorded.writers import Writer
from domain.streams import DIRECTORY_STREAM
from tests import paying
from tests.builders import number
from tests.scribe import Scribe, forgers_keys


@pytest.fixture
async def released(furnished: Desk) -> Scribe:
    return await paying.released(furnished)


async def test_an_organisation_in_good_order_has_no_signature_that_does_not_hold(released: Scribe) -> None:
    found = await verify_signatures(released.desk.ledger)
    assert found.faults == ()
    signed = [one for one in await released.desk.history(released.reference) if getattr(one.event, "signature", None)]
    assert found.verified > len(signed) > 0  # those on accounts as well


async def test_only_what_came_since_is_verified_again(released: Scribe) -> None:
    head = await released.desk.ledger.head()
    await released.says(e.HoldPlaced, "vera.lind", reason="wait")
    assert await verify_signatures(released.desk.ledger, head) == Signatures(1, ())


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"reason": "go on"}, "HoldPlaced: the signature is for another content"),
        ({"actor": "dora.kim"}, "HoldPlaced: the signature is for another person"),
        ({"signature": None}, "HoldPlaced: vera.lind did not sign it"),
    ],
)
async def test_a_forged_decision_is_named(released: Scribe, changed: dict[str, Any], fault: str) -> None:
    true = released.made(e.HoldPlaced, "vera.lind", reason="wait")
    assert true.signature is not None
    await released.write(true.model_copy(update=changed), command_id=true.signature.statement.command_id)
    assert (await verify_signatures(released.desk.ledger)).faults == ((released.position, fault),)


async def test_a_signature_that_was_given_for_another_command_is_named(released: Scribe) -> None:
    await released.write(released.made(e.HoldPlaced, "vera.lind", reason="wait"), command_id=number("another"))
    (fault,) = (await verify_signatures(released.desk.ledger)).faults
    assert fault == (released.position, "HoldPlaced: the signature was given for another command")


async def test_another_persons_key_is_named(furnished: Desk, tmp_path: Any) -> None:
    keyring = forgers_keys(furnished.keyring, tmp_path / "forged", **{"dora.kim": "paul.nkosi"})
    forger = Scribe(furnished, "P-2026-0998", keyring)
    await forger.says(e.HoldPlaced, "dora.kim", reason="wait")
    ((position, fault),) = (await verify_signatures(furnished.ledger)).faults
    assert position == forger.position
    assert fault.startswith("HoldPlaced: the directory holds no key")


async def test_a_confirmation_of_nothing_is_named(released: Scribe) -> None:
    desk = released.desk
    version = len(await desk.ledger.read_stream(DIRECTORY_STREAM))
    signature = released.made(e.HoldPlaced, "dora.kim", reason="wait").signature
    assert signature is not None
    confirmed = DirectoryChangeConfirmed(change_id=number("nothing"), signature=signature)
    await desk.append(DIRECTORY_STREAM, version, number("confirm"), "dora.kim", confirmed, writer=Writer.WORKER)
    ((_, fault),) = (await verify_signatures(desk.ledger)).faults
    assert fault == "DirectoryChangeConfirmed: nothing that it confirms waits for a confirmation"


async def test_what_bears_nobodys_name_needs_no_signature(released: Scribe) -> None:
    desk = released.desk
    version = len(await desk.ledger.read_stream(DIRECTORY_STREAM))
    founded = DirectoryFounded(changes=(StaffLeft(staff_id="vera.lind"),))
    await desk.append(DIRECTORY_STREAM, version, number("founded"), "operator", founded)
    assert (await verify_signatures(desk.ledger)).faults == ()
