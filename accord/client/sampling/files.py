"""The files of a sample's folder, made one after the other, so that neither a disk nor a memory holds all of them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from accord.client.papers.copies import TakenPaper, copy_of
from accord.client.reading import LedgerAccess
from accord.client.sampling.case import CaseEvent, SampledCase, payment_folder, read_case
from accord.client.sampling.drawing import DrawnSample
from accord.client.sampling.pages import TakenCase, TakenPayment, case_page, index_page
from accord.client.sampling.population import SettledPayment, booked_order, sum_of
from accord.client.sampling.proofs import SampleProofs
from accord.presentation.sheets import harmless
from accord.presentation.words.values import NamesInWords
from domain.payment.bank_answers import BankAnswer
from ledger.proof.receipts import ReceiptRefused

if TYPE_CHECKING:
    from papers.keeping import Papers

SUMS: Final = "SHA256SUMS"
_PART: Final = 1 << 20
_FIELDS: Final = ("number", "partnership_id", "tranche", "attempt", "booked_on", "payee", "amount", "currency", "up_to",
                  "selected_at", "came_back_on")  # fmt: skip

BankWord = Callable[[BankAnswer], Awaitable[str]]
"""What holds an answer of the bank against the bank's own file, and says in words what came of it."""


class SampleFile(NamedTuple):
    """A file of the folder. Its parts are read before the next file is asked for."""

    name: str
    parts: Iterator[bytes]


async def _unread(answer: BankAnswer) -> str:
    return "The bank's own file was not opened for this folder: a shell of staff does that, by accord audit sample."


@dataclass(frozen=True, slots=True)
class SampleSources:
    """The sources of a sample's folder."""

    desk: LedgerAccess
    by: str
    """Who takes it home. Each paper is a look in their name."""
    papers: Papers | None = None
    proofs: SampleProofs | None = None
    active: bool = False
    """Also papers in which something acts by itself."""
    bank: BankWord = _unread


