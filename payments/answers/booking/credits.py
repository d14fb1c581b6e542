"""The figures of a credit by which a payment comes back that was exchanged, or less charges that the bank names.

They are read whole or not at all: where the sums that the bank tells do not explain each other, people say how much of
the payment is back, and the credit is one of its own sum.
"""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from payments.answers.booking.booked_sums import ExplainedSum, explained_return, less_charges
from payments.answers.booking.told_sums import charge_blocks, told_sums
from payments.answers.elements import Amount, MessageFault, amount, elements, value

_SUMS: Final = ("AmtDtls/InstdAmt/Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt")


def comes_back(entry: Element, detail: Element) -> bool:
    """True if an entry is a credit that is a reversal, or that the bank calls a return."""
    is_back = value(entry, "RvslInd") in {"true", "1"} or bool(elements(detail, "RtrInf"))
    return value(entry, "CdtDbtInd") == "CRDT" and is_back


def credited_back(entry: Element, detail: Element, total: Amount) -> ExplainedSum | None:
    """Return the sum that came back by a credit over `total`, or None where nothing tells it from that.

    A sum of it in another currency tells so, and charges that the bank names as taken from it.

    Raises:
        MessageFault: A sum of it cannot be read.
    """
    told = [amount(part, path) for part in (detail, entry) for path in _SUMS]
    told.append(amount(detail, "Amt"))
    if all(sum_ is None or sum_.currency == total.currency for sum_ in told):
        return _less_charges(entry, detail, total)
    try:
        return explained_return(told_sums(detail, charge_blocks(entry, detail), around=entry), total)
    except MessageFault:
        return ExplainedSum(total, None)


def _less_charges(entry: Element, detail: Element, total: Amount) -> ExplainedSum | None:
    try:
        return less_charges(told_sums(detail, charge_blocks(entry, detail), around=entry), total)
    except MessageFault:
        return None
