"""A sum is what it is worth: however it is written, at whatever door, nothing true is called changed.

Each example is an organisation of its own: a grant whose sums somebody writes in one of their lawful spellings is
approved, released with a key file or a passkey, handed over, and booked by a bank that spells them in another way.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from accord.audit.signatures import verify_signatures
from accord.client.desk import Desk
from accord.counter.payments_made import payments_made
from accord.presentation.input_files import read_file
from deploy.database import open_pool
from domain.directory.people import HouseRulesSet, KeyEnrolled
from domain.directory.tiers import Role, Tier
from domain.payment.tranche.status import TrancheStatus
from domain.proposal import Proposal
from domain.values import minor_digits
from ledger import clock
from ledger.projections import Projector
from ledger.projections.comparing import differences
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.receipts import check_receipt, make_receipt
from ledger.proof.stored_tree import StoredTree
from ledger.proof.verification import verify
from payments.accounts import reference_of
from records.keys.keyring import Keyring
from records.read_models.judging import judge_of
from records.read_models.projectors import ALL
from tests import paying
from tests.accord.counter.files import booked, exceptions_of, handed_over, imports, told_now
from tests.authenticators.passkeys import Authenticator
from tests.builders import party, proposal
from tests.conftest import FURNISHED, ROOT, copy_of
from tests.governing import decree
from tests.ledger.proof import KNOWN, LOG
from tests.payments.orders import RIVERBEND
from tests.scribe import Scribe
from tests.spellings import SUMS, is_clear, spelled

CURRENCIES: Final = ("USD", "JPY", "BHD")
APPROVERS: Final = (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER)
LARGEST: Final = Decimal(90_000)
"""What two approvers may approve, and the payee's yearly revenue bears."""


@dataclass(frozen=True)
class Written:
    """One grant in everybody's writing: its sums at a door, and the bank's booking."""

    door: str
    currency: str
    asked: tuple[str, ...]
    booked: tuple[str, ...]
    passkey: bool


def amounts(currency: str) -> st.SearchStrategy[Decimal]:
    """Sums in a currency, small enough to be paid."""
    places = minor_digits(currency)
    step = Decimal(1).scaleb(-places)
    return SUMS.map(lambda one: min(one, LARGEST / 2).quantize(step)).filter(bool)


@st.composite
def grants(draw: st.DrawFn) -> Written:
    """A grant of one tranche or two, with a spelling of each sum for its proposer and another one for the bank."""
    currency = draw(st.sampled_from(CURRENCIES))
    sums = draw(st.lists(amounts(currency), min_size=1, max_size=2))
    asked = tuple(draw(spelled(one).filter(is_clear)) for one in sums)
    by_the_bank = tuple(draw(spelled(one).filter(_is_a_banks)) for one in sums)
    return Written(draw(st.sampled_from([*DOORS])), currency, asked, by_the_bank, draw(st.booleans()))


def _is_a_banks(amount: str) -> bool:
    """True if ISO 20022 lets a bank write it so: five digits behind the point."""
    return len(amount.partition(".")[2]) <= 5


# The doors at which a proposal is written


def in_toml(content: dict[str, Any], folder: Path) -> Proposal:
    """Sums as text, in the file that `accord propose` takes."""
    return _by_file(folder / "proposal.toml", _toml(content))


def as_a_number_in_toml(content: dict[str, Any], folder: Path) -> Proposal:
    """Sums as numbers, where TOML has one of that spelling."""
    return _by_file(folder / "proposal.toml", _toml(content, _number))


def in_json(content: dict[str, Any], folder: Path) -> Proposal:
    """Sums as text, in JSON."""
    return _by_file(folder / "proposal.json", json.dumps(content))


def in_the_form(content: dict[str, Any], _: Path) -> Proposal:
    """Sums as somebody types them in the console's form (`accord.console.deciding.proposing`)."""
    return Proposal.model_validate_json(json.dumps(content))


