"""Write a sheet: what is to be typed into the bank's portal for one payment, the same bytes for the same instruction.

It is plain text in UTF-8. Names stand as they are on record, since people compare them with what the portal shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from domain import identity
from domain.values import minor_digits
from payments.accounts import AccountDetails
from payments.out.pain001 import CreditTransfer, WrittenFile

BEGINS: Final = b"ACCORD PAYMENT SHEET 1\n"
"""The first line of every sheet, with the number of its form."""
_WIDTH: Final = 12
_FIELD: Final = re.compile(r"([A-Z][a-zA-Z]*(?: [a-z]+)?) {2,}(\S.*)")


def write_sheet(debtor: AccountDetails, transfers: tuple[CreditTransfer, ...], void: int = 0) -> WrittenFile:
    """Return the sheet of one payment. `void`: the earlier sheets of it that never reached the bank.

    Raises:
        ValueError: There is not exactly one payment: each has its own confirmation number.
    """
    if len(transfers) != 1:
        raise ValueError(f"a sheet is of one payment, and these are {len(transfers)}")
    [transfer] = transfers
    instruction = transfer.instruction
    message_id = identity.message_id((instruction.payment_id,), void)
    money = instruction.money
    lines = [
        *_fields(("Sheet", message_id)),
        "",
        "Type this into the bank's portal, once. Do not release it there before another person has signed it.",
        "",
        *_fields(("Pay from", instruction.debtor_name), *_account(debtor)),
        "",
        *_fields(
            ("Pay to", transfer.creditor.holder),
            *_account(transfer.creditor),
            ("Address", _address(transfer.creditor)),
            ("Sum", f"{money.currency} {money.amount:.{minor_digits(money.currency)}f}"),
            ("On", instruction.execution_on.isoformat()),
            ("Reference", instruction.end_to_end_id),
            ("For", instruction.remittance),
        ),
        "",
        "Then record the confirmation number that the portal gives:",
        f"  accord payments typed {message_id} --confirmation NUMBER --as STAFF",
        "Another person compares what stands in the portal with this sheet, and signs:",
        f"  accord payments countersign {message_id} --confirmation NUMBER --as STAFF",
        "Only then is it released in the portal.",
    ]
    return WrittenFile(message_id, BEGINS + "".join(f"{line}\n" for line in lines).encode())


def fields_of(content: bytes) -> tuple[tuple[str, str], ...]:
    """Return the lines of a sheet, each with its label, for people who compare it with the portal."""
    lines = content.decode("utf-8", "replace").splitlines()
    return tuple((match[1], match[2]) for line in lines if (match := _FIELD.fullmatch(line)) is not None)


def _fields(*fields: tuple[str, str | None]) -> Iterable[str]:
    return (f"{label:<{_WIDTH}}{text}" for label, text in fields if text)


def _account(details: AccountDetails) -> tuple[tuple[str, str | None], ...]:
    return (
        ("IBAN", details.iban),
        ("Account", details.number),
        ("Routing", details.routing),
        ("Kind", "savings" if details.savings else None),
        ("BIC", details.bic),
        ("Bank", details.bank),
    )


def _address(details: AccountDetails) -> str:
    street = " ".join(filter(None, (details.street, details.building)))
    town = " ".join(filter(None, (details.post_code, details.town)))
    return ", ".join(filter(None, (street, town, details.country)))
