"""The bank: it knows the payment files that left Accord and nothing else, and keeps its own book."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple


class Order(NamedTuple):
    """One transfer that the bank was told to make."""

    message_id: str
    end_to_end_id: str
    amount: Decimal
    iban: str
    text: str
    """What the payer wrote for the payee: the partnership and the tranche."""


class Bank:
    """Takes every file out of its inbox, as an upload does: a file that comes again is an order that comes again."""

    def __init__(self, inbox: Path) -> None:
        self.inbox = inbox
        self.orders: list[Order] = []

    def collect(self) -> list[Order]:
        """Take the files out of the inbox, and return the orders in them."""
        new: list[Order] = []
        for path in sorted(self.inbox.glob("*.xml")):
            new += orders_in(path.read_bytes())
            path.unlink()
        self.orders += new
        return new

    def told(self, reference: str, tranche: int | None = None) -> list[Order]:
        """Every order for a partnership, or for one of its tranches, as often as it came."""
        wanted = f"{reference} tranche {'' if tranche is None else tranche}"
        return [order for order in self.orders if order.text.startswith(wanted)]

    def the_order(self, reference: str, attempt: int = 1) -> Order:
        """The order of an attempt to pay the first tranche, where there are no more of them than attempts."""
        orders = self.told(reference, tranche=1)
        assert len(orders) == attempt, orders
        return orders[-1]


def orders_in(content: bytes) -> list[Order]:
    """The orders of a pain.001 file."""
    document = ET.fromstring(content)  # noqa: S314 - written by Accord in this test
    message_id = _text(document, ".//{*}GrpHdr/{*}MsgId")
    return [_order(message_id, transfer) for transfer in document.iterfind(".//{*}CdtTrfTxInf")]


def _order(message_id: str, transfer: ET.Element) -> Order:
    return Order(
        message_id,
        _text(transfer, "{*}PmtId/{*}EndToEndId"),
        Decimal(_text(transfer, "{*}Amt/{*}InstdAmt")),
        _text(transfer, "{*}CdtrAcct/{*}Id/{*}IBAN"),
        _text(transfer, "{*}RmtInf/{*}Ustrd"),
    )


def _text(element: ET.Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else found.text or ""
