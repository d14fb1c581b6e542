"""Checkpoints in a folder: signed roots of the ledger, as files that an operator copies to another place.

Before a new checkpoint is signed, the ledger must still contain all events that the last one commits to. So a database
that was restored from a backup, forked or rewritten is detected, and nothing is signed. A cosigner, with another key
and their own copy of the last checkpoint that they signed, makes the same check.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from ledger.proof.notes import COSIGNATURE, Checkpoint, NoteRefused, SigningKey, VerifiedNote, VerifierKey, open_note
from ledger.proof.stored_tree import StoredTree, TreeIncomplete
from ledger.tree import Frontier

SUFFIX: Final = ".checkpoint"
READABLE: Final = 0o644
"""The mode of a checkpoint: whoever may enter its folder compares with it."""


class LedgerForked(RuntimeError):
    """The ledger is not the one that a checkpoint commits to: it was restored, forked or rewritten."""


class CheckpointFolder:
    """The checkpoints of one ledger, one file each, named by size."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def notes(self) -> list[Path]:
        """Return the files, the smallest checkpoint first."""
        return sorted(self.folder.glob(f"*{SUFFIX}"))

    def latest(self, keys: tuple[VerifierKey, ...]) -> VerifiedNote | None:
        """Return the note of the largest checkpoint, verified with known keys, or None if there is no checkpoint.

        Raises:
            NoteRefused: The note cannot be verified (see `open_note`).
        """
        files = self.notes()
        return open_note(files[-1].read_text("utf-8"), keys) if files else None

    def checkpoints(self, keys: tuple[VerifierKey, ...]) -> list[Checkpoint]:
        """Return all checkpoints, verified with known keys, the smallest first.

        Raises:
            NoteRefused: A note cannot be verified (see `open_note`).
        """
        return [open_note(file.read_text("utf-8"), keys).checkpoint for file in self.notes()]

    def newest_first(self, keys: tuple[VerifierKey, ...]) -> Iterator[Checkpoint]:
        """Yield the checkpoints, verified with known keys, the largest first. Raises as `checkpoints` does."""
        for file in reversed(self.notes()):
            yield open_note(file.read_text("utf-8"), keys).checkpoint

    def first_from(self, size: int, keys: tuple[VerifierKey, ...]) -> str | None:
        """Return the note of the smallest checkpoint of at least `size` events, or None if there is none yet."""
        for file in self.notes():
            note = file.read_text("utf-8")
            if open_note(note, keys).checkpoint.size >= size:
                return note
        return None

    def path_of(self, checkpoint: Checkpoint) -> Path:
        """Return the file of a checkpoint, whether it is there or not."""
        return self.folder / f"{checkpoint.size:015}{SUFFIX}"

    def keep(self, checkpoint: Checkpoint, note: str) -> Path:
        """Write a note to its file, atomically, and return the file's path."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.path_of(checkpoint)
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            file.write(note)
            file.flush()
            os.fchmod(file.fileno(), READABLE)
            # On the disk before it has its name: a checkpoint that is there after a loss of power must be whole.
            os.fsync(file.fileno())
        part.replace(path)
        return path


async def sign_checkpoint(tree: StoredTree, folder: CheckpointFolder, key: SigningKey) -> Path | None:
    """Sign the ledger's root and keep the checkpoint in the folder. Return its path, or None without new events.

    The root is computed from the newer events and from subtrees that hash to the root in the last checkpoint. Stored
    nodes only help to find those subtrees, so false nodes in the database cannot change a root that is signed.

    Raises:
        LedgerForked: The ledger lacks events that the last checkpoint commits to, or an event or node was changed.
        NoteRefused: The last checkpoint was not signed by this key, or was changed.
        LedgerUnavailable: No standby that must have the events confirmed them in time.
    """
    await tree.store_nodes()
    last = folder.latest((key.verifier,))
    size = await tree.size()
    if last is not None:
        await require_consistent(tree, last.checkpoint)
        if last.checkpoint.size == size:
            return None
    checkpoint = Checkpoint(key.name, size, await _root_since(tree, last.checkpoint if last else None, size))
    await tree.confirm(size)  # a checkpoint outlives the failover that loses what no standby has
    return folder.keep(checkpoint, f"{checkpoint.text}\n{key.line(checkpoint.text)}")


async def _root_since(tree: StoredTree, checkpoint: Checkpoint | None, size: int) -> bytes:
    """Return the root over the first `size` events, from the subtrees under the last signed root and newer events.

    Raises:
        LedgerForked: The signed events, a newer event or a stored node was changed.
    """
    frontier = await tree.frontier(checkpoint.size) if checkpoint else Frontier()
    if checkpoint is not None and frontier.root != checkpoint.root:
        raise LedgerForked(f"the first {checkpoint.size} events are not those that were signed")
    try:
        root = (await tree.extended(frontier, size)).root
    except TreeIncomplete as fault:
        raise LedgerForked(str(fault)) from None
    # Proofs are made from stored nodes: under a root that they do not make, none could be given.
    if root != await tree.root(size):
        raise LedgerForked(
            f"a stored node under the first {size} events is not the hash of its leaves; nothing is signed. "
            "`accord ledger verify` says which"
        )
    return root


async def cosign_checkpoint(
    tree: StoredTree, folder: CheckpointFolder, key: SigningKey, log: VerifierKey, memory: Path, now: int
) -> Path | None:
    """Add a cosigner's signature to the newest checkpoint, if it extends the one that they signed last.

    `memory` is the file with the cosigner's own copy of that one, kept where the operators of the ledger cannot write;
    `now` is in seconds since 1970. Returns the checkpoint's path, or None if it bears the signature already.

    Raises:
        LedgerForked: The ledger lacks events that the cosigner signed before, or that the newest checkpoint commits to.
        NoteRefused: There is no checkpoint, the log's key did not sign it, or `key` is not a cosigner's key.
    """
    if key.kind != COSIGNATURE:
        raise NoteRefused(
            f"{key.name} is not a cosigner's key; make one: `accord ledger key NAME --out FILE --cosigner`"
        )
    files = folder.notes()
    if not files:
        raise NoteRefused(f"there is no checkpoint in {folder.folder} yet; `accord ledger checkpoint` writes one")
    note = files[-1].read_text("utf-8")
    newest = open_note(note, (log,)).checkpoint
    last_checkpoint = _remembered(memory, log)
    if last_checkpoint is not None and newest.size < last_checkpoint.size:
        raise LedgerForked(
            f"the newest checkpoint has {newest.size} events; the one signed last had {last_checkpoint.size}"
        )
    for checkpoint in (last_checkpoint, newest):
        if checkpoint is not None:
            await require_consistent(tree, checkpoint)
    # A cosigner trusts no stored node of the operators'.
    if await tree.root_of_leaves(newest.size) != newest.root:
        raise LedgerForked(f"the leaves of the first {newest.size} events do not make the root that was signed")
    if key.name in open_note(note, (log, key.verifier)).signers:
        return None
    new_note = note + key.line(newest.text, now)
    # Remembered before it is given away: a cosigner who forgets might sign another history next time.
    _remember(memory, new_note)
    return folder.keep(newest, new_note)


async def require_consistent(tree: StoredTree, checkpoint: Checkpoint) -> None:
    """Raise LedgerForked unless the ledger begins with the events that a checkpoint commits to."""
    try:
        is_held = await tree.root(checkpoint.size) == checkpoint.root and await tree.fits_its_nodes(checkpoint.size)
    except TreeIncomplete:
        raise LedgerForked(
            f"the ledger has {await tree.size()} events; a signed checkpoint speaks of {checkpoint.size}: "
            "it lost a part of them, or it is another ledger"
        ) from None
    if not is_held:
        raise LedgerForked(_OTHER_EVENTS.format(checkpoint.size))


async def require_all_leaves(tree: StoredTree, checkpoint: Checkpoint) -> None:
    """Raise LedgerForked unless the leaves of all events make the root of a checkpoint, whatever stored nodes say.

    It reads each leaf, so it is for whoever speaks of what old events say.
    """
    await require_consistent(tree, checkpoint)
    try:
        root = await tree.root_of_leaves(checkpoint.size)
    except TreeIncomplete as fault:
        raise LedgerForked(f"{fault}: it lost a part of those that were signed") from None
    if root != checkpoint.root:
        raise LedgerForked(_OTHER_EVENTS.format(checkpoint.size))


_OTHER_EVENTS: Final = (
    "the first {} events are not those that were signed: the ledger was rewritten, or it is another one"
)


async def reached_by(tree: StoredTree, newest_first: Iterable[Checkpoint]) -> tuple[Checkpoint, list[Checkpoint]]:
    """Return the newest checkpoint that the ledger still holds, and those after it, the newest first.

    Raises:
        LedgerForked: It holds none of them, or there are none.
    """
    beyond, fault = list[Checkpoint](), LedgerForked("no checkpoint was signed yet")
    for checkpoint in newest_first:
        try:
            await require_consistent(tree, checkpoint)
        except LedgerForked as fork:
            beyond.append(checkpoint)
            fault = fork
        else:
            return checkpoint, beyond
    raise fault


def _remembered(memory: Path, log: VerifierKey) -> Checkpoint | None:
    return open_note(memory.read_text("utf-8"), (log,)).checkpoint if memory.exists() else None


def _remember(memory: Path, note: str) -> None:
    memory.parent.mkdir(parents=True, exist_ok=True)
    part = memory.with_name(f"{memory.name}.part")
    part.write_text(note, "utf-8")
    part.replace(memory)
