"""Whoever has a receipt and the ledger's public key checks it without Accord (`examples/receipt.py`), or is refused."""

from __future__ import annotations

import ast
import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accord.client.desk import Desk
from domain.directory.people import KeyEnrolled
from domain.partnership import events as e
from examples.receipt import main
from ledger import Ledger
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.notes import SigningKey
from ledger.proof.receipts import make_receipt
from ledger.proof.stored_tree import StoredTree
from records.keys.keyring import Keyring
from records.signers import enrolment_of
from tests import paying
from tests.authenticators.passkeys import Authenticator
from tests.conftest import ROOT
from tests.governing import decree
from tests.ledger.proof import KNOWN, LOG, OTHER_LOG, TREASURER, record
from tests.scribe import Scribe

PROGRAM = ROOT / "examples"
OWN = ("receipt.py", "verify_signature.py")
DEVICES = (Authenticator(), Authenticator(Ed25519PrivateKey.generate()))


def run(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, as a person would."""
    return subprocess.run([sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
async def released(furnished: Desk) -> Scribe:
    return await paying.released(furnished)


@pytest.fixture(scope="module")
async def receipt(office_pool: asyncpg.Pool, keyring: Keyring, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The receipt of a payer's release."""
    scribe = await paying.released(Desk(office_pool, keyring))
    return await receipt_of_the(e.TrancheReleased, scribe, tmp_path_factory.mktemp("receipt"))


async def receipt_of(desk: Desk, position: int, folder: Path) -> str:
    """The receipt of an event, under a checkpoint of now."""
    tree, kept = StoredTree(desk.ledger), CheckpointFolder(folder / "checkpoints")
    await sign_checkpoint(tree, kept, LOG)
    carried = await enrolment_of(desk.ledger, position)
    return await make_receipt(tree, position, kept.notes()[-1].read_text(), KNOWN, carried)


async def receipt_of_the(kind: type[Any], scribe: Scribe, folder: Path) -> str:
    events = await scribe.desk.history(scribe.reference)
    position = next(one.position for one in reversed(events) if isinstance(one.event, kind))
    return await receipt_of(scribe.desk, position, folder)


def checked(receipt: str, folder: Path, key: SigningKey = LOG) -> None:
    """Run the program's own entry on a receipt."""
    (folder / "one.tlog-proof").write_text(receipt, "utf-8")
    (folder / "ledger.key.pub").write_text(f"{key.verifier}\n", "utf-8")
    main(folder / "one.tlog-proof", folder / "ledger.key.pub")


def refused(receipt: str, folder: Path, key: SigningKey = LOG) -> str:
    """The one line with which a receipt is refused."""
    with pytest.raises(SystemExit) as ended:
        checked(receipt, folder, key)
    told = str(ended.value)
    assert told.startswith("not proved: ")
    assert "\n" not in told
    return told


def told_otherwise(receipt: str, change: Callable[[dict[str, Any]], object]) -> str:
    """A receipt with something changed in what the event says of itself."""
    lines = receipt.split("\n")
    extra = json.loads(base64.b64decode(lines[1].removeprefix("extra ")))
    change(extra)
    lines[1] = f"extra {base64.b64encode(json.dumps(extra).encode()).decode()}"
    return "\n".join(lines)


def test_it_needs_nothing_but_python_and_a_cryptographic_library() -> None:
    for name in OWN:
        nodes = list(ast.walk(ast.parse((PROGRAM / name).read_text("utf-8"))))
        asked = {one.module for one in nodes if isinstance(one, ast.ImportFrom) and one.module}
        asked |= {alias.name for one in nodes if isinstance(one, ast.Import) for alias in one.names}
        beside = {one.split(".")[0] for one in asked - {"examples.verify_signature"}} - sys.stdlib_module_names
        assert beside == {"cryptography"}


@pytest.mark.slow
async def test_it_runs_where_only_its_own_files_are(released: Scribe, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "examples").mkdir(parents=True)
    for name in OWN:
        shutil.copy(PROGRAM / name, elsewhere / "examples" / name)
    (elsewhere / "paid.tlog-proof").write_text(await receipt_of_the(e.TrancheReleased, released, tmp_path), "utf-8")
    (elsewhere / "ledger.key.pub").write_text(f"{LOG.verifier}\n", "utf-8")
    ended = run("examples.receipt", "paid.tlog-proof", "ledger.key.pub", folder=elsewhere)
    assert (ended.returncode, ended.stderr) == (0, "")
    first, second, content = ended.stdout.split("\n", 2)
    assert first.startswith("Event ")
    assert first.endswith(f" TrancheReleased in partnership/{released.reference}.")
    assert second.startswith("paul.nkosi signed it: release, on ")
    assert json.loads(content)["tranche"] == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "device", [Authenticator(), Authenticator(Ed25519PrivateKey.generate())], ids=["ES256", "EdDSA"]
)
async def test_what_a_passkey_signed_is_shown_to_be_its_owners(
    furnished: Desk, tmp_path: Path, device: Authenticator, capsys: pytest.CaptureFixture[str]
) -> None:
    await decree(furnished, KeyEnrolled(staff_id="paul.nkosi", key=device.key))
    scribe = await paying.agreed_grant(furnished)
    scribe.keyring = device  # type: ignore[assignment]
    await paying.release(scribe)
    checked(await receipt_of_the(e.TrancheReleased, scribe, tmp_path), tmp_path)
    assert "paul.nkosi signed it: release" in capsys.readouterr().out


