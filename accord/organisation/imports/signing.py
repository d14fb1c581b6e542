"""Sign an import as two people: the first signs what the table says now, the second finds the same and confirms it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.organisation.imports.cautions import cautions_on
from accord.organisation.imports.checking import SourceFile, check_file
from accord.organisation.imports.orders import order_of, require_same, require_totals, waiting_import
from accord.organisation.signed_acts import require_may, signed_act
from accord.presentation.faults import Refused
from domain.imported.events import ImportConfirmed, ImportSigned
from domain.imported.mapping import ImportMapping
from domain.imported.standing import ImportStanding
from domain.imported.totals import ControlTotals
from domain.recorded.acts import OrganisationAct
from domain.streams import StreamId
from records.imports import read_standing


class SignedOrder(NamedTuple):
    """An import after somebody signed it."""

    order_sha256: str
    standing: ImportStanding


WarnSigner = Callable[[tuple[str, ...]], None]
"""Tells whoever is about to sign what they are warned of. It may stop them."""


def _silent(_cautions: tuple[str, ...]) -> None:
    """Tell nobody."""


async def sign_import(
    desk: Desk, file: SourceFile, mapping: ImportMapping, totals: ControlTotals, actor: str, *,
    corrections: bool, warn: WarnSigner = _silent,
) -> SignedOrder:  # fmt: skip
    """Sign the import of a file first, with what its signer is warned of. Another person confirms it.

    Raises:
        BadInput: The file cannot be read, its totals are not those that were typed, or it brings nothing new.
        Refused: The person may not, or it was signed already.
    """
    await require_may(desk, actor, ImportSigned)
    plan = await check_file(desk, file, mapping)
    require_totals(plan, totals)
    order = order_of(plan, totals, corrections=corrections, cautions=await cautions_on(desk, plan))
    standing = await read_standing(desk.reader, order.sha256)
    if standing.order is not None:
        raise Refused(f"import {order.sha256[:12]} was signed by {standing.signer} already; another person confirms it")
    warn(order.cautions)
    stream = StreamId.import_order(order.sha256)
    event = await signed_act(desk, ImportSigned, stream, actor, order=order)
    await record_act(desk, OrganisationAct(command_id=event.signature.statement.command_id, event=event))
    return SignedOrder(order.sha256, await read_standing(desk.reader, order.sha256))


async def confirm_import(desk: Desk, file: SourceFile, actor: str, warn: WarnSigner = _silent) -> SignedOrder:
    """Confirm the import of a file that another person signed, after the same was made of it here.

    They are warned of what the first signer was, and of what holds now.

    Raises:
        BadInput: No import of this file waits.
        Refused: The person may not or signed it, or the file says something else by now; nothing is recorded.
    """
    await require_may(desk, actor, ImportConfirmed)
    order_sha256, standing = await waiting_import(desk, file)
    if standing.order is not None and standing.signer != actor:
        plan = await require_same(desk, file, standing.order)
        warn(tuple(dict.fromkeys((*standing.order.cautions, *await cautions_on(desk, plan)))))
    stream = StreamId.import_order(order_sha256)
    event = await signed_act(desk, ImportConfirmed, stream, actor, order_sha256=order_sha256)
    await record_act(desk, OrganisationAct(command_id=event.signature.statement.command_id, event=event))
    return SignedOrder(order_sha256, await read_standing(desk.reader, order_sha256))
