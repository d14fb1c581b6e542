"""Imports that somebody signed of a file, and what a signature on one rests on: the same records, and its totals."""

from __future__ import annotations

import hashlib

from accord.client.reading import LedgerAccess
from accord.organisation.imports.checking import SourceFile, check_file
from accord.presentation.faults import BadInput, Refused
from domain.imported.orders import ImportOrder
from domain.imported.plan import ImportPlan
from domain.imported.standing import ImportStanding
from domain.imported.totals import ControlTotals, differences, totals_of
from records.imports import read_orders


async def waiting_import(desk: LedgerAccess, file: SourceFile) -> tuple[str, ImportStanding]:
    """Return the newest import of a file that one person signed and nobody confirmed."""
    orders = await orders_of(desk, file)
    waiting = [(order_sha256, standing) for order_sha256, standing in orders if not standing.confirmer]
    if not waiting:
        raise BadInput(f"{file.name}: no import of this file waits for a second signature; see `accord import status`")
    return waiting[-1]


async def orders_of(desk: LedgerAccess, file: SourceFile) -> list[tuple[str, ImportStanding]]:
    """Return the imports of a file that somebody signed, the newest last."""
    sha256 = hashlib.sha256(file.content).hexdigest()
    return [
        (order_sha256, standing)
        for order_sha256, standing in await read_orders(desk.reader)
        if standing.order is not None and standing.order.file_sha256 == sha256
    ]


async def require_same(desk: LedgerAccess, file: SourceFile, order: ImportOrder) -> ImportPlan:
    """Require the records that were signed of a file as it is now, and return its plan.

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
    return plan


def require_totals(plan: ImportPlan, totals: ControlTotals) -> None:
    """Require the totals that were typed, to the cent.

    Raises:
        BadInput: A figure differs. Each is named, with how much.
    """
    if gaps := list(differences(totals, totals_of(plan.partnerships))):
        refusals = sum(row.partnership is None for row in plan.rows)
        refusal_words = f"; {refusals} rows are refused and not among them" if refusals else ""
        raise BadInput("totals: " + "; ".join(gaps[:20]) + refusal_words)


def order_of(
    plan: ImportPlan, totals: ControlTotals, *, corrections: bool, cautions: tuple[str, ...] = ()
) -> ImportOrder:
    """Return the order of a plan, with what its signer was warned of.

    Raises:
        BadInput: It would write nothing.
    """
    records = tuple(record.sha256 for record in plan.records(corrections=corrections))
    if not records:
        hint = "; --corrections signs those that changed" if plan.records(corrections=True) else ""
        raise BadInput(f"no row of it is new{hint}; `accord import check` says what each row is")
    content = {"file_sha256": plan.file_sha256, "mapping": plan.mapping, "totals": totals}
    return ImportOrder(**content, records=records, cautions=cautions)
