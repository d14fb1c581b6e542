"""What a dishonest house, or anybody else, may change in a donor's page."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proof.notes import SIGNATURE, SigningKey
from publishing.gifts.effects import GiftLine
from publishing.gifts.statement import GiftStatement, statement_of
from tests.publishing.gifts.telling import Telling

FOREIGN: Final = SigningKey("ledger.other.example", SIGNATURE, Ed25519PrivateKey.from_private_bytes(bytes(32)))
"""The key of another ledger."""
Change = Callable[[dict[str, Any]], None]


def resigned(statement: GiftStatement, change: Change, *, lines: tuple[GiftLine, ...] | None = None) -> GiftStatement:
    """The extract with a change that the house itself made and signed."""
    content = json.loads(statement.text)
    change(content)
    own_lines = statement.lines if lines is None else lines
    return statement._replace(text=json.dumps(content, sort_keys=True), lines=own_lines)


def omitted(content: dict[str, Any]) -> None:
    """A use is left out as if it had never been, and the sums are made to fit."""
    del content["lines"][4]
    content["bookings"] = [one for one in content["bookings"] if one["use"] != "P-2026-0911"]
    content["sums"] |= {"spent": "7500.00", "committed": "20000.00"}
    content["versions"] = 8


def omitted_without_a_number(content: dict[str, Any]) -> None:
    """A use is left out, and the number of lines is a text to which nothing can be compared."""
    omitted(content)
    content["versions"] = "\uff19"


def unsaid(content: dict[str, Any]) -> None:
    """A sum that the lines come to is not among those that the page names."""
    del content["sums"]["reserved"]


def doubled(content: dict[str, Any]) -> None:
    content["lines"].insert(5, content["lines"][4])


def other_sum(content: dict[str, Any]) -> None:
    content["sums"]["available"] = "18000.00"


def counted_twice(content: dict[str, Any]) -> None:
    content["bookings"].append(content["bookings"][1])


def borrowed(telling: Telling) -> GiftStatement:
    """The payment of another gift's fund stands in the place of one of this fund."""
    statement, other = telling.statement(), statement_of(telling.cast.source(Telling.OTHER))
    place = len(other.lines) - 1
    assert other.lines[place].occurrence.event.event_type == "FundsSpent"
    theirs = json.loads(other.text)["lines"][place]

    def change(content: dict[str, Any]) -> None:
        content["lines"][4] = {**theirs, "version": 5}

    lines = (*statement.lines[:4], other.lines[place], *statement.lines[5:])
    positions = tuple(sorted({*statement.positions, theirs["position"]}))
    return resigned(statement, change, lines=lines)._replace(positions=positions)
