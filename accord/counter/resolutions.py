"""The meaning of a person's word on an exception: the payment, the answer of the bank, and the letter."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from accord.client.desk import Desk
from accord.counter.differences.counting import Difference, count_with_difference, has_difference
from accord.counter.senders import require_sender_not_blocked
from accord.presentation.faults import BadInput, Refused
from domain.payment.bank_answers import COUNTING, BankAnswer, BankStatus, Resolution
from domain.payment.bank_file import BankException
from domain.values import Money
from payments.answers.bank_files import BankFile, bank_file
from payments.answers.exceptions import RaisedException


class PaymentReference(NamedTuple):
    """The partnership and payment that an exception belongs to. It is empty or 0 where the person names none."""

    partnership_id: str = ""
    tranche: int = 0
    attempt: int = 0


class Meaning(NamedTuple):
    """The meaning of a resolution, once everything that a person leaves unsaid was looked up."""

    resolution: Resolution
    belongs: PaymentReference
    answer: BankAnswer | None
    """The bank's answer that counts, or None."""
    letter: BankFile | None
    """The bank's letter that nothing was booked."""
    difference: Difference | None

    def content(self, note: str) -> dict[str, Any]:
        """Return the content to sign."""
        content: dict[str, Any] = {
            "resolution": self.resolution, "partnership_id": self.belongs.partnership_id or None,
            "tranche": self.belongs.tranche, "attempt": self.belongs.attempt, "note": note.strip(),
        }  # fmt: skip
        if self.difference is not None:
            content["booked"] = self.difference.booked
            if self.difference.answer.figures is not None:
                content["figures"] = self.difference.answer.figures
            if self.difference.counts_at is not None:
                content["counts_at"] = self.difference.counts_at
        if self.ends_unbooked is not None and self.letter is not None:
            content["word_sha256"] = self.letter.sha256
        return content

    @property
    def ends_unbooked(self) -> BankAnswer | None:
        """The answer that ends an attempt because the bank's letter says that nothing was booked, or None."""
        return self.answer if self.letter is not None else None


async def meaning_of(
    desk: Desk, exception: RaisedException, pending: BankException, resolution: Resolution, belongs: PaymentReference,
    word: tuple[str, bytes] | None, money: Money | None, back_money: Money | None = None,
) -> Meaning:  # fmt: skip
    """Return the meaning of a resolution. Raises as `resolve` does."""
    if resolution is Resolution.RETURNED_TO_SENDER:
        await require_sender_not_blocked(desk, pending)
    if resolution is Resolution.BELONGS_TO and await has_difference(desk, pending, belongs):
        resolution = Resolution.BOOKED_WITH_DIFFERENCE
    if resolution is Resolution.BOOKED_WITH_DIFFERENCE:
        difference = await count_with_difference(desk, exception.exception_id, pending, belongs, money, back_money)
        place = PaymentReference(*difference.place)
        return Meaning(resolution, place, difference.answer, _letter(resolution, word), difference)
    if money is not None:
        raise BadInput("booked: only booked-with-difference says what was booked; leave --booked out")
    if back_money is not None:
        raise BadInput("came-back: only what came back of an exchanged payment has such a sum; leave --came-back out")
    answer = _counted(pending, resolution, belongs)
    return Meaning(resolution, belongs, answer, _letter(resolution, word), None)


def _counted(pending: BankException, resolution: Resolution, belongs: PaymentReference) -> BankAnswer | None:
    """Return the bank's answer on the payment that a resolution counts it for, or None if it does not count."""
    if resolution not in COUNTING:
        return None
    answer = pending.raised.answer
    if answer is None:
        raise Refused(
            "what the bank said cannot be read as an answer, so it cannot count; resolve it as bank-error or ours, "
            "and have the bank say it again",
            "IllegalTransition",
        )
    if (resolution is Resolution.NOTHING_BOOKED) is not (answer.status is BankStatus.REJECTED):
        raise Refused(_OTHERWISE[resolution], "IllegalTransition")
    partnership_id = belongs.partnership_id or answer.partnership_id
    if not partnership_id:
        raise BadInput("say whose it is: --partnership P-..., and --tranche for a payment")
    if partnership_id != answer.partnership_id and answer.status is not BankStatus.RECEIVED and not belongs.tranche:
        raise BadInput(f"say which payment of {partnership_id} it is: --tranche N")
    came_back = answer.status is BankStatus.RECEIVED and belongs.tranche > 0
    place = {"tranche": belongs.tranche or answer.tranche, "attempt": belongs.attempt or answer.attempt}
    status = BankStatus.RETURNED if came_back else answer.status
    return answer.model_copy(update={"partnership_id": partnership_id, "status": status, **place})


_OTHERWISE: Final = {
    Resolution.BELONGS_TO: "a rejection ends an attempt only when two sign, with the bank's letter, that nothing was "
    "booked: --kind nothing-booked --word LETTER",
    Resolution.NOTHING_BOOKED: "the bank rejects nothing there, so nothing-booked cannot be said of it",
}


def _letter(resolution: Resolution, word: tuple[str, bytes] | None) -> BankFile | None:
    """Return the bank's letter, which is needed for nothing-booked and for nothing else."""
    needed = resolution is Resolution.NOTHING_BOOKED
    if needed and word is None:
        raise BadInput("word: the bank's letter that nothing was booked is missing; add --word FILE")
    if word is not None and not needed:
        raise BadInput("word: only nothing-booked keeps a letter of the bank; leave --word out")
    return bank_file(*word) if word is not None else None
