"""Whether the restricted gift that pays was received, by what the bank's kept files say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from activities.reading import from_ledger
from audit.bank_evidence import BankEvidence
from audit.walk import Walk
from domain import events as e
from domain.bank_answers import BankStatus
from domain.identity import partnership_workflow_id
from ledger import Ledger
from payments import Connection


async def gift_fault(connection: Connection, ledger: Ledger, evidence: BankEvidence, walk: Walk) -> str:
    """Return why a gift does not pay for a leg that is charged to it; empty where it does, or none is."""
    gift = walk.verification.gift if walk.verification else None
    if gift is None or not gift.found:
        return ""
    proved = await _received(connection, ledger, evidence, gift.gift)
    if proved >= gift.received:
        return ""
    return f"the bank's files prove {proved} of the {gift.received} that {gift.gift} is said to have received"


async def _received(connection: Connection, ledger: Ledger, evidence: BankEvidence, gift: str) -> Decimal:
    total = Decimal(0)
    for stored in await ledger.read_stream(partnership_workflow_id(gift)):
        event = cast(Any, from_ledger(stored).event)
        match event:
            case e.FundsReceived(answer=answer) if answer is not None and await evidence.confirms(connection, answer):
                total += answer.money.amount
            case e.ContradictionResolved(answer=answer) if (
                answer is not None and answer.status is BankStatus.RECEIVED and await evidence.was_resolved(answer)
            ):
                total += answer.money.amount
            case _:
                pass
    return total
