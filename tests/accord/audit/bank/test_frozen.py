"""An instruction is believed only where business keys make it: columns, bytes, digest and identifiers agree."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from accord.audit.frozen import instruction_of
from domain import identity
from domain.fault import Fault
from payments.accounts import reference_of
from payments.out.files import FrozenPayment
from payments.out.instructions import Instruction
from tests.accord.audit.story import ISOC, order

TRUE = Instruction.of(order(), reference_of(ISOC))
OTHER = Instruction.of(order(attempt=2), reference_of(ISOC))


def row(instruction: Instruction = TRUE, **more: Any) -> FrozenPayment:
    """The row as `freeze` writes it, with other columns in place of some."""
    content = instruction.frozen()
    columns = {
        "payment_id": instruction.payment_id,
        "partnership_id": instruction.partnership_id,
        "tranche": instruction.tranche,
        "attempt": instruction.attempt,
        "end_to_end_id": instruction.end_to_end_id,
        "frozen": content,
        "sha256": hashlib.sha256(content).hexdigest(),
        **more,
    }
    return FrozenPayment(**columns)


def saying(**more: Any) -> FrozenPayment:
    """A row whose bytes, digest and columns all say the same other thing."""
    return row(TRUE.model_copy(update=more))


def test_what_business_keys_make_is_believed() -> None:
    assert instruction_of(row()) == TRUE


FORGED: dict[str, tuple[Callable[[], FrozenPayment], str]] = {
    "other columns: partnership": (lambda: row(partnership_id="P-2026-0043"), "its columns are not what its bytes say"),
    "other columns: tranche": (lambda: row(tranche=2), "its columns are not what its bytes say"),
    "other columns: attempt": (lambda: row(attempt=2), "its columns are not what its bytes say"),
    "another payment id in the column": (lambda: row(payment_id=OTHER.payment_id), "its payment id"),
    "another end-to-end id in the column": (lambda: row(end_to_end_id=OTHER.end_to_end_id), "its end-to-end id"),
    "another digest": (lambda: row(sha256="00" * 32), "its digest is not that of its bytes"),
    "bytes that are not canonical": (
        lambda: row(frozen=TRUE.frozen() + b" ", sha256=hashlib.sha256(TRUE.frozen() + b" ").hexdigest()),
        "its bytes are not canonical",
    ),
    "a payment id of another attempt": (lambda: saying(payment_id=OTHER.payment_id), "its payment id"),
    "a payment id of nobody's": (lambda: saying(payment_id=UUID(int=7)), "its payment id"),
    "an end-to-end id of another attempt": (lambda: saying(end_to_end_id=OTHER.end_to_end_id), "its end-to-end id"),
    "a UETR of another attempt": (
        lambda: saying(unique_transaction_reference=OTHER.unique_transaction_reference),
        "its UETR",
    ),
    "another text for the payee": (lambda: saying(remittance="for the car"), "its text for the payee"),
    "another attempt under this one's identifiers": (lambda: saying(attempt=2), "its payment id"),
    "another partnership under this one's identifiers": (
        lambda: saying(partnership_id="P-2026-0043"),
        "its payment id",
    ),
    "bytes that are no instruction": (lambda: row(frozen=b"{}"), "the instruction cannot be read"),
    "bytes that are no JSON": (lambda: row(frozen=b"\xff"), "the instruction cannot be read"),
}


@pytest.mark.parametrize("what", FORGED)
def test_what_they_do_not_make_is_nobodys_instruction(what: str) -> None:
    forged, fault = FORGED[what]
    found = instruction_of(forged())
    assert isinstance(found, Fault)
    assert fault in str(found)


def test_one_release_has_one_end_to_end_id_and_one_uetr() -> None:
    payment = identity.payment_id("P-2026-0042", 1, 1)
    expected = (identity.end_to_end_id(payment), identity.unique_transaction_reference(payment))
    assert (TRUE.end_to_end_id, TRUE.unique_transaction_reference) == expected
