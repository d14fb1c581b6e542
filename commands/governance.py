"""What the house decides about itself: directory changes that two sign, bank accounts that two vouch for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from commands.desk import Desk
from commands.faults import Refused
from domain.account import AccountConfirmed, AccountRecorded, AccountStanding, account_statement, account_stream
from domain.identity import derive
from domain.parties import AccountReference
from domain.people import (
    DIRECTORY_STREAM,
    DirectoryChangeConfirmed,
    DirectoryChangeProposed,
    DirectoryFile,
    DirectoryFounded,
    Fact,
    Facts,
    change_content,
    change_fault,
    changes,
    confirmation_fault,
    pending_change,
)
from domain.signing import Statement, content_digest
from signatures.ed25519 import verified

OPERATOR = "operator"
"""The actor of changes before there is any staff with keys: whoever has access to the database founds the house."""


class Changed(NamedTuple):
    """What became of a wish to change the directory."""

    number: int
    change_id: UUID | None = None
    """The change that waits for another person's confirmation; None if it is in force at once."""


async def load_directory(desk: Desk, wanted: DirectoryFile, actor: str | None = None) -> Changed:
    """Bring the directory to what a file asks for."""
    return await change_directory(desk, changes(await desk.directory(), wanted), actor)


async def change_directory(desk: Desk, facts: tuple[Fact, ...], actor: str | None = None) -> Changed:
    """Change the directory: at once while the house is founded, else as a proposal that another person confirms.

    Raises:
        Refused: The house is sealed and nobody signs, or she may not.
    """
    if not facts:
        return Changed(0)
    directory = await desk.directory()
    content = content_digest(change_content(facts))
    change_id = derive("directory", directory.version, content)
    if not directory.sealed:
        await desk.append(DIRECTORY_STREAM, directory.version, change_id, OPERATOR, DirectoryFounded(changes=facts))
        return Changed(len(facts))
    if actor is None:
        raise Refused(
            "the directory is sealed: a director or an auditor proposes the change (--as), another confirms it"
        )
    statement = _statement("change_directory", actor, change_id, content)
    event = DirectoryChangeProposed(change_id=change_id, changes=facts, signature=desk.sign(statement))
    if fault := change_fault(directory, event, verified):
        raise Refused(fault, "NotAuthorised")
    await desk.append(DIRECTORY_STREAM, directory.version, change_id, actor, event)
    return Changed(len(facts), change_id)


async def confirm_change(desk: Desk, change_id: UUID, actor: str) -> Facts:
    """Put a proposed change in force, by a second signature. Raises Refused."""
    directory = await desk.directory()
    proposed = pending_change(directory, change_id)
    if proposed is None:
        raise Refused("no such change waits for a confirmation; see `accord staff pending`", "Unknown")
    statement = _statement("confirm_directory", actor, change_id, content_digest(change_content(proposed.changes)))
    event = DirectoryChangeConfirmed(change_id=change_id, signature=desk.sign(statement))
    if fault := confirmation_fault(directory, event, verified):
        raise Refused(fault, "NotAuthorised")
    await desk.append(DIRECTORY_STREAM, directory.version, derive("confirm", change_id, actor), actor, event)
    return proposed.changes


def _statement(act: str, actor: str, change_id: UUID, content: str) -> Statement:
    now = datetime.now(UTC)
    return Statement(
        subject=DIRECTORY_STREAM, act=act, actor=actor, at=now, command_id=change_id, content_sha256=content
    )


async def account_standing(desk: Desk, reference: str) -> AccountStanding | None:
    """Return who vouches for an account."""
    return await desk.registrar.standing(await desk.directory(), reference)


async def vouch(desk: Desk, account: AccountReference, actor: str) -> AccountStanding | None:
    """Put on record that a person recorded an account. Recording it again changes nothing."""
    if known := await account_standing(desk, account.reference):
        return known
    now, command_id = datetime.now(UTC), derive("account", account.reference, actor)
    content = account.model_dump(mode="json")
    statement = account_statement("record_account", content, actor, now, command_id, account.reference)
    event = AccountRecorded(at=now, actor=actor, signature=desk.sign(statement), account=account)
    version = len(await desk.ledger.read_stream(account_stream(account.reference)))
    await desk.append(account_stream(account.reference), version, command_id, actor, event)
    return await account_standing(desk, account.reference)


async def confirm_account(desk: Desk, account: AccountReference, actor: str, note: str) -> AccountStanding:
    """Put on record that another person called back and the details were confirmed. Raises Refused."""
    known = await account_standing(desk, account.reference)
    if known is None:
        raise Refused(f"nobody has recorded {account.reference}; `accord payments account FILE` does", "Unknown")
    if known.confirmed_by:
        return known
    if known.recorded_by == actor:
        raise Refused(f"{actor} recorded {account.reference}; another person must call back", "SeparationOfDuties")
    now, command_id = datetime.now(UTC), derive("account confirmed", account.reference, actor)
    content = {"sha256": account.sha256, "note": note}
    statement = account_statement("confirm_account", content, actor, now, command_id, account.reference)
    event = AccountConfirmed(at=now, actor=actor, signature=desk.sign(statement), sha256=account.sha256, note=note)
    version = len(await desk.ledger.read_stream(account_stream(account.reference)))
    await desk.append(account_stream(account.reference), version, command_id, actor, event)
    return await account_standing(desk, account.reference) or known