@dataclass(slots=True)
class SampleFolder:
    """The folder of a sample."""

    sample: DrawnSample
    sources: SampleSources
    faulty: int = field(default=0, init=False)
    """How many papers are lost, or others than the ledger names. It is complete once all files were made."""
    _sums: dict[str, str] = field(default_factory=dict, init=False)

    async def files(self) -> AsyncIterator[SampleFile]:
        """Yield every file: those of each partnership, then what leads to them, and last the list of digests."""
        remarks = dict[str, str]()
        names, key_ids = NamesInWords(await self.sources.desk.directory()), set[str]()
        for partnership_id in self.sample.partnerships:
            case = await self._read(partnership_id, names)
            key_ids |= {event.signature.key_id for event in case.every_event if event.signature is not None}
            receipts = dict[int, str]()
            async for file in self._records(case, receipts):
                yield file
            papers = list[TakenPaper]()
            async for file in self._papers(case, papers):
                yield file
            outcome = await self._outcome(case, papers, receipts)
            remarks |= outcome.remarks
            yield self._text(f"{partnership_id}/index.html", case_page(outcome, names))
        for name, text in self._around(names, remarks, key_ids):
            yield self._text(name, text)
        yield self._text(SUMS, "".join(f"{digest}  {name}\n" for name, digest in sorted(self._sums.items())))

    async def _read(self, partnership_id: str, names: NamesInWords) -> SampledCase:
        payments = [payment.stream for payment in self._payments(partnership_id)]
        return await read_case(self.sources.desk, partnership_id, payments, self.sample.terms.head, names)

    def _payments(self, partnership_id: str) -> list[SettledPayment]:
        return [payment for _, payment in self.sample.payments if payment.partnership_id == partnership_id]

    async def _records(self, case: SampledCase, receipts: dict[int, str]) -> AsyncIterator[SampleFile]:
        """Yield the events of a case and their receipts, and note of each event where its receipt is, or why not."""
        for folder, events in _folders(case):
            for event in events:
                yield self._text(f"{case.partnership_id}/{folder}/{event.file_name}", _json(event.as_json()))
                position = event.record.position
                if self.sources.proofs is None:
                    continue
                try:
                    receipt = await self.sources.proofs.receipt(position)
                except ReceiptRefused as fault:
                    receipts[position] = str(fault)
                    continue
                receipts[position] = f"receipts/event-{position}.tlog-proof"
                yield self._text(f"{case.partnership_id}/{receipts[position]}", receipt)

    async def _papers(self, case: SampledCase, outcomes: list[TakenPaper]) -> AsyncIterator[SampleFile]:
        """Yield the papers of a case that may be opened, and note what became of each. Every opening is a look."""
        for paper in case.papers:
            copy = await copy_of(self.sources.papers, paper, self.sources.by, self.sources.active)
            outcomes.append(copy.outcome)
            self.faulty += copy.outcome.is_faulty
            if copy.content is not None:
                with copy.content as content:
                    name = f"{case.partnership_id}/papers/{copy.outcome.file}"
                    yield self._counted(name, _parts(content))

    async def _outcome(self, case: SampledCase, papers: list[TakenPaper], receipts: dict[int, str]) -> TakenCase:
        payments = list[TakenPayment]()
        for stream, events in case.payments:
            if (booking := booked_order([event.event for event in events])) is not None:
                word = await self.sources.bank(booking.answer)
                payments.append(TakenPayment(stream, booking, word, tuple(case.stands_out(stream))))
        return TakenCase(case, tuple(payments), tuple(papers), receipts)

    def _around(self, names: NamesInWords, remarks: dict[str, str], key_ids: set[str]) -> Iterator[tuple[str, str]]:
        """Yield the names and texts of what leads to the cases, and of what they are verified by."""
        yield "index.html", index_page(self.sample, remarks, self.sources.proofs)
        yield "sample.json", _json(self.sample.as_json())
        yield "population.csv", self._population()
        for held_key in names.directory.keys:
            if held_key.key.key_id in key_ids:
                yield f"keys/{held_key.key.key_id}.json", held_key.model_dump_json(indent=2)
        if self.sources.proofs is not None:
            yield "newest.checkpoint", self.sources.proofs.note
            yield "ledger.pub", self.sources.proofs.public_keys

    def _population(self) -> str:
        """Return every payment that could be chosen, in order, with the money up to it."""
        sheet, currency, up_to = io.StringIO(), self.sample.terms.currency, 0
        writer = csv.writer(sheet)
        writer.writerow(_FIELDS)
        units_by_place = {choice.place: choice.units for choice in self.sample.choices}
        for place, payment in enumerate(self.sample.population):
            up_to += payment.units
            units = " ".join(f"{sum_of(unit, currency):f}" for unit in units_by_place.get(place, ()))
            sums = (f"{sum_of(payment.units, currency):f}", currency, f"{sum_of(up_to, currency):f}")
            key = (payment.partnership_id, payment.tranche, payment.attempt)
            cells = (place + 1, *key, payment.booked_on, payment.payee, *sums, units, payment.returned_on or "")
            writer.writerow([harmless(str(cell)) for cell in cells])
        return sheet.getvalue()

    def _text(self, name: str, text: str) -> SampleFile:
        return self._counted(name, iter((text.encode("utf-8"),)))

    def _counted(self, name: str, parts: Iterator[bytes]) -> SampleFile:
        """Return a file whose digest is noted once it was read."""

        def read() -> Iterator[bytes]:
            digest = hashlib.sha256()
            for part in parts:
                digest.update(part)
                yield part
            self._sums[name] = digest.hexdigest()

        return SampleFile(name, read())


def _parts(content: BinaryIO) -> Iterator[bytes]:
    while part := content.read(_PART):
        yield part


def _folders(case: SampledCase) -> Iterator[tuple[str, tuple[CaseEvent, ...]]]:
    """Yield the events of a case by the folder that they stand in."""
    yield "events", case.events
    for stream, events in case.payments:
        if stream.place is not None:
            yield payment_folder(stream.place), events


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