@pytest.mark.slow
async def test_what_accord_recorded_itself_is_said_to_be_nobodys(
    released: Scribe, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checked(await receipt_of_the(e.EligibilityAssessed, released, tmp_path), tmp_path)
    assert "Nobody signed it" in capsys.readouterr().out


@pytest.mark.slow
async def test_every_place_of_every_tree_is_proved(pool: asyncpg.Pool, tmp_path: Path) -> None:
    ledger, kept = Ledger(pool), CheckpointFolder(tmp_path / "checkpoints")
    for size in range(1, 18):
        await record(ledger, 1, size - 1)
        await sign_checkpoint(StoredTree(ledger), kept, LOG)
        for position in range(1, size + 1):
            checked(await make_receipt(StoredTree(ledger), position, kept.notes()[-1].read_text(), KNOWN), tmp_path)


def another(was: Any) -> Any:
    """Another value of the same kind."""
    return was + 1 if isinstance(was, int) else f"{'8' if was[0] == '7' else '7'}{was[1:]}"


def test_whatever_an_event_says_of_itself_is_refused_if_it_was_changed(receipt: str, tmp_path: Path) -> None:
    extra = json.loads(base64.b64decode(receipt.split("\n")[1].removeprefix("extra ")))
    assert extra.pop("enrolment")
    told = {name: refused(told_otherwise(receipt, partial(_change, name)), tmp_path) for name in extra}
    assert "another place" in told.pop("position")
    assert {fault for fault in told.values() if "the event is not in the ledger" not in fault} == set(), told
    for name in extra:
        refused(told_otherwise(receipt, lambda one, name=name: one.pop(name)), tmp_path)
    assert "not in the ledger" in refused(told_otherwise(receipt, lambda one: one.update(more=1)), tmp_path)


def _change(name: str, said: dict[str, Any]) -> None:
    said[name] = another(said[name])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(lambda one: one.pop("enrolment"), "does not show that", id="no enrolment"),
        pytest.param(lambda one: one["enrolment"].clear(), "does not show that", id="an empty enrolment"),
        pytest.param(lambda one: one["enrolment"][0].update(position=1), "not in the ledger", id="another place of it"),
        pytest.param(lambda one: one["enrolment"][0].update(payload="e30="), "not in the ledger", id="another key"),
        pytest.param(lambda one: one["enrolment"][0]["proof"].reverse(), "not in the ledger", id="another proof of it"),
        pytest.param(lambda one: one["enrolment"][0].pop("proof"), "cannot be read", id="no proof of it"),
    ],
)
def test_a_key_that_the_receipt_does_not_show_to_be_enrolled_proves_nobodys_decision(
    receipt: str, tmp_path: Path, change: Callable[[dict[str, Any]], object], reason: str
) -> None:
    assert reason in refused(told_otherwise(receipt, change), tmp_path)


