"""Write a payment file: NACHA, ACH credits of the class CCD, the same bytes for the same instructions.

Fixed lines of 94 characters (NACHA Operating Rules, Appendix Three). It is written without a library because every byte
must follow from the instructions (docs/adr/0006). The tests read it with an independent reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from decimal import Decimal
from typing import Final

from anyascii import anyascii

from domain import identity
from domain.fault import Fault
from payments.accounts import AccountDetails
from payments.out.pain001 import CreditTransfer, WrittenFile

_LINE: Final = 94
_BLOCK: Final = 10
_SERVICE_CLASS: Final = "220"
"""Credits alone."""
_CHECKING, _SAVINGS = "22", "32"
_MODIFIERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_MOST_PAYMENTS: Final = 9_999
_MOST_CENTS: Final = 10**10 - 1


def ach_fault(details: AccountDetails, *, pays: bool = False) -> Fault | None:
    """Return the reason why an account cannot be one side of an ACH credit, or None. `pays`: it is the funder's own."""
    whose = details.holder
    if details.routing is None or details.number is None:
        return Fault(
            f"the account of {whose} has no routing number, which NACHA asks for: record it with `number` and `routing`"
        )
    if not pays and len(details.number) > 17:
        return Fault(f"the account number of {whose} has more than the 17 characters that NACHA takes")
    if pays and details.originator is None:
        return Fault(
            f"the account of {whose} has no company identification, which its bank gave for ACH: record it with "
            "`originator`"
        )
    return None


def write_nacha_file(debtor: AccountDetails, transfers: tuple[CreditTransfer, ...], void: int = 0) -> WrittenFile:
    """Return the file that pays these transfers from one account on one day: one batch, an addendum for each payment.

    `void` is the number of earlier files with exactly these payments that never reached the bank. Its file has another
    modifier. Raises:
        ValueError: An account has no routing number, or the payments are more than a file holds.
    """
    for fault in (ach_fault(debtor, pays=True), *(ach_fault(transfer.creditor) for transfer in transfers)):
        if fault is not None:
            raise ValueError(str(fault))
    sorted_transfers = tuple(sorted(transfers, key=lambda transfer: transfer.instruction.payment_id))
    total = sum((_cents(transfer) for transfer in sorted_transfers), 0)
    if len(sorted_transfers) > _MOST_PAYMENTS or total > 10**12 - 1:
        raise ValueError(f"{len(sorted_transfers)} payments of {total} cents are more than a NACHA file holds")
    message_id = identity.message_id(tuple(transfer.instruction.payment_id for transfer in sorted_transfers), void)
    details = [line for place, each in enumerate(sorted_transfers, 1) for line in _entry(debtor, each, place)]
    counted = f"{2 * len(sorted_transfers):06}", _hash(sorted_transfers), "0" * 12, f"{total:012}"
    lines = [
        _header(debtor, sorted_transfers, message_id, void),
        _batch(debtor, sorted_transfers),
        *details,
        "8" + _SERVICE_CLASS + "".join(counted) + _text(debtor.originator, 10) + " " * 25 + _odfi(debtor) + "0000001",
    ]
    blocks = -(-(len(lines) + 1) // _BLOCK)
    lines.append("9000001" + f"{blocks:06}" + f"{2 * len(sorted_transfers):08}" + "".join(counted[1:]) + " " * 39)
    lines += ["9" * _LINE] * (-len(lines) % _BLOCK)
    return WrittenFile(message_id, "".join(f"{line}\n" for line in lines).encode("ascii"))


def _header(debtor: AccountDetails, transfers: Sequence[CreditTransfer], message_id: str, void: int) -> str:
    # Not the time of writing: a file that is made again must be the same one.
    moment = max(transfer.instruction.ordered_at for transfer in transfers).astimezone(UTC)
    return (
        "101"
        + f" {debtor.routing}"
        + _text(debtor.originator, 10)
        + moment.strftime("%y%m%d%H%M")
        + _MODIFIERS[void % len(_MODIFIERS)]
        + "094101"
        + _text(debtor.bank or "", 23)
        + _text(debtor.holder, 23)
        + _text(message_id[4:], 8)
    )


def _batch(debtor: AccountDetails, transfers: Sequence[CreditTransfer]) -> str:
    day = transfers[0].instruction.execution_on.strftime("%y%m%d")
    return (
        "5"
        + _SERVICE_CLASS
        + _text(debtor.holder, 16)
        + " " * 20
        + _text(debtor.originator, 10)
        + "CCD"
        + _text("GRANT", 10)
        + " " * 6
        + day
        + " " * 3
        + "1"
        + _odfi(debtor)
        + "0000001"
    )


def _entry(debtor: AccountDetails, transfer: CreditTransfer, place: int) -> tuple[str, str]:
    """Return an entry and its addendum, which says the whole identifier and what the payment is for."""
    creditor, instruction = transfer.creditor, transfer.instruction
    entry = (
        "6"
        + (_SAVINGS if creditor.savings else _CHECKING)
        + str(creditor.routing)
        + _text(creditor.number, 17)
        + f"{_cents(transfer):010}"
        + _text(instruction.short_id, 15)
        + _text(creditor.holder, 22)
        + "  1"
        + _odfi(debtor)
        + f"{place:07}"
    )
    words = _text(f"{instruction.end_to_end_id} {instruction.remittance}", 80)
    return entry, f"705{words}0001{place:07}"


def _cents(transfer: CreditTransfer) -> int:
    money = transfer.instruction.money
    cents = int(money.amount * Decimal(100))
    if money.currency != "USD" or cents > _MOST_CENTS:
        raise ValueError(f"{money} is not in dollars, or more than a NACHA entry holds")
    return cents


def _hash(transfers: Sequence[CreditTransfer]) -> str:
    """Return the sum of the first eight digits of the payees' routing numbers, its last ten digits."""
    return f"{sum(int(str(transfer.creditor.routing)[:8]) for transfer in transfers) % 10**10:010}"


def _odfi(debtor: AccountDetails) -> str:
    return str(debtor.routing)[:8]


def _text(text: str | None, width: int) -> str:
    """Return a text in the printable characters of ASCII, filled or cut to a width."""
    plain = "".join(sign if " " <= sign <= "~" else " " for sign in anyascii(text or ""))
    return f"{plain[:width]:<{width}}"
