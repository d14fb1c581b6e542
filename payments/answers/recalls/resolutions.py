"""Read camt.029 (ResolutionOfInvestigation): what a bank answers to recalls of single payments.

The status of a payment is its own, or else that of its batch, of its file or of the whole. What contradicts itself, or
has no meaning here, is for a person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

from domain.payment.recalls import GRANTS, RecallAnswer
from payments.answers.elements import (
    Amount,
    MessageFault,
    amount,
    element,
    elements,
    glimpse,
    moment,
    readable,
    reference,
    value,
)
from payments.answers.statements import LONGEST_REASON, Unclear, labelled, one_line
from payments.answers.status_reports import reason_of

CONFIRMATIONS: Final = {
    "CNCL": RecallAnswer.GRANTED,
    "RJCR": RecallAnswer.REFUSED,
    "PECR": RecallAnswer.IN_PART,
    "PDCR": RecallAnswer.PENDING,
    "CWFW": RecallAnswer.PENDING,
}
"""The outcome of the whole (ExternalInvestigationExecutionConfirmation1Code)."""

STATUSES: Final = {
    "ACCR": RecallAnswer.GRANTED,
    "PACR": RecallAnswer.IN_PART,
    "RJCR": RecallAnswer.REFUSED,
    "PDCR": RecallAnswer.PENDING,
}
"""The outcome of a file, a batch or a payment (CancellationIndividualStatus1Code, GroupCancellationStatus1Code)."""

_RETURNED_ALREADY: Final = "ARDT"
"""A recall that is refused with this reason waits for the return, as a granted one does."""


class RecallNotice(NamedTuple):
    """A bank's answer to the recall of one payment."""

    message_id: str
    """The identification of the bank's own assignment."""
    entry: str
    """Its place in the message."""
    answer: RecallAnswer
    code: str
    reason: str
    said_at: datetime
    case: str = ""
    """The case that it resolves, as the bank names it."""
    end_to_end_id: str = ""
    unique_transaction_reference: str = ""
    original_message_id: str = ""
    amount: Decimal | None = None
    """The sum of the payment, where the bank repeats it."""
    currency: str = ""
    coming: Decimal | None = None
    """The sum that is to come back, where the bank tells it."""
    coming_currency: str = ""
    account: str = ""
    """The account that paid, where the bank repeats it."""

    @property
    def digest(self) -> str:
        """SHA-256 of the answer without the message that carries it."""
        content = [
            self.answer.value, self.code, self.reason, self.case, self.end_to_end_id,
            self.unique_transaction_reference, self.original_message_id, str(self.amount), self.currency,
            str(self.coming), self.coming_currency, self.account,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


class _Item(NamedTuple):
    """A payment of the message, with the batch, the file and the whole that it is in."""

    place: str
    element: Element
    within: tuple[Element, ...]


def read_resolution(message: Element) -> Iterator[RecallNotice | Unclear]:
    """Yield the answer to each recall in a message.

    Raises:
        MessageFault: Its assignment has no identifier or no time.
    """
    message_id, said_at = reference(message, "Assgnmt/Id"), value(message, "Assgnmt/CreDtTm")
    if not message_id or not said_at:
        raise MessageFault("the assignment lacks Id or CreDtTm")
    for item in _items(message):
        try:
            yield _notice(item, message, message_id, moment(said_at))
        except MessageFault as fault:
            yield _unclear(item, message_id, str(fault))


def _items(message: Element) -> list[_Item]:
    """Return the payments that a message answers of, or the whole of it where it names none."""
    items = []
    for details in elements(message, "CxlDtls"):
        groups = tuple(elements(details, "OrgnlGrpInfAndSts"))
        items += [(payment, groups) for payment in elements(details, "TxInfAndSts")]
        for batch in elements(details, "OrgnlPmtInfAndSts"):
            payments = elements(batch, "TxInfAndSts")
            items += [(payment, (batch, *groups)) for payment in payments]
            items += [] if payments else [(batch, groups)]
        items += [(group, ()) for group in groups] if not _names_a_part(details) else []
    parts = items or [(message, ())]
    return [_Item(str(number), node, (*above, message)) for number, (node, above) in enumerate(parts, start=1)]


def _names_a_part(details: Element) -> bool:
    return any(elements(details, part) for part in ("TxInfAndSts", "OrgnlPmtInfAndSts"))


def _notice(item: _Item, message: Element, message_id: str, said_at: datetime) -> RecallNotice:
    code, answer = _answer(item, value(message, "Sts/Conf"))
    reason = " ".join(filter(None, (reason_of(part, "CxlStsRsnInf") for part in (item.element, *item.within))))
    if answer is RecallAnswer.REFUSED and _RETURNED_ALREADY in reason.split():
        answer = RecallAnswer.GRANTED
    sum_, coming = amount(item.element, "OrgnlInstdAmt"), _coming(item, message)
    return RecallNotice(
        message_id, item.place, answer, code, readable(reason, LONGEST_REASON), said_at,
        case=_first(item, "RslvdCase/Id", "OrgnlPmtInfCxlId", "OrgnlGrpCxlId"),
        end_to_end_id=reference(item.element, "OrgnlEndToEndId"),
        unique_transaction_reference=reference(item.element, "OrgnlUETR") or reference(item.element, "UETR"),
        original_message_id=_first(item, "OrgnlMsgId", "OrgnlGrpInf/OrgnlMsgId"),
        amount=sum_.figure if sum_ is not None else None, currency=sum_.currency if sum_ is not None else "",
        coming=coming.figure if coming is not None else None,
        coming_currency=coming.currency if coming is not None else "",
        account=_account(item.element),
    )  # fmt: skip


def _answer(item: _Item, confirmation: str) -> tuple[str, RecallAnswer]:
    """Return the code and the meaning of an answer.

    Raises:
        MessageFault: It has no meaning here, or the whole says otherwise.
    """
    own_code = next((code for part in (item.element, *item.within) if (code := _status(part))), "")
    for code, codes in ((own_code, STATUSES), (confirmation, CONFIRMATIONS)):
        if code and code not in codes:
            raise MessageFault(f"status {readable(code, 35)} has no meaning here")
    if not own_code and not confirmation:
        raise MessageFault("it says no outcome of a recall")
    meanings = {*filter(None, (STATUSES.get(own_code), CONFIRMATIONS.get(confirmation)))}
    if len(meanings) == 1:
        return confirmation or own_code, meanings.pop()
    if meanings == GRANTS:
        return confirmation, RecallAnswer.IN_PART
    raise MessageFault(f"the bank says {confirmation} of the whole and {own_code} of the payment")


def _status(part: Element) -> str:
    return next((code for tag in ("TxCxlSts", "PmtInfCxlSts", "GrpCxlSts") if (code := value(part, tag))), "")


def _coming(item: _Item, message: Element) -> Amount | None:
    paths = ("RsltnRltdInf/IntrBkSttlmAmt", "RsltnRltdInf/RtrdIntrBkSttlmAmt")
    sums = (amount(part, path) for part in (item.element, message) for path in paths)
    return next((sum_ for sum_ in sums if sum_ is not None), None)


def _first(item: _Item, *paths: str) -> str:
    return next(
        (text for part in (item.element, *item.within) for path in paths if (text := reference(part, path))), ""
    )


def _account(payment: Element) -> str:
    account = element(payment, "OrgnlTxRef/DbtrAcct/Id")
    return "" if account is None else value(account, "IBAN") or value(account, "Othr/Id")


def _unclear(item: _Item, message_id: str, reason: str) -> Unclear:
    end_to_end_id = glimpse(item.element, "OrgnlEndToEndId")
    content = one_line("answer to a recall", labelled("payment", end_to_end_id), glimpse(item.element, "TxCxlSts"))
    return Unclear(message_id, item.place, readable(reason, LONGEST_REASON), end_to_end_id, content=content)
