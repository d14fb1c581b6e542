"""Check an instruction against its business keys: columns, bytes, digest and identifiers agree."""

from __future__ import annotations

import hashlib

from pydantic import ValidationError

from domain import identity
from domain.fault import Fault
from payments.out.files import FrozenPayment
from payments.out.instructions import Instruction, thaw


def instruction_of(row: FrozenPayment) -> Instruction | Fault:
    """Return the instruction in a row's frozen bytes, or the reason why it cannot be trusted."""
    try:
        instruction = thaw(row.frozen)
    except (ValidationError, ValueError):
        return Fault("the instruction cannot be read")
    return frozen_fault(row, instruction) or instruction


def frozen_fault(row: FrozenPayment, instruction: Instruction) -> Fault | None:
    """Return the reason why a row does not match its own bytes and business keys, or None if it does."""
    payment = identity.payment_id(instruction.partnership_id, instruction.tranche, instruction.attempt)
    keys = (instruction.partnership_id, instruction.tranche, instruction.attempt)
    checks = {
        "its bytes are not canonical": instruction.frozen() == row.frozen,
        "its digest is not that of its bytes": hashlib.sha256(row.frozen).hexdigest() == row.sha256,
        "its columns are not what its bytes say": (row.partnership_id, row.tranche, row.attempt) == keys,
        "its payment id is not the attempt's": instruction.payment_id == row.payment_id == payment,
        "its end-to-end id is not the attempt's": (
            instruction.end_to_end_id == row.end_to_end_id == identity.end_to_end_id(payment)
        ),
        "its UETR is not the attempt's": (
            instruction.unique_transaction_reference == identity.unique_transaction_reference(payment)
        ),
        "its text for the payee is not the attempt's": (
            instruction.remittance == f"{instruction.partnership_id} tranche {instruction.tranche}"
        ),
    }
    return next((Fault(words) for words, right in checks.items() if not right), None)
