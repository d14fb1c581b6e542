"""Deeds of a thief of one login: it opens the doors of one task, and a forgery is seen to be one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.logins import Login
from tests.adversary.people import intruder
from tests.adversary.people.office import Office, until
from tests.adversary.people.papers import grant

RELEASE = "TrancheReleased"


async def test_nobody_who_stole_a_workers_login_stops_the_organisation_with_an_event_that_nobody_can_read(
    office: Office,
) -> None:
    """Attack 10: one event of no known type in the directory stopped every decision and every payment for good."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="may not append this: Garbage on directory"):
        await intruder.append(office, "directory", "Garbage", {})
    await office.done("staff", "list")
    assert (await office.paid("30000.00")).startswith("P-")


@pytest.mark.slow
async def test_nobody_but_the_signer_writes_what_a_root_is_made_of(office: Office) -> None:
    """Attack 5: a false node under a true signature made a forged event look proved."""
    for login in set(Login) - {Login.SIGNER}:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await office.stolen[login].execute("INSERT INTO ledger.nodes VALUES (8, 0, sha256('false'))")


async def forged_release(office: Office, reference: str) -> None:
    """Append a release of another sum in another's name, under a signature that was given for the true one."""
    [true] = await office.holds(reference, RELEASE)
    money = {"amount": "90000.00", "currency": "USD"}
    await intruder.append(office, f"partnership/{reference}", RELEASE, {**true, "actor": "dora.kim", "money": money})


@pytest.mark.slow
async def test_a_forged_event_has_a_receipt_that_proves_nobodys_decision(office: Office, tmp_path: Path) -> None:
    reference = await office.granted("30000.00")
    await office.done("release", reference, "--tranche", 1, "--as", "paul.nkosi")
    version = len([one for one, _, _ in await office.events(reference) if one == f"partnership/{reference}"])
    await forged_release(office, reference)
    key, folder, receipt = tmp_path / "log.key", tmp_path / "checkpoints", tmp_path / "forged.tlog-proof"
    await office.done("ledger", "key", "ledger.example.org", "--out", key)
    await office.done("ledger", "checkpoint", "--key", key, "--to", folder)
    trust = ("--log", tmp_path / "log.key.pub")
    for name, at in (("true", version), ("forged", version + 1)):
        file = tmp_path / f"{name}.tlog-proof"
        await office.done("ledger", "receipt", f"{reference}@{at}", "--checkpoints", folder, *trust, "--out", file)
    told = await office.accord("ledger", "check-receipt", receipt, *trust)
    assert told.code == 1
    assert "it proves that the ledger holds this, and nobody's decision" in told.words
    true = (await office.done("ledger", "check-receipt", tmp_path / "true.tlog-proof", *trust)).words
    assert "Decided by paul.nkosi" in true or "nobody signed it" in true


@pytest.mark.slow
async def test_a_forged_approval_is_not_shown_as_signed(office: Office) -> None:
    """Attack 12: approvals copied from another partnership were shown as signed, and a director signed on them."""
    other = await office.granted("30000.00")
    proposal = office.file({**grant(office.reference(), "30000.00")}, "proposal.json")
    reference = (await office.done("propose", proposal, "--as", "pia.berg", "--json")).json["partnership_id"]
    await until(lambda: office.holds(reference, "EligibilityAssessed"))
    for approval in await office.holds(other, "ApprovalGiven"):
        await intruder.append(office, f"partnership/{reference}", "ApprovalGiven", approval)
    rows = (await office.done("history", reference, "--json")).json
    signed = {row["event"].get("recorded", row["event"]["event_type"]): row["signed"] for row in rows}
    assert signed["ApprovalGiven"] is False
    assert signed["PartnershipProposed"] is True
    assert "NO: ApprovalGiven" in (await office.done("history", reference)).words
    assert "does not come from whom it names" in (await office.done("show", reference)).words


@pytest.mark.slow
async def test_a_forged_event_is_named_by_whoever_verifies_the_ledger(office: Office) -> None:
    reference = await office.granted("30000.00")
    await office.done("release", reference, "--tranche", 1, "--as", "paul.nkosi")
    await forged_release(office, reference)
    told = await office.accord("ledger", "verify", "--json")
    named = [one["what"] for one in json.loads(told.stdout)["signatures"]["faults"]]
    assert told.code == 1
    assert f"{RELEASE}: the signature was given for another command" in named


async def edited(office: Office, reference: str, **changes: Any) -> None:
    """Somebody with the projector's login shows something else of a partnership."""
    patch = json.dumps(changes)
    await office.stolen[Login.PROJECTOR].execute(
        "UPDATE projection.documents SET document = jsonb_set(document, '{state}', document -> 'state' || $2::jsonb) "
        "WHERE name = 'partnerships' AND stream_id = $1",
        f"partnership/{reference}", patch,
    )  # fmt: skip


@pytest.mark.slow
async def test_a_read_model_that_was_edited_moves_no_page_of_a_partnership_and_is_told(office: Office) -> None:
    """Attack 18: an edited document was shown, and `ledger status` was content."""
    reference = await office.granted("30000.00")
    await office.listed(reference)
    await edited(office, reference, stage="CLOSED")
    shown = await office.done("show", reference, "--json")
    assert shown.json["stage"] == "ACTIVE"
    assert f"the lists show something else of {reference} than its events say" in shown.words
    told = await office.accord("ledger", "verify")
    assert told.code == 1
    assert f"partnership/{reference}: what is shown is not what its events make" in told.words
    for login in set(Login) - {Login.PROJECTOR}:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await office.stolen[login].execute("DELETE FROM projection.documents")
