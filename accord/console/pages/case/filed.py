"""The payment file ahead of a case: made with its payment, and handed over by nobody yet."""

from __future__ import annotations

from typing import Final, NamedTuple

from accord.client.waiting.made_files import EXPORT, made_file_of
from accord.console.pages.case.ahead import ELSEWHERE
from accord.console.serving.desk import Console
from accord.presentation.words.values import NamesInWords, money_in_words
from domain.partnership.state import Partnership
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
    file = await made_file_of(console.desk, partnership)
    if file is None:
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
