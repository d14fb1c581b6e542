"""Record the organisation's decisions about itself, each signed by two people: directory changes and bank accounts."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from pydantic import ValidationError

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.organisation.namelessness import require_nameless
from accord.presentation.faults import BadInput, Refused
from accord.presentation.input_files import faults_of
from domain.directory.directory import next_epoch, role_fault
from domain.directory.directory_file import DirectoryFile, changes
from domain.directory.one_key import taken_key_fault
from domain.directory.people import (
    DirectoryChangeConfirmed,
    DirectoryChangeProposed,
    DirectoryFacts,
    DirectoryFounded,
    EpochBegun,
    Fact,
)
from domain.directory.sealing import begins_an_epoch, change_id_of, change_statement, pending_change
from domain.identity import derive
from domain.parties import AccountReference
from domain.payment.account import MAY_VOUCH, AccountConfirmed, AccountRecorded, AccountStanding, account_statement
from domain.payment.called_numbers import NumberFrom
from domain.recorded.acts import OrganisationAct, confirmation_id
from domain.signatures.signing import LogEpoch
from domain.streams import DIRECTORY_STREAM
from ledger import clock
from ledger.proof.stored_tree import StoredTree
from records.keys.attesting import certificate_fault

OPERATOR = "operator"
"""The actor of changes before any member of staff has a key: anyone with database access founds the directory."""


class DirectoryChange(NamedTuple):
    """The outcome of a change to the directory: the number of facts changed, and the proposal that waits, if any."""

    number: int
    change_id: UUID | None = None
    """The change that waits for another person's confirmation, or None if it is in force at once."""


async def load_directory(desk: Desk, file: DirectoryFile, actor: str | None = None) -> DirectoryChange:
    """Change the directory to match a file. The first load also begins the ledger's first epoch.

    Raises:
        BadInput: A key model's root is no certificate.
    """
    if file.rules is not None and (fault := certificate_fault(file.rules.models)):
        raise BadInput(str(fault))
    directory = await desk.directory()
    founding = directory.epoch is None and not directory.sealed
    first, facts = (await epoch_to_begin(desk),) if founding else (), changes(directory, file)
    change = await change_directory(desk, (*first, *facts), actor)
    return change._replace(number=len(facts))


async def found_directory(desk: Desk, facts: DirectoryFacts) -> None:
    """Record the first people of an empty directory, with their keys and the rules, and begin the first epoch.

    Raises:
        Refused: Somebody founded it already, or a key is another person's.
    """
    directory = await desk.directory()
    if directory.version:
        raise Refused("the directory is founded already; its guardians change it from now on", "IllegalTransition")
    if fault := taken_key_fault(directory, facts):
        raise Refused(str(fault), "NotAuthorised")
    founding = DirectoryFounded(changes=(await epoch_to_begin(desk), *facts))
    await desk.append(DIRECTORY_STREAM, 0, change_id_of(directory, founding.changes), OPERATOR, founding)


async def epoch_to_begin(desk: Desk, origin: str = "") -> EpochBegun:
    """Return an EpochBegun for a new epoch in this database, which begins after all events that it holds.

    `origin`: the ledger's name; if empty, its present name, or one made from the database's identifier.
    """
    directory, tree, installation = await desk.directory(), StoredTree(desk.ledger), await desk.ledger.installation()
    size = await tree.size()
    default_origin = directory.log.origin if directory.log is not None else f"accord-{installation.split('/')[0]}"
    log = LogEpoch(origin=origin or default_origin, epoch=next_epoch(directory))
    root = (await tree.root(size)).hex()
    return EpochBegun(log=log, position=size, root=root, installation=installation)


async def change_directory(desk: Desk, facts: tuple[Fact, ...], actor: str | None = None) -> DirectoryChange:
    """Change the directory: at once until it is sealed, afterwards by a proposal that another person must confirm.

    Raises:
        Refused: The directory is sealed, and `actor` is None or may not change it; or a key is another person's.
    """
    if not facts:
        return DirectoryChange(0)
    directory = await desk.directory()
    change_id = change_id_of(directory, facts)
    if not directory.sealed:
        if fault := taken_key_fault(directory, facts):
            raise Refused(str(fault), "NotAuthorised")
        await desk.append(DIRECTORY_STREAM, directory.version, change_id, OPERATOR, DirectoryFounded(changes=facts))
        return DirectoryChange(len(facts))
    if actor is None:
        raise Refused(
            "the directory is sealed: a director or an auditor proposes the change (--as), another confirms it"
        )
    statement = change_statement("change_directory", actor, clock.now(), change_id, facts)
    event = DirectoryChangeProposed(
        change_id=change_id, changes=facts, signature=await desk.sign(statement, begins_an_epoch(facts))
    )
    await record_act(desk, OrganisationAct(command_id=change_id, event=event))
    return DirectoryChange(len(facts), change_id)


