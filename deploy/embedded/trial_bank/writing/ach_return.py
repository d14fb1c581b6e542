"""Write a NACHA return file: an ACH payment that came back from the payee's bank, with the code of the reason.

Source: NACHA Operating Rules, Appendices Three and Four.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from deploy.embedded.trial_bank.orders import TrialOrder

_LINE: Final = 94
_BLOCK: Final = 10
_OUR_BANK: Final = "12100024"
_RETURN_OF_CREDIT: Final = "21"
_MODIFIERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def ach_return(order: TrialOrder, originator: str, code: str, day: date, number: int) -> bytes:
    """Return a file with one return. `number`: that of the file on its day."""
    cents, routing = int(order.amount * 100), _OUR_BANK
    trace = f"{routing}0000001"
    modifier = _MODIFIERS[number % len(_MODIFIERS)]
    entry = (
        f"6{_RETURN_OF_CREDIT}{routing}8{order.payee_account:<17.17}{cents:010}{order.short_name:<15.15}"
        f"{order.payee:<22.22}  1{trace}"
    )
    addendum = f"799{code}{trace}{'':6}{routing}{'':44}{trace}"
    totals = f"{2:06}{int(routing):010}{0:012}{cents:012}"
    lines = [
        f"101 {routing}8{originator:<10.10}{day:%y%m%d}0900{modifier}094101{'TRIAL BANK':<23}{'ORIGINATOR':<23}"
        f"{number:>8}",
        f"5220{'ORIGINATOR':<16}{'':20}{originator:<10.10}CCD{'RETURN':<10}{'':6}{day:%y%m%d}{'':3}1{routing}0000001",
        entry,
        addendum,
        f"8220{totals}{originator:<10.10}{'':25}{routing}0000001",
    ]
    blocks = -(-(len(lines) + 1) // _BLOCK)
    lines.append(f"9000001{blocks:06}{2:08}{totals[6:]}{'':39}")
    lines += ["9" * _LINE] * (-len(lines) % _BLOCK)
    return "".join(f"{line}\n" for line in lines).encode("ascii")
