"""The page of a gift as a publication: one file that works by itself, and the receipt beside it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from domain.money.amounts import SignedAmount
from publishing.counting import PublicationTally
from publishing.figures import FileCell, SumPart
from publishing.files import Publication, PublishedFile
from publishing.gifts.evidence import GiftSource
from publishing.gifts.statement import GiftStatement

EDITION: Final = "gift-1"
PAGE: Final = "index.html"
_CELLS: Final[Mapping[str, Mapping[str, int]]] = MappingProxyType(
    {
        "received": {"GiftReceived": 1},
        "returned": {"GiftReversed": 1},
        "spent": {"FundsSpent": 1, "PaymentCameBack": -1},
    }
)
"""By cell: the events that it is the sum of, each with its sign."""


def gift_publication(
    source: GiftSource, statement: GiftStatement, signature: str, proofs: Mapping[int, Sequence[bytes]]
) -> Publication:
    """Return the page of a gift with its cells.

    `signature`: the house's line under the extract. `proofs`: by position, the hashes that lead from it to the root.
    """
    tally = PublicationTally()
    tally.publish(SignedAmount(statement.currency, statement.sums["received"]))
    page = page_of(statement, signature, proofs)
    options = {"gift": source.gift.partnership_id}
    return Publication("gift", EDITION, (PublishedFile(PAGE, page, tuple(_cells(statement))),), tally, options=options)


def page_of(statement: GiftStatement, signature: str, proofs: Mapping[int, Sequence[bytes]]) -> bytes:
    """Return the page: its words and script, and the data between them. It names no other file and no address."""
    style, script = _part("page.css"), _part("page.js")
    data = {
        "statement": statement.text,
        "signature": signature.rstrip("\n"),
        "whole": {str(line.occurrence.position): dict(line.occurrence.whole)
                  for line in statement.lines if line.says is None},
        "proofs": {str(position): [base64.b64encode(step).decode() for step in proofs[position]]
                   for position in statement.positions},
    }  # fmt: skip
    text = json.dumps(data, indent=1, ensure_ascii=False).replace("<", "\\u003c")
    parts = {
        "{{style}}": style, "{{script}}": script, "{{data}}": text,
        "{{style-digest}}": _digest(style), "{{script-digest}}": _digest(script),
    }  # fmt: skip
    page = _part("page.html")
    for name, part in parts.items():
        page = page.replace(name, part, 1)
    return page.encode()


def _part(name: str) -> str:
    return files("publishing.gifts").joinpath(name).read_text("utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _cells(statement: GiftStatement) -> Iterator[FileCell]:
    """Yield the cells that a fund's own events are the sum of: what came in, went back and was paid."""
    for name, signs in _CELLS.items():
        parts = [
            SumPart(line.occurrence.position, signs[event.event_type] * event.amount)
            for line in statement.lines
            if (event := line.occurrence.event).event_type in signs
        ]
        if parts:
            yield FileCell(name, tuple(parts))
