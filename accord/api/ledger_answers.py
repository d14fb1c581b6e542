"""The ledger as it is stored: its events with names sealed, its head, and proofs that it was only extended."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import asyncpg

from accord.api.faults import ApiProblem
from ledger import Ledger
from ledger.proof.checkpoints import CheckpointFolder
from ledger.proof.consistency import consistency_path
from ledger.proof.stored_tree import StoredTree, TreeIncomplete
from ledger.stored_json import event_as_json
from ledger.tree import proof_of

NOTE: Final = "text/plain; charset=utf-8"
_BANK_FILE: Final = "SELECT content FROM payments.bank_files WHERE sha256 = $1"
_BACK: Final = "if it went that far before, it lost its end: compare it with a signed checkpoint"


class LedgerAnswers:
    """The answers about one ledger. Nothing here decrypts a name: the login reads no key."""

    def __init__(self, pool: asyncpg.Pool, checkpoints: Path | None = None) -> None:
        """Answer from a database. `checkpoints`: the folder of signed ones, or None if there is none."""
        self._pool = pool
        self.ledger = Ledger(pool)
        self._tree = StoredTree(self.ledger)
        self._checkpoints = CheckpointFolder(checkpoints) if checkpoints is not None else None
        self._newest: tuple[bytes, str] | None = None
        """The newest leaf and the root over it that were computed last: who catches up asks for one root many times."""

    async def events(self, name: str, after: int, limit: int) -> dict[str, Any]:
        """Return the events after a position, at most so many, with the ledger's head.

        What a failover would lose is not shown: whoever follows would take it for a fork.

        Raises:
            ApiProblem: The ledger does not reach the position.
        """
        size = await self._reached("after", after)
        async with self.ledger.connection() as connection:
            events = await self.ledger.read_page(after, min(limit, size - after), connection) if size > after else []
        return {
            "ledger": name,
            "head": await self._head(size),
            "events": [event_as_json(event) for event in events],
            "next": events[-1].position if events else after,
        }

    async def consistency(self, name: str, smaller: int, larger: int) -> dict[str, Any]:
        """Return the proof that the ledger at one size extends itself at a smaller one.

        Raises:
            ApiProblem: The sizes are in the wrong order, or the ledger has fewer events.
        """
        if smaller > larger:
            raise ApiProblem(
                400, "parameter from", f"{smaller} is more than {larger}", "write the smaller size as `from`"
            )
        await self._reached("to", larger)
        proof = await proof_of(consistency_path(smaller, larger), self._tree.hash_of)
        return {
            "ledger": name,
            "from": await self._head(smaller),
            "to": await self._head(larger),
            "proof": [part.hex() for part in proof],
        }

    def checkpoint(self) -> str:
        """Return the newest checkpoint, a signed note, as its file has it.

        Raises:
            ApiProblem: None was signed yet, or none are served here.
        """
        notes = self._checkpoints.notes() if self._checkpoints is not None else []
        if not notes:
            remedy = "ask the operators to run `accord ledger checkpoint`, and to name its folder in ACCORD_CHECKPOINTS"
            raise ApiProblem(404, "/v1/checkpoint", "no checkpoint is signed yet, or none is served here", remedy)
        return notes[-1].read_text("utf-8")

    async def bank_file(self, digest: str) -> bytes:
        """Return the bytes of a bank's file.

        Raises:
            ApiProblem: None with that digest was brought in, or what lies there is not what was brought in.
        """
        content: bytes | None = await self._pool.fetchval(_BANK_FILE, digest)
        if content is None:
            remedy = "a BankFileImported event names the digest of each file (`file_sha256`, `sha256`)"
            raise ApiProblem(404, "parameter digest", "no file with this digest was brought in", remedy)
        if sha256(content).hexdigest() != digest:
            remedy = "tell an operator: `accord ledger verify` says what else was changed"
            raise ApiProblem(422, "parameter digest", "the file that lies here was changed since", remedy)
        return content

    async def _reached(self, place: str, position: int) -> int:
        """Return the ledger's size, confirmed by a standby if there is one. Raises ApiProblem if it is too small."""
        size = await self._tree.size()
        if position > size:
            fault = f"the ledger has {size} events, and {position} was asked for"
            raise ApiProblem(409, f"parameter {place}", fault, f"write {size} at most; {_BACK}")
        await self._tree.confirm(size)
        return size

    async def _head(self, size: int) -> dict[str, Any]:
        try:
            leaf = (await self._tree.event(size)).leaf if size else b""
            if self._newest is None or self._newest[0] != leaf:
                self._newest = leaf, (await self._tree.root(size)).hex()
        except TreeIncomplete as fault:
            raise ApiProblem(409, "the ledger", str(fault), _BACK) from None
        return {"size": size, "root": self._newest[1]}