async def confirm_change(desk: Desk, change_id: UUID, actor: str) -> DirectoryFacts:
    """Put a proposed change of the directory in force by a second signature, and return its facts.

    Raises:
        Refused: No such change waits for confirmation, or the actor may not confirm it.
    """
    directory = await desk.directory()
    change = pending_change(directory, change_id)
    if change is None:
        raise Refused("no such change waits for a confirmation; see `accord staff pending`", "Unknown")
    statement = change_statement("confirm_directory", actor, clock.now(), change_id, change.changes)
    event = DirectoryChangeConfirmed(
        change_id=change_id, signature=await desk.sign(statement, begins_an_epoch(change.changes))
    )
    await record_act(desk, OrganisationAct(command_id=confirmation_id(change_id, actor), event=event))
    return change.changes


async def vouch(desk: Desk, account: AccountReference, actor: str) -> AccountStanding | None:
    """Record a bank account under a person's signature, unless it is recorded already, and return its standing.

    Raises:
        Refused: The person may not record accounts, or their key is not on this machine.
    """
    await require_may_vouch(desk, actor)
    if account_standing := await desk.registrar.standing(account.reference):
        return account_standing
    now, command_id = desk.moment(), derive("account", account.reference, actor, desk.key_id(actor))
    content = account.model_dump(mode="json")
    statement = account_statement("record_account", content, actor, now, command_id, account.reference)
    event = AccountRecorded(at=now, actor=actor, signature=await desk.sign(statement, content=content), account=account)
    await record_act(desk, OrganisationAct(command_id=command_id, subject=account.reference, event=event))
    return await desk.registrar.standing(account.reference)


async def confirm_account(
    desk: Desk,
    account: AccountReference,
    actor: str,
    note: str,
    anew: bool = False,
    number_from: NumberFrom | None = None,
) -> AccountStanding:
    """Record a second person's verification of an account by call-back, and return the account's standing.

    `anew`: also if somebody has called back before, as is asked once the bank called the account wrong or closed.
    `number_from`: the place where the number stood that was called.

    Raises:
        Refused: The account is not recorded, the actor recorded it themselves, or they may not confirm accounts.
        BadInput: The note is not valid, for instance too short, or it names somebody.
    """
    await require_may_vouch(desk, actor)
    account_standing = await desk.registrar.standing(account.reference)
    if account_standing is None:
        raise Refused(f"nobody has recorded {account.reference}; `accord payments account FILE` does", "Unknown")
    if account_standing.confirmed_by and not anew:
        return account_standing
    if account_standing.recorded_by == actor:
        raise Refused(f"{actor} recorded {account.reference}; another person must call back", "SeparationOfDuties")
    await require_nameless(desk, "note", note)
    before = (account_standing.confirmations,) if account_standing.confirmations else ()
    now, command_id = desk.moment(), derive("account confirmed", account.reference, actor, desk.key_id(actor), *before)
    place = {} if number_from is None else {"number_from": number_from.model_dump(mode="json")}
    content = {"sha256": account.sha256, "note": note.strip(), **place}
    signature = await desk.sign(
        account_statement("confirm_account", content, actor, now, command_id, account.reference), content=content
    )
    try:
        event = AccountConfirmed(
            at=now, actor=actor, signature=signature, sha256=account.sha256, note=note, number_from=number_from
        )
    except ValidationError as fault:
        raise BadInput(f"the confirmation has {faults_of(fault)}") from None
    await record_act(desk, OrganisationAct(command_id=command_id, subject=account.reference, event=event))
    return await desk.registrar.standing(account.reference) or account_standing


async def require_may_vouch(desk: Desk, actor: str) -> None:
    """Raise Refused if a person may not record accounts, nor vouch for them."""
    if fault := role_fault(await desk.directory(), actor, "vouch for an account", MAY_VOUCH, clock.today()):
        raise Refused(str(fault), "NotAuthorised")
