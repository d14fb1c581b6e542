"""An office that attests: its sources, and days on which money moved."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client

from accord.client.desk import Desk
from accord.operations.attesting.attesting import Signing
from accord.operations.attesting.gathering import Sources
from accord.operations.attesting.log import AttestationLog
from deploy.database import ServiceUnavailable
from ledger import clock
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.notes import SigningKey
from ledger.proof.stored_tree import StoredTree
from records.books.reading import Books
from tests import paying
from tests.accord.counter.files import booked, handed_over, imports, told_now
from tests.ledger.proof import LOG
from tests.payments.answers.account_statements import message, statement
from tests.payments.orders import entry

FINANCE = "femi.ade"
OWN = "BA-W7SW7OMSGC5X"
"""The account of the sample's funder."""


async def nobody_answers() -> Client:
    raise ServiceUnavailable("Temporal at localhost:1 cannot be reached; is the server up?")


def sources(desk: Desk, **more: Any) -> Sources:
    content = {"pool": desk.pool, "reader": desk.reader, "books": Books(desk.reader), "connect": nobody_answers}
    return Sources(**{**content, "pause": 0, **more})


def signing(folder: Path, key: SigningKey = LOG) -> Signing:
    return Signing(key, (), CheckpointFolder(folder))


def log_of(folder: Path, *keys: SigningKey) -> AttestationLog:
    return AttestationLog(folder, tuple(key.verifier for key in keys or (LOG,)))


async def checkpoint(desk: Desk, folder: Path) -> None:
    await sign_checkpoint(StoredTree(desk.ledger), CheckpointFolder(folder), LOG)


def yesterday() -> date:
    return clock.today() - timedelta(days=1)


async def paid_and_stated(desk: Desk, folder: Path, charged: str = "") -> None:
    """A payment of 1,000.00 that the bank booked today, and its statement. `charged`: what that takes beside."""
    scribe = await paying.released(desk)
    await handed_over(desk, folder)
    name = paying.identifier(scribe)
    await imports(desk, told_now(booked(name)))
    paid = entry(name, "1000.00", booked=f"<Dt>{clock.today()}</Dt>")
    fees = [entry("FEES", charged, booked=f"<Dt>{clock.today()}</Dt>")] if charged else []
    closing = "4000.00" if not charged else "3987.50"
    await imports(desk, message(statement("5000.00", closing, paid, *fees, on=clock.today())), "statement.xml", FINANCE)
