"""The root that a new epoch names is held against the leaves that the auditor followed, whoever signed it."""

from __future__ import annotations

from accord.follow.epochs import epoch_faults
from accord.organisation.governance import epoch_to_begin
from domain.directory.people import EpochBegun
from domain.signatures.signing import LogEpoch
from tests.accord.follow.conftest import House
from tests.governing import decree

ROOTS = {4: bytes(32), 5: bytes([7]) * 32}


def begun(position: int, root: bytes) -> EpochBegun:
    log = LogEpoch(origin="ledger.example.org", epoch=2)
    return EpochBegun(log=log, position=position, root=root.hex(), installation="a database")


def test_an_epoch_continues_the_ledger_that_was_followed_or_is_found() -> None:
    faults = [
        list(epoch_faults([epoch], 5, ROOTS.__getitem__))
        for epoch in (begun(5, ROOTS[5]), begun(4, ROOTS[5]), begun(6, ROOTS[5]))
    ]
    assert faults == [
        [],
        ["epoch 2 of ledger.example.org continues another ledger: its root over 4 events is not that of these events"],
        ["epoch 2 of ledger.example.org continues a ledger of 6 events, and 5 come before it here"],
    ]


async def test_an_epoch_that_two_guardians_signed_on_another_ledger_is_found(house: House) -> None:
    """Given a true epoch, followed in one page, and then one with another root, then only the second is found."""
    await decree(house.desk, await epoch_to_begin(house.desk))
    await house.signed()
    assert (await house.followed()).open_findings == ()
    before = house.standing().verified["epochs"]
    epoch = await epoch_to_begin(house.desk)
    await decree(house.desk, epoch.model_copy(update={"root": "ab" * 32}))
    await house.signed()
    [finding] = (await house.followed()).open_findings
    assert (finding.position, before) == (await house.desk.ledger.head(), 2)
    assert f"continues another ledger: its root over {epoch.position} events" in finding.reason
