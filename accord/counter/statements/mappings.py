"""Sign the mapping of an account's CSV: two people of finance who sign the same one let it stand."""

from __future__ import annotations

from typing import NamedTuple

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.client.waiting.mappings import mappings_on
from accord.organisation.signed_acts import signed_act
from accord.presentation.faults import BadInput, Refused
from domain.payment.mapping import Mappings, MappingSigned, StatementMapping
from domain.recorded.acts import OrganisationAct
from domain.streams import StreamId
from payments.accounts import UnknownAccount, find_account


class StatementAccount(NamedTuple):
    """An own account with its mappings."""

    funder: str
    reference: str
    mappings: Mappings


async def own_accounts(desk: Desk) -> tuple[StatementAccount, ...]:
    """Return the accounts of the directory's funders with their mappings."""
    funders = (await desk.directory()).funders
    return tuple([
        StatementAccount(funder.funder_id, funder.account, await mappings_on(desk, funder.account))
        for funder in funders
    ])  # fmt: skip


async def propose_mapping(desk: Desk, reference: str, mapping: StatementMapping, actor: str) -> Mappings:
    """Sign a mapping first, and return the account's mappings.

    Raises:
        BadInput: The account is no own one.
        Refused: It stands or waits already, or the person may not.
    """
    before = await _mappings_of_own(desk, reference)
    if mapping == before.standing:
        raise Refused(f"mapping {mapping.sha256[:12]} of {reference} stands already", "Unchanged")
    if any(mapping == waiting for waiting, _ in before.waiting):
        raise Refused(
            f"mapping {mapping.sha256[:12]} of {reference} waits already; another person confirms it", "Waits"
        )
    return await _sign(desk, reference, mapping, actor)


async def confirm_mapping(desk: Desk, reference: str, digest: str, actor: str) -> Mappings:
    """Sign a mapping that another person signed first, and return the account's mappings. `digest`: its beginning.

    Raises:
        BadInput: The account is no own one, or no mapping of that digest waits.
        Refused: The person signed it first, or may not sign.
    """
    before = await _mappings_of_own(desk, reference)
    matches = [(waiting, first) for waiting, first in before.waiting if waiting.sha256.startswith(digest.lower())]
    if len(matches) != 1 or not digest:
        digests = ", ".join(waiting.sha256[:12] for waiting, _ in before.waiting) or "none"
        raise BadInput(f"DIGEST: {digest[:64]!r} names no mapping that waits on {reference}; there waits: {digests}")
    [(mapping, first)] = matches
    if first == actor:
        raise Refused(f"{actor} signed it first; another person of finance confirms it", "SeparationOfDuties")
    return await _sign(desk, reference, mapping, actor)


async def _mappings_of_own(desk: Desk, reference: str) -> Mappings:
    async with desk.pool.acquire() as connection:
        try:
            await find_account(connection, reference)
        except UnknownAccount as fault:
            raise BadInput(str(fault)) from fault
    if reference not in {funder.account for funder in (await desk.directory()).funders}:
        raise BadInput(f"BA-...: {reference} is no account of a funder in the directory")
    return await mappings_on(desk, reference)


async def _sign(desk: Desk, reference: str, mapping: StatementMapping, actor: str) -> Mappings:
    event = await signed_act(desk, MappingSigned, StreamId.account(reference), actor, mapping=mapping)
    command_id = event.signature.statement.command_id
    await record_act(desk, OrganisationAct(command_id=command_id, subject=reference, event=event))
    return await mappings_on(desk, reference)
