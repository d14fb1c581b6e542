"""Hold a booking of what was typed to the two signatures on its sheet."""

from __future__ import annotations

from accord.audit.bank.payment_files import read_payment_file
from domain.payment.bank_answers import BankStatus, Contradiction, ExceptionKind
from domain.payment.portal.sheets import booking_fault
from domain.payment.tranche.state import Tranche
from payments.answers.matching.matched import MatchedEntry
from payments.answers.portal.naming import has_our_reference, number_keys
from records.authorship import Reader


async def typed_fault(reader: Reader, attempt: Tranche, entry: MatchedEntry) -> Contradiction | None:
    """Return the reason why a booking does not settle what was typed into the bank's portal, or None.

    The table that matched it proves nothing: the sheet's signed acts say under which number it was typed.
    """
    answer, notice = entry.answer, entry.said
    is_booking = answer is not None and answer.status is BankStatus.SETTLED and answer.is_booking
    if not attempt.is_typed or not attempt.message_id or not is_booking or notice is None:
        return None
    file = await read_payment_file(reader, attempt.message_id)
    fault = booking_fault(
        frozenset(typing.number_key for typing in file.typed) & number_keys(notice),
        is_signed=file.countersigned is not None,
        has_our_reference=has_our_reference(notice, attempt.end_to_end_id),
    )
    return Contradiction(ExceptionKind.CONTRADICTION, str(fault)) if fault is not None else None
