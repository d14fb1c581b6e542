"""The payment file ahead of a case: made with its payment, and handed over by nobody yet."""

from __future__ import annotations

from typing import Final, NamedTuple

from accord.console.lists.filed import EXPORT, made_files
from accord.console.pages.case.ahead import ELSEWHERE
from accord.console.serving.desk import Console
from accord.presentation.words.values import NamesInWords, money_in_words
from domain.identity import payment_id
from domain.partnership.state import Partnership, TrancheState
from domain.partnership.waiting.outlook import outlook
from domain.payment.payment_file import PaymentFile


class MadeFileAhead(NamedTuple):
    """A payment file before its hand-over, or none where its id is ''."""

    message_id: str
    question: tuple[str, tuple[str, str]]
    """The question about it, with the words and the address of its page."""
    words: str
    """Its maker and its sum in a sentence."""


NO_FILE: Final = MadeFileAhead("", ("", ("", "")), "")


async def file_ahead(console: Console, partnership: Partnership, names: NamesInWords) -> MadeFileAhead:
    """Return the file with the ready payments of a partnership, or none where one of them is in no file."""
    if not outlook(partnership).command.startswith(EXPORT):
        return NO_FILE
    files = await made_files(console)
    ready = [tranche for tranche in partnership.tranches if tranche.state is TrancheState.RELEASED]
    payments = [payment_id(partnership.partnership_id, one.number, one.attempt) for one in ready]
    holding = [files.get(payment) for payment in payments]
    if not holding or (file := holding[0]) is None or None in holding:
        return NO_FILE
    question, button, address = ELSEWHERE["payments hand-over"]
    if counter := console.settings.counter_origin:
        button, address = "Hand it over\u2026", f"{counter}/files/{file.message_id}"
    return MadeFileAhead(file.message_id, (question, (button, address)), _words(file, names))


def _words(file: PaymentFile, names: NamesInWords) -> str:
    return (
        f"{names.person(file.made_by)} made the file, of {money_in_words(file.total)}. "
        "It leaves for the bank once a payer or a finance approver hands it over at the counter."
    )
