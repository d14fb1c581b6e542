"""Errands on payment files: make one, hand it over, write it again. Each does what the shell's command does."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from accord.audit.bank.payment_files import read_payment_file
from accord.counter.hand_over import HandedOver, hand_over
from accord.counter.pages.errands.errands import HandOver, MakeFile, WriteAgain
from accord.counter.pages.errands.words import ErrandWords, payment_facts, total_in_words
from accord.counter.pages.site import CounterSite
from accord.counter.pages.touching import TouchWanted
from accord.counter.payment_files import Export, MadeFile, WaitingPayment, export
from accord.counter.written_again import write_again
from accord.presentation.faults import BadInput, Refused
from accord.presentation.words.values import NamesInWords
from accord.web.errands import ErrandOutcome
from domain.payment.payment_file import HandOverAgreed, PaymentFileWrittenAgain
from domain.signatures.signing import PasskeySignature
from payments.out.files import instructions_of_file


async def file_ahead(site: CounterSite, payments: Collection[UUID], actor: str) -> MadeFile:
    """Return the first file that these payments would make, as it would be made now. Nothing is made.

    Raises:
        BadInput: None was chosen.
        Refused: None of them may be paid now, or the person may not make files.
    """
    if not payments:
        raise BadInput("payments: tick at least one that goes into the file")
    ahead = await export(await site.exporting(), actor, dry_run=True, chosen_payments=payments)
    if not ahead.files:
        raise Refused(_kept_back(ahead.waiting) or "these payments are in a file by now: see the files")
    return ahead.files[0]


def _kept_back(waiting: Collection[WaitingPayment]) -> str:
    return "; ".join(f"{payment.partnership_id}, payment {payment.tranche}: {payment.reason}" for payment in waiting)


async def make_file(site: CounterSite, errand: MakeFile, actor: str, touch: PasskeySignature | None) -> ErrandOutcome:
    """Make the file of an errand's payments, once their maker has signed it."""
    made = await export(await site.exporting(touch), actor, chosen_payments=errand.payments)
    if not made.files:
        reason = _kept_back(made.waiting) or "these payments are in another file by now"
        return ErrandOutcome(refused=f"no file was made: {reason}", back="/", words="See what is ready")
    return _made(made)


def _made(made: Export) -> ErrandOutcome:
    file = made.files[0]
    return ErrandOutcome(
        told=f"The file is made: {total_in_words(file.payments)}.",
        following="Nothing has left yet. Next: look at it, and hand it over to the bank.",
        back=f"/files/{file.file.message_id}",
        words="See the file",
    )


async def words_of_making(site: CounterSite, errand: MakeFile, wanted: TouchWanted) -> ErrandWords:
    """Return the words of a file that is about to be made."""
    file = await file_ahead(site, errand.payments, wanted.statement.actor)
    if file.file.sha256 != wanted.content["sha256"]:
        raise Refused("what the file pays changed at this very moment; make it anew", "Conflict")
    return ErrandWords(
        f"You make a payment file of {total_in_words(file.payments)}. Nothing leaves for the bank by this.",
        (*await payment_facts(site.desk.pool, file.payments), ("File", file.file.message_id),
         ("SHA-256 of the file", file.file.sha256)),
        "/",
        "payments export",
    )  # fmt: skip


async def hand_file_over(
    site: CounterSite, errand: HandOver, actor: str, touch: PasskeySignature | None
) -> ErrandOutcome:
    """Check a file again and hand it over, once its person has signed that. It is written to the counter's folder."""
    page = f"/files/{errand.message_id}"
    await _require_not_left(site, errand.message_id)
    handed_over = await hand_over(await site.exporting(touch), errand.message_id, actor, site.settings.folder)
    if handed_over.void:
        return ErrandOutcome(refused=_void(handed_over), back="/", words="See what is ready")
    if handed_over.path is None:
        return ErrandOutcome(
            told="You signed. Another person must sign as well before it leaves.", back=page, words="See the file"
        )
    return ErrandOutcome(
        told="The file is handed over, and written to the counter's folder.",
        following=str(handed_over.warning or "Next: take it to the bank, and bring in what it answers."),
        back=page,
        words="See the file",
    )


async def _require_not_left(site: CounterSite, message_id: str) -> None:
    """Raise Refused, in the words of these pages, for a file that somebody handed over before."""
    file = await read_payment_file(site.desk.reader, message_id)
    if file.handed_over_by:
        people = NamesInWords(await site.desk.directory()).people(file.handed_over_by)
        raise Refused(
            f"{people} handed this file over already; if its copy is lost, write it again", "IllegalTransition"
        )


def _void(handed_over: HandedOver) -> str:
    return f"it was not handed over, and the file is void: {handed_over.void}. Make a new file of its other payments"


async def words_of_handing_over(site: CounterSite, errand: HandOver, wanted: TouchWanted) -> ErrandWords:
    """Return the words of a hand-over, or of the first of two signatures on it."""
    async with site.desk.pool.acquire() as connection:
        payments = await instructions_of_file(connection, errand.message_id)
    first = wanted.statement.act == HandOverAgreed.act
    after = " Another person must sign as well before it leaves." if first else " It leaves for the bank by this."
    return ErrandWords(
        f"You hand over a payment file of {total_in_words(payments)}.{after}",
        (*await payment_facts(site.desk.pool, payments), ("File", errand.message_id),
         ("SHA-256 of the file", str(wanted.content["sha256"]))),
        f"/files/{errand.message_id}",
        f"payments hand-over {errand.message_id} --out FOLDER",
    )  # fmt: skip


async def write_file_again(
    site: CounterSite, errand: WriteAgain, actor: str, touch: PasskeySignature | None
) -> ErrandOutcome:
    """Write a file again to the counter's folder, once its person has signed that."""
    again = await write_again(await site.exporting(touch), errand.message_id, actor, site.settings.folder)
    page = f"/files/{errand.message_id}"
    if again.path is None:
        told = "You signed. A payment in it would not pass now, so another person must sign as well."
        return ErrandOutcome(told=told, following="; ".join(again.in_doubt), back=page, words="See the file")
    return ErrandOutcome(
        told="The file is written again, to the counter's folder.",
        following="Two copies may exist now: only one goes to the bank.",
        back=page,
        words="See the file",
    )


async def words_of_writing_again(site: CounterSite, errand: WriteAgain, wanted: TouchWanted) -> ErrandWords:
    """Return the words of writing a file again, with each payment that would not pass now."""
    async with site.desk.pool.acquire() as connection:
        payments = await instructions_of_file(connection, errand.message_id)
    doubts = tuple(("Would not pass now", str(doubt)) for doubt in wanted.content["in_doubt"])
    last = wanted.statement.act == PaymentFileWrittenAgain.act
    after = "" if last else " Another person must sign as well before it is written."
    return ErrandWords(
        f"You write a payment file of {total_in_words(payments)} again, since its copy was lost.{after}",
        (*doubts, *await payment_facts(site.desk.pool, payments), ("File", errand.message_id),
         ("SHA-256 of the file", str(wanted.content["sha256"]))),
        f"/files/{errand.message_id}",
        f"payments write-again {errand.message_id} --out FOLDER",
    )  # fmt: skip
