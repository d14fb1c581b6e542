"""A receipt is taken from the page of its event, and proves it by the file and the ledger's public key."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.console.serving.settings import CHECKPOINTS, LOG_KEY, ConsoleSettings
from accord.operations.drill_notes import DrillCertificate, keep_certificate
from deploy.variables import NotConfigured
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.notes import SIGNATURE, SigningKey
from ledger.proof.receipts import check_receipt
from ledger.proof.stored_tree import StoredTree
from tests.accord.console.conftest import Visitor, a_console
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.console.serving.test_settings import GOOD

Visit = Callable[[str], Awaitable[Visitor]]


async def test_a_receipt_is_taken_once_a_checkpoint_holds_the_event(
    visit: Visit, desk: Desk, reference: str, provider: str, console_pool: asyncpg.Pool, client: Client, tmp_path: Path
) -> None:
    """Given a console with checkpoints, when one holds the event, then its page hands out what others can verify."""
    key, folder = SigningKey.make("ledger.example.org", SIGNATURE), tmp_path / "checkpoints"
    folder.mkdir()
    await waiting_for_approval(desk, reference)
    position = (await desk.history(reference))[0].position
    more = {"checkpoints": str(folder), "log_key": str(key.verifier)}
    async with a_console(provider, console_pool, client, **more) as settings:
        visitor = Visitor(settings, (await visit("otto.audit")).cookie)
        early = await visitor.get(f"/proof/{position}/receipt")
        assert (early.status_code, f"No checkpoint holds event {position} yet" in early.text) == (422, True)
        await sign_checkpoint(StoredTree(desk.ledger), CheckpointFolder(folder), key)
        assert f'href="/proof/{position}/receipt"' in (await visitor.get(f"/proof/{position}")).text
        taken = await visitor.get(f"/proof/{position}/receipt")
        for nowhere in ("0", "999999999", "x"):
            assert (await visitor.get(f"/proof/{nowhere}/receipt")).status_code == 404
    assert taken.headers["content-disposition"] == f'attachment; filename="event-{position}.tlog-proof"'
    proved = check_receipt(taken.text, (key.verifier,))
    assert (proved.event.position, proved.event.stream_id) == (position, f"partnership/{reference}")


@pytest.mark.slow
async def test_operations_show_the_newest_drill_that_the_logs_key_signed(
    visit: Visit, provider: str, console_pool: asyncpg.Pool, client: Client, tmp_path: Path
) -> None:
    """Given a console with checkpoints, when a drill was signed beside them, then it says which, when and whether."""
    key, now = SigningKey.make("ledger.example.org", SIGNATURE), datetime.now(UTC)
    more = {"checkpoints": str(tmp_path), "log_key": str(key.verifier)}
    async with a_console(provider, console_pool, client, **more) as settings:
        visitor = Visitor(settings, (await visit("otto.audit")).cookie)
        assert "No drill is on record." in (await visitor.get("/operations")).text
        keep_certificate(tmp_path, DrillCertificate("restore", now - timedelta(days=3), 13, 10.6, 0), key)
        keep_certificate(tmp_path, DrillCertificate("temporal", now, 0, 4.0, 2), key)
        shown = re.sub(r"<[^>]*>|\s+", " ", (await visitor.get("/operations")).text)
        shown = re.sub(r"\s+", " ", shown)
    assert "3 days ago" in shown
    assert "Every promise held. 13 events lost on purpose, noticed after 11 seconds." in shown
    assert "2 of its promises broke." in shown


@pytest.mark.slow
async def test_a_console_without_checkpoints_names_the_shells_command(visit: Visit, desk: Desk, reference: str) -> None:
    await waiting_for_approval(desk, reference)
    visitor, position = await visit("otto.audit"), (await desk.history(reference))[0].position
    shown = (await visitor.get(f"/proof/{position}")).text
    assert (f"accord ledger receipt {position}" in shown, "/receipt" in shown) == (True, False)
    assert (await visitor.get(f"/proof/{position}/receipt")).status_code == 404


@pytest.mark.parametrize("name", [CHECKPOINTS, LOG_KEY])
def test_checkpoints_without_the_ledgers_key_are_no_setting(name: str) -> None:
    with pytest.raises(NotConfigured, match="or neither"):
        ConsoleSettings.from_environment({**GOOD, name: "anything"})