DOORS: Final = {
    "TOML": in_toml, "TOML, a number": as_a_number_in_toml, "JSON": in_json, "the form": in_the_form,
}  # fmt: skip


def _by_file(path: Path, text: str) -> Proposal:
    path.write_text(text, "utf-8")
    return read_file(path, Proposal)


def _number(amount: str) -> str:
    plain = amount.lstrip("0") or "0"
    plain = f"0{plain}" if plain.startswith(".") else plain
    zeros = len(plain) - len(plain.rstrip("0"))
    return f"{plain.rstrip('0')}E+{zeros}" if zeros and "." not in plain else plain


def _toml(content: dict[str, Any], amount: Any = json.dumps) -> str:
    sums = (one["money"] for one in content["funds_out"]["tranches"])
    money = (f"{{ amount = {amount(one['amount'])}, currency = {json.dumps(one['currency'])} }}" for one in sums)
    tranches = [f"[[funds_out.tranches]]\nnumber = {n}\nmoney = {one}" for n, one in enumerate(money, 1)]
    rest = {**content, "funds_out": {k: v for k, v in content["funds_out"].items() if k != "tranches"}}
    return "\n".join([*_table(rest), *tranches])


def _table(content: dict[str, Any], path: str = "") -> list[str]:
    """Return a table of TOML. Nested parts stand in tables of their own."""
    own = [f"{name} = {_inline(one)}" for name, one in content.items() if not isinstance(one, dict) and one is not None]
    nested = [(f"{path}.{name}" if path else name, one) for name, one in content.items() if isinstance(one, dict)]
    head = [f"[{path}]"] if path else []
    return [*head, *own, *(line for name, one in nested for line in _table(one, name))]


def _inline(value: Any) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(f"{name} = {_inline(one)}" for name, one in value.items() if one is not None) + " }"
        case list():
            return f"[{', '.join(map(_inline, value))}]"
        case _:
            return json.dumps(value)


# An organisation of its own


@asynccontextmanager
async def organisation(template: str, keyring: Keyring, device: Authenticator) -> AsyncIterator[Desk]:
    """A furnished office in which the payer has a passkey too, and two approve sums of each currency."""
    tiers = tuple(Tier(currency=one, up_to=LARGEST, quorum=APPROVERS) for one in CURRENCIES)
    async with copy_of(FURNISHED, template) as name:
        pool = await open_pool(template.replace("/postgres?", f"/{name}?"), 4)
        desk = Desk(pool, keyring)
        rules = (await desk.directory()).rules
        assert rules is not None
        await decree(desk, HouseRulesSet(rules=rules.model_copy(update={"tiers": tiers})))
        await decree(desk, KeyEnrolled(staff_id="paul.nkosi", key=device.key))
        yield desk
        pool.terminate()


async def paid(desk: Desk, made: Proposal, signing: Any) -> Scribe:
    """A grant of which every tranche was approved, released by the payer with a key, and instructed."""
    scribe = await paying.agreed(desk, made, reference_of(RIVERBEND))
    scribe.keyring = signing
    for tranche in scribe.state.tranches:
        await paying.release(scribe, tranche.number)
    return scribe


async def require_nothing_doubted(desk: Desk) -> None:
    """Fail if anything is called changed, unsigned or unlike what its events make."""
    ledger = desk.ledger
    assert (await verify(ledger, {})).faults == ()
    assert (await verify_signatures(ledger)).faults == ()
    for rebuilt in (False, True):
        for projection in ALL:
            projector = Projector(ledger, projection, judge_of(ledger))
            await (projector.rebuild() if rebuilt else projector.catch_up())
            assert await differences(ledger, projection, judge_of(ledger)) == []
            assert await desk.pool.fetch("SELECT * FROM projection.quarantine") == []


