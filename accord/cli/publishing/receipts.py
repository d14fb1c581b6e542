"""Receipts held against the ledger: a folder that was published from another one, or a longer one, is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accord.presentation.faults import Refused
from ledger import Ledger
from ledger.proof.stored_tree import StoredTree, TreeIncomplete


async def require_this_ledger(ledger: Ledger, receipt: Mapping[str, Any]) -> None:
    """Refuse a receipt of another ledger, or of one that was longer than this one is."""
    position, head = int(receipt["position"]), receipt["head"]
    try:
        root = (await StoredTree(ledger).root(position)).hex()
    except TreeIncomplete as fault:
        raise Refused(f"the receipt is of a longer ledger: {fault}", "LedgerDiffers") from fault
    if root != head:
        raise Refused(f"the receipt is of another ledger: at {position} this one has the head {root[:16]}, and the "
                      f"receipt {str(head)[:16]}", "LedgerDiffers")  # fmt: skip