@pytest.mark.slow
async def test_a_change_of_the_directory_that_nobody_confirmed_enrols_no_key(furnished: Desk, tmp_path: Path) -> None:
    [device, _] = DEVICES
    await decree(furnished, KeyEnrolled(staff_id="paul.nkosi", key=device.key))
    scribe = await paying.agreed_grant(furnished)
    scribe.keyring = device  # type: ignore[assignment]
    await paying.release(scribe)
    receipt = await receipt_of_the(e.TrancheReleased, scribe, tmp_path)
    assert "does not show that" in refused(told_otherwise(receipt, lambda one: one["enrolment"].pop()), tmp_path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(lambda text: "", "it has not the form of a receipt", id="nothing"),
        pytest.param(lambda text: text.replace("@v1", "@v2", 1), "it has not the form", id="another form"),
        pytest.param(lambda text: text.replace("index ", "index 1", 1), "another place", id="another place"),
        pytest.param(lambda text: text.replace("extra ", "extra !", 1), "cannot be read", id="no base64"),
        pytest.param(lambda text: text.replace("\n\n", f"\n{'A' * 43}=\n\n", 1), "longer than", id="longer"),
        pytest.param(lambda text: text.replace("\n\nledger.", "\n\nlodger."), "does not hold", id="another ledger"),
        pytest.param(lambda text: _with_size(text, 1), "does not hold", id="another size"),
        pytest.param(lambda text: _without_a_hash(text), "not in the ledger", id="a hash left out"),
        pytest.param(lambda text: text.replace("\n— ", "\n— x", 1), "the key given did not sign it", id="unsigned"),
    ],
)
def test_whatever_was_changed_beside_the_event_is_refused(
    receipt: str, tmp_path: Path, change: Callable[[str], str], reason: str
) -> None:
    assert reason in refused(change(receipt), tmp_path)


def _with_size(receipt: str, more: int) -> str:
    head, note, signatures = receipt.split("\n\n")
    origin, size, root = note.split("\n")
    return "\n\n".join([head, "\n".join([origin, str(int(size) + more), root]), signatures])


def _without_a_hash(receipt: str) -> str:
    head, rest = receipt.split("\n\n", 1)
    return head.rpartition("\n")[0] + "\n\n" + rest


def test_it_trusts_the_ledgers_key_alone(receipt: str, tmp_path: Path) -> None:
    assert "the key given did not sign it" in refused(receipt, tmp_path, OTHER_LOG)
    assert "the key given is no ledger's key" in refused(receipt, tmp_path, TREASURER)


@pytest.mark.slow
async def test_a_signature_that_was_given_for_something_else_is_refused(released: Scribe, tmp_path: Path) -> None:
    """A keeper of the ledger who puts a person's true signature into another event convinces nobody."""
    true: Any = released.made(e.HoldPlaced, "vera.lind", reason="wait")
    payload = json.dumps({"actor": "vera.lind", "signature": true.signature.model_dump(mode="json")}).encode()
    await released.desk.pool.execute(
        "SELECT * FROM ledger.append(ARRAY[$1], ARRAY[$2::int], ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()], "
        "'{HoldPlaced}', '{1}', ARRAY[$3::bytea], '{\"{}\"}', '{1}')",
        f"partnership/{released.reference}", released.state.version + 1, payload,
    )  # fmt: skip
    receipt = await receipt_of(released.desk, await released.desk.ledger.head(), tmp_path)
    assert "the signature in it was given for something else" in refused(receipt, tmp_path)
