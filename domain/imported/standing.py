"""The standing of an import: an order that two people signed, and the records that it allows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from domain.fault import Fault
from domain.imported.events import ImportAct, ImportConfirmed, ImportSigned
from domain.imported.orders import ImportOrder


class ImportStanding(NamedTuple):
    """An order with those who signed it."""

    order: ImportOrder | None = None
    signer: str = ""
    confirmer: str = ""

    @property
    def allowed(self) -> frozenset[str]:
        """The digests of the records that may be written: none before two people signed."""
        return frozenset(self.order.records) if self.order is not None and self.confirmer else frozenset()


def standing_of(order_sha256: str, acts: Iterable[ImportAct]) -> ImportStanding:
    """Return the standing of an order after the acts on it that count, in their order.

    An order of another digest than its stream's counts for nothing, and nobody confirms their own.
    """
    standing = ImportStanding()
    for act in acts:
        match act:
            case ImportSigned(order=order) if standing.order is None and order.sha256 == order_sha256:
                standing = ImportStanding(order, act.actor)
            case ImportConfirmed() if signed_fault(standing, order_sha256, act) is None:
                standing = standing._replace(confirmer=act.actor)
            case _:
                pass
    return standing


def signing_fault(standing: ImportStanding, order_sha256: str, act: ImportSigned) -> Fault | None:
    """Return the fault for which an order cannot be signed, or None."""
    if act.order.sha256 != order_sha256:
        return Fault(f"the order's digest is {act.order.sha256[:12]}, and not {order_sha256[:12]}; check the file anew")
    if standing.order is not None:
        return Fault(f"import {order_sha256[:12]} was signed by {standing.signer} already; another person confirms it")
    return None


def signed_fault(standing: ImportStanding, order_sha256: str, act: ImportConfirmed) -> Fault | None:
    """Return the fault for which an order cannot be confirmed, or None."""
    if standing.order is None or act.order_sha256 != order_sha256:
        return Fault(f"nobody signed import {order_sha256[:12]}; see `accord import status`")
    if standing.signer == act.actor:
        return Fault(f"{act.actor} signed import {order_sha256[:12]}; another person confirms it")
    if standing.confirmer:
        return Fault(f"import {order_sha256[:12]} was confirmed by {standing.confirmer} already")
    return None
