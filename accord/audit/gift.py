"""Check against the evidence of the bank's answers that the restricted gift that funds a payment was received."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from accord.audit.bank_evidence import BankEvidence
from accord.audit.walk import Walk
from domain.partnership import events as e
from domain.payment.bank_answers import BankStatus
from domain.streams import StreamId
from payments import Connection
from records.authorship import Reader


async def gift_fault(connection: Connection, reader: Reader, evidence: BankEvidence, walk: Walk) -> str:
    """Return the fault if the gift's proved receipts are less than the verification states; empty if they are not."""
    gift = walk.verification.gift if walk.verification else None
    if gift is None or not gift.found:
        return ""
    proved = await _received(connection, reader, evidence, gift.gift, gift.currency)
    if proved >= gift.received:
        return ""
    return f"the bank's files prove {proved} of the {gift.received} that {gift.gift} is said to have received"


async def _received(
    connection: Connection, reader: Reader, evidence: BankEvidence, gift: str, currency: str
) -> Decimal:
    """Return the sum of a gift's proved receipts in its currency, each counted once."""
    proved: dict[UUID, Decimal] = {}
    for recorded in await reader.read(StreamId.partnership(gift)):
        event = cast(Any, recorded.event)
        answer = event.answer if isinstance(event, e.FundsReceived | e.ContradictionResolved) else None
        if answer is None or answer.status is not BankStatus.RECEIVED:
            continue
        if (answer.partnership_id, answer.money.currency) != (gift, currency) or answer.answer_id in proved:
            continue
        if await evidence.confirms(connection, answer) or await evidence.was_resolved(answer):
            proved[answer.answer_id] = answer.money.amount
    return sum(proved.values(), Decimal(0))
