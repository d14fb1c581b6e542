"""What comes after the last minute: a worker seals what lies there, and the ledger is signed."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accord.operations.seals.receipts import keep_receipts
from bench.door.house import House
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.notes import SIGNATURE, SigningKey
from ledger.proof.stored_tree import StoredTree

KEY: Final = SigningKey("ledger.example.org", SIGNATURE, Ed25519PrivateKey.generate())
PATIENCE: Final = 600
"""Seconds within which a worker must have sealed."""


async def seal(house: House, number: int) -> float:
    """Start a worker, return the seconds until each submission has its path under a seal, and end it again."""
    house.start_worker()
    began = time.perf_counter()
    async with asyncio.timeout(PATIENCE):
        while await house.pool.fetchval("SELECT count(*) FROM grantee.proofs") < number:
            await asyncio.sleep(0.2)
    seconds = time.perf_counter() - began
    await asyncio.to_thread(house.processes["worker"].stop)
    return seconds


async def sign(house: House) -> None:
    """Sign the ledger, and keep the receipt of each seal, as the process that signs does."""
    ledger, kept = house.office.desk.ledger, CheckpointFolder(house.folder / "checkpoints")
    await sign_checkpoint(StoredTree(ledger), kept, KEY)
    await keep_receipts(house.pool, ledger, kept, (KEY.verifier,))
