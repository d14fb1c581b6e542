"""A receipt shows whose decision an event is, or that it is nobody's, whatever name stands in it."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.organisation.governance import change_directory, confirm_change
from domain.directory.people import KeyEnrolled
from domain.parties import Principal, PrincipalRole
from domain.partnership import events as e
from domain.recorded.schema import event_payload
from domain.signatures.signing import PublicKey
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.receipts import Proved, ReceiptRefused, check_receipt, make_receipt
from ledger.proof.stored_tree import StoredTree
from records.keys.keyring import Keyring
from records.signers import NotTheirs, SignedBy, enrolment_of, signed_by
from tests import paying
from tests.builders import number, party
from tests.ledger.proof import KNOWN, LOG
from tests.scribe import Scribe, forgers_keys


async def receipt_of(desk: Desk, position: int, folder: Path, enrolment: list[int] | None = None) -> str:
    """The receipt of an event, under a checkpoint of now, with its own enrolment or another."""
    tree, kept = StoredTree(desk.ledger), CheckpointFolder(folder / "checkpoints")
    await sign_checkpoint(tree, kept, LOG)
    carried = await enrolment_of(desk.ledger, position) if enrolment is None else enrolment
    return await make_receipt(tree, position, kept.notes()[-1].read_text(), KNOWN, carried)


async def proved(desk: Desk, position: int, folder: Path, enrolment: list[int] | None = None) -> Proved:
    return check_receipt(await receipt_of(desk, position, folder, enrolment), KNOWN)


async def position_of(scribe: Scribe, kind: type[Any]) -> int:
    return next(one.position for one in await scribe.desk.history(scribe.reference) if isinstance(one.event, kind))


def make_anew(desk: Desk, staff_id: str) -> PublicKey:
    desk.keyring.path(staff_id).unlink()
    return desk.keyring.make(staff_id)


@pytest.fixture
async def released(furnished: Desk) -> Scribe:
    return await paying.released(furnished)


async def test_a_release_is_shown_to_be_its_payers(released: Scribe, tmp_path: Path) -> None:
    position = await position_of(released, e.TrancheReleased)
    found = await proved(released.desk, position, tmp_path)
    signed = signed_by(found.event, found.enrolment)
    assert signed is not None
    assert (signed.person, signed.words_shown) == ("paul.nkosi", True)
    assert signed.key_id == released.keyring.public("paul.nkosi").key_id
    assert signed.enrolled_at == tuple(one.position for one in found.enrolment) != ()


@pytest.mark.slow
async def test_of_an_event_that_names_people_the_signature_is_shown_and_the_words_are_not(
    released: Scribe, tmp_path: Path
) -> None:
    kim = Principal(name="Kim Ade", role=PrincipalRole.DIRECTOR)
    partner = party("Riverbend Library Network").model_copy(update={"principals": (kim,)})
    named = await paying.released(released.desk, "P-2026-0043", partner=partner)
    found = await proved(named.desk, await position_of(named, e.PartnershipProposed), tmp_path)
    assert b"Kim Ade" not in found.event.payload
    signed = signed_by(found.event, found.enrolment)
    assert signed is not None
    assert (signed.person, signed.words_shown) == ("pia.berg", False)


@pytest.mark.slow
async def test_a_sealed_name_hides_no_other_kind_of_decision(released: Scribe, tmp_path: Path) -> None:
    """A sign in a payload that looks like a sealed name let a signature for one act pass for another."""
    true: Any = released.made(e.HoldPlaced, "vera.lind", reason="wait")
    own = true.signature.statement.command_id
    forged = e.HoldLifted(at=true.at, actor="vera.lind", signature=true.signature, reason="go on")
    payload = json.dumps({**event_payload(forged), "reason": "\u27e6erased\u27e7"}, separators=(",", ":")).encode()
    await released.desk.pool.execute(
        "SELECT * FROM ledger.append(ARRAY[$1], ARRAY[$2::int], ARRAY[$3::uuid], ARRAY[gen_random_uuid()], "
        "'{HoldLifted}', '{1}', ARRAY[$4::bytea], '{\"{}\"}', '{1}')",
        f"partnership/{released.reference}", released.state.version + 1, own, payload,
    )  # fmt: skip
    found = await proved(released.desk, await released.desk.ledger.head(), tmp_path)
    with pytest.raises(NotTheirs, match="the signature is for another kind of decision"):
        signed_by(found.event, found.enrolment)


@pytest.mark.slow
async def test_what_accord_recorded_itself_is_nobodys(released: Scribe, tmp_path: Path) -> None:
    position = await position_of(released, e.EligibilityAssessed)
    found = await proved(released.desk, position, tmp_path)
    assert signed_by(found.event, found.enrolment) is None


@pytest.mark.slow
async def test_a_key_that_was_exchanged_is_shown_by_the_change_and_its_confirmation(
    released: Scribe, tmp_path: Path
) -> None:
    own = Keyring(Path(shutil.copytree(released.keyring.folder, tmp_path / "keys")))
    desk = Desk(released.desk.pool, own)
    fact = KeyEnrolled(staff_id="vera.lind", key=make_anew(desk, "vera.lind"))
    changed = await change_directory(desk, (fact,), "dora.kim")
    assert changed.change_id is not None
    await confirm_change(desk, changed.change_id, "otto.audit")
    released.keyring = own
    await released.says(e.HoldPlaced, "vera.lind", reason="wait")
    found = await proved(desk, await position_of(released, e.HoldPlaced), tmp_path)
    assert [one.event_type for one in found.enrolment] == ["DirectoryChangeProposed", "DirectoryChangeConfirmed"]
    assert isinstance(signed_by(found.event, found.enrolment), SignedBy)
    with pytest.raises(NotTheirs, match="does not show that"):
        signed_by(found.event, found.enrolment[:1])  # nobody confirmed it


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        pytest.param({"reason": "go on"}, "the signature is for another content", id="other words"),
        pytest.param({"actor": "dora.kim"}, "the signature is vera.lind's, not dora.kim's", id="another person"),
        pytest.param({"signature": None}, "vera.lind did not sign it", id="nobody's signature"),
    ],
)
async def test_what_a_person_did_not_sign_is_nobodys_decision_though_the_ledger_holds_it(
    released: Scribe, tmp_path: Path, changed: dict[str, Any], fault: str
) -> None:
    """Attack 5: a thief of the worker's login appends it. The log's key signs, rightly, that the ledger holds it."""
    true = released.made(e.HoldPlaced, "vera.lind", reason="wait")
    assert true.signature is not None
    await released.write(true.model_copy(update=changed), command_id=true.signature.statement.command_id)
    found = await proved(released.desk, released.position, tmp_path)
    with pytest.raises(NotTheirs, match=fault):
        signed_by(found.event, found.enrolment)


@pytest.mark.parametrize(
    ("reference", "fault"),
    [("P-2026-0999", "the signature is for P-2026-0042"), ("P-2026-0042", "was given for another command")],
)
async def test_a_signature_holds_for_no_second_event(
    released: Scribe, tmp_path: Path, reference: str, fault: str
) -> None:
    true: Any = released.made(e.HoldPlaced, "vera.lind", reason="wait")
    other = released if reference == released.reference else Scribe(released.desk, reference)
    own = true.signature.statement.command_id
    await other.write(true, command_id=own if other is not released else number("another"))
    found = await proved(released.desk, other.position, tmp_path)
    with pytest.raises(NotTheirs, match=fault):
        signed_by(found.event, found.enrolment)


async def test_a_signature_that_anothers_key_made_is_nobodys_decision(furnished: Desk, tmp_path: Path) -> None:
    forger = Scribe(
        furnished, "P-2026-0998", forgers_keys(furnished.keyring, tmp_path / "k", **{"dora.kim": "paul.nkosi"})
    )
    await forger.says(e.HoldPlaced, "dora.kim", reason="wait")
    found = await proved(furnished, forger.position, tmp_path)
    with pytest.raises(NotTheirs, match=r"was enrolled as a key of dora\.kim"):
        signed_by(found.event, found.enrolment)


@pytest.mark.slow
async def test_an_enrolment_that_is_not_in_the_ledger_is_refused(released: Scribe, tmp_path: Path) -> None:
    receipt = await receipt_of(released.desk, await position_of(released, e.TrancheReleased), tmp_path)
    lines = receipt.split("\n")
    extra = json.loads(base64.b64decode(lines[1].removeprefix("extra ")))
    payload = json.loads(base64.b64decode(extra["enrolment"][0]["payload"]))
    for fact in payload["changes"]:
        if fact["event_type"] == "KeyEnrolled":
            fact["key"] = released.keyring.public("dora.kim").model_dump()
    extra["enrolment"][0]["payload"] = base64.b64encode(json.dumps(payload).encode()).decode()
    lines[1] = f"extra {base64.b64encode(json.dumps(extra).encode()).decode()}"
    with pytest.raises(ReceiptRefused, match="not in the ledger that was signed"):
        check_receipt("\n".join(lines), KNOWN)
