"""Sign an import as two people: the first signs what the table says now, the second finds the same and confirms it."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.organisation.imports.checking import SourceFile, check_file
from accord.organisation.signed_acts import require_may, signed_act
from accord.presentation.faults import BadInput, Refused
from domain.imported.events import ImportConfirmed, ImportSigned
from domain.imported.mapping import ImportMapping
from domain.imported.orders import ImportOrder
from domain.imported.plan import ImportPlan
from domain.imported.standing import ImportStanding
from domain.imported.totals import ControlTotals, differences, totals_of
from domain.recorded.acts import OrganisationAct
from domain.streams import StreamId
from records.imports import read_orders, read_standing


class SignedOrder(NamedTuple):
    """An import after somebody signed it."""

    order_sha256: str
    standing: ImportStanding


async def sign_import(
    desk: Desk, file: SourceFile, mapping: ImportMapping, totals: ControlTotals, actor: str, *, corrections: bool
) -> SignedOrder:
    """Sign the import of a file first. Nothing is written before another person confirmed it.

    Raises:
        BadInput: The file cannot be read, its totals are not those that were typed, or it brings nothing new.
        Refused: The person may not, or it was signed already.
    """
    await require_may(desk, actor, ImportSigned)
    plan = await check_file(desk, file, mapping)
    require_totals(plan, totals)
    order = order_of(plan, totals, corrections=corrections)
    standing = await read_standing(desk.reader, order.sha256)
    if standing.order is not None:
        raise Refused(f"import {order.sha256[:12]} was signed by {standing.signer} already; another person confirms it")
    stream = StreamId.import_order(order.sha256)
    event = await signed_act(desk, ImportSigned, stream, actor, order=order)
    await record_act(desk, OrganisationAct(command_id=event.signature.statement.command_id, event=event))
    return SignedOrder(order.sha256, await read_standing(desk.reader, order.sha256))


async def confirm_import(desk: Desk, file: SourceFile, actor: str) -> SignedOrder:
    """Confirm the import of a file that another person signed, after the same was made of it here.

    Raises:
        BadInput: No import of this file waits.
        Refused: The person may not or signed it, or the file says something else by now; nothing is recorded.
    """
    await require_may(desk, actor, ImportConfirmed)
    order_sha256, standing = await waiting_import(desk, file)
    if standing.order is not None and standing.signer != actor:
        await require_same(desk, file, standing.order)
    stream = StreamId.import_order(order_sha256)
    event = await signed_act(desk, ImportConfirmed, stream, actor, order_sha256=order_sha256)
    await record_act(desk, OrganisationAct(command_id=event.signature.statement.command_id, event=event))
    return SignedOrder(order_sha256, await read_standing(desk.reader, order_sha256))


async def waiting_import(desk: Desk, file: SourceFile) -> tuple[str, ImportStanding]:
    """Return the newest import of a file that one person signed and nobody confirmed."""
    orders = await orders_of(desk, file)
    waiting = [(order_sha256, standing) for order_sha256, standing in orders if not standing.confirmer]
    if not waiting:
        raise BadInput(f"{file.name}: no import of this file waits for a second signature; see `accord import status`")
    return waiting[-1]


async def orders_of(desk: Desk, file: SourceFile) -> list[tuple[str, ImportStanding]]:
    """Return the imports of a file that somebody signed, the newest last."""
    sha256 = hashlib.sha256(file.content).hexdigest()
    return [
        (order_sha256, standing)
        for order_sha256, standing in await read_orders(desk.reader)
        if standing.order is not None and standing.order.file_sha256 == sha256
    ]


async def require_same(desk: Desk, file: SourceFile, order: ImportOrder) -> None:
    """Require the records that were signed of a file as it is now.

    Raises:
        Refused: The registers, the records or what is asked of its rows changed since.
    """
    plan = await check_file(desk, file, order.mapping)
    digests = {record.sha256 for record in plan.records(corrections=True)}
    if other_digests := [digest for digest in order.records if digest not in digests]:
        raise Refused(
            f"{len(other_digests)} of {len(order.records)} records are not what was signed: something was brought in,"
            " proposed or listed since; check the file anew, and sign what it says now",
            "ImportChanged",
        )


def require_totals(plan: ImportPlan, totals: ControlTotals) -> None:
    """Require the totals that were typed, to the cent.

    Raises:
        BadInput: A figure differs. Each is named, with how much.
    """
    if gaps := list(differences(totals, totals_of(plan.partnerships))):
        refusals = sum(row.partnership is None for row in plan.rows)
        refusal_words = f"; {refusals} rows are refused and not among them" if refusals else ""
        raise BadInput("totals: " + "; ".join(gaps[:20]) + refusal_words)


def order_of(plan: ImportPlan, totals: ControlTotals, *, corrections: bool) -> ImportOrder:
    """Return the order of a plan.

    Raises:
        BadInput: It would write nothing.
    """
    records = tuple(record.sha256 for record in plan.records(corrections=corrections))
    if not records:
        hint = "; --corrections signs those that changed" if plan.records(corrections=True) else ""
        raise BadInput(f"no row of it is new{hint}; `accord import check` says what each row is")
    return ImportOrder(file_sha256=plan.file_sha256, mapping=plan.mapping, totals=totals, records=records)