async def require_receipts(desk: Desk, folder: Path) -> None:
    """Fail if any event has no receipt that proves it, or a signature that `examples` does not take."""
    tree, checkpoints = StoredTree(desk.ledger), CheckpointFolder(folder / "checkpoints")
    assert await sign_checkpoint(tree, checkpoints, LOG) is not None
    keys = {one.key.key_id: one.key for one in (await desk.directory()).keys}
    signed = 0
    for position in range(1, await desk.ledger.head() + 1):
        note = checkpoints.first_from(position, KNOWN)
        assert note is not None
        event = check_receipt(await make_receipt(tree, position, note, KNOWN), KNOWN).event
        signature = json.loads(event.payload).get("signature")
        if signature is not None and event.event_type in {"PartnershipProposed", "TrancheReleased"}:
            require_verified_without_us(folder, json.loads(event.payload), keys[signature["key_id"]])
            signed += 1
    assert signed > 1


def require_verified_without_us(folder: Path, event: dict[str, Any], key: Any) -> None:
    """Run the published script on an event and its signer's key."""
    (folder / "event.json").write_text(json.dumps(event), "utf-8")
    (folder / "key.json").write_bytes(TypeAdapter(Any).dump_json(key))
    words = [sys.executable, ROOT / "examples" / "verify_signature.py", folder / "event.json", folder / "key.json"]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended


async def lead(desk: Desk, written: Written, device: Authenticator, folder: Path) -> None:
    """Lead a grant from its door to the bank's booking, and ask everybody who checks."""
    payee = party(RIVERBEND.holder)
    content = proposal(paying.REFERENCE, partner=payee).model_dump(mode="json", exclude_defaults=True)
    money = [{"amount": one, "currency": written.currency} for one in written.asked]
    content["funds_out"] |= {
        "payee": content["partner"],
        "tranches": [{"number": n, "money": one} for n, one in enumerate(money, 1)],
        "support": {"total": {"amount": "1000000000.0", "currency": written.currency}},
    }  # fmt: skip
    made = DOORS[written.door](content, folder)
    assert [one.money.amount for one in made.funds_out.tranches] == [*map(Decimal, written.asked)]
    scribe = await paid(desk, made, device if written.passkey else desk.keyring)
    file = await handed_over(desk, folder)
    entries = [
        booked(paying.identifier(scribe, number), amount, currency=written.currency, reference=f"B{number}")
        for number, amount in enumerate(written.booked, 1)
    ]
    await imports(desk, told_now(*entries, message="FIRST"))
    await imports(desk, told_now(*entries, message="AGAIN"))
    assert await exceptions_of(desk) == []
    for number in range(1, len(entries) + 1):
        assert (await paying.attempt_of(scribe, number)).status is TrancheStatus.SETTLED
    await require_nothing_doubted(desk)
    told = [one async for one in payments_made(desk, clock.today().year)]
    assert [(one["verified"], one["message_id"]) for one in told] == [("yes", file.message_id)] * len(entries)
    await require_receipts(desk, folder)


@pytest.fixture(scope="module")
def device() -> Authenticator:
    return Authenticator()


PROPERTY: Final = given(grants())
ROUND: Final = Written("TOML", "USD", ("30000", "0020000.0"), ("30000.00", "20000"), True)


@PROPERTY
@example(ROUND)
@settings(max_examples=1)
async def test_nothing_true_is_doubted_however_sums_are_written(
    furnished_template: str, keyring: Keyring, device: Authenticator, tmp_path_factory: Any, written: Written
) -> None:
    async with organisation(furnished_template, keyring, device) as desk:
        await lead(desk, written, device, tmp_path_factory.mktemp("papers"))


@pytest.mark.slow
@PROPERTY
@settings(max_examples=400)
async def test_nothing_true_is_doubted_however_many_sums_are_written(
    furnished_template: str, keyring: Keyring, device: Authenticator, tmp_path_factory: Any, written: Written
) -> None:
    async with organisation(furnished_template, keyring, device) as desk:
        await lead(desk, written, device, tmp_path_factory.mktemp("papers"))
